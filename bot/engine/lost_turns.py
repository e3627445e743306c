"""Says in a turn's status that nothing of it is stored any more: Redis has lost its data.

Nobody else can: what is known of the turn is only in the memory of the replica that executed it.
"""

from __future__ import annotations

import logging
from contextlib import suppress

from bot.engine.context import EngineContext
from bot.engine.leased_turn import LeasedTurn
from bot.errors import AnswerLost, Refused, Unavailable
from bot.slack.messages.status import STATUS, lost_status
from bot.slack.messages.turn_facts import facts_of

log = logging.getLogger(__name__)


async def tell_if_lost(context: EngineContext, leased: LeasedTurn) -> None:
    """Change the status of a turn that is not stored any more, a courtesy; never raises."""
    turn = leased.turn
    with suppress(Refused, AnswerLost, Unavailable):
        if await context.store.turn(turn.id) is not None:
            return
        log.error("turn not stored any more: Redis has lost its data")
        if status := turn.posts.get(STATUS):
            words = lost_status(facts_of(turn, context.default_processor))
            await context.messenger.update(turn.question.thread, status, words)
