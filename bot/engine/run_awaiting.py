"""Awaits the run of a turn with its status kept up to date, and ends the turn with it."""

from __future__ import annotations

import logging
from dataclasses import replace

from bot.domain import lifecycle
from bot.domain.research import Answer, Run, RunStatus
from bot.domain.turn import Ending, EndingKind
from bot.engine.context import EngineContext
from bot.engine.delivery import OUTAGE_FOR, UNKNOWN_FOR
from bot.engine.endings import end_turn
from bot.engine.leased_turn import LeasedTurn
from bot.engine.operator_matters import log_to_do
from bot.engine.run_completion import LAST_RESULT, await_completion
from bot.engine.signals import unless_cancelled
from bot.engine.status_updates import StatusUpdater
from bot.errors import Cause, Refused, Unavailable
from bot.slack.messages.turn_facts import facts_of

log = logging.getLogger(__name__)

#: The pauses before a run that was refused is asked for again, in first delays of a retry.
ASKED_AGAIN = (1, 2, 4, 8, 15)


async def await_run(
    context: EngineContext, leased: LeasedTurn, updater: StatusUpdater
) -> Answer | None:
    """Await the run until it ends or the turn is cancelled, then stage how the turn ended.

    Returns:
        The answer of a completed run, which is not part of the turn's record; else None.

    Raises:
        Unavailable: Parallel cannot be asked now, or refused only once.
        Draining: the bot is shutting down.
    """
    turn = leased.turn
    assert turn.started_at
    processor = facts_of(turn, context.default_processor).processor
    slow_from = lifecycle.slow_from(turn, processor.longest)
    until = turn.started_at + lifecycle.WAITED_FOR
    try:
        end = await _await(context, leased, updater, until=until, slow_from=slow_from)
    except Unavailable:
        if context.clock() < until + OUTAGE_FOR:
            raise
        end = None
    except Refused as refused:
        end = _ending_if_refused(context, leased, refused, slow_from=slow_from)
        if context.clock() < until + OUTAGE_FOR:
            await _confirm(context, leased, refused)
    await end_turn(context, leased, _ending_of(end, context.clock()))
    return end if isinstance(end, Answer) else None


async def _await(
    context: EngineContext,
    leased: LeasedTurn,
    updater: StatusUpdater,
    *,
    until: float,
    slow_from: float,
) -> Answer | Run | Ending | None:
    turn = leased.turn
    assert turn.run
    # To stop the turn, Parallel need not be reachable.
    if turn.interaction is None and not turn.signals.is_cancelled:  # groups do not return it
        run = await context.task_runs.retrieve(turn.run)
        await leased.save(replace(turn, interaction=run.interaction))
    # The status was posted before it was known how the run would be created.
    is_outdated = bool(
        turn.busy_since
        or turn.lined
        or turn.restated
        or turn.without_history
        or turn.question.files
        or turn.signals.edited
    )
    async with leased.interruptible():
        usual = slow_from - context.clock()
        with updater.running(is_outdated=is_outdated, usual=usual):
            completion = await_completion(
                context.task_runs,
                turn.run,
                seconds=until - context.clock(),
                usual=usual,
                clock=context.clock,
                on_progress=updater.observe,
                in_flight=context.in_flight,
            )
            return await unless_cancelled(
                leased, completion, now=context.clock, on_change=updater.notify
            )


def _ending_of(end: Answer | Run | Ending | None, now: float) -> Ending:
    match end:
        case Ending():
            return end
        case Answer():
            return Ending(EndingKind.ANSWERED, now)
        case Run(status=RunStatus.CANCELLED):
            return Ending(EndingKind.CANCELLED, now)
        case Run():
            return Ending(EndingKind.FAILED, now, message=end.error, ref_id=end.ref_id)
        case None:
            return Ending(EndingKind.TOO_LATE, now)


def _ending_if_refused(
    context: EngineContext, leased: LeasedTurn, refused: Refused, *, slow_from: float
) -> Ending:
    """Return how a turn ends whose run Parallel refuses to return.

    Raises Unavailable where it may still return it later.
    """
    now = context.clock()
    log_to_do(refused)
    if refused.cause is Cause.KEY and now < slow_from:
        # The run goes on and is paid for: with the key put right in time, the answer still comes.
        raise Unavailable(str(refused)) from refused
    started = leased.turn.started_at or now
    if refused.cause is Cause.UNKNOWN_RUN and now < started + UNKNOWN_FOR:
        raise Unavailable(str(refused)) from refused
    return lifecycle.refusal(refused, now)


async def _confirm(context: EngineContext, leased: LeasedTurn, refused: Refused) -> None:
    """Make sure that the run stays refused: a gateway or a server that lags may refuse once.

    Raises Unavailable where it does not. A result may be refused although its run is not.
    """
    name = leased.turn.run
    assert name
    for times in ASKED_AGAIN:
        await leased.sleep(context.retry_timing.turn * times)
        try:
            run = await context.task_runs.retrieve(name)
            if run.status is RunStatus.COMPLETED:
                await context.task_runs.result(name, LAST_RESULT)
        except Refused:
            continue
        raise Unavailable(f"refused once: {refused}")
