"""Tells a person why a question is not taken."""

from __future__ import annotations

from contextlib import suppress

from bot.domain.turn import Question
from bot.errors import AnswerLost, Refused, Unavailable
from bot.ports import Message, Messenger
from bot.ports.gate import Admission, Gate
from bot.slack.messages.admin import refused


async def refuse_politely(
    gate: Gate, messenger: Messenger, question: Question, admission: Admission
) -> None:
    """Tell a person why a question is not taken, once a day. A courtesy: nothing is kept of it."""
    with suppress(Refused, AnswerLost, Unavailable):
        if await gate.is_first_refusal(question, admission.verdict):
            words = refused(admission.verdict, admission.access, question.thread.channel)
            await messenger.post_ephemeral(question.private_place, question.asker, Message(words))
