"""Tells a person why a question is not taken."""

from __future__ import annotations

from contextlib import suppress

from bot.domain.access import Verdict
from bot.domain.turn import Question
from bot.errors import AnswerLost, Refused, Unavailable
from bot.ports import Message, Messenger
from bot.ports.gate import Gate
from bot.slack.messages.admin import refused


async def refuse_politely(
    gate: Gate, messenger: Messenger, question: Question, verdict: Verdict
) -> None:
    """Tell a person why a question is not taken, once a day. A courtesy: nothing is kept of it."""
    thread = question.thread
    with suppress(Refused, AnswerLost, Unavailable):
        if await gate.is_first_refusal(question, verdict):
            access = await gate.access(thread.team)
            words = refused(verdict, access, thread.channel)
            await messenger.post_ephemeral(question.private_place, question.asker, Message(words))
