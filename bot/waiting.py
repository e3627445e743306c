"""Waiting for a run to end: the event stream is the fast hint, the API's record is the truth.

Two things go on side by side. The *hint* holds the run's event stream and calls out when it tells
of an end; where the stream cannot be held, it long-polls the result instead, and tries the stream
again later. The *looks* ask for the run's status on a schedule, whatever the stream says or keeps
to itself. An end is believed only when the API's own record (status, result) tells it.

Sparing: a waiting run costs about one look a minute and one stream in 570 s (Parallel closes it
then); two requests a minute when there is no stream. Where a replica waits for more than a thousand
runs, looks become rarer, down to one in ten minutes: each stream held anew tells the status, too.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from bot.errors import Cause, Refused, Unavailable
from bot.model import Answer, Progress, Run, RunId, RunStatus
from bot.ports import Research

log = logging.getLogger(__name__)

FIRST_LOOK = 20.0  # seconds
LOOK_EVERY = 60.0  # seconds between all later ones
RARER_FROM = 1_000  # runs waited for
RAREST = 10.0  # times rarer
LONG_POLL = 55.0  # seconds that one result call waits when there is no stream
SHORTEST = 15.0  # seconds: a stream or long poll that ends sooner is not begun again at once
LAST_RESULT = 10.0  # seconds to wait for the result of a run whose record says it is completed


@dataclass(slots=True)
class Crowd:
    """How many runs this replica waits for."""

    runs: int = 0

    def rarer(self, most: int) -> float:
        """How many times rarer a thing must be, that may be done for `most` runs as it is."""
        return max(1.0, self.runs / most)


async def wait_for_end(
    research: Research,
    run: RunId,
    *,
    seconds: float,
    clock: Callable[[], float],
    hear: Callable[[Progress], None],
    crowd: Crowd,
) -> Answer | Run | None:
    """Wait for the run's end, at most `seconds`; `hear` is called with all that its stream tells.

    The run is one of the `crowd` as long as it is waited for.

    Returns:
        The answer; or the run as the API tells of it when it failed or was cancelled; or None
        when it was still active after `seconds`.

    Raises:
        Refused: the API does not know the run (UNKNOWN_RUN) or the key (KEY).
        Unavailable: the time is over, and the API could not be asked how the run stands.
    """
    news = asyncio.Event()
    hint = asyncio.create_task(_hint(research, run, news, hear))
    crowd.runs += 1
    try:
        deadline = clock() + seconds
        looks = _look_times(crowd)
        while True:
            left = deadline - clock()
            with suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, min(next(looks), left))):
                    await news.wait()
            hinted = news.is_set()
            news.clear()
            last = clock() >= deadline
            try:
                end = await _end(research, run, hinted=hinted)
            except Unavailable:
                if last:
                    raise
                continue
            if end or last:
                return end
    finally:
        crowd.runs -= 1
        hint.cancel()
        await asyncio.wait([hint])
        if not hint.cancelled() and (error := hint.exception()):
            log.error("a run was waited for without its stream: %r", error, extra={"run": run})


async def _end(research: Research, run: RunId, *, hinted: bool) -> Answer | Run | None:
    """Ask the record: the answer, the run that ended otherwise, or None while it is active.

    After a hint the result is asked for at once: in most cases that one call settles it.
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
    return await research.result(run, LAST_RESULT)


async def _hint(
    research: Research, run: RunId, news: asyncio.Event, hear: Callable[[Progress], None]
) -> None:
    """Call out whenever it seems that the run has ended."""
    loop = asyncio.get_running_loop()
    while True:
        begun = loop.time()
        with _tolerant(news):
            async with research.watch(run) as stream:
                async for progress in stream:
                    hear(progress)
                    if progress.status and progress.status.is_over:
                        news.set()
        if loop.time() - begun >= SHORTEST:
            continue  # Parallel closes a stream after 570 s: hold the next one
        begun = loop.time()
        with _tolerant(news):
            if await research.result(run, LONG_POLL):
                news.set()
        await asyncio.sleep(max(0.0, begun + SHORTEST - loop.time()))


@contextlib.contextmanager
def _tolerant(news: asyncio.Event) -> Iterator[None]:
    try:
        yield
    except Unavailable:
        pass
    except Refused as refused:
        # The result call says "failed or unknown" in one word: the record tells which.
        if refused.cause is Cause.UNKNOWN_RUN:
            news.set()


def _look_times(crowd: Crowd) -> Iterator[float]:
    """Seconds to each next look, a little apart for every run so that they do not come at once."""
    yield FIRST_LOOK * random.uniform(0.9, 1.1)
    while True:
        yield LOOK_EVERY * min(crowd.rarer(RARER_FROM), RAREST) * random.uniform(0.9, 1.1)
