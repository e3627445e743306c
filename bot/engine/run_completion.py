"""Awaits the end of a run: the event stream is the fast hint, the API's record is the truth.

Two things go on side by side. The *hint* holds the run's event stream and reports when an event
tells of an end. A stream that is cut early is reopened after 3 s, then five times after 9 s, then
once a minute; these pauses are spent in long polls of the result. The *status polls* retrieve the
run on a schedule, whatever the stream says; a long poll that found the run active counts as one. An
end counts only when the API's own record (status, result) tells it.

Cost: an awaited run takes about one status poll a minute and one stream in 570 s, after which
Parallel closes it (https://docs.parallel.ai/task-api/task-sse); two or three requests a minute when
there is no stream. A run slower than usual is polled ever more rarely, down to once in ten minutes,
so that it can be awaited for a day. A Retry-After is obeyed, and what keeps failing is tried ever
more rarely. With more than a thousand runs, whose progress Slack's limits leave no room to
show, a run is awaited by long polls of its result alone: two requests in ten minutes, and half the
memory.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.concurrency.backoff import Backoff
from bot.concurrency.waiting import within
from bot.domain.research import Answer, Progress, Run, RunStatus
from bot.domain.thread import RunId
from bot.engine.load import RunsInFlight
from bot.errors import Cause, Refused, Unavailable
from bot.ports import TaskRuns

log = logging.getLogger(__name__)

FIRST_POLL = 20.0  # seconds until the first status poll
POLL_EVERY = 60.0  # seconds between all later ones
STRETCHED_AFTER = 60.0  # seconds over the usual time after which a run is polled half as often
MOST_STRETCHED = 10.0  # times the interval, nine minutes over the usual time
LONGEST_POLL = 570.0  # seconds that one result call waits
MIN_INTERVAL = 15.0  # seconds: a stream that ends sooner was cut
FIRST_REOPENED = 1 / 5  # of `MIN_INTERVAL`: the first pause after a stream was cut
SOON_REOPENED = 5  # times in a row, with pauses no longer than
SOON = 3 / 5  # of `MIN_INTERVAL`: people see progress at least every 10 s
GROWTH = 3.0  # each pause after a failure is so many times longer than the one before
LONGEST_PAUSE = 60.0  # seconds between two attempts of what fails again and again
JITTER = 1.1  # the most that a pause is multiplied by
LAST_RESULT = 10.0  # seconds to wait for the result of a run whose record says it is completed


async def await_completion(
    task_runs: TaskRuns,
    run: RunId,
    *,
    seconds: float,
    usual: float,
    clock: Callable[[], float],
    on_progress: Callable[[Progress], None],
    in_flight: RunsInFlight,
    min_interval: float = MIN_INTERVAL,
) -> Answer | Run | None:
    """Wait for the end of the run, at most `seconds`.

    Args:
        task_runs: where the run is.
        run: which one.
        seconds: to wait at most.
        usual: seconds until the run is slower than usual and polled more and more rarely; below
            zero when it is.
        clock: returns seconds since 1970.
        on_progress: called with each event of the stream.
        in_flight: counts the run while it is awaited.
        min_interval: seconds. A long poll that ends sooner is not repeated before they have
            passed, after failures later; a stream that ends sooner was cut.

    Returns:
        The answer; or the run as the API tells of it when it failed or was cancelled; or None
        when it was still active after `seconds`.

    Raises:
        Refused: the API does not know the run (UNKNOWN_RUN) or the key (KEY).
        Unavailable: the time is over, and the API could not be asked for the status.
    """
    watch = _Watch(
        task_runs=task_runs,
        run=run,
        deadline=clock() + seconds,
        slow_from=clock() + usual,
        clock=clock,
        on_progress=on_progress,
        in_flight=in_flight,
        min_interval=min_interval,
    )
    with in_flight.counted(usual):
        return await watch.poll_over_capacity() or await watch.end()


def _backoff(first: float) -> Backoff:
    return Backoff(first, LONGEST_PAUSE, factor=GROWTH, jitter=(1.0, JITTER))


def _spread(error: Unavailable | None) -> float:
    """Return the Retry-After of an error, a little different for each run; 0 for none."""
    retry_after = error.retry_after if error else None
    return (retry_after or 0.0) * random.uniform(1.0, JITTER)


async def _poll_result(task_runs: TaskRuns, run: RunId, left: float) -> Answer | None:
    """Wait for the result; None when it was not there in time, or never will be."""
    try:
        return await task_runs.result(run, min(left, LONGEST_POLL * random.uniform(0.8, 1.0)))
    except Refused as refused:
        if refused.cause is not Cause.UNKNOWN_RUN:
            raise
        return None


async def _end(task_runs: TaskRuns, run: RunId, *, hinted: bool) -> Answer | Run | None:
    """Read the API's record: the answer, the run that ended otherwise, or None while it is active.

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


