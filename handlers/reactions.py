"""A reaction as *Research this* (`RESEARCH_REACTION`), and the note that asks to confirm its price.

The message is read from Slack before the event is acknowledged: when that fails, the event is
delivered again.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from functools import partial
from typing import Any

from slack_bolt.app.async_app import AsyncApp

from bot.domain.choosing import CONFIRM_FROM, processor_in_force
from bot.domain.turn import Question, TurnKind
from bot.errors import AnswerLost, Refused, Unavailable
from bot.ports import Addressing, HandlerContext, Message
from bot.slack import action_ids
from bot.slack.messages import ephemeral
from bot.slack.payloads import reaction_events
from bot.slack.payloads.interactivity import Action
from handlers.interactivity import Rejected, on_actions
from handlers.turns import ask, turn_of

log = logging.getLogger(__name__)


def register(app: AsyncApp, context: HandlerContext) -> None:
    """Listen to reactions, and to the buttons of the note."""
    app.event("reaction_added")(partial(take_reaction, context))
    on_actions(
        app,
        context,
        {
            action_ids.CONFIRM: confirm,
            action_ids.DECLINE: decline,
        },
    )


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
    if message and (question := reaction_events.question_of(reaction, message, context.me)):
        await _ask_or_confirm(context, question)


async def confirm(context: HandlerContext, action: Action) -> Message | None:
    """Ask the question of a note, whose price was confirmed."""
    note = await _note(context, action)
    return await ask(context, reaction_events.confirmed_question(note))


async def decline(context: HandlerContext, action: Action) -> Message:
    """Delete the note."""
    await _note(context, action)
    if action.thread and action.message:
        with suppress(Refused, AnswerLost, Unavailable):  # the note asks nothing more by itself
            await context.messenger.delete(action.thread, action.message)
    return ephemeral.not_started()


async def _ask_or_confirm(context: HandlerContext, question: Question) -> None:
    """Ask a question, or first whether it may cost that much."""
    if question.start is not TurnKind.QUESTION:
        await context.mailbox.put(question, Addressing.SIDE)
        return
    thread = question.thread
    choices = await context.choices.read(thread.team, thread.channel, question.asker, thread=thread)
    processor, _ = processor_in_force(None, choices, context.default_processor)
    if processor.price >= CONFIRM_FROM:
        note = reaction_events.price_note(question, processor.name)
        await context.mailbox.put(note, Addressing.SIDE)
    else:
        await context.mailbox.put(question, Addressing.ADDRESSED)


async def _note(context: HandlerContext, action: Action) -> Question:
    """Return the note that the person who reacted, or an admin, answered. Raises Rejected."""
    note = (await turn_of(context, action)).question
    if note.start is not TurnKind.CONFIRM:
        raise Rejected(ephemeral.too_old())
    if action.user != note.asker and action.user not in context.admins:
        raise Rejected(ephemeral.not_yours(note.asker))
    return note
