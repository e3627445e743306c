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
from dataclasses import dataclass

from bot.domain.model import Progress
from bot.engine.leased_turn import Page
from bot.engine.run_completion import Crowd
from bot.errors import AnswerLost, Cause, Refused, Unavailable
from bot.ports import Budget, Conversation, Message, Waiting
from bot.slack.messages.answer import STATUS
from bot.slack.messages.progress import folded

log = logging.getLogger(__name__)

RARER_FROM = 120.0  # seconds a run goes on before its edits become rarer
RAREST = 5.0  # times rarer, after ten minutes
RAREST_WHEN_SLOW = 15.0  # times rarer, after half an hour, where the run is slower than usual
EDITED_AT_ONCE = 30  # runs for which Slack's limits have an edit a minute; of more each gets fewer
RENEWED = 30 * 60.0  # seconds between two signs of work, which Slack lets last an hour
REMEMBERED = 24 * 3600.0  # seconds that we remember that Slack takes no signs here
_NO_SESSIONS = ("not_authorized", "feature_disabled", "unknown_method", "not_agent_app")
MOST_TROUBLE = 8.0  # times rarer, after edits that did not come about


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often one status is edited, in seconds. Both pauses grow with the run.

    Attributes:
        news: between two edits when there is something new. With `settle` it is more than the 3
            that Slack asks for (https://docs.slack.dev/apis/web-api/rate-limits).
        beat: between two edits when there is not: only the time goes on.
        settle: what comes within this time goes into one edit. A stream held anew tells all from
            the start; what it told long ago is not shown as the latest.
        late: so long an edit may still be carried out after its answer was lost.
        late_post: the same for a post (`bot.engine.posting`).
        thinking: without a word of a quick answer, after which that is said.
        gather: from its first word to the first message that shows it.
        append: between two pieces that are appended to a stream, and from a post to its first edit.
    """

    news: float = 3.0
    beat: float = 60.0
    settle: float = 1.0
    late: float = 3.0
    late_post: float = 5.0
    thinking: float = 5.0
    gather: float = 0.1
    append: float = 1.0


RHYTHM = Rhythm()


class Showing:
    """Keeps the status of one turn's run about true."""

    def __init__(
        self,
        page: Page,
        conversation: Conversation,
        budget: Budget,
        rhythm: Rhythm,
        *,
        words: Callable[[Progress, Waiting], Message],
        waiting: Callable[[], Awaitable[Waiting]],
        clock: Callable[[], float],
        crowd: Crowd,
    ) -> None:
        """Prepare; nothing is shown yet.

        Args:
            page: the turn whose status it is.
            conversation: where the status stands.
            budget: is asked before each edit.
            rhythm: how often it is edited.
            words: what the status says now, given all that was heard of the run and the
                questions that wait behind it.
            waiting: reads those.
            clock: seconds since 1970.
            crowd: the runs that share the edits.
        """
        self._page = page
        self._conversation = conversation
        self._budget = budget
        self._rhythm = rhythm
        self._words = words
        self._waiting = waiting
        self._clock = clock
        self._crowd = crowd
        self._heard = Progress()
        self._news: asyncio.Event
        self._end: asyncio.Event
        self._task: asyncio.Task[None] | None = None
        self._late_until = 0.0
        self._renewal = 0.0
        self._slow_at = math.inf

    def hear(self, progress: Progress) -> None:
        """Take in what the run tells."""
        if self._task is None:
            return
        heard = folded(self._heard, progress)
        if heard != self._heard:
            self._heard = heard
            self._news.set()

    def poke(self) -> None:
        """Take in that there is something else to tell."""
        if self._task:
            self._news.set()

    @contextmanager
    def going_on(self, *, owed: bool, usual: float) -> Iterator[None]:
        """Edit the status now and then during the block; afterwards no edit is begun any more.

        In a large crowd there are no edits to be had, but for the one that is owed.

        Args:
            owed: what the status says is out of date already, so the first edit comes soon.
            usual: seconds until the run is slower than usual, which the status says then; below
                zero: it is.
        """
        once = self._crowd.is_large
        if once and not owed:
            yield
            return
        self._news, self._end = asyncio.Event(), asyncio.Event()
        self._slow_at = (loop := asyncio.get_running_loop()).time() + usual
        slow = loop.call_later(max(0.0, usual), self.poke)
        self._task = asyncio.create_task(self._show(owed=owed, once=once))
        try:
            yield
        finally:
            slow.cancel()
            self._end.set()
            self._news.set()

    async def over(self) -> None:
        """Wait until the edit under way, if there is one, has been carried out."""
        if self._task is None:
            return
        try:
            await asyncio.wait([self._task])
        finally:
            self._task.cancel()
        if not self._task.cancelled() and (error := self._task.exception()):
            log.error("progress was no longer shown: %r", error, extra=self._page.about)
        self._task = None
        await asyncio.sleep(max(0.0, self._late_until - asyncio.get_running_loop().time()))

    async def _show(self, *, owed: bool, once: bool) -> None:
        rhythm, trouble = self._rhythm, 1.0
        while True:
            if not once:
                await self._sign()
            times = self._rarer() * trouble * random.uniform(0.8, 1.2)
            times *= self._crowd.rarer(EDITED_AT_ONCE)
            if not owed:
                await within(min(rhythm.news * times, RENEWED), self._end)
                await within(min((rhythm.beat - rhythm.news) * times, RENEWED), self._news)
            owed = False
            await within(rhythm.settle, self._end)
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

    def _rarer(self) -> float:
        started = self._page.turn.started_at or self._clock()
        is_slow = asyncio.get_running_loop().time() >= self._slow_at
        most = RAREST_WHEN_SLOW if is_slow else RAREST
        return min(max((self._clock() - started) / RARER_FROM, 1.0), most)

    async def _edit(self) -> bool:
        """Edit the status once, if that may be. Returns whether it was done."""
        ts = self._page.turn.posts.get(STATUS)
        thread = self._page.turn.question.thread
        try:
            if not ts or not await self._budget.spare_edit(self._page.hold):
                return False
            waiting = await self._waiting()
            if self._end.is_set():
                return False
            await self._conversation.change(thread, ts, self._words(self._heard, waiting))
        except Unavailable as error:
            if error.retry_after:
                with suppress(Unavailable):
                    await self._budget.hold_back(error.retry_after)
        except AnswerLost:
            self._late_until = asyncio.get_running_loop().time() + self._rhythm.late
        except Refused as refused:
            log.info("progress is not shown: %s", refused, extra=self._page.about)
        else:
            return True
        return False

    async def _sign(self) -> None:
        """Have Slack's own sign say that we work here; it goes out within an hour by itself."""
        now = asyncio.get_running_loop().time()
        if now < self._renewal or self._end.is_set():
            return
        self._renewal = now + self._rhythm.beat  # when there is no place for it, or no answer
        try:
            if await self._budget.session(self._page.hold):
                await self._conversation.session(self._page.turn.question.thread, working=True)
                self._renewal = now + RENEWED
        except Refused as refused:
            self._renewal = now + RENEWED
            await no_sessions_here(self._budget, refused)
        except (Unavailable, AnswerLost) as error:
            log.info("no sign of work: %s", error, extra=self._page.about)


async def no_sessions_here(budget: Budget, refused: Refused) -> None:
    """Remember that Slack takes no sessions in this workspace, if that is what it says."""
    if refused.cause is Cause.SCOPE or refused.message in _NO_SESSIONS:
        with suppress(Unavailable):
            await budget.no_sessions(REMEMBERED)


async def within(seconds: float, event: asyncio.Event) -> None:
    """Wait for the event, at most so long; `math.inf` for as long as it takes."""
    with suppress(TimeoutError):
        async with asyncio.timeout(None if seconds == math.inf else seconds):
            await event.wait()
