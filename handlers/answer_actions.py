"""What can be done with an answer: other processors, its files, a branch, a word of praise."""

from __future__ import annotations

from collections.abc import Callable

from slack_bolt.app.async_app import AsyncApp

from bot.domain import derived
from bot.domain.choosing import in_force
from bot.domain.model import MessageTs, Question, Turn
from bot.domain.processors import is_chat
from bot.ports import Accepted, Hall, Message, Reach
from bot.slack import action_ids
from bot.slack.messages import ephemeral, processor_picker
from bot.slack.messages.answer_footer import rating
from bot.slack.messages.parts import asked_words
from bot.slack.payloads.interactivity import Action
from bot.slack.views import question_forms
from handlers.answered_turns import answered, ask_on, came_to_nothing, researched
from handlers.interactivity import Declined, known, listen, open_view, processor, turn_of, when
from handlers.processor_forms import open_rerun_form, open_thread_form
from handlers.sharing import open_share_form
from handlers.status_actions import mute


def register(app: AsyncApp, hall: Hall) -> None:
    """Listen to what stands under answers, but for their evidence."""

    async def follow_ups(action: Action) -> Message | None:
        if action.thread is None:
            raise Declined(ephemeral.nowhere())
        name = processor(action.value)
        await hall.mailbox.choose(action.thread, name)
        return processor_picker.set_for_thread(name)

    async def again_on(action: Action) -> Message:
        turn = await answered(hall, action)
        return ephemeral.asking_again(await asked_on(action, turn, derived.on_another))

    async def look_up(action: Action) -> Message:
        turn = await turn_of(hall, action)
        if turn.ending is None or not is_chat(turn.processor):
            raise Declined(ephemeral.too_old())
        return ephemeral.looking_up(await asked_on(action, turn, derived.looked_up))

    async def asked_on(action: Action, turn: Turn, derive: Callable[..., Question]) -> str:
        name = processor(action.word)
        if name is None:
            raise Declined(processor_picker.unknown(action.word))

        def question_of(at: MessageTs, attempt: int) -> Question:
            return derive(turn, name, action.user, at, attempt)

        await ask_on(hall, question_of, when(action))
        return name

    async def follow_up(action: Action) -> None:
        await _branch(hall, action)

    async def more(action: Action) -> Message | None:
        match action.word:
            case action_ids.MORE_FILES:
                return await _files(hall, action)
            case action_ids.MORE_BRANCH:
                await _branch(hall, action)
            case action_ids.MORE_PROCESSOR:
                await open_thread_form(hall, action)
            case action_ids.MORE_SHARE:
                await open_share_form(hall, action)
            case action_ids.MORE_MUTE:
                await mute(hall, action, muted=True)
            case action_ids.MORE_RATE:
                return rating((await turn_of(hall, action)).id)
            case action_ids.RERUN:
                await open_rerun_form(hall, action)
            case "":
                raise Declined(ephemeral.nowhere())
        return None  # also for a word of another release

    async def feedback(action: Action) -> Message:
        turn = await turn_of(hall, action)
        if action.word not in (action_ids.GOOD, action_ids.BAD):
            raise Declined(ephemeral.nowhere())
        good = action.word == action_ids.GOOD
        if not await hall.mailbox.rate(turn.id, action.user, good=good):
            raise Declined(ephemeral.too_old())
        return ephemeral.thanks(good)

    listen(app, hall, action_ids.FOLLOW_UP, follow_up)
    listen(app, hall, action_ids.FOLLOW_UPS, follow_ups)
    listen(app, hall, action_ids.AGAIN_ON, again_on)
    listen(app, hall, action_ids.LOOK_UP, look_up)
    listen(app, hall, action_ids.MORE, more)
    listen(app, hall, action_ids.FEEDBACK, feedback)


async def _branch(hall: Hall, action: Action) -> None:
    """Open the form for a question that continues an answer. Raises Declined."""
    turn = await answered(hall, action)
    question = turn.question
    choices = await hall.mailbox.choices(action.team, action.channel, action.user, question.thread)
    chosen, _ = in_force(None, choices, hall.default_processor)
    about = question_forms.Branch(turn.id, when(action))
    await open_view(
        hall, action.trigger, question_forms.branch_form(asked_words(question), chosen, about)
    )


async def _files(hall: Hall, action: Action) -> Message:
    turn = await researched(hall, action)
    files = derived.files_of(turn, action.user, when(action))
    accepted = await hall.mailbox.append(files, Reach.ASIDE)
    if accepted is Accepted.KNOWN:
        before = await hall.mailbox.turn(files.id)
        if before is None or not came_to_nothing(before):
            return await known(hall, files.id)
        files = derived.files_of(turn, action.user, when(action), again=True)
        await hall.mailbox.append(files, Reach.ASIDE)
    return ephemeral.files_coming()