@dataclass(slots=True, kw_only=True)
class _Watch:
    """Awaits one run by its stream, or by long polls without one, and by status polls."""

    task_runs: TaskRuns
    run: RunId
    deadline: float
    slow_from: float
    clock: Callable[[], float]
    on_progress: Callable[[Progress], None]
    in_flight: RunsInFlight
    min_interval: float
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.get_running_loop)
    _hinted: asyncio.Event = field(default_factory=asyncio.Event)
    _poll_at: float = 0.0  # by the loop's time
    _stream_has_ended: bool = False

    async def poll_over_capacity(self) -> Answer | Run | None:
        """Await the run by long polls alone while there are too many runs; None: go on."""
        loop, backoff = self._loop, _backoff(self.min_interval)
        while self.in_flight.is_over_capacity and (left := self.deadline - self.clock()) > 0:
            until = loop.time() + self.min_interval
            try:
                if answer := await _poll_result(self.task_runs, self.run, left):
                    return answer
                if end := await _end(self.task_runs, self.run, hinted=False):
                    return end
                backoff.reset()
            except Unavailable as error:
                until = loop.time() + backoff.next(_spread(error))
            rest = min(until - loop.time(), self.deadline - self.clock())
            await asyncio.sleep(max(0.0, rest))
        return None

    async def end(self) -> Answer | Run | None:
        """Wait for the end; the contract is that of `await_completion`."""
        hint = asyncio.create_task(self._hint())
        try:
            self._schedule_poll(FIRST_POLL)
            while True:
                hinted = await self._poll_due()
                is_last = self.clock() >= self.deadline
                try:
                    end = await _end(self.task_runs, self.run, hinted=hinted)
                except Unavailable as later:
                    if is_last:
                        raise
                    self._schedule_poll(POLL_EVERY, later.retry_after or 0.0)
                    continue
                if end or is_last:
                    return end
                self._schedule_poll(POLL_EVERY)
        finally:
            hint.cancel()
            await asyncio.wait([hint])
            if not hint.cancelled() and (error := hint.exception()):
                log.error("event stream hint failed, run awaited by polls: %r", error)

    async def _poll_due(self) -> bool:
        """Wait until the record is to be read. Returns whether the stream has an end."""
        while True:
            left = min(self._poll_at - self._loop.time(), self.deadline - self.clock())
            await within(max(0.0, left), self._hinted)
            if self._hinted.is_set():
                self._hinted.clear()
                return True
            if self.clock() >= self.deadline or self._loop.time() >= self._poll_at:
                return False

    def _schedule_poll(self, seconds: float, least: float = 0.0) -> None:
        """Schedule the next status poll, with jitter; no sooner than in `least` seconds."""
        pause = seconds * self._slowdown() * random.uniform(0.9, 1.1)
        self._poll_at = self._loop.time() + max(pause, least)

    def _slowdown(self) -> float:
        """Return the factor, 1 or more, by which the intervals of a slow run are stretched."""
        over = self.clock() - self.slow_from
        return min(max(1.0, 1.0 + over / STRETCHED_AFTER), MOST_STRETCHED)

    async def _hint(self) -> None:
        """Report whenever it seems that the run has ended."""
        loop, backoff = self._loop, _backoff(self.min_interval * FIRST_REOPENED)
        while True:
            opened = loop.time()
            error = await self._hold_stream()
            has_retry_after = error is not None and error.retry_after is not None
            if loop.time() - opened >= self.min_interval * self._slowdown() and not has_retry_after:
                backoff.reset()
                continue  # Parallel closes a stream after 570 s: open the next one
            backoff.longest = min(LONGEST_PAUSE * self._slowdown(), LONGEST_POLL / JITTER)
            if backoff.failures <= SOON_REOPENED:
                backoff.longest = self.min_interval * SOON
            until = loop.time() + backoff.next(_spread(error))
            if not (has_retry_after or self._stream_has_ended):  # else `end` asks for it now
                until = max(until, await self._long_poll(until - loop.time()))
            await asyncio.sleep(max(0.0, until - loop.time()))

    async def _hold_stream(self) -> Unavailable | None:
        """Hold the stream as long as it lasts. Returns why there is none, or why it broke off."""
        self._stream_has_ended = False
        try:
            async with self.task_runs.events(self.run) as stream:
                async for progress in stream:
                    self.on_progress(progress)
                    if progress.status and progress.status.is_over:
                        self._stream_has_ended = True
                        self._hinted.set()
        except Unavailable as error:
            return error
        except Refused as refused:
            self._refused(refused)
        return None

    async def _long_poll(self, seconds: float) -> float:
        """Wait for the result. Returns when the next request may be sent, by the loop's time."""
        loop, planned = self._loop, self._poll_at
        self._poll_at = max(planned, loop.time() + seconds + LAST_RESULT)
        try:
            if await self.task_runs.result(self.run, min(seconds, LONGEST_POLL)):
                self._hinted.set()
            self._schedule_poll(POLL_EVERY)
        except Unavailable as error:
            self._poll_at = planned
            return loop.time() + (error.retry_after or 0.0)
        except Refused as refused:
            self._poll_at = planned
            self._refused(refused)
        return loop.time()

    def _refused(self, refused: Refused) -> None:
        # The result call answers "failed or unknown" with one error: the record tells which.
        if refused.cause is Cause.UNKNOWN_RUN:
            self._hinted.set()
