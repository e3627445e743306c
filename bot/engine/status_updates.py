"""Shows in the status how far a run is: when it is edited, and when not.

Progress is a hint, so an edit of it gives way to everything else. It goes only while Slack's limits
leave plenty (`bot.ports.Budget`) and the thread is ours; one that fails is dropped, and the next
comes later; when Slack asks to slow down, no replica edits progress for that long. The more runs
are going, the rarer each one's edits: the words say as of when they speak, so they stay true.

What stands last must be the receipt. Slack may carry out an edit long after it was sent, so there
are never two edits of one message under way: who wants to change the status waits for `over`. That
one waits neither for the next beat nor for anything but the edit under way, and the answer, a
message of its own, does not wait at all.
"""

from __future__ import annotations

import asyncio
import logging
import math
import random
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress

from bot.domain.research import Progress
from bot.engine.context import UpdateTiming
from bot.engine.leased_turn import LeasedTurn
from bot.engine.load import RunsInFlight
from bot.errors import AnswerLost, Cause, Refused, Unavailable
from bot.ports import Message, Messenger, QueuePreview, RateLimiter
from bot.slack.messages.progress import merged_progress
from bot.slack.messages.status import STATUS

log = logging.getLogger(__name__)

RARER_FROM = 120.0  # seconds a run goes on before its edits become rarer
RAREST = 5.0  # times rarer, after ten minutes
RAREST_WHEN_SLOW = 15.0  # times rarer, after half an hour, where the run is slower than usual
EDITED_AT_ONCE = 30  # runs for which Slack's limits have an edit a minute; of more each gets fewer
RENEWED = 30 * 60.0  # seconds between two signs of work, which Slack lets last an hour
REMEMBERED = 24 * 3600.0  # seconds that we remember that Slack takes no signs here
_NO_SESSIONS = ("not_authorized", "feature_disabled", "unknown_method", "not_agent_app")
MOST_TROUBLE = 8.0  # times rarer, after edits that did not come about


