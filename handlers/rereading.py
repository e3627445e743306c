"""Reads a message again whose words were kept for a button: they may have changed for long."""

from __future__ import annotations

import logging
from dataclasses import replace

from bot.domain import derived, lifecycle
from bot.domain.turn import Question, Turn
from bot.errors import Refused, Unavailable
from bot.ports import HandlerContext
from bot.slack.messages import ephemeral
from bot.slack.payloads import reaction_events
from bot.slack.payloads.fields import JSON
from bot.slack.payloads.message_intents import Origin, QuestionAsked, read_message
from handlers.rejection import Rejected

log = logging.getLogger(__name__)


async def reply_now(context: HandlerContext, reply: Question) -> Question:
    """Return what a reply asks now.

    Args:
        context: has the messenger.
        reply: what it asked once. It still counts where Slack does not give us the message.

    Raises:
        Rejected: it was deleted, or asks nothing any more.
    """
    message = await _read(context, reply)
    if message is None:
        return reply
    origin = Origin(reply.thread.team, reply.thread.channel, is_direct=reply.direct)
    match read_message(message, origin, context.me):
        case QuestionAsked(question):
            return question
        case _:
            raise Rejected(ephemeral.declined())


async def words_now(context: HandlerContext, reacted: Question) -> Question:
    """Return the question of a reaction with the words that its message has now.

    The arguments and errors are those of `reply_now`.
    """
    message = await _read(context, reacted)
    if message is None:
        return reacted
    text, files = reaction_events.words_of(message, context.me)
    if not text:
        raise Rejected(ephemeral.declined())
    return replace(reacted, text=text, files=files)


async def as_edited_now(context: HandlerContext, turn: Turn) -> Turn:
    """Return a turn with the latest edit of its message since it was asked. Raises Unavailable.

    That is kept beside the turn of the message itself, whatever was pressed to ask it.
    """
    latest = await context.mailbox.latest_edit(derived.message_turn(turn))
    if latest is None or not derived.is_asked_before(turn, latest.at):
        return turn
    return lifecycle.with_signals(turn, replace(turn.signals, edited=latest))


async def as_said_now(context: HandlerContext, turn: Turn) -> Turn:
    """Return a turn with the latest edit of its message, also of one that is no question.

    A message that somebody has only reacted to has no turn of its own.

    Raises:
        Rejected: the message with the reaction was deleted, or says nothing any more.
        Unavailable: try again.
    """
    turn = await as_edited_now(context, turn)
    if turn.signals.edited or not turn.question.press.startswith(f"{derived.REACTED}-"):
        return turn
    words = await words_now(context, turn.question)
    return lifecycle.with_signals(turn, replace(turn.signals, edited=words))


async def _read(context: HandlerContext, question: Question) -> JSON | None:
    try:
        message = await context.messenger.message(question.thread.channel, question.message)
    except (Refused, Unavailable) as error:
        log.warning("message not read: %s", error)
        return None
    if message is None or message.get("subtype") == "tombstone":
        raise Rejected(ephemeral.declined())
    return dict(message)
