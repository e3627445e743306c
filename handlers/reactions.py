"""A reaction as *Research this* (`RESEARCH_REACTION`), and the note that asks to confirm its price.

The message is read from Slack before the event is acknowledged: when that fails, the event is
delivered again.
"""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import Any

from slack_bolt.app.async_app import AsyncApp

from bot.domain import confirmation
from bot.domain.choosing import is_confirmed_first, processor_in_force
from bot.domain.turn import Question, TurnKind
from bot.errors import Refused, Unavailable
from bot.ports import Addressing, HandlerContext
from bot.slack.payloads import reaction_events
from bot.slack.payloads.fields import is_shared
from handlers.admission import admits
from handlers.offers import offered_in
from handlers.overflow import put_or_tell

log = logging.getLogger(__name__)


def register(app: AsyncApp, context: HandlerContext) -> None:
    """Listen to reactions."""
    app.event("reaction_added")(partial(take_reaction, context))


async def take_reaction(context: HandlerContext, body: dict[str, Any]) -> None:
    """Ask what the message says that a person reacted to. Raises Unavailable."""
    reaction = reaction_events.parse_reaction(body, context.research_reaction, context.me)
    if reaction is None:
        return
    try:
        async with asyncio.timeout(context.deadlines.listener):
            message = await context.messenger.message(reaction.channel, reaction.message)
    except Refused as refused:
        log.warning("message not read: %s", refused)
        return
    except TimeoutError as late:
        raise Unavailable("the message was not read in time") from late
    question = reaction_events.question_of(reaction, message, context.me) if message else None
    shared = is_shared(body)
    if question and await admits(context, question, Addressing.ADDRESSED, shared=shared):
        await _ask_or_confirm(context, question)


async def _ask_or_confirm(context: HandlerContext, question: Question) -> None:
    """Ask a question, or first whether it may cost that much."""
    if question.start is not TurnKind.QUESTION:
        await context.mailbox.put(question, Addressing.SIDE)
        return
    thread = question.thread
    choices = await context.choices.read(thread.team, thread.channel, question.asker, thread=thread)
    offered = await offered_in(context, thread.channel)
    processor, _ = processor_in_force(None, choices, context.default_processor, offered)
    if is_confirmed_first(processor, context.confirm_from):
        note = confirmation.price_note(question, processor.name)
        await context.mailbox.put(note, Addressing.SIDE)
    else:
        await put_or_tell(context, question, Addressing.ADDRESSED)
