"""Waiting for a run to end: the event stream is the fast hint, the API's record is the truth.

Two things go on side by side. The *hint* holds the run's event stream and calls out when it tells
of an end; where the stream cannot be held, it long-polls the result instead, and tries the stream
again later. The *looks* ask for the run's status on a schedule, whatever the stream says or keeps
to itself. An end is believed only when the API's own record (status, result) tells it.

Sparing: a waiting run costs about one look a minute and one stream in 570 s (Parallel closes it
then); two requests a minute when there is no stream. What asks to be left alone for some time is,
and what fails again and again is asked more and more rarely. In a crowd of more than a thousand
runs, whose progress Slack's limits leave no room to show, a run is waited for by long polls of its
result alone: two requests in ten minutes, and half the memory.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import Callable, Coroutine, Iterator
from contextlib import suppress
from dataclasses import dataclass

from bot.errors import Cause, Refused, Unavailable
from bot.model import Answer, Progress, Run, RunId, RunStatus
from bot.ports import Research

log = logging.getLogger(__name__)

FIRST_LOOK = 20.0  # seconds
LOOK_EVERY = 60.0  # seconds between all later ones
CROWDED_FROM = 1_000  # runs waited for
LONGEST_POLL = 570.0  # seconds that one result call waits in a crowd
LONG_POLL = 55.0  # seconds that one result call waits when there is no stream
SHORTEST = 15.0  # seconds: a stream or long poll that ends sooner is not begun again at once
LONGEST_PAUSE = 60.0  # seconds between two tries of what fails again and again
LAST_RESULT = 10.0  # seconds to wait for the result of a run whose record says it is completed


@dataclass(slots=True)
class Crowd:
    """How many runs this replica waits for."""

    runs: int = 0

    @property
    def is_large(self) -> bool:
        """Whether there are too many to show each one's progress."""
        return self.runs > CROWDED_FROM

    def rarer(self, most: int) -> float:
        """How many times rarer a thing must be, that may be done for `most` runs as it is."""
        return max(1.0, self.runs / most)


@dataclass(slots=True)
class _Pause:
    """How long what fails is left alone.

    Attributes:
        least: seconds, when nothing has failed.
        failures: in a row.
        asked: seconds that were asked for with the last of them.
    """

    least: float
    failures: int = 0
    asked: float = 0.0

    def failed(self, error: Unavailable) -> None:
        self.failures += 1
        self.asked = error.retry_after or 0.0

    def went_well(self) -> None:
        self.failures, self.asked = 0, 0.0

    @property
    def seconds(self) -> float:
        """Twice as long after each failure, a little apart for every run, no less than asked."""
        doubled = self.least * 2.0 ** min(max(self.failures - 1, 0), 10)
        grown = max(self.least, min(doubled, LONGEST_PAUSE))
        return max(self.asked, grown) * random.uniform(1.0, 1.2) if self.failures else grown


async def wait_for_end(
    research: Research,
    run: RunId,
    *,
    seconds: float,
    clock: Callable[[], float],
    hear: Callable[[Progress], None],
    crowd: Crowd,
    breath: float = SHORTEST,
) -> Answer | Run | None:
    """Wait for the run's end, at most `seconds`; `hear` is called with all that its stream tells.

    The run is one of the `crowd` as long as it is waited for. A stream or long poll that ends
    sooner than `breath` (seconds) is not begun again before; after failures that is longer.

    Returns:
        The answer; or the run as the API tells of it when it failed or was cancelled; or None
        when it was still active after `seconds`.

    Raises:
        Refused: the API does not know the run (UNKNOWN_RUN) or the key (KEY).
        Unavailable: the time is over, and the API could not be asked how the run stands.
    """
    loop, deadline, pause = asyncio.get_running_loop(), clock() + seconds, _Pause(breath)
    crowd.runs += 1
    try:
        while crowd.is_large:
            begun, left = loop.time(), deadline - clock()
            try:
                if left > 0 and (answer := await _polled(research, run, left)):
                    return answer
                if (end := await _end(research, run, hinted=False)) or clock() >= deadline:
                    return end
                pause.went_well()
            except Unavailable as error:
                if clock() >= deadline:
                    raise
                pause.failed(error)
            rest = min(begun + pause.seconds - loop.time(), deadline - clock())
            await asyncio.sleep(max(0.0, rest))
        hint = _hint(research, run, news := asyncio.Event(), hear, breath)
        return await _hinted(research, run, hint, news, deadline=deadline, clock=clock)
    finally:
        crowd.runs -= 1


