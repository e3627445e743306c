"""Waiting for a run to end: the event stream is the fast hint, the API's record is the truth.

Two things go on side by side. The *hint* holds the run's event stream and calls out when it tells
of an end. A stream that is cut early is held again after 3 s, then five times after 9 s, then once
a minute; these pauses are spent in long polls of the result. The *looks* ask for the run's status
on a schedule, whatever the stream says or keeps to itself; a long poll that found the run active
counts as one. An end is believed only when the API's own record (status, result) tells it.

Sparing: a waiting run costs about one look a minute and one stream in 570 s (Parallel closes it
then); two or three requests a minute when there is no stream. A run that is slower than usual is
asked about more and more rarely, down to one look in ten minutes, so that it can be waited for a
day. What asks to be left alone for some time is, and what fails again and again is asked more and
more rarely. In a crowd of more than a thousand runs, whose progress Slack's limits leave no room to
show, a run is waited for by long polls of its result alone: two requests in ten minutes, and half
the memory.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from bot.domain.research import Answer, Progress, Run, RunStatus
from bot.domain.thread import RunId
from bot.engine.load import RunsInFlight
from bot.errors import Cause, Refused, Unavailable
from bot.ports import TaskRuns

log = logging.getLogger(__name__)

FIRST_LOOK = 20.0  # seconds
LOOK_EVERY = 60.0  # seconds between all later ones
RARER_AFTER = 60.0  # seconds over the usual time after which a run is asked about half as often
RAREST = 10.0  # times rarer, nine minutes over the usual time
LONGEST_POLL = 570.0  # seconds that one result call waits
SHORTEST = 15.0  # seconds: a stream that ends sooner was cut
CUT_PAUSE = 1 / 5  # of `SHORTEST`: the first pause after a stream was cut
NEXT_CUTS = 5  # in a row, after which the pauses are no longer than
NEXT_CUT_PAUSE = 3 / 5  # of `SHORTEST`: people see what goes on every 10 s
GROWTH = 3.0  # times longer, each pause after a failure than the one before
LONGEST_PAUSE = 60.0  # seconds between two tries of what fails again and again
JITTER = 1.1  # times as long, at most, is a pause made so that not all runs are asked about at once
LAST_RESULT = 10.0  # seconds to wait for the result of a run whose record says it is completed


@dataclass(slots=True)
class _Pause:
    """How long what fails is left alone.

    Attributes:
        least: seconds, after the first failure.
        failures: in a row.
    """

    least: float
    failures: int = 0

    def failed(self, error: Unavailable | None, longest: float = LONGEST_PAUSE) -> float:
        """Return seconds from now: longer each time, a little apart for every run, as asked."""
        grown = min(self.least * GROWTH ** min(self.failures, 10), longest)
        self.failures += 1
        asked = (error.retry_after if error else None) or 0.0
        return max(asked, grown) * random.uniform(1.0, JITTER)

    def went_well(self) -> None:
        self.failures = 0


async def await_completion(
    task_runs: TaskRuns,
    run: RunId,
    *,
    seconds: float,
    usual: float,
    clock: Callable[[], float],
    on_progress: Callable[[Progress], None],
    in_flight: RunsInFlight,
    min_interval: float = SHORTEST,
) -> Answer | Run | None:
    """Wait for the run to end, at most `seconds`. Calls `on_progress` with each stream event.

    The run is one of the `in_flight` as long as it is waited for. After `usual` seconds, which are
    below zero when they are over, it is asked about more and more rarely. A long poll that ends
    sooner than `min_interval` (seconds) is not begun again before; after failures that is longer. A
    stream that ends sooner was cut.

    Returns:
        The answer; or the run as the API tells of it when it failed or was cancelled; or None
        when it was still active after `seconds`.

    Raises:
        Refused: the API does not know the run (UNKNOWN_RUN) or the key (KEY).
        Unavailable: the time is over, and the API could not be asked how the run stands.
    """
    loop, deadline, pause = asyncio.get_running_loop(), clock() + seconds, _Pause(min_interval)
    slow_from = clock() + usual
    with in_flight.counted(usual):
        while in_flight.is_over_capacity:
            left, until = deadline - clock(), loop.time() + min_interval
            try:
                if left > 0 and (answer := await _polled(task_runs, run, left)):
                    return answer
                if (end := await _end(task_runs, run, hinted=False)) or clock() >= deadline:
                    return end
                pause.went_well()
            except Unavailable as error:
                if clock() >= deadline:
                    raise
                until = loop.time() + pause.failed(error)
            rest = min(until - loop.time(), deadline - clock())
            await asyncio.sleep(max(0.0, rest))
        watch = _Watch(
            task_runs,
            run,
            deadline=deadline,
            slow_from=slow_from,
            clock=clock,
            on_progress=on_progress,
            min_interval=min_interval,
        )
        return await watch.end()


async def _polled(task_runs: TaskRuns, run: RunId, left: float) -> Answer | None:
    """Wait for the result; None when it was not there in time, or never will be."""
    try:
        return await task_runs.result(run, min(left, LONGEST_POLL * random.uniform(0.8, 1.0)))
    except Refused as refused:
        if refused.cause is not Cause.UNKNOWN_RUN:
            raise
        return None


async def _end(task_runs: TaskRuns, run: RunId, *, hinted: bool) -> Answer | Run | None:
    """Ask the record: the answer, the run that ended otherwise, or None while it is active.

    After a hint the result is asked for at once: in most cases that one call settles it. Raises
    Unavailable, too, when there is an answer that cannot be had yet.
    """
    if hinted:
        try:
            return await task_runs.result(run, LAST_RESULT)
        except Refused as refused:
            if refused.cause is not Cause.UNKNOWN_RUN:
                raise
    found = await task_runs.retrieve(run)
    if not found.status.is_over:
        return None
    if found.status is not RunStatus.COMPLETED:
        return found
    answer = await task_runs.result(run, LAST_RESULT)
    if answer is None:
        raise Unavailable("the result of a completed run is not ready")
    return answer


class _Watch:
    """Waits for the end of one run by its stream, or by long polls without one, and by looks."""

    def __init__(
        self,
        task_runs: TaskRuns,
        run: RunId,
        *,
        deadline: float,
        slow_from: float,
        clock: Callable[[], float],
        on_progress: Callable[[Progress], None],
        min_interval: float,
    ) -> None:
        self._task_runs = task_runs
        self._run = run
        self._deadline = deadline
        self._slow_from = slow_from
        self._clock = clock
        self._on_progress = on_progress
        self._min_interval = min_interval
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()
        self._look_at = 0.0  # by the loop's time
        self._says_ended = False  # the stream

    async def end(self) -> Answer | Run | None:
        """Wait for the end; the rest as `await_completion` says."""
        hint = asyncio.create_task(self._hint())
        try:
            self._schedule_poll(FIRST_LOOK)
            while True:
                hinted = await self._due()
                last = self._clock() >= self._deadline
                try:
                    end = await _end(self._task_runs, self._run, hinted=hinted)
                except Unavailable as later:
                    if last:
                        raise
                    self._schedule_poll(LOOK_EVERY, later.retry_after or 0.0)
                    continue
                if end or last:
                    return end
                self._schedule_poll(LOOK_EVERY)
        finally:
            hint.cancel()
            await asyncio.wait([hint])
            if not hint.cancelled() and (error := hint.exception()):
                about = {"run": self._run}
                log.error("a run was waited for without its stream: %r", error, extra=about)

    async def _due(self) -> bool:
        """Wait until the record is to be asked. Returns whether the run seems to have ended."""
        while True:
            left = min(self._look_at - self._loop.time(), self._deadline - self._clock())
            with suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, left)):
                    await self._news.wait()
            if self._news.is_set():
                self._news.clear()
                return True
            if self._clock() >= self._deadline or self._loop.time() >= self._look_at:
                return False

    def _schedule_poll(self, seconds: float, least: float = 0.0) -> None:
        """Put the next look off, a little apart for every run so that not all come at once."""
        pause = seconds * self._slowdown() * random.uniform(0.9, 1.1)
        self._look_at = self._loop.time() + max(pause, least)

    def _slowdown(self) -> float:
        """How many times rarer the run is asked about than one that is not slow."""
        over = self._clock() - self._slow_from
        return min(max(1.0, 1.0 + over / RARER_AFTER), RAREST)

    async def _hint(self) -> None:
        """Call out whenever it seems that the run has ended."""
        loop, pause = self._loop, _Pause(self._min_interval * CUT_PAUSE)
        while True:
            begun = loop.time()
            error = await self._watched()
            asked = error is not None and error.retry_after is not None
            if loop.time() - begun >= self._min_interval * self._slowdown() and not asked:
                pause.went_well()
                continue  # Parallel closes a stream after 570 s: hold the next one
            longest = min(
                LONGEST_PAUSE * self._slowdown(), LONGEST_POLL / JITTER
            )  # polled throughout
            if pause.failures <= NEXT_CUTS:
                longest = self._min_interval * NEXT_CUT_PAUSE
            until = loop.time() + pause.failed(error, longest)
            if not (asked or self._says_ended):  # else `end` asks for the result already
                until = max(until, await self._polled(until - loop.time()))
            await asyncio.sleep(max(0.0, until - loop.time()))

    async def _watched(self) -> Unavailable | None:
        """Hold the stream as long as it lasts. Returns why there is none, or it broke off."""
        self._says_ended = False
        try:
            async with self._task_runs.events(self._run) as stream:
                async for progress in stream:
                    self._on_progress(progress)
                    if progress.status and progress.status.is_over:
                        self._says_ended = True
                        self._news.set()
        except Unavailable as error:
            return error
        except Refused as refused:
            self._refused(refused)
        return None

    async def _polled(self, seconds: float) -> float:
        """Wait for the result. Returns when something may be asked again, by the loop's time."""
        loop, planned = self._loop, self._look_at
        self._look_at = max(planned, loop.time() + seconds + LAST_RESULT)
        try:
            if await self._task_runs.result(self._run, min(seconds, LONGEST_POLL)):
                self._news.set()
            self._schedule_poll(LOOK_EVERY)
        except Unavailable as error:
            self._look_at = planned
            return loop.time() + (error.retry_after or 0.0)
        except Refused as refused:
            self._look_at = planned
            self._refused(refused)
        return loop.time()

    def _refused(self, refused: Refused) -> None:
        # The result call says "failed or unknown" in one word: the record tells which.
        if refused.cause is Cause.UNKNOWN_RUN:
            self._news.set()
