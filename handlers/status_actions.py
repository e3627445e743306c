"""Buttons and menus on what the bot says while a question is going, and after it went wrong.

Here are also the picker of `/processor` and the notes about a thread (muted, asleep).
"""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import replace

from slack_bolt.app.async_app import AsyncApp

from bot.domain import derived, lifecycle
from bot.domain.choosing import in_force
from bot.domain.model import EndingKind, Question, Start, State, Turn, UserId
from bot.domain.processors import PROCESSORS
from bot.errors import AnswerLost, Refused, Unavailable
from bot.ports import Accepted, Channel, Hall, Message, Person, Reach
from bot.slack import action_ids
from bot.slack.messages import ephemeral, processor_picker, quick_answer
from bot.slack.payloads.interactivity import Action
from bot.slack.text.links import permalink
from handlers import app_home, stop_policy
from handlers.interactivity import Declined, ask, known, listen, processor, turn_of, when

log = logging.getLogger(__name__)


def register(app: AsyncApp, hall: Hall) -> None:
    """Listen to everything that can be pressed or chosen there."""
    _going(app, hall)
    _gone_wrong(app, hall)
    _notes(app, hall)
    _picker(app, hall)


def _going(app: AsyncApp, hall: Hall) -> None:
    async def ping(action: Action) -> Message:
        turn = await turn_of(hall, action)
        if await hall.mailbox.ping(turn.id, action.user):
            return ephemeral.will_ping()
        return ephemeral.too_late_to_ping()

    async def edited(action: Action) -> Message | None:
        turn = await turn_of(hall, action)
        question = derived.as_edited(turn, action.user, when(action))
        if question is None:
            return ephemeral.too_old()
        return await ask(hall, question)

    async def stop(action: Action) -> Message | None:
        try:
            answer = await _stop(hall, action)
        except Declined as declined:
            answer = declined.answer
        if action.view:
            await app_home.publish_again(hall, action)
        return answer

    async def stop_all(action: Action) -> Message:
        turn = await turn_of(hall, action)
        if turn.ending is None or turn.ending.kind is not EndingKind.STOPPED:
            raise Declined(ephemeral.too_old())
        person = UserId(turn.ending.message or turn.question.asker)
        if person != action.user and not await stop_policy.may_stop(hall, turn, action.user):
            raise Declined(ephemeral.may_not_stop(person))
        asked = await hall.mailbox.all_asked_by(turn.question.thread, person)
        waiting = [each for each in asked if each.id != turn.id]  # it leaves when its end is told
        for other in waiting:
            await hall.mailbox.stop(other.id, action.user)
        return ephemeral.stopping_all(len(waiting))

    async def elsewhere(action: Action) -> Message:
        return await _in_new_thread(hall, await turn_of(hall, action))

    listen(app, hall, action_ids.STOP, stop)
    listen(app, hall, action_ids.STOP_ALL, stop_all)
    listen(app, hall, action_ids.NEW_THREAD, elsewhere)
    listen(app, hall, action_ids.PING, ping)
    listen(app, hall, action_ids.EDITED_AGAIN, edited)


async def _stop(hall: Hall, action: Action) -> Message | None:
    """Stop a turn by its button; its status says at once that it stops. Raises Declined."""
    turn = await turn_of(hall, action)
    if turn.ending is not None:
        return ephemeral.nothing_to_stop()
    if not await stop_policy.may_stop(hall, turn, action.user):
        return ephemeral.may_not_stop(turn.question.asker)
    await hall.mailbox.stop(turn.id, action.user)
    return None


async def _in_new_thread(hall: Hall, turn: Turn) -> Message:
    """Ask a question that waits in a thread of its own.

    The thread's first message is posted before the question is moved, which is one step: whatever
    fails in between leaves the question where it waits, and at worst a message without an answer.

    Raises:
        Declined: the thread could not be begun.
    """
    if turn.ending is not None or turn.state is not State.QUEUED:
        return ephemeral.not_moved()
    asked, here = turn.wishes.edited or turn.question, turn.question.thread
    choices = await hall.mailbox.choices(here.team, here.channel, asked.asker, here)
    chosen, _ = in_force(asked.processor, choices, hall.default_processor)
    try:
        thread = await hall.conversation.post_in_channel(
            here.team, here.channel, quick_answer.new_thread(turn)
        )
    except (Refused, AnswerLost) as error:
        log.warning("a thread was not begun: %s", error, extra={"turn": turn.id})
        raise Declined(ephemeral.too_slow()) from error
    if await hall.mailbox.move(turn.id, thread, chosen.name):
        return ephemeral.moved(permalink(hall.workspace, thread, thread.ts))
    with suppress(Refused, AnswerLost, Unavailable):
        await hall.conversation.delete(thread, thread.ts)
    return ephemeral.not_moved()


