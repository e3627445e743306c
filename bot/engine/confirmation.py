"""Says that a question lapsed whose price nobody confirmed in time."""

from __future__ import annotations

import logging

from bot.domain import confirmation, naming
from bot.domain.choosing import CONFIRMED_WITHIN
from bot.domain.thread import MessageTs, TurnId
from bot.domain.turn import Turn
from bot.engine.context import EngineContext
from bot.engine.pacing import wait_for_reservation
from bot.errors import Refused, Unavailable
from bot.slack.messages.budgets import lapsed
from bot.slack.messages.failures import price_message
from bot.slack.messages.turn_facts import facts_of

log = logging.getLogger(__name__)


async def lapse(context: EngineContext, name: TurnId) -> None:
    """Take the buttons off a question about a price that nobody answered.

    Raises:
        Unavailable: there is still time to answer it.
    """
    turn = await context.store.turn(name)
    if turn is None or turn.ending is None or not (message := await open_price(context, turn)):
        return
    left = turn.ending.at + CONFIRMED_WITHIN - context.clock()
    if left > 0:
        raise Unavailable("there is still time to confirm", left)
    await wait_for_reservation(context.rate_limiter.reserve_edit())
    facts = facts_of(turn, context.default_processor)
    try:
        await context.messenger.update(turn.question.thread, message, lapsed(facts))
    except Refused as refused:  # declined: it was deleted
        log.info("lapse not shown: %s", refused)


async def open_price(context: EngineContext, turn: Turn) -> MessageTs | None:
    """Return the message that asks about a price, while nobody has answered; None for none."""
    if not confirmation.asks_price(turn):
        return None
    answer = confirmation.confirmed(turn, "", MessageTs(""))
    is_answered = await context.store.turn(naming.turn_id(answer)) is not None
    return None if is_answered else price_message(turn)