class StatusUpdater:
    """Keeps the status of one turn's run about true."""

    def __init__(
        self,
        leased: LeasedTurn,
        messenger: Messenger,
        rate_limiter: RateLimiter,
        timing: UpdateTiming,
        *,
        words: Callable[[Progress, QueuePreview], Message],
        waiting: Callable[[], Awaitable[QueuePreview]],
        clock: Callable[[], float],
        in_flight: RunsInFlight,
    ) -> None:
        """Prepare; nothing is shown yet.

        Args:
            leased: the turn whose status it is.
            messenger: where the status stands.
            rate_limiter: is asked before each edit.
            timing: how often it is edited.
            words: what the status says now, given all that was heard of the run and the
                questions that wait behind it.
            waiting: reads those.
            clock: seconds since 1970.
            in_flight: the runs that share the edits.
        """
        self._leased = leased
        self._messenger = messenger
        self._rate_limiter = rate_limiter
        self._timing = timing
        self._words = words
        self._waiting = waiting
        self._clock = clock
        self._in_flight = in_flight
        self._progress = Progress()
        self._news: asyncio.Event
        self._end: asyncio.Event
        self._task: asyncio.Task[None] | None = None
        self._late_until = 0.0
        self._renewal = 0.0
        self._slow_at = math.inf

    def observe(self, progress: Progress) -> None:
        """Take in what the run tells."""
        if self._task is None:
            return
        heard = merged_progress(self._progress, progress)
        if heard != self._progress:
            self._progress = heard
            self._news.set()

    def notify(self) -> None:
        """Take in that there is something else to tell."""
        if self._task:
            self._news.set()

    @contextmanager
    def running(self, *, owed: bool, usual: float) -> Iterator[None]:
        """Edit the status now and then during the block; afterwards no edit is begun any more.

        In a large crowd there are no edits to be had, but for the one that is owed.

        Args:
            owed: what the status says is out of date already, so the first edit comes soon.
            usual: seconds until the run is slower than usual, which the status says then; below
                zero: it is.
        """
        once = self._in_flight.is_over_capacity
        if once and not owed:
            yield
            return
        self._news, self._end = asyncio.Event(), asyncio.Event()
        self._slow_at = (loop := asyncio.get_running_loop()).time() + usual
        slow = loop.call_later(max(0.0, usual), self.notify)
        self._task = asyncio.create_task(self._show(owed=owed, once=once))
        try:
            yield
        finally:
            slow.cancel()
            self._end.set()
            self._news.set()

    async def settle(self) -> None:
        """Wait until the edit under way, if there is one, has been carried out."""
        if self._task is None:
            return
        try:
            await asyncio.wait([self._task])
        finally:
            self._task.cancel()
        if not self._task.cancelled() and (error := self._task.exception()):
            log.error("progress was no longer shown: %r", error, extra=self._leased.about)
        self._task = None
        await asyncio.sleep(max(0.0, self._late_until - asyncio.get_running_loop().time()))

    async def _show(self, *, owed: bool, once: bool) -> None:
        timing, trouble = self._timing, 1.0
        while True:
            if not once:
                await self._renew_session()
            times = self._slowdown() * trouble * random.uniform(0.8, 1.2)
            times *= self._in_flight.slowdown(EDITED_AT_ONCE)
            if not owed:
                await within(min(timing.min_interval * times, RENEWED), self._end)
                await within(
                    min((timing.max_interval - timing.min_interval) * times, RENEWED), self._news
                )
            owed = False
            await within(timing.debounce, self._end)
            if self._end.is_set():
                return
            self._news.clear()
            if await self._edit():
                if once:
                    return
                trouble = 1.0
            else:
                self._news.set()
                trouble = min(trouble * 2, MOST_TROUBLE)

    def _slowdown(self) -> float:
        started = self._leased.turn.started_at or self._clock()
        is_slow = asyncio.get_running_loop().time() >= self._slow_at
        most = RAREST_WHEN_SLOW if is_slow else RAREST
        return min(max((self._clock() - started) / RARER_FROM, 1.0), most)

    async def _edit(self) -> bool:
        """Edit the status once, if that may be. Returns whether it was done."""
        ts = self._leased.turn.posts.get(STATUS)
        thread = self._leased.turn.question.thread
        try:
            if not ts or not await self._rate_limiter.try_edit(self._leased.claim):
                return False
            waiting = await self._waiting()
            if self._end.is_set():
                return False
            await self._messenger.update(thread, ts, self._words(self._progress, waiting))
        except Unavailable as error:
            if error.retry_after:
                with suppress(Unavailable):
                    await self._rate_limiter.pause_optional_edits(error.retry_after)
        except AnswerLost:
            self._late_until = asyncio.get_running_loop().time() + self._timing.edit_lag
        except Refused as refused:
            log.info("progress is not shown: %s", refused, extra=self._leased.about)
        else:
            return True
        return False

    async def _renew_session(self) -> None:
        """Have Slack's own sign say that we work here; it goes out within an hour by itself."""
        now = asyncio.get_running_loop().time()
        if now < self._renewal or self._end.is_set():
            return
        self._renewal = (
            now + self._timing.max_interval
        )  # when there is no place for it, or no answer
        try:
            if await self._rate_limiter.try_session(self._leased.claim):
                await self._messenger.set_session_status(
                    self._leased.turn.question.thread, working=True
                )
                self._renewal = now + RENEWED
        except Refused as refused:
            self._renewal = now + RENEWED
            await disable_refused_sessions(self._rate_limiter, refused)
        except (Unavailable, AnswerLost) as error:
            log.info("no sign of work: %s", error, extra=self._leased.about)


async def disable_refused_sessions(rate_limiter: RateLimiter, refused: Refused) -> None:
    """Remember that Slack takes no sessions in this workspace, if that is what it says."""
    if refused.cause is Cause.SCOPE or refused.message in _NO_SESSIONS:
        with suppress(Unavailable):
            await rate_limiter.disable_sessions(REMEMBERED)


async def within(seconds: float, event: asyncio.Event) -> None:
    """Wait for the event, at most so long; `math.inf` for as long as it takes."""
    with suppress(TimeoutError):
        async with asyncio.timeout(None if seconds == math.inf else seconds):
            await event.wait()
