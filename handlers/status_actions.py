"""Buttons of a question in progress (stop, ping, a new thread), and after it failed (retry)."""

from __future__ import annotations

import logging
from contextlib import suppress
from functools import partial

from slack_bolt.app.async_app import AsyncApp

from bot.domain import derived, naming
from bot.domain.choosing import processor_in_force
from bot.domain.thread import UserId
from bot.domain.turn import EndingKind, State
from bot.errors import AnswerLost, Refused, Unavailable
from bot.ports import Acceptance, Addressing, HandlerContext, Message
from bot.slack import action_ids
from bot.slack.messages import ephemeral, quick_answer
from bot.slack.payloads.interactivity import Action
from bot.slack.text.links import permalink
from handlers import app_home, stop_policy
from handlers.interactivity import on_actions
from handlers.offers import offered_in, require_offered
from handlers.rejection import Rejected
from handlers.rereading import as_said_now
from handlers.turns import action_time, ask, known, turn_of

log = logging.getLogger(__name__)


def register(app: AsyncApp, context: HandlerContext) -> None:
    """Listen to the buttons of status, busy and failure messages."""
    on_actions(app, context, {action_ids.STOP: stop, action_ids.STOP_ALL: stop_all}, stops=True)
    on_actions(
        app,
        context,
        {
            action_ids.NEW_THREAD: move_to_new_thread,
            action_ids.PING: ping,
            action_ids.EDITED_AGAIN: ask_edited,
            action_ids.TRY_AGAIN: partial(retry, resume=False),
            action_ids.LOOK_AGAIN: partial(retry, resume=True),
        },
    )


# --- in progress ------------------------------------------------------------------------


async def stop(context: HandlerContext, action: Action) -> Message | None:
    """Stop a turn; in the Home tab, show it again in any case."""
    try:
        answer = await _stop(context, action)
    except Rejected as rejected:
        answer = rejected.answer
    if action.view and not await app_home.publish_again(context, action):
        return answer or ephemeral.home_not_shown(is_done=True)
    return answer


async def _stop(context: HandlerContext, action: Action) -> Message | None:
    """Stop a turn; its status message says so by itself. Raises Rejected."""
    turn = await turn_of(context, action)
    if turn.ending is not None:
        return ephemeral.nothing_to_stop()
    if not await stop_policy.may_stop(context, turn, action.user):
        return ephemeral.may_not_stop(turn.question.asker)
    await context.mailbox.stop(turn.id, action.user)
    return None


async def stop_all(context: HandlerContext, action: Action) -> Message:
    """Stop what else waits from the person whose turn was stopped."""
    turn = await turn_of(context, action)
    if turn.ending is None or turn.ending.kind is not EndingKind.STOPPED:
        raise Rejected(ephemeral.too_old())
    person = UserId(turn.ending.message or turn.question.asker)
    if person != action.user and not await stop_policy.may_stop(context, turn, action.user):
        raise Rejected(ephemeral.may_not_stop(person))
    asked = await context.mailbox.all_asked_by(turn.question.thread, person)
    waiting = [each for each in asked if each.id != turn.id]  # it leaves after its last message
    for other in waiting:
        await context.mailbox.stop(other.id, action.user)
    return ephemeral.stopping_all(len(waiting))


async def ping(context: HandlerContext, action: Action) -> Message:
    """Have the person mentioned with the answer."""
    turn = await turn_of(context, action)
    if await context.mailbox.ping(turn.id, action.user):
        return ephemeral.will_ping()
    return ephemeral.too_late_to_ping()


async def ask_edited(context: HandlerContext, action: Action) -> Message | None:
    """Ask the text that a question was edited to while its run went on."""
    turn = await turn_of(context, action)
    turn = await as_said_now(context, turn)
    question = derived.as_edited(turn, action.user, action_time(action))
    if question is None:
        return ephemeral.too_old()
    await _require_offered(context, action, question.processor)
    return await ask(context, question)


async def move_to_new_thread(context: HandlerContext, action: Action) -> Message:
    """Ask a queued question in a thread of its own.

    The thread's first message is posted before the question is moved, which is one step. A failure
    in between leaves the question queued where it is, and at worst a message without an answer.

    Raises:
        Rejected: the thread could not be started.
    """
    turn = await turn_of(context, action)
    if turn.ending is not None or turn.state is not State.QUEUED:
        return ephemeral.not_moved()
    question, here = turn.signals.edited or turn.question, turn.question.thread
    choices = await context.choices.read(here.team, here.channel, question.asker, thread=here)
    offered = await offered_in(context, here.channel)
    chosen, _ = processor_in_force(question.processor, choices, context.default_processor, offered)
    try:
        thread = await context.messenger.post_in_channel(
            here.team, here.channel, quick_answer.new_thread_message(turn)
        )
    except (Refused, AnswerLost, Unavailable) as error:
        log.warning("new thread not started: %s", error, extra={"turn": turn.id})
        raise Rejected(ephemeral.no_new_thread()) from error
    if await context.mailbox.move(turn.id, thread, chosen.name):
        return ephemeral.moved(permalink(context.workspace, thread, thread.ts))
    with suppress(Refused, AnswerLost, Unavailable):
        await context.messenger.delete(thread, thread.ts)
    return ephemeral.not_moved()


async def _require_offered(context: HandlerContext, action: Action, name: str | None) -> None:
    """Refuse a run on a processor that is not on offer any more. Raises Rejected."""
    require_offered(context, name, await offered_in(context, action.channel))


# --- after a failure --------------------------------------------------------------------


async def retry(context: HandlerContext, action: Action, *, resume: bool) -> Message | None:
    """Ask a question once more: with a new run, or (`resume`) by waiting on for the same run."""
    turn = await turn_of(context, action)
    if not action.message:  # it names the new turn; in a view there is none
        return ephemeral.unknown_place()
    if turn.question.start.needs_no_run:  # older releases had the button there, too
        return ephemeral.too_old()
    if not resume:
        await _require_offered(context, action, turn.processor)
    if not (resume and turn.run):
        turn = await as_said_now(context, turn)
    again = derived.asked_again(turn, action.user, action.message, look=resume)
    match await context.mailbox.append(again, Addressing.ADDRESSED):
        case Acceptance.DUPLICATE:
            begun = naming.turn_id_of(action.team, action.channel, action.message)
            return await known(context, begun)
        case Acceptance.FULL | Acceptance.STILL_FULL:
            return ephemeral.thread_is_full()
        case _:
            return None
