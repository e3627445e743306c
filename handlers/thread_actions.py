"""Buttons of the notes about a thread: unmute it, continue it, ask a remark as a question."""

from __future__ import annotations

from dataclasses import replace

from slack_bolt.app.async_app import AsyncApp

from bot.domain import derived
from bot.domain.processors import PROCESSORS
from bot.domain.turn import Question, TurnKind
from bot.ports import Addressing, HandlerContext, Message
from bot.slack import action_ids
from bot.slack.messages import ephemeral
from bot.slack.payloads.interactivity import Action
from handlers import unconfirmed
from handlers.interactivity import on_actions
from handlers.rejection import Rejected
from handlers.rereading import reply_now
from handlers.turns import action_time, ask, is_unanswered, known, turn_of


def register(app: AsyncApp, context: HandlerContext) -> None:
    """Listen to the buttons of the notes."""
    on_actions(
        app,
        context,
        {
            action_ids.UNMUTE: unmute,
            action_ids.CONTINUE: continue_thread,
            action_ids.ANYWAY: ask_anyway,
        },
    )


async def mute(context: HandlerContext, action: Action) -> None:
    """Mute the thread of the message, and say so there. Raises Rejected."""
    await _set_muted(context, action, muted=True)


async def unmute(context: HandlerContext, action: Action) -> None:
    """Unmute the thread of the message, and say so there. Raises Rejected."""
    await _set_muted(context, action, muted=False)


async def continue_thread(context: HandlerContext, action: Action) -> Message:
    """Ask the reply that woke a dormant thread."""
    note = (await turn_of(context, action)).question
    if note.start is not TurnKind.DORMANT:
        raise Rejected(ephemeral.too_old())
    question = replace(await reply_now(context, _reply_of(note)), at=action_time(action))
    addressing = Addressing.SIDE if question.start.needs_no_run else Addressing.ADDRESSED
    return await ask(context, question, addressing) or ephemeral.continued()


async def ask_anyway(context: HandlerContext, action: Action) -> Message | None:
    """Ask a message as a question that was taken for something else."""
    note = await turn_of(context, action)
    if not note.question.text or not note.question.start.needs_no_run:
        raise Rejected(ephemeral.too_old())
    latest = await unconfirmed.latest_of_message(context, note)
    if latest.id != note.id and not is_unanswered(latest):  # an edit of the message asks it
        raise Rejected(await known(context, latest.id))
    return await ask(context, derived.asked_anyway(note, action.user, action_time(action)))


async def _set_muted(context: HandlerContext, action: Action, *, muted: bool) -> None:
    if action.thread is None or not action.message:
        raise Rejected(ephemeral.unknown_place())
    await context.mailbox.mute(action.thread, action_time(action), muted=muted)
    kind = TurnKind.MUTED if muted else TurnKind.UNMUTED
    note = Question(
        thread=action.thread,
        message=action.message,
        asker=action.user,
        text="",
        start=kind,
        press=f"{kind}-{action.when}",
    )
    await context.mailbox.put(note, Addressing.SIDE)


def _reply_of(note: Question) -> Question:
    """Return the reply that a note about a dormant thread holds, as it was parsed."""
    if not note.text:
        kind = TurnKind.HELP
    elif note.processor and note.processor not in PROCESSORS:
        kind = TurnKind.UNKNOWN_PROCESSOR
    else:
        kind = TurnKind.QUESTION
    return replace(note, start=kind, press="", at=None)
