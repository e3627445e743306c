"""How often Parallel is polled while a run is awaited, and how soon its progress arrives."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import pairwise

import pytest

from bot.domain.research import Answer, Progress, Run, RunRequest, RunStatus
from bot.domain.thread import RunId
from bot.engine.load import RunsInFlight
from bot.engine.run_completion import await_completion
from bot.errors import Unavailable
from tests.unit.engine.virtual_time import in_no_time

MINUTE, HOUR = 60.0, 3_600.0
RUN = RunId("trun_1")
CLOSED = 570.0  # seconds after which Parallel closes a stream


class Parallel:
    """Parallel with one run, which ends after `ends` seconds.

    Streams are cut after `held` seconds, each but the first `cuts` is not; None: there are none.
    """

    def __init__(
        self, held: float | None = CLOSED, *, cuts: float = math.inf, ends: float = math.inf
    ) -> None:
        self._held = held
        self._cuts = cuts
        self._ends = ends
        self._loop = asyncio.get_running_loop()
        self._begun = self._loop.time()
        self.asked: list[tuple[str, float]] = []  # what, and when

    @property
    def now(self) -> float:
        """Seconds since the run began."""
        return self._loop.time() - self._begun

    @property
    def streams(self) -> list[float]:
        """When streams were begun."""
        return [at for what, at in self.asked if what == "events"]

    async def create(self, _: RunRequest) -> Run:
        raise NotImplementedError

    async def retrieve(self, run: RunId) -> Run:
        self.asked.append(("look", self.now))
        over = self.now >= self._ends
        return Run(run, None, RunStatus.COMPLETED if over else RunStatus.RUNNING)

    async def result(self, _: RunId, timeout: float) -> Answer | None:
        self.asked.append(("result", self.now))
        await asyncio.sleep(min(timeout, max(0.0, self._ends - self.now)))
        return Answer("Egypt.") if self.now >= self._ends else None

    @asynccontextmanager
    async def events(self, _: RunId) -> AsyncIterator[AsyncIterator[Progress]]:
        self.asked.append(("events", self.now))
        if self._held is None:
            raise Unavailable("no streams today")
        held = self._held if len(self.streams) <= self._cuts else CLOSED
        yield self._events(held)

    async def _events(self, held: float) -> AsyncIterator[Progress]:
        yield Progress(status=RunStatus.RUNNING)
        await asyncio.sleep(max(0.0, min(held, self._ends - self.now)))
        if self.now >= self._ends:
            yield Progress(status=RunStatus.COMPLETED)
        if held < CLOSED:
            raise Unavailable("the stream broke off")


def waited(
    held: float | None = CLOSED,
    *,
    seconds: float = 10 * MINUTE,
    usual: float = HOUR,
    cuts: float = math.inf,
    ends: float = math.inf,
) -> tuple[Parallel, float]:
    """Wait for a run; returns what Parallel was asked, and after how many seconds it was over."""

    async def play() -> tuple[Parallel, float]:
        parallel = Parallel(held, cuts=cuts, ends=ends)
        with suppress(Unavailable):
            await await_completion(
                parallel,
                RUN,
                seconds=seconds,
                usual=usual,
                clock=asyncio.get_running_loop().time,
                on_progress=lambda _: None,
                in_flight=RunsInFlight(),
            )
        return parallel, parallel.now

    return in_no_time(play)


@pytest.mark.parametrize(
    ("held", "most"),
    [(CLOSED, 14), (0.0, 33), (5.0, 30), (12.0, 28), (None, 33)],
    ids=["a healthy stream", "cut at once", "cut after 5 s", "cut after 12 s", "no stream"],
)
def test_ten_minutes_cost_few_requests(held: float | None, most: int) -> None:
    parallel, seconds = waited(held)
    assert seconds == pytest.approx(10 * MINUTE, abs=1.0)
    assert len(parallel.asked) <= most, parallel.asked


@pytest.mark.parametrize("held", [0.0, 1.0, 14.0])
@pytest.mark.parametrize("cuts", [1, 2, 6])
def test_a_stream_that_was_cut_early_is_held_again_within_ten_seconds(
    held: float, cuts: int
) -> None:
    parallel, _ = waited(held, cuts=cuts)
    silent = [later - earlier - held for earlier, later in pairwise(parallel.streams[: cuts + 1])]
    assert len(silent) == cuts
    assert all(0 < pause <= 10.0 for pause in silent)


@pytest.mark.parametrize("held", [CLOSED, 0.0, 12.0, None])
@pytest.mark.parametrize("ends", [7.0, 45.0, 200.0])
def test_an_end_is_noticed_soon(held: float | None, ends: float) -> None:
    _, seconds = waited(held, ends=ends)
    assert 0 <= seconds - ends <= 10.0


@pytest.mark.parametrize("held", [CLOSED, 0.0, 20.0, None])
def test_a_slow_run_is_asked_about_ever_more_rarely(held: float | None) -> None:
    parallel, _ = waited(held, seconds=3 * HOUR, usual=0.0)

    def between(begin: float, end: float) -> int:
        return sum(begin <= at < end for _, at in parallel.asked)

    assert between(MINUTE, 11 * MINUTE) <= 20  # two a minute
    assert between(11 * MINUTE, 71 * MINUTE) <= 20  # one in three minutes
    assert between(2 * HOUR, 3 * HOUR) <= 14


@pytest.mark.parametrize("held", [CLOSED, None])
def test_the_answer_of_a_slow_run_is_noticed_at_once_all_the_same(held: float | None) -> None:
    """Whenever it comes: no pause is longer than the poll that it is spent in."""
    for minute in range(320, 330):
        _, seconds = waited(held, seconds=24 * HOUR, usual=40.0, ends=minute * MINUTE)
        assert 0 <= seconds - minute * MINUTE <= 1.0


def test_retry_after_counts_from_its_arrival() -> None:
    """Not from when it was asked, which is earlier by as long as it took to say so."""

    class Busy(Parallel):
        @asynccontextmanager
        async def events(self, _: RunId) -> AsyncIterator[AsyncIterator[Progress]]:
            self.asked.append(("events", self.now))
            await asyncio.sleep(10.0)
            raise Unavailable("busy", 12.0)
            yield

    async def play() -> list[float]:
        parallel = Busy()
        clock = asyncio.get_running_loop().time
        await await_completion(
            parallel,
            RUN,
            seconds=MINUTE,
            usual=HOUR,
            clock=clock,
            on_progress=lambda _: None,
            in_flight=RunsInFlight(),
        )
        return parallel.streams

    first, second, *_ = in_no_time(play)
    assert second - first >= 22.0


def test_slow_runs_do_not_make_the_others_progress_rarer() -> None:
    async def play() -> list[float]:
        in_flight, factors = RunsInFlight(), []
        with in_flight.counted(HOUR), in_flight.counted(5.0), in_flight.counted(-1.0):
            for pause in (1.0, 5.0):
                await asyncio.sleep(pause)
                factors.append(in_flight.slowdown(1))
        assert (in_flight.runs, in_flight.slow) == (0, 0)
        return factors

    assert in_no_time(play) == [2.0, 1.0]
