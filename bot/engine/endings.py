"""Stages how a turn ended; the execution saves and delivers it (`bot.engine.delivery`)."""

from __future__ import annotations

import logging
from dataclasses import replace

from bot.domain import lifecycle
from bot.domain.turn import Ending, EndingKind
from bot.engine.context import EngineContext
from bot.engine.leased_turn import LeasedTurn

log = logging.getLogger(__name__)


async def end_turn(context: EngineContext, leased: LeasedTurn, ending: Ending) -> None:
    """Stage how the turn ended. Raises LeaseLost or Unavailable."""
    if ending.kind is EndingKind.STOPPED and ending.message:
        ending = await _with_others(context, leased, ending)
    leased.stage(lifecycle.ended(leased.turn, ending))
    log.info("turn ended: %s", ending.kind)


async def _with_others(context: EngineContext, leased: LeasedTurn, ending: Ending) -> Ending:
    """Count the other queued questions of the person who stopped this one, and hold them off.

    So that person has some seconds to stop those, too.
    """
    asker = leased.turn.question.asker
    if ending.message != asker:  # somebody else, who may only want their own to come sooner
        return ending
    queue = await context.store.queue_preview(leased.claim)
    others = sum(turn.question.asker == asker for turn in queue.turns)
    if others:
        thread = leased.turn.question.thread
        await context.store.hold_off(thread, asker, lifecycle.HELD_AFTER_STOP)
    return replace(ending, others=others)
