"""Buttons and menus on what the bot says while a question is going, and after it went wrong.

Here are also the picker of `/processor` and the notes about a thread (muted, asleep).
"""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import replace

from slack_bolt.app.async_app import AsyncApp

from bot.domain import derived, naming
from bot.domain.choosing import in_force
from bot.domain.processors import PROCESSORS
from bot.domain.thread import UserId
from bot.domain.turn import EndingKind, Question, State, Turn, TurnKind
from bot.errors import AnswerLost, Refused, Unavailable
from bot.ports import Acceptance, Addressing, Channel, HandlerContext, Message, Person
from bot.slack import action_ids
from bot.slack.messages import ephemeral, processor_picker, quick_answer
from bot.slack.payloads.interactivity import Action
from bot.slack.text.links import permalink
from handlers import app_home, stop_policy
from handlers.interactivity import Rejected, ask, known, on_action, processor, turn_of, when

log = logging.getLogger(__name__)


def register(app: AsyncApp, context: HandlerContext) -> None:
    """Listen to everything that can be pressed or chosen there."""
    _going(app, context)
    _gone_wrong(app, context)
    _notes(app, context)
    _picker(app, context)


def _going(app: AsyncApp, context: HandlerContext) -> None:
    async def ping(action: Action) -> Message:
        turn = await turn_of(context, action)
        if await context.mailbox.ping(turn.id, action.user):
            return ephemeral.will_ping()
        return ephemeral.too_late_to_ping()

    async def edited(action: Action) -> Message | None:
        turn = await turn_of(context, action)
        question = derived.as_edited(turn, action.user, when(action))
        if question is None:
            return ephemeral.too_old()
        return await ask(context, question)

    async def stop(action: Action) -> Message | None:
        try:
            answer = await _stop(context, action)
        except Rejected as declined:
            answer = declined.answer
        if action.view:
            await app_home.publish_again(context, action)
        return answer

    async def stop_all(action: Action) -> Message:
        turn = await turn_of(context, action)
        if turn.ending is None or turn.ending.kind is not EndingKind.STOPPED:
            raise Rejected(ephemeral.too_old())
        person = UserId(turn.ending.message or turn.question.asker)
        if person != action.user and not await stop_policy.may_stop(context, turn, action.user):
            raise Rejected(ephemeral.may_not_stop(person))
        asked = await context.mailbox.all_asked_by(turn.question.thread, person)
        waiting = [each for each in asked if each.id != turn.id]  # it leaves when its end is told
        for other in waiting:
            await context.mailbox.stop(other.id, action.user)
        return ephemeral.stopping_all(len(waiting))

    async def elsewhere(action: Action) -> Message:
        return await _in_new_thread(context, await turn_of(context, action))

    on_action(app, context, action_ids.STOP, stop)
    on_action(app, context, action_ids.STOP_ALL, stop_all)
    on_action(app, context, action_ids.NEW_THREAD, elsewhere)
    on_action(app, context, action_ids.PING, ping)
    on_action(app, context, action_ids.EDITED_AGAIN, edited)


async def _stop(context: HandlerContext, action: Action) -> Message | None:
    """Stop a turn by its button; its status says at once that it stops. Raises Rejected."""
    turn = await turn_of(context, action)
    if turn.ending is not None:
        return ephemeral.nothing_to_stop()
    if not await stop_policy.may_stop(context, turn, action.user):
        return ephemeral.may_not_stop(turn.question.asker)
    await context.mailbox.stop(turn.id, action.user)
    return None


async def _in_new_thread(context: HandlerContext, turn: Turn) -> Message:
    """Ask a question that waits in a thread of its own.

    The thread's first message is posted before the question is moved, which is one step: whatever
    fails in between leaves the question where it waits, and at worst a message without an answer.

    Raises:
        Rejected: the thread could not be begun.
    """
    if turn.ending is not None or turn.state is not State.QUEUED:
        return ephemeral.not_moved()
    asked, here = turn.signals.edited or turn.question, turn.question.thread
    choices = await context.mailbox.choices(here.team, here.channel, asked.asker, here)
    chosen, _ = in_force(asked.processor, choices, context.default_processor)
    try:
        thread = await context.messenger.post_in_channel(
            here.team, here.channel, quick_answer.new_thread_message(turn)
        )
    except (Refused, AnswerLost) as error:
        log.warning("a thread was not begun: %s", error, extra={"turn": turn.id})
        raise Rejected(ephemeral.too_slow()) from error
    if await context.mailbox.move(turn.id, thread, chosen.name):
        return ephemeral.moved(permalink(context.workspace, thread, thread.ts))
    with suppress(Refused, AnswerLost, Unavailable):
        await context.messenger.delete(thread, thread.ts)
    return ephemeral.not_moved()


