"""What presses on an answer have in common: whose it is, and asking its question once more."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from bot.domain import lifecycle
from bot.domain.model import EndingKind, MessageTs, Question, Turn
from bot.domain.processors import is_chat
from bot.ports import Accepted, Hall, Reach
from bot.slack.messages import ephemeral
from bot.slack.payloads.interactivity import Action
from handlers.interactivity import Declined, known, turn_of


async def answered(hall: Hall, action: Action) -> Turn:
    """Return the answered turn that a press is about. Raises Declined when there is none."""
    turn = await turn_of(hall, action)
    was_answered = turn.ending is not None and turn.ending.kind is EndingKind.ANSWERED
    if not was_answered or not (turn.run or is_chat(turn.processor)):
        raise Declined(ephemeral.too_old())
    return turn


async def researched(hall: Hall, action: Action) -> Turn:
    """Return the turn that a press is about, whose run has evidence. Raises Declined."""
    turn = await answered(hall, action)
    if turn.run is None:
        raise Declined(ephemeral.too_old())
    return turn


async def ask_on(
    hall: Hall,
    question_of: Callable[[MessageTs, int], Question],
    at: MessageTs,
    *,
    form: bool = False,
) -> None:
    """Ask a question again on the processor that was chosen, once.

    One that came to nothing there is asked once more.

    Args:
        hall: whose mailbox it goes to.
        question_of: the question, by when it was wanted and how often it was asked there so far.
        at: when it was wanted.
        form: a form wants it, opened at that time: sent twice it asks once, whatever came of it.

    Raises:
        Declined: it is asked there already.
    """
    for attempt in count(1):
        question = question_of(at, attempt)
        if await hall.mailbox.put(question, Reach.ADDRESSED) is not Accepted.KNOWN:
            return
        before = await hall.mailbox.turn(lifecycle.turn_id(question))
        if form and before and before.question.at == at:
            return
        if before is None or not came_to_nothing(before):
            raise Declined(await known(hall, lifecycle.turn_id(question)))


def came_to_nothing(turn: Turn) -> bool:
    """Whether a turn ended without an answer."""
    return turn.ending is not None and turn.ending.kind is not EndingKind.ANSWERED
