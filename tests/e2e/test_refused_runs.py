"""A run that Parallel refuses to return: a gateway or a server that lags may do so once."""

from __future__ import annotations

import time

import pytest

from bot.playground.slack import Thread
from bot.playground.task_api import LocalRun
from bot.playground.task_api.protocol import Kind
from tests.e2e.dialogue import shown
from tests.e2e.stage import Stage

READS: tuple[Kind, ...] = ("retrieve", "result")


@pytest.mark.parametrize("call", [*READS, "events"])
async def test_an_answer_is_not_late_for_a_key_refused_in_mid_run(stage: Stage, call: Kind) -> None:
    """A gateway may refuse a key while it is exchanged."""
    asked = await stage.ada.says(stage.general, f"{stage.me} who owns the Suez Canal?")
    thread = stage.slack.thread(asked)
    await thread.next()
    run = await stage.parallel.next_run()
    stage.parallel.faults.next(call, status=401)
    run.finishes("Egypt.")
    assert "Egypt." in shown(await thread.next())
    assert len(stage.parallel.runs) == 1


async def slow_run(one: Stage) -> tuple[Thread, LocalRun]:
    """Ask, and have the run be slower than usual."""
    asked = await one.ada.says(one.general, f"{one.me} who owns the Suez Canal?")
    thread = one.slack.thread(asked)
    await thread.next()
    run = await one.parallel.next_run()
    await one.waited_for(run)
    await one.stop_bot()
    await one.start_bot(clock=lambda: time.time() + 600)
    return thread, run


@pytest.mark.parametrize("status", [401, 404])
async def test_a_slow_run_is_not_given_up_for_one_refusal(one: Stage, status: int) -> None:
    thread, run = await slow_run(one)
    for call in READS:
        one.parallel.faults.next(call, status=status)
    run.finishes("Egypt.")
    assert "Egypt." in shown(await thread.next())


@pytest.mark.parametrize("calls", [READS, READS[1:]])
@pytest.mark.parametrize(("status", "says"), [(401, "PARALLEL_API_KEY"), (404, "find this run")])
async def test_a_slow_run_that_stays_refused_is_given_up(
    one: Stage, status: int, says: str, calls: tuple[Kind, ...]
) -> None:
    """Or its result alone, as with a key that may not read results."""
    thread, run = await slow_run(one)
    for call in calls:
        one.parallel.faults.next(call, status=status, times=10_000)
    run.finishes("Egypt.")
    assert says in shown(await thread.next())
