"""What presses on an answer have in common: whose it is, and asking its question once more."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from bot.domain import naming
from bot.domain.processors import is_chat
from bot.domain.thread import MessageTs
from bot.domain.turn import EndingKind, Question, Turn
from bot.ports import Acceptance, Addressing, HandlerContext
from bot.slack.messages import ephemeral
from bot.slack.payloads.interactivity import Action
from handlers.interactivity import Rejected, known, turn_of


async def answered(context: HandlerContext, action: Action) -> Turn:
    """Return the answered turn that a press is about. Raises Rejected when there is none."""
    turn = await turn_of(context, action)
    was_answered = turn.ending is not None and turn.ending.kind is EndingKind.ANSWERED
    if not was_answered or not (turn.run or is_chat(turn.processor)):
        raise Rejected(ephemeral.too_old())
    return turn


async def researched(context: HandlerContext, action: Action) -> Turn:
    """Return the turn that a press is about, whose run has evidence. Raises Rejected."""
    turn = await answered(context, action)
    if turn.run is None:
        raise Rejected(ephemeral.too_old())
    return turn


async def ask_on(
    context: HandlerContext,
    question_of: Callable[[MessageTs, int], Question],
    at: MessageTs,
    *,
    form: bool = False,
) -> None:
    """Ask a question again on the processor that was chosen, once.

    One that came to nothing there is asked once more.

    Args:
        context: whose mailbox it goes to.
        question_of: the question, by when it was wanted and how often it was asked there so far.
        at: when it was wanted.
        form: a form wants it, opened at that time: sent twice it asks once, whatever came of it.

    Raises:
        Rejected: it is asked there already.
    """
    for attempt in count(1):
        question = question_of(at, attempt)
        if await context.mailbox.put(question, Addressing.ADDRESSED) is not Acceptance.DUPLICATE:
            return
        before = await context.mailbox.turn(naming.turn_id(question))
        if form and before and before.question.at == at:
            return
        if before is None or not came_to_nothing(before):
            raise Rejected(await known(context, naming.turn_id(question)))


def came_to_nothing(turn: Turn) -> bool:
    """Whether a turn ended without an answer."""
    return turn.ending is not None and turn.ending.kind is not EndingKind.ANSWERED
