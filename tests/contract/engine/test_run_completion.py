"""Waiting for a run's end: by its stream for one run, by long polls for many; same results."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.domain.research import Answer, Progress, Run, RunRequest, RunStatus
from bot.domain.thread import RunId
from bot.engine.load import CAPACITY, RunsInFlight
from bot.engine.run_completion import await_completion
from bot.errors import Cause, Refused, Unavailable
from bot.parallel.client import TaskApi
from bot.playground.task_api import LocalRun, LocalTaskApi
from bot.playground.task_api.protocol import Kind

KEY = "local-key"
KINDS: tuple[Kind, ...] = ("result", "retrieve", "events")
LOADS = pytest.mark.parametrize("others", [0, CAPACITY], ids=["alone", "in a crowd"])


@pytest.fixture
async def local() -> AsyncIterator[LocalTaskApi]:
    async with LocalTaskApi(keys=(KEY,), clock=time.monotonic) as local:
        yield local


@pytest.fixture
async def api(local: LocalTaskApi) -> AsyncIterator[TaskApi]:
    async with TaskApi(local.url, KEY) as api:
        yield api


class Waiting:
    """A task that waits for the end of a run."""

    def __init__(
        self, api: TaskApi, run: RunId, others: int, *, seconds: float, min_interval: float
    ) -> None:
        self.progress: list[Progress] = []
        self.in_flight = RunsInFlight(others)
        self.end = asyncio.create_task(
            await_completion(
                api,
                run,
                seconds=seconds,
                usual=seconds,
                clock=time.time,
                on_progress=self.progress.append,
                in_flight=self.in_flight,
                min_interval=min_interval,
            )
        )


async def waiting(
    api: TaskApi,
    local: LocalTaskApi,
    others: int,
    *,
    seconds: float = 60.0,
    min_interval: float = 0.05,
) -> tuple[Waiting, LocalRun]:
    """Start a run and wait for it; returns once Parallel has been asked."""
    started = await api.create(RunRequest("who?", "core-fast", None, {}))
    run = await local.next_run()
    wait = Waiting(api, started.id, others, seconds=seconds, min_interval=min_interval)
    kind = "result" if others else "events"
    async with asyncio.timeout(60):
        while not asked(local, kind):
            await asyncio.sleep(0.01)
    return wait, run


def asked(local: LocalTaskApi, kind: str) -> int:
    return sum(request.kind == kind for request in local.requests)


@LOADS
async def test_a_completed_run_gives_its_answer(
    api: TaskApi, local: LocalTaskApi, others: int
) -> None:
    wait, run = await waiting(api, local, others)
    run.finishes("Egypt.")
    ended = time.monotonic()
    answer = await wait.end
    assert isinstance(answer, Answer)
    assert answer.content == "Egypt."
    assert time.monotonic() - ended < 15  # the first look comes after 20
    assert wait.in_flight.runs == others


@LOADS
async def test_a_failed_or_cancelled_run_gives_its_ending(
    api: TaskApi, local: LocalTaskApi, others: int
) -> None:
    failing, run = await waiting(api, local, others)
    run.fails("no luck")
    failed = await failing.end
    assert isinstance(failed, Run)
    assert (failed.status, failed.error) == (RunStatus.FAILED, "no luck")
    cancelling, run = await waiting(api, local, others)
    run.cancelled()
    cancelled = await cancelling.end
    assert isinstance(cancelled, Run)
    assert cancelled.status is RunStatus.CANCELLED


@LOADS
async def test_waiting_ends_at_the_time_limit(
    api: TaskApi, local: LocalTaskApi, others: int
) -> None:
    wait, _ = await waiting(api, local, others, seconds=0.5)
    assert await wait.end is None


@LOADS
async def test_an_unknown_run_is_refused(api: TaskApi, local: LocalTaskApi, others: int) -> None:
    wait = Waiting(api, RunId("trun_unknown"), others, seconds=60.0, min_interval=0.05)
    with pytest.raises(Refused) as refused:
        await wait.end
    assert refused.value.cause is Cause.UNKNOWN_RUN


@LOADS
@pytest.mark.parametrize(
    "trouble", [{"status": 503}, {"status": 429}, {"cut": "before"}, {"body": b"<html>"}], ids=str
)
async def test_waiting_continues_through_api_outages(
    api: TaskApi, local: LocalTaskApi, others: int, trouble: dict[str, Any]
) -> None:
    wait, run = await waiting(api, local, others)
    for kind in KINDS:
        local.faults.next(kind, times=2, **trouble)
    local.drop_connections()
    run.finishes("Egypt.")
    answer = await asyncio.wait_for(wait.end, 60)
    assert isinstance(answer, Answer)


@LOADS
async def test_an_outage_longer_than_the_time_limit_ends_the_wait(
    api: TaskApi, local: LocalTaskApi, others: int
) -> None:
    wait, _ = await waiting(api, local, others, seconds=0.5)
    for kind in KINDS:
        local.faults.next(kind, times=1_000, status=503)
    local.drop_connections()
    with pytest.raises(Unavailable):
        await wait.end


async def test_many_runs_are_awaited_without_streams_and_with_few_requests(
    api: TaskApi, local: LocalTaskApi
) -> None:
    wait, run = await waiting(api, local, CAPACITY)
    run.progress(40.0)
    run.finishes("Egypt.")
    await wait.end
    assert wait.progress == []
    assert [request.kind for request in local.requests] == ["create", "result"]


async def test_a_long_poll_that_ends_at_once_is_not_asked_again_at_once(
    api: TaskApi, local: LocalTaskApi
) -> None:
    local.faults.next("result", times=1_000, status=408)
    wait, _ = await waiting(api, local, CAPACITY, seconds=1.0, min_interval=0.3)
    assert await wait.end is None
    assert asked(local, "result") <= 5


@LOADS
async def test_retry_after_is_obeyed(api: TaskApi, local: LocalTaskApi, others: int) -> None:
    for kind in KINDS:
        local.faults.next(kind, retry_after=1)
    wait, run = await waiting(api, local, others)
    run.finishes("Egypt.")
    await asyncio.wait_for(wait.end, 60)
    _, first, second = [request.at for request in local.requests][:3]
    assert second - first >= 1.0


@LOADS
async def test_repeated_failures_lengthen_the_interval(
    api: TaskApi, local: LocalTaskApi, others: int
) -> None:
    for kind in KINDS:
        local.faults.next(kind, times=1_000, status=503)
    wait, _ = await waiting(api, local, others, seconds=2.0, min_interval=0.05)
    with pytest.raises(Unavailable):
        await wait.end
    assert len(local.requests) < 40  # at one interval it would be more than a hundred


@LOADS
async def test_a_completed_run_whose_result_is_late_has_not_taken_too_long(
    api: TaskApi, local: LocalTaskApi, others: int
) -> None:
    local.faults.next("result", times=1_000, status=408)
    wait, run = await waiting(api, local, others, seconds=1.0)
    run.finishes("Egypt.")
    with pytest.raises(Unavailable):
        await wait.end
