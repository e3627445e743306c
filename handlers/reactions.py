"""A reaction as *Research this* (`RESEARCH_REACTION`), and the question whether it may cost that.

The message is read from Slack before the event is acknowledged: when that fails, the event is
delivered again.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import Any

from slack_bolt.app.async_app import AsyncApp

from bot.domain.choosing import CONFIRM_FROM, in_force
from bot.domain.turn import Question, TurnKind
from bot.errors import AnswerLost, Refused, Unavailable
from bot.ports import Addressing, HandlerContext, Message
from bot.slack import action_ids
from bot.slack.messages import ephemeral
from bot.slack.payloads import reaction_events
from bot.slack.payloads.interactivity import Action
from handlers.interactivity import RETURN_WITHIN, Rejected, ask, on_action, turn_of

log = logging.getLogger(__name__)


def register(app: AsyncApp, context: HandlerContext) -> None:
    """Listen to reactions, and to the buttons below the question about the price."""

    @app.event("reaction_added")
    async def reacted(body: dict[str, Any]) -> None:
        found = reaction_events.parse_reaction(body, context.research_reaction, context.me)
        if found is None:
            return
        try:
            async with asyncio.timeout(RETURN_WITHIN):
                message = await context.messenger.message(found.channel, found.message)
        except Refused as refused:
            log.warning("a message could not be read: %s", refused)
            return
        except TimeoutError as late:
            raise Unavailable("a message was not read in time") from late
        if message and (question := reaction_events.asked(found, message, context.me)):
            await _ask(context, question)

    async def start(action: Action) -> Message | None:
        question = reaction_events.confirmed(await _note(context, action))
        return await ask(context, question)

    async def decline(action: Action) -> Message:
        await _note(context, action)
        if action.thread and action.message:
            with suppress(Refused, AnswerLost, Unavailable):  # a courtesy: it asks no more
                await context.messenger.delete(action.thread, action.message)
        return ephemeral.not_started()

    on_action(app, context, action_ids.CONFIRM, start)
    on_action(app, context, action_ids.DECLINE, decline)


async def _ask(context: HandlerContext, question: Question) -> None:
    """Ask it, or first whether it may cost that much."""
    if question.start is not TurnKind.QUESTION:
        await context.mailbox.put(question, Addressing.SIDE)
        return
    thread = question.thread
    choices = await context.mailbox.choices(thread.team, thread.channel, question.asker, thread)
    processor, _ = in_force(None, choices, context.default_processor)
    if processor.price >= CONFIRM_FROM:
        note = reaction_events.confirmed_first(question, processor.name)
        await context.mailbox.put(note, Addressing.SIDE)
    else:
        await context.mailbox.put(question, Addressing.ADDRESSED)


async def _note(context: HandlerContext, action: Action) -> Question:
    """Return the note that was answered, by who reacted or an admin. Raises Rejected."""
    note = (await turn_of(context, action)).question
    if note.start is not TurnKind.CONFIRM:
        raise Rejected(ephemeral.too_old())
    if action.user != note.asker and action.user not in context.admins:
        raise Rejected(ephemeral.not_yours(note.asker))
    return note