def _gone_wrong(app: AsyncApp, hall: Hall) -> None:
    async def again(action: Action, *, look: bool) -> Message | None:
        turn = await turn_of(hall, action)
        if not action.message:  # which names what is asked: there is none in a view
            return ephemeral.nowhere()
        if turn.question.start.is_aside:  # older releases offered it there, too
            return ephemeral.too_old()
        match await hall.mailbox.put_again(turn.id, action.user, action.message, look=look):
            case None:
                return ephemeral.too_old()
            case Accepted.KNOWN:
                begun = lifecycle.named(action.team, action.channel, action.message)
                return await known(hall, begun)
            case _:
                return None

    listen(app, hall, action_ids.TRY_AGAIN, lambda action: again(action, look=False))
    listen(app, hall, action_ids.LOOK_AGAIN, lambda action: again(action, look=True))


def _notes(app: AsyncApp, hall: Hall) -> None:
    async def unmute(action: Action) -> None:
        await mute(hall, action, muted=False)

    async def go_on(action: Action) -> Message:
        note = await turn_of(hall, action)
        if note.question.start is not Start.ASLEEP:
            raise Declined(ephemeral.too_old())
        question = _as_said(note.question)
        reach = Reach.ASIDE if question.start.is_aside else Reach.ADDRESSED
        return await ask(hall, question, reach) or ephemeral.continued()

    async def anyway(action: Action) -> Message | None:
        note = await turn_of(hall, action)
        if not note.question.text or not note.question.start.is_aside:
            raise Declined(ephemeral.too_old())
        question = derived.anyway(note, action.user, when(action))
        return await ask(hall, question)

    listen(app, hall, action_ids.ANYWAY, anyway)
    listen(app, hall, action_ids.UNMUTE, unmute)
    listen(app, hall, action_ids.CONTINUE, go_on)


async def mute(hall: Hall, action: Action, *, muted: bool) -> None:
    """Mute or unmute the thread that the message stands in, and say so there. Raises Declined."""
    if action.thread is None or not action.message:
        raise Declined(ephemeral.nowhere())
    await hall.mailbox.mute(action.thread, muted=muted)
    start = Start.MUTED if muted else Start.UNMUTED
    press = f"{start}-{action.when}"
    note = Question(action.thread, action.message, action.user, "", start=start, press=press)
    await hall.mailbox.put(note, Reach.ASIDE)


def _as_said(note: Question) -> Question:
    """Return the reply that a note about a sleeping thread holds, as it was heard."""
    if not note.text:
        start = Start.HELP
    elif note.processor and note.processor not in PROCESSORS:
        start = Start.UNKNOWN_PROCESSOR
    else:
        start = Start.QUESTION
    return replace(note, start=start, press="", at=None)


def _picker(app: AsyncApp, hall: Hall) -> None:
    async def everything(action: Action) -> Message:
        choices = await hall.mailbox.choices(action.team, action.channel, action.user, None)
        return processor_picker.picker(choices, hall.default_processor, everything=True)

    async def for_channel(action: Action) -> Message:
        if not action.channel:
            raise Declined(ephemeral.nowhere())
        choices = await hall.mailbox.choices(action.team, action.channel, action.user, None)
        name = processor(action.value)
        await hall.mailbox.choose(Channel(action.team, action.channel), name)
        return processor_picker.picker(replace(choices, channel=name), hall.default_processor)

    async def for_person(action: Action) -> Message:
        choices = await hall.mailbox.choices(action.team, action.channel, action.user, None)
        name = processor(action.value)
        await hall.mailbox.choose(Person(action.team, action.user), name)
        return processor_picker.picker(replace(choices, person=name), hall.default_processor)

    listen(app, hall, action_ids.PROCESSORS_ALL, everything, replace_original=True)
    for action_id in (action_ids.PROCESSOR_CHANNEL, action_ids.RESET_CHANNEL):
        listen(app, hall, action_id, for_channel, replace_original=True)
    for action_id in (action_ids.PROCESSOR_MINE, action_ids.RESET_MINE):
        listen(app, hall, action_id, for_person, replace_original=True)
