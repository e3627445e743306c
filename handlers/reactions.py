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
from bot.domain.model import Question, Start
from bot.errors import AnswerLost, Refused, Unavailable
from bot.ports import Hall, Message, Reach
from bot.slack import action_ids
from bot.slack.messages import ephemeral
from bot.slack.payloads import reaction_events
from bot.slack.payloads.interactivity import Action
from handlers.interactivity import RETURN_WITHIN, Declined, ask, listen, turn_of

log = logging.getLogger(__name__)


def register(app: AsyncApp, hall: Hall) -> None:
    """Listen to reactions, and to the buttons below the question about the price."""

    @app.event("reaction_added")
    async def reacted(body: dict[str, Any]) -> None:
        found = reaction_events.reaction(body, hall.research_reaction, hall.me)
        if found is None:
            return
        try:
            async with asyncio.timeout(RETURN_WITHIN):
                message = await hall.conversation.message(found.channel, found.message)
        except Refused as refused:
            log.warning("a message could not be read: %s", refused)
            return
        except TimeoutError as late:
            raise Unavailable("a message was not read in time") from late
        if message and (question := reaction_events.asked(found, message, hall.me)):
            await _ask(hall, question)

    async def start(action: Action) -> Message | None:
        question = reaction_events.confirmed(await _note(hall, action))
        return await ask(hall, question)

    async def decline(action: Action) -> Message:
        await _note(hall, action)
        if action.thread and action.message:
            with suppress(Refused, AnswerLost, Unavailable):  # a courtesy: it asks no more
                await hall.conversation.delete(action.thread, action.message)
        return ephemeral.not_started()

    listen(app, hall, action_ids.CONFIRM, start)
    listen(app, hall, action_ids.DECLINE, decline)


async def _ask(hall: Hall, question: Question) -> None:
    """Ask it, or first whether it may cost that much."""
    if question.start is not Start.QUESTION:
        await hall.mailbox.put(question, Reach.ASIDE)
        return
    thread = question.thread
    choices = await hall.mailbox.choices(thread.team, thread.channel, question.asker, thread)
    processor, _ = in_force(None, choices, hall.default_processor)
    if processor.price >= CONFIRM_FROM:
        note = reaction_events.confirmed_first(question, processor.name)
        await hall.mailbox.put(note, Reach.ASIDE)
    else:
        await hall.mailbox.put(question, Reach.ADDRESSED)


async def _note(hall: Hall, action: Action) -> Question:
    """Return the note that was answered, by who reacted or an admin. Raises Declined."""
    note = (await turn_of(hall, action)).question
    if note.start is not Start.CONFIRM:
        raise Declined(ephemeral.too_old())
    if action.user != note.asker and action.user not in hall.admins:
        raise Declined(ephemeral.not_yours(note.asker))
    return note
