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
    verdict = admission.verdict
    with suppress(Unavailable):
        if await gate.is_first_refusal(question, verdict):
            words = refused(verdict, admission.access, question.thread.channel)
            if not await _tell(messenger, question, words):
                await gate.forget_refusal(question, verdict)


async def tell_of_wait(gate: Gate, messenger: Messenger, question: Question) -> None:
    """Tell a person, once a question, that Slack does not say yet whether they may ask. A courtesy.

    The place may be one that other companies read, so nobody else sees it.
    """
    with suppress(Unavailable):
        if await gate.is_first_wait(question) and not await _tell(
            messenger, question, not_yet_known()
        ):
            await gate.forget_refusal(question, None)


async def _tell(messenger: Messenger, question: Question, words: str) -> bool:
    """Show words to the asker alone; False where Slack may do so later, as beyond its rate limit.

    It allows about a hundred such messages a minute, fewer than people who ask in a burst.
    https://docs.slack.dev/reference/methods/chat.postEphemeral
    """
    with suppress(Refused, AnswerLost):
        try:
            await messenger.post_ephemeral(question.private_place, question.asker, Message(words))
        except Unavailable:
            return False
    return True
