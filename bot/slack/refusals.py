"""Tells a person why a question is not taken, or not yet."""

from __future__ import annotations

from contextlib import suppress

from bot.domain.turn import Question
from bot.errors import AnswerLost, Refused, Unavailable
from bot.ports import Message, Messenger
from bot.ports.gate import Admission, Gate
from bot.slack.messages.admin import not_yet_known, refused


async def refuse_politely(
    gate: Gate, messenger: Messenger, question: Question, admission: Admission
) -> None:
    """Tell a person why a question is not taken, once a day. A courtesy: nothing is kept of it."""
    with suppress(Refused, AnswerLost, Unavailable):
        if await gate.is_first_refusal(question, admission.verdict):
            words = refused(admission.verdict, admission.access, question.thread.channel)
            await messenger.post_ephemeral(question.private_place, question.asker, Message(words))


async def tell_of_wait(gate: Gate, messenger: Messenger, question: Question) -> None:
    """Tell a person, once a question, that Slack does not say yet whether they may ask. A courtesy.

    The place may be one that other companies read, so nobody else sees it.
    """
    with suppress(Refused, AnswerLost, Unavailable):
        if await gate.is_first_wait(question):
            place, words = question.private_place, Message(not_yet_known())
            await messenger.post_ephemeral(place, question.asker, words)
