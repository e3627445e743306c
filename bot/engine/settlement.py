"""Settles what a run costs that goes on after its turn: stopped runs cannot be cancelled."""

from __future__ import annotations

import logging

from bot.domain.budgets import Settlement
from bot.domain.settling import settlement_of_run
from bot.domain.thread import TurnId
from bot.engine.context import EngineContext
from bot.errors import Cause, Refused, Unavailable

log = logging.getLogger(__name__)

LOOKED_FOR = 24 * 3600.0  # seconds after its creation for which it is looked at


async def settle_run(context: EngineContext, name: TurnId) -> None:
    """Settle the price that a finished turn holds, once its run has ended.

    Raises:
        Unavailable: it has not ended yet; to look again later.
    """
    turn = await context.store.turn(name)
    how, pause = Settlement.SPEND, context.retry_timing.settlement
    if turn is not None and turn.run is not None:
        began = turn.started_at or turn.received
        if context.clock() < began + LOOKED_FOR:
            try:
                run = await context.task_runs.retrieve(turn.run)
            except Refused as refused:
                if refused.cause is not Cause.UNKNOWN_RUN:
                    raise Unavailable(str(refused), pause) from refused
            else:
                count = context.budget_rules.failed_runs_count
                how = settlement_of_run(run.status, failed_runs_count=count)
    if how is Settlement.KEEP:
        raise Unavailable("its run goes on", pause)
    await context.budgets.settle(name, how)
    log.info("reservation settled: %s", how)