async def _polled(research: Research, run: RunId, left: float) -> Answer | None:
    """Wait for the result; None when it was not there in time, or never will be."""
    try:
        return await research.result(run, min(left, LONGEST_POLL * random.uniform(0.8, 1.0)))
    except Refused as refused:
        if refused.cause is not Cause.UNKNOWN_RUN:
            raise
        return None


async def _hinted(
    research: Research,
    run: RunId,
    hints: Coroutine[None, None, None],
    news: asyncio.Event,
    *,
    deadline: float,
    clock: Callable[[], float],
) -> Answer | Run | None:
    """Wait for the end by `hints`, which set `news`, and by looks."""
    hint = asyncio.create_task(hints)
    try:
        looks, asked = _look_times(), 0.0
        while True:
            left = deadline - clock()
            with suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, min(max(next(looks), asked), left))):
                    await news.wait()
            hinted = news.is_set()
            news.clear()
            last = clock() >= deadline
            try:
                end = await _end(research, run, hinted=hinted)
            except Unavailable as later:
                if last:
                    raise
                asked = later.retry_after or 0.0
                continue
            asked = 0.0
            if end or last:
                return end
    finally:
        hint.cancel()
        await asyncio.wait([hint])
        if not hint.cancelled() and (error := hint.exception()):
            log.error("a run was waited for without its stream: %r", error, extra={"run": run})


async def _end(research: Research, run: RunId, *, hinted: bool) -> Answer | Run | None:
    """Ask the record: the answer, the run that ended otherwise, or None while it is active.

    After a hint the result is asked for at once: in most cases that one call settles it. Raises
    Unavailable, too, when there is an answer that cannot be had yet.
    """
    if hinted:
        try:
            return await research.result(run, LAST_RESULT)
        except Refused as refused:
            if refused.cause is not Cause.UNKNOWN_RUN:
                raise
    found = await research.look(run)
    if not found.status.is_over:
        return None
    if found.status is not RunStatus.COMPLETED:
        return found
    answer = await research.result(run, LAST_RESULT)
    if answer is None:
        raise Unavailable("the result of a completed run is not ready")
    return answer


async def _hint(
    research: Research,
    run: RunId,
    news: asyncio.Event,
    hear: Callable[[Progress], None],
    breath: float,
) -> None:
    """Call out whenever it seems that the run has ended."""
    loop, pause = asyncio.get_running_loop(), _Pause(breath)
    while True:
        begun = loop.time()
        with _tolerant(news, pause):
            async with research.watch(run) as stream:
                async for progress in stream:
                    hear(progress)
                    if progress.status and progress.status.is_over:
                        news.set()
        if loop.time() - begun >= breath and not pause.asked:
            pause.went_well()
            continue  # Parallel closes a stream after 570 s: hold the next one
        if not pause.asked:
            begun = loop.time()
            with _tolerant(news, pause):
                if await research.result(run, LONG_POLL):
                    news.set()
                pause.went_well()
        await asyncio.sleep(max(0.0, begun + pause.seconds - loop.time()))
        pause.asked = 0.0


@contextlib.contextmanager
def _tolerant(news: asyncio.Event, pause: _Pause) -> Iterator[None]:
    try:
        yield
    except Unavailable as error:
        pause.failed(error)
    except Refused as refused:
        # The result call says "failed or unknown" in one word: the record tells which.
        if refused.cause is Cause.UNKNOWN_RUN:
            news.set()


def _look_times() -> Iterator[float]:
    """Seconds to each next look, a little apart for every run so that they do not come at once."""
    yield FIRST_LOOK * random.uniform(0.9, 1.1)
    while True:
        yield LOOK_EVERY * random.uniform(0.9, 1.1)
