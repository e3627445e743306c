"""Edits the status message while a run is awaited: when, and when not.

Progress is a hint, so its edits yield to everything else. They use what the rate limiter can spare
(`bot.ports.RateLimiter`) while the thread is ours; an edit that fails is dropped, and the next one
comes later; when Slack asks to slow down, no replica edits progress for that long. The more runs
are awaited, the fewer edits each gets: the text says as of when it is, so it stays true.

The final status must be the last edit. Slack may carry out an edit long after it was sent, so there
are never two edits of one message in flight: whoever wants to change the status waits for `settle`.
That waits for the edit in flight only, and the answer, a message of its own, does not wait at all.
"""

from __future__ import annotations

import asyncio
import logging
import math
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from bot.concurrency.backoff import Backoff
from bot.concurrency.waiting import within
from bot.domain.choosing import processor_in_force
from bot.domain.research import Progress
from bot.engine.agent_session import AgentSession
from bot.engine.context import EngineContext
from bot.engine.leased_turn import LeasedTurn
from bot.engine.pacing import pause_optional_edits
from bot.errors import AnswerLost, Refused, Unavailable
from bot.ports import QueuePreview
from bot.slack.messages.progress import merged_progress, progress_status
from bot.slack.messages.status import STATUS
from bot.slack.messages.turn_facts import facts_of

log = logging.getLogger(__name__)

STRETCHED_FROM = 120.0  # seconds of a run's age from which on its edits become rarer
MOST_STRETCHED = 5.0  # times, after ten minutes
MOST_STRETCHED_WHEN_SLOW = 15.0  # times, after half an hour, when the run is slower than usual
CAPACITY = 30  # runs for which Slack's limits allow an edit a minute each
LONGEST_INTERVAL = 30 * 60.0  # seconds; the agent session is renewed between two edits


class StatusUpdater:
    """Keeps the status of one turn's run up to date."""

    def __init__(self, context: EngineContext, leased: LeasedTurn) -> None:
        self._context = context
        self._leased = leased
        self._timing = context.timing
        self._session = AgentSession(context, leased)
        self._progress = Progress()
        self._changed: asyncio.Event
        self._ended: asyncio.Event
        self._task: asyncio.Task[None] | None = None
        self._edit_lag_until = 0.0
        self._slow_at = math.inf

    def observe(self, progress: Progress) -> None:
        """Show what an event of the run says with the next edit."""
        if self._task is None:
            return
        latest = merged_progress(self._progress, progress)
        if latest != self._progress:
            self._progress = latest
            self._changed.set()

    def notify(self) -> None:
        """Edit the status soon: something else that it shows has changed."""
        if self._task:
            self._changed.set()

    @contextmanager
    def running(self, *, is_outdated: bool, usual: float) -> Iterator[None]:
        """Edit the status from time to time during the block; none is begun after it.

        Over capacity there are no edits, except the one for a status that is out of date.

        Args:
            is_outdated: the status is out of date now, so the first edit comes soon.
            usual: seconds until the run is slower than usual, which the status says then; below
                zero when it is.
        """
        once = self._context.in_flight.is_over_capacity
        if once and not is_outdated:
            yield
            return
        self._changed, self._ended = asyncio.Event(), asyncio.Event()
        self._slow_at = (loop := asyncio.get_running_loop()).time() + usual
        slow = loop.call_later(max(0.0, usual), self.notify)
        self._task = asyncio.create_task(self._keep_editing(is_outdated=is_outdated, once=once))
        try:
            yield
        finally:
            slow.cancel()
            self._ended.set()
            self._changed.set()

    async def settle(self) -> None:
        """Wait until the edit in flight, if there is one, has been carried out."""
        if self._task is None:
            return
        try:
            await asyncio.wait([self._task])
        finally:
            self._task.cancel()
        if not self._task.cancelled() and (error := self._task.exception()):
            log.error("status updates failed: %r", error)
        self._task = None
        await asyncio.sleep(max(0.0, self._edit_lag_until - asyncio.get_running_loop().time()))

    async def _keep_editing(self, *, is_outdated: bool, once: bool) -> None:
        timing, stretch = self._timing, 1.0
        backoff = Backoff(first=2.0, longest=8.0)  # times the interval, after edits that failed
        while True:
            if not once and not self._ended.is_set():
                await self._session.renew()
            times = self._slowdown() * stretch * random.uniform(0.8, 1.2)
            times *= self._context.in_flight.slowdown(CAPACITY)
            if not is_outdated:
                await within(min(timing.min_interval * times, LONGEST_INTERVAL), self._ended)
                rest = (timing.max_interval - timing.min_interval) * times
                await within(min(rest, LONGEST_INTERVAL), self._changed)
            is_outdated = False
            await within(timing.debounce, self._ended)
            if self._ended.is_set():
                return
            self._changed.clear()
            if await self._edit():
                if once:
                    return
                backoff.reset()
                stretch = 1.0
            else:
                self._changed.set()
                stretch = backoff.next()

    def _slowdown(self) -> float:
        """Return the factor, 1 or more, by which to stretch the intervals of a run of this age."""
        now = self._context.clock()
        age = now - (self._leased.turn.started_at or now)
        is_slow = asyncio.get_running_loop().time() >= self._slow_at
        most = MOST_STRETCHED_WHEN_SLOW if is_slow else MOST_STRETCHED
        return min(max(age / STRETCHED_FROM, 1.0), most)

    async def _edit(self) -> bool:
        """Edit the status once, if the rate limiter can spare an edit. Returns whether it did."""
        context, turn = self._context, self._leased.turn
        ts = turn.posts.get(STATUS)
        try:
            if not ts or not await context.rate_limiter.try_edit(self._leased.claim):
                return False
            queue = await self._queue_preview()
            if self._ended.is_set():
                return False
            facts = facts_of(self._leased.turn, context.default_processor)
            message = progress_status(facts, self._progress, context.clock(), waiting=queue)
            await context.messenger.update(turn.question.thread, ts, message)
        except Unavailable as error:
            await pause_optional_edits(context.rate_limiter, error)
        except AnswerLost:
            self._edit_lag_until = asyncio.get_running_loop().time() + self._timing.edit_lag
        except Refused as refused:
            log.info("progress not shown: %s", refused)
        else:
            return True
        return False

    async def _queue_preview(self) -> QueuePreview:
        """Read the questions queued behind this turn, and which of them the Chat API answers."""
        context = self._context
        preview = await context.store.queue_preview(self._leased.claim)
        for turn in preview.turns:
            question = turn.signals.edited or turn.question
            thread = question.thread
            choices = await context.choices.read(
                thread.team, thread.channel, question.asker, thread
            )
            chosen, _ = processor_in_force(question.processor, choices, context.default_processor)
            if chosen.is_chat:
                return replace(preview, quick=turn.id)
        return preview
