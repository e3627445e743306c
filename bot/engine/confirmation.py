"""Says that a price lapsed as nobody confirmed it in time, or is void."""

from __future__ import annotations

import logging

from bot.domain import confirmation, naming
from bot.domain.choosing import CONFIRMED_WITHIN
from bot.domain.thread import MessageTs, TurnId, UserId
from bot.domain.turn import Turn, TurnKind
from bot.engine.context import EngineContext
from bot.engine.pacing import wait_for_reservation
from bot.errors import Refused, Unavailable
from bot.slack.messages.budgets import declined, lapsed, priced, replaced_by_edit
from bot.slack.messages.failures import price_message
from bot.slack.messages.turn_facts import facts_of

log = logging.getLogger(__name__)


async def lapse(context: EngineContext, name: TurnId) -> None:
    """Take the buttons off a question about a price that nobody answered, or that is void.

    Whoever edited or declined it before it was posted found no message whose buttons to take off.

    Raises:
        Unavailable: there is still time to answer it.
    """
    turn = await context.store.turn(name)
    message = price_message(turn) if turn and confirmation.asks_price(turn) else None
    if turn is None or turn.ending is None or message is None:
        return
    thread, facts = turn.question.thread, facts_of(turn, context.default_processor)
    answer = await _answer(context, turn)
    by = _declined_before(turn, answer, message)
    if by is None and answer is None:
        left = turn.ending.at + CONFIRMED_WITHIN - context.clock()
        if left > 0:
            raise Unavailable("there is still time to confirm", left)
    elif by is None:
        return
    await wait_for_reservation(context.rate_limiter.reserve_edit())
    try:
        if by is None:
            await context.messenger.update(thread, message, lapsed(facts))
        elif answer is None or answer.question != confirmation.void(turn):
            await context.messenger.update(thread, message, declined(by, priced(facts)))
        elif turn.signals.gone:
            await context.messenger.delete(thread, message)
        else:
            await context.messenger.update(thread, message, replaced_by_edit(priced(facts)))
    except Refused as refused:  # declined: it was deleted
        log.info("lapse not shown: %s", refused)


def _declined_before(turn: Turn, answer: Turn | None, message: MessageTs) -> UserId | None:
    """Return who declined, edited or stopped a question before its price was posted."""
    if answer is None:
        return turn.signals.stop
    said = answer.question
    is_before = float(naming.asked_at(said)) < float(message)
    return said.asker if said.start is TurnKind.DECLINED and is_before else None


async def open_price(context: EngineContext, turn: Turn) -> MessageTs | None:
    """Return the message that asks about a price, while nobody has answered; None for none."""
    if not confirmation.asks_price(turn) or await _answer(context, turn):
        return None
    return price_message(turn)


async def _answer(context: EngineContext, turn: Turn) -> Turn | None:
    """Return the turn that answers the price of another one; None for none."""
    return await context.store.turn(confirmation.answer_id(turn))
