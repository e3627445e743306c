"""Answers a turn through the Chat API: at most one request that may be paid, one message.

The answer lives in one HTTP response that nobody can fetch again, so unlike a run it is lost with
its owner. What cannot be had again is not asked for again by itself: the intent is saved (state
`starting`) before the one POST, that it was accepted (`running`) when the response begins. Whoever
finds a turn in one of these states after a crash ends it with the text that was written down
(`Turn.draft`), and a button asks again. Only after an answer that says that nothing was started
(429, a connection that never came about, a chain that is refused) is another request sent.

While the response streams, a task of its own reads it, and the walk shows what has come
(`bot.engine.streamed_message`), so that Slack's limits hold up the showing only.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace

from bot.domain import lifecycle
from bot.domain.processors import SPEED, is_chat
from bot.domain.research import ChatChunk, RunRequest
from bot.domain.thread import InteractionId
from bot.domain.turn import Ending, EndingKind, State, Turn
from bot.engine.context import UpdateTiming
from bot.engine.leased_turn import Draining, LeasedTurn, do_nothing
from bot.engine.status_updates import within
from bot.engine.streamed_message import StreamedMessage
from bot.errors import AnswerLost, Cause, LeaseLost, Refused, Unavailable
from bot.ports import ChatCompletions, RateLimiter
from bot.slack.messages import quick_answer

log = logging.getLogger(__name__)

BUSY_FOR = 20.0  # seconds that Parallel may be unable to answer before that is said
LONGEST_PAUSE = 8.0  # seconds between two tries where it names no time
LONGEST_TEXT = 100_000  # characters; in a minute a model writes a fifth of that


@dataclass(slots=True)
class _Came:
    """What has come of an answer.

    Attributes:
        woken: set when something has come, while that is waited for (`is_awaited`).
        is_accepted: the response has begun.
        has_text: some of it is more than white space.
    """

    woken: asyncio.Event
    is_awaited: bool = True
    is_accepted: bool = False
    has_text: bool = False
    pieces: list[str] = field(default_factory=list)
    size: int = 0
    interaction: InteractionId | None = None

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    def add(self, chunk: ChatChunk) -> None:
        self.pieces.append(chunk.text)
        self.size += len(chunk.text)
        self.has_text = self.has_text or quick_answer.is_visible(chunk.text)
        self.interaction = chunk.interaction or self.interaction
        self.tell()

    def tell(self) -> None:
        if self.is_awaited:
            self.woken.set()


@dataclass(slots=True)
class QuickAnswer:
    """Answers the turn on `leased`.

    Attributes:
        message: shows the answer while it comes.
        first_pause: seconds before the second try where Parallel names no time.
        request: puts the question into words for Parallel.
        apply_signals: applies stops, edits and deletions since the question; the turn may have
            ended then, or be for the Task API.
        clock: tells seconds since 1970.
    """

    leased: LeasedTurn
    message: StreamedMessage
    chat: ChatCompletions
    rate_limiter: RateLimiter
    timing: UpdateTiming
    first_pause: float
    request: Callable[[], Awaitable[RunRequest]]
    apply_signals: Callable[[], Awaitable[None]]
    clock: Callable[[], float]
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _think_at: float = math.inf

    async def answer(self, *, interrupted: bool) -> None:
        """Answer, or find out why not: afterwards the turn has ended, or is for the Task API.

        Args:
            interrupted: another walk ended after the request was about to leave.

        Raises:
            Draining: the bot is stopping, and nothing was sent.
            LeaseLost: the thread is another owner's.
        """
        if interrupted:
            log.warning("a quick answer was interrupted", extra=self.leased.about)
            return await self._end(self._lost(self._turn.draft))
        self.leased.on_change = self._woken.set
        try:
            await self._ask_until_settled()
        finally:
            self.leased.on_change = do_nothing

    async def _ask_until_settled(self) -> None:
        loop = asyncio.get_running_loop()
        begun, pause = loop.time(), self.first_pause
        self._think_at = begun + self.timing.thinking_after
        while self._is_to_be_asked():
            busy = await self._wait_for_place()
            await self.apply_signals()
            if self._is_to_be_asked() and (busy := busy or await self._ask()):
                log.info("no quick answer yet: %s", busy, extra=self.leased.about)
                wait = max(busy.retry_after or 0.0, pause)
                pause = min(2 * pause, LONGEST_PAUSE)
                if loop.time() + wait > begun + BUSY_FOR:
                    return await self._end(Ending(EndingKind.BUSY, self.clock()))
                await self._pause(wait)
        return None

    def _is_to_be_asked(self) -> bool:
        return self._turn.state is State.QUEUED and is_chat(self._turn.processor)

    async def _wait_for_place(self) -> Unavailable | None:
        """Wait for a request's place among those of all replicas; returns why there is none."""
        try:
            wait = await self.rate_limiter.reserve_chat()
        except Unavailable as error:
            log.warning("asked without a place in line: %s", error, extra=self.leased.about)
            return None
        if wait is None:
            return Unavailable("too many quick answers at once", BUSY_FOR)
        if wait > 0:
            await self._pause(wait)
        return None

    async def _pause(self, seconds: float) -> None:
        """Wait at a place where interrupting does no harm; not on when the turn is unwanted."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while (left := until - loop.time()) > 0 and not self._turn.signals.is_cancelled:
            self._woken.clear()
            async with self.leased.interruptible():
                await within(min(left, self._think_at - loop.time()), self._woken)
            await self.leased.save(self._turn)  # a process may be frozen for longer than its lease
            await self._think()

    async def _think(self) -> None:
        """Say that nothing has come yet, once it is time for that."""
        if asyncio.get_running_loop().time() >= self._think_at:
            self._think_at = math.inf
            await self.message.think()

    # --- one request --------------------------------------------------------------------

    async def _ask(self) -> Unavailable | None:
        """Send one request; returns why Parallel cannot answer it now, if it cannot."""
        request = await self.request()
        self.leased.raise_if_draining()  # a request that is cut short is lost
        turn = replace(self._turn, previous=request.previous, restates=request.restates)
        await self.leased.save(lifecycle.about_to_start(turn, self.clock()))
        came = _Came(self._woken)
        reading = asyncio.create_task(self._read(request, came))
        reading.add_done_callback(lambda _: self._woken.set())
        try:
            async with self.leased.without_slot():
                await self._show_or_leave(reading, came)
        finally:
            reading.cancel()
            await asyncio.wait([reading])
        return await self._conclude(reading, came)

    async def _read(self, request: RunRequest, came: _Came) -> None:
        async with self.chat.create(request) as chunks:
            came.is_accepted = True
            came.tell()
            async for chunk in chunks:
                came.add(chunk)
                if came.size > LONGEST_TEXT:
                    raise AnswerLost("the answer is too long for a quick one")

    async def _show_or_leave(self, reading: asyncio.Task[None], came: _Came) -> None:
        """Show what comes; when the bot stops, leave what has come to whoever takes over."""
        try:
            await self._show(reading, came)
        except (asyncio.CancelledError, Draining):
            with suppress(LeaseLost, Unavailable):
                await self.leased.save(replace(self._turn, draft=came.text))
            raise

    async def _show(self, reading: asyncio.Task[None], came: _Came) -> None:
        """Show what comes until no more does, or nobody wants it any more."""
        loop = asyncio.get_running_loop()
        due, shown = math.inf, 0
        while not reading.done() and not self._turn.signals.is_cancelled:
            self._woken.clear()
            if came.is_accepted and self._turn.state is State.STARTING:
                accepted = lifecycle.accepted(self._turn, self.clock())
                await self.leased.save_outcome(accepted, SPEED.price)
            if due == math.inf and came.has_text:
                due, self._think_at = loop.time() + self.timing.first_delay, math.inf
            await self._think()
            if due <= loop.time() and came.size > shown:
                shown = came.size
                await self.message.grow(came.text)
                due = loop.time() + self.message.wait
            is_due = due < math.inf and came.size > shown and not self.message.is_over
            came.is_awaited = not is_due and not (came.has_text and self.message.is_over)
            await within((due if is_due else self._think_at) - loop.time(), self._woken)

    async def _conclude(self, reading: asyncio.Task[None], came: _Came) -> Unavailable | None:
        """Write down what became of the request; returns why nothing was started for now."""
        error = None if reading.cancelled() else reading.exception()
        text = came.text
        match error:
            case Refused(cause=Cause.CHAIN) if not self._turn.restated:
                log.warning("chaining was refused: starting anew", extra=self.leased.about)
                await self.leased.save_outcome(lifecycle.chain_refused(self._turn))
                return None
            case Refused():
                at = self.clock()
                ending = Ending(EndingKind.REFUSED, at, error.cause, error.message, error.ref_id)
            case Unavailable():
                since = self._turn.busy_since or self.clock()
                waiting = lifecycle.not_started(self._turn, busy_since=since)
                await self.leased.save_outcome(lifecycle.put_off(waiting, error))
                return error
            case AnswerLost():
                log.warning("a quick answer broke off: %s", error, extra=self.leased.about)
                ending = self._lost(text)
            case None if reading.cancelled():
                ending = lifecycle.ending_if_cancelled(self._turn, self.clock()) or self._lost(text)
            case None if quick_answer.is_visible(text):
                ending = Ending(EndingKind.ANSWERED, self.clock())
                self.leased.turn = replace(self._turn, interaction=came.interaction)
            case None:
                ending = self._lost(text)
            case _:
                raise error
        await self._end(ending, text)
        return None

    def _lost(self, text: str) -> Ending:
        """Return how an answer ends of which no more comes."""
        kind = EndingKind.CUT_OFF if quick_answer.is_visible(text) else EndingKind.UNCERTAIN
        return Ending(kind, self.clock())

    async def _end(self, ending: Ending, text: str | None = None) -> None:
        turn = self._turn if text is None else replace(self._turn, draft=text)
        if turn.state is State.STARTING and text:  # it came before that could be written down
            turn = lifecycle.accepted(turn, self.clock())
            await self.leased.save_outcome(turn, SPEED.price)
        await self.leased.save_outcome(lifecycle.ended(turn, ending))
        log.info("turn ended: %s", ending.kind, extra=self.leased.about)
        await self.message.settle()

    @property
    def _turn(self) -> Turn:
        return self.leased.turn