def _gone_wrong(app: AsyncApp, context: HandlerContext) -> None:
    async def again(action: Action, *, look: bool) -> Message | None:
        turn = await turn_of(context, action)
        if not action.message:  # which names what is asked: there is none in a view
            return ephemeral.unknown_place()
        if turn.question.start.needs_no_run:  # older releases offered it there, too
            return ephemeral.too_old()
        match await context.mailbox.put_again(turn.id, action.user, action.message, look=look):
            case None:
                return ephemeral.too_old()
            case Acceptance.DUPLICATE:
                begun = naming.named(action.team, action.channel, action.message)
                return await known(context, begun)
            case _:
                return None

    on_action(app, context, action_ids.TRY_AGAIN, lambda action: again(action, look=False))
    on_action(app, context, action_ids.LOOK_AGAIN, lambda action: again(action, look=True))


def _notes(app: AsyncApp, context: HandlerContext) -> None:
    async def unmute(action: Action) -> None:
        await mute(context, action, muted=False)

    async def go_on(action: Action) -> Message:
        note = await turn_of(context, action)
        if note.question.start is not TurnKind.DORMANT:
            raise Rejected(ephemeral.too_old())
        question = _as_said(note.question)
        reach = Addressing.SIDE if question.start.needs_no_run else Addressing.ADDRESSED
        return await ask(context, question, reach) or ephemeral.continued()

    async def anyway(action: Action) -> Message | None:
        note = await turn_of(context, action)
        if not note.question.text or not note.question.start.needs_no_run:
            raise Rejected(ephemeral.too_old())
        question = derived.anyway(note, action.user, when(action))
        return await ask(context, question)

    on_action(app, context, action_ids.ANYWAY, anyway)
    on_action(app, context, action_ids.UNMUTE, unmute)
    on_action(app, context, action_ids.CONTINUE, go_on)


async def mute(context: HandlerContext, action: Action, *, muted: bool) -> None:
    """Mute or unmute the thread that the message stands in, and say so there. Raises Rejected."""
    if action.thread is None or not action.message:
        raise Rejected(ephemeral.unknown_place())
    await context.mailbox.mute(action.thread, muted=muted)
    start = TurnKind.MUTED if muted else TurnKind.UNMUTED
    press = f"{start}-{action.when}"
    note = Question(action.thread, action.message, action.user, "", start=start, press=press)
    await context.mailbox.put(note, Addressing.SIDE)


def _as_said(note: Question) -> Question:
    """Return the reply that a note about a sleeping thread holds, as it was heard."""
    if not note.text:
        start = TurnKind.HELP
    elif note.processor and note.processor not in PROCESSORS:
        start = TurnKind.UNKNOWN_PROCESSOR
    else:
        start = TurnKind.QUESTION
    return replace(note, start=start, press="", at=None)


def _picker(app: AsyncApp, context: HandlerContext) -> None:
    async def everything(action: Action) -> Message:
        choices = await context.mailbox.choices(action.team, action.channel, action.user, None)
        return processor_picker.processor_picker(
            choices, context.default_processor, everything=True
        )

    async def for_channel(action: Action) -> Message:
        if not action.channel:
            raise Rejected(ephemeral.unknown_place())
        choices = await context.mailbox.choices(action.team, action.channel, action.user, None)
        name = processor(action.value)
        await context.mailbox.choose(Channel(action.team, action.channel), name)
        return processor_picker.processor_picker(
            replace(choices, channel=name), context.default_processor
        )

    async def for_person(action: Action) -> Message:
        choices = await context.mailbox.choices(action.team, action.channel, action.user, None)
        name = processor(action.value)
        await context.mailbox.choose(Person(action.team, action.user), name)
        return processor_picker.processor_picker(
            replace(choices, person=name), context.default_processor
        )

    on_action(app, context, action_ids.PROCESSORS_ALL, everything, replace_original=True)
    for action_id in (action_ids.PROCESSOR_CHANNEL, action_ids.RESET_CHANNEL):
        on_action(app, context, action_id, for_channel, replace_original=True)
    for action_id in (action_ids.PROCESSOR_MINE, action_ids.RESET_MINE):
        on_action(app, context, action_id, for_person, replace_original=True)
