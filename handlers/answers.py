"""What can be done with an answer: other processors, its files, a branch, a word of praise."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from slack_bolt.app.async_app import AsyncApp

from bot import derived, lifecycle
from bot.choosing import in_force
from bot.model import EndingKind, Question, Turn
from bot.ports import Accepted, Hall, Message, Reach
from bot.processors import is_chat
from bot.slack import actions, forms, picker, whispers
from bot.slack.pressed import Action
from handlers.actions import mute
from handlers.pressing import Declined, known, listen, open_view, processor, turn_of


def register(app: AsyncApp, hall: Hall) -> None:
    """Listen to what stands under answers, but for their evidence."""

    async def follow_ups(action: Action) -> Message | None:
        if action.thread is None:
            return None
        name = processor(action.value)
        await hall.mailbox.choose(action.thread, name)
        return picker.set_for_thread(name)

    async def again_on(action: Action) -> Message:
        name = await _asked_on(hall, action, await answered(hall, action), derived.on_another)
        return whispers.asking_again(name)

    async def look_up(action: Action) -> Message:
        turn = await turn_of(hall, action)
        if turn.ending is None or not is_chat(turn.processor):
            raise Declined(whispers.too_old())
        name = await _asked_on(hall, action, turn, derived.looked_up)
        return whispers.looking_up(name)

    async def more(action: Action) -> Message | None:
        match action.word:
            case actions.MORE_FILES:
                return await _files(hall, action)
            case actions.MORE_BRANCH:
                await _branch(hall, action)
            case actions.MORE_MUTE:
                await mute(hall, action, muted=True)
        return None

    async def feedback(action: Action) -> Message:
        turn = await turn_of(hall, action)
        good = action.word == actions.GOOD
        if not await hall.mailbox.rate(turn.id, action.user, good=good):
            raise Declined(whispers.too_old())
        return whispers.thanks(good)

    listen(app, hall, actions.FOLLOW_UPS, follow_ups)
    listen(app, hall, actions.AGAIN_ON, again_on)
    listen(app, hall, actions.LOOK_UP, look_up)
    listen(app, hall, actions.MORE, more)
    listen(app, hall, actions.FEEDBACK, feedback)


async def answered(hall: Hall, action: Action) -> Turn:
    """Return the answered turn that a press is about. Raises Declined when there is none."""
    turn = await turn_of(hall, action)
    was_answered = turn.ending is not None and turn.ending.kind is EndingKind.ANSWERED
    if not was_answered or not (turn.run or is_chat(turn.processor)):
        raise Declined(whispers.too_old())
    return turn


async def researched(hall: Hall, action: Action) -> Turn:
    """Return the turn that a press is about, whose run has evidence. Raises Declined."""
    turn = await answered(hall, action)
    if turn.run is None:
        raise Declined(whispers.too_old())
    return turn


async def _asked_on(
    hall: Hall, action: Action, turn: Turn, question_of: Callable[..., Question]
) -> str:
    """Ask a question again on the processor that was chosen, once; return its name.

    One that came to nothing there is asked once more.

    Raises:
        Declined: there is no such processor, or it is asked there already.
    """
    name = processor(action.word)
    if name is None:
        raise Declined(picker.unknown(action.word))
    for attempt in count(1):
        at = action.at or action.message
        question = question_of(turn, name, action.user, at, attempt)
        if await hall.mailbox.put(question, Reach.ADDRESSED) is not Accepted.KNOWN:
            break
        before = await hall.mailbox.turn(lifecycle.turn_id(question))
        if before is None or not _came_to_nothing(before):
            raise Declined(await known(hall, lifecycle.turn_id(question)))
    return name


async def _files(hall: Hall, action: Action) -> Message:
    turn = await researched(hall, action)
    files = derived.files_of(turn, action.user, action.at or action.message)
    accepted = await hall.mailbox.append(files, Reach.ASIDE)
    if accepted is Accepted.KNOWN:
        before = await hall.mailbox.turn(files.id)
        if before is None or not _came_to_nothing(before):
            return await known(hall, files.id)
        files = derived.files_of(turn, action.user, action.at or action.message, again=True)
        await hall.mailbox.append(files, Reach.ASIDE)
    return whispers.files_coming()


def _came_to_nothing(turn: Turn) -> bool:
    return turn.ending is not None and turn.ending.kind is not EndingKind.ANSWERED


async def _branch(hall: Hall, action: Action) -> None:
    turn = await answered(hall, action)
    question = turn.question
    choices = await hall.mailbox.choices(action.team, action.channel, action.user, question.thread)
    chosen, _ = in_force(None, choices, hall.default_processor)
    about = forms.Branch(turn.id, action.at or action.message)
    await open_view(hall, action.trigger, forms.branch_form(question.text, chosen, about))
