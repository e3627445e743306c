"""Questions whose price is confirmed before they start: what asks about it, and the answers. Pure.

The answers have the same id, so whichever comes first decides.
"""

from __future__ import annotations

from dataclasses import replace

from bot.domain import derived, naming
from bot.domain.thread import MessageTs, TurnId
from bot.domain.turn import EndingKind, Question, Turn, TurnKind

_PRICE = "-price"  #: how it ends in the note that asks about the price of a reaction's question


def price_note(question: Question, processor: str) -> Question:
    """Ask whether the question of a reaction is to be started at the price of a processor."""
    press = f"{question.press}{_PRICE}"
    return replace(question, start=TurnKind.CONFIRM, processor=processor, press=press)


def was_not_granted(turn: Turn) -> bool:
    """Whether a question was not started for its price, its processor or a budget."""
    kinds = (EndingKind.CONFIRM, EndingKind.NOT_OFFERED, EndingKind.OVER_BUDGET)
    return turn.ending is not None and turn.ending.kind in kinds


def asks_price(turn: Turn) -> bool:
    """Whether a turn has ended by asking whether its question may cost what it costs."""
    is_note = turn.question.start is TurnKind.CONFIRM
    return turn.ending is not None and (is_note or turn.ending.kind is EndingKind.CONFIRM)


def confirmed(turn: Turn, processor: str, at: MessageTs) -> Question:
    """Ask a question whose price was confirmed, or on the cheaper processor; once for either."""
    question = replace(turn.question, processor=processor, start=TurnKind.QUESTION)
    if turn.question.start is TurnKind.CONFIRM:
        return replace(question, press=turn.question.press.removesuffix(_PRICE))
    return replace(question, press=derived.press_on(turn, naming.CONFIRMED), at=at)


def declined(turn: Turn, at: MessageTs) -> Question:
    """Decline a price for good: `confirmed` has the same id, so the first of them counts."""
    return replace(confirmed(turn, "", at), start=TurnKind.DECLINED, at=at)


def answer_id(turn: Turn) -> TurnId:
    """Return the id of the turn that confirms a price, or declines it."""
    return naming.turn_id(void(turn))


def void(turn: Turn) -> Question:
    """Decline a price since the question of its turn was edited or deleted."""
    return declined(turn, naming.asked_at(turn.question))
