"""Answers a turn through the Chat API: at most one request that may be paid for, one message.

The answer exists in one HTTP response that cannot be fetched again, so unlike a run it is lost with
its owner. It is never requested again automatically: the intent is saved (state `starting`) before
the one POST, and that it was accepted (`running`) when the response begins. An owner that finds a
turn in one of these states after a crash ends it with the text that was saved (`Turn.draft`), and a
button asks again. Another request is sent only after an answer that says that nothing was started
(429, no connection, a chain that is refused).

While the response streams in, a task of its own reads it, and the execution shows the text so far
(`bot.engine.streamed_message`), so that Slack's limits delay the showing only.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace

from bot.concurrency.backoff import Backoff
from bot.concurrency.waiting import within
from bot.domain import lifecycle
from bot.domain.processors import is_chat
from bot.domain.research import ChatChunk, RunRequest
from bot.domain.thread import InteractionId
from bot.domain.turn import Ending, EndingKind, State, Turn
from bot.engine.context import EngineContext
from bot.engine.leased_turn import Draining, LeasedTurn, do_nothing
from bot.engine.operator_matters import log_to_do
from bot.engine.pacing import time_until
from bot.engine.spending import reserve_and_save
from bot.engine.streamed_message import StreamedMessage
from bot.errors import AnswerLost, Cause, LeaseLost, Refused, Unavailable
from bot.slack.messages import quick_answer

log = logging.getLogger(__name__)

BUSY_FOR = 20.0  # seconds that Parallel may be unable to answer before the turn ends
LONGEST_PAUSE = 8.0  # seconds between two requests without a Retry-After
LONGEST_TEXT = 100_000  # characters; in a minute a model writes a fifth of that


@dataclass(slots=True)
class _Response:
    """What has been received of an answer.

    Attributes:
        changed: set when more has been received, while that is waited for (`is_awaited`).
        is_accepted: the response has begun.
        has_text: some of it is more than white space.
        size: characters so far.
    """

    changed: asyncio.Event
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
        self.notify()

    def notify(self) -> None:
        if self.is_awaited:
            self.changed.set()


class QuickAnswer:
    """Answers one turn."""

    def __init__(
        self,
        context: EngineContext,
        leased: LeasedTurn,
        message: StreamedMessage,
        *,
        request: Callable[[], Awaitable[RunRequest]],
        apply_signals: Callable[[], Awaitable[None]],
    ) -> None:
        """Prepare.

        Args:
            context: its Chat API answers.
            leased: the turn.
            message: shows the answer while it streams in.
            request: builds the request.
            apply_signals: applies the signals since the question was asked; afterwards the turn
                may have ended, or be for the Task API.
        """
        self._context = context
        self._leased = leased
        self._message = message
        self._request = request
        self._apply_signals = apply_signals
        self._changed = asyncio.Event()
        self._think_at = math.inf

    async def answer(self, *, interrupted: bool) -> None:
        """Answer, or find out why not: afterwards the turn has ended, or is for the Task API.

        Args:
            interrupted: another execution ended after its intent to send the request.

        Raises:
            Draining: the bot is shutting down, and nothing was sent.
            LeaseLost: another replica owns the turn now.
        """
        if interrupted:
            log.warning("quick answer interrupted")
            return await self._end(self._broken_off(self._turn.draft))
        self._leased.on_change = self._changed.set
        try:
            await self._request_until_settled()
        finally:
            self._leased.on_change = do_nothing

    async def _request_until_settled(self) -> None:
        loop = asyncio.get_running_loop()
        begun, backoff = loop.time(), Backoff(self._context.retry_timing.chat, LONGEST_PAUSE)
        self._think_at = begun + self._context.timing.thinking_after
        while self._is_due():
            busy = await self._wait_for_reservation()
            await self._apply_signals()
            if self._is_due() and (busy := busy or await self._request_once()):
                log.info("quick answer delayed: %s", busy)
                log_to_do(busy)
                wait = backoff.next(busy.retry_after)
                if loop.time() + wait > begun + BUSY_FOR:
                    return await self._end(Ending(EndingKind.BUSY, self._context.clock()))
                await self._pause(wait)
        return None

    def _is_due(self) -> bool:
        return self._turn.state is State.QUEUED and is_chat(self._turn.processor)

    async def _wait_for_reservation(self) -> Unavailable | None:
        """Wait until a request may be sent; returns why none may be."""
        wait = await time_until(self._context.rate_limiter.reserve_chat())
        if wait is None:
            return Unavailable("too many quick answers at once", BUSY_FOR)
        if wait > 0:
            await self._pause(wait)
        return None

    async def _pause(self, seconds: float) -> None:
        """Sleep, interruptible, until the turn is cancelled."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while (left := until - loop.time()) > 0 and not self._turn.signals.is_cancelled:
            self._changed.clear()
            async with self._leased.interruptible():
                await within(min(left, self._think_at - loop.time()), self._changed)
            await self._leased.save()  # raises if the lease was lost while we were suspended
            await self._think()

    async def _think(self) -> None:
        """Show that there is no text yet, once, when it is time for that."""
        if asyncio.get_running_loop().time() >= self._think_at:
            self._think_at = math.inf
            await self._message.think()

    # --- one request --------------------------------------------------------------------

    async def _request_once(self) -> Unavailable | None:
        """Send one request; returns why Parallel cannot answer it now, if it cannot."""
        request = await self._request()
        self._leased.raise_if_draining()  # a request that is cut short is lost
        turn = replace(self._turn, previous=request.previous, restates=request.restates)
        if ending := await reserve_and_save(self._context, self._leased, turn):
            await self._end(ending)
            return None
        response = _Response(self._changed)
        reading = asyncio.create_task(self._read(request, response))
        reading.add_done_callback(lambda _: self._changed.set())
        try:
            async with self._leased.without_slot():
                await self._show_or_save(reading, response)
        finally:
            reading.cancel()
            await asyncio.wait([reading])
        return await self._conclude(reading, response)

    async def _read(self, request: RunRequest, response: _Response) -> None:
        async with self._context.chat.create(request) as chunks:
            response.is_accepted = True
            response.notify()
            async for chunk in chunks:
                response.add(chunk)
                if response.size > LONGEST_TEXT:
                    raise AnswerLost("the answer is too long for a quick one")

    async def _show_or_save(self, reading: asyncio.Task[None], response: _Response) -> None:
        """Show what is received; when the bot shuts down, save it for the next owner."""
        try:
            await self._show(reading, response)
        except (asyncio.CancelledError, Draining):
            with suppress(LeaseLost, Unavailable):
                await self._leased.save(replace(self._turn, draft=response.text))
            raise

    async def _show(self, reading: asyncio.Task[None], response: _Response) -> None:
        """Show what is received until the response is complete or the turn is cancelled."""
        loop, message = asyncio.get_running_loop(), self._message
        due, shown = math.inf, 0
        while not reading.done() and not self._turn.signals.is_cancelled:
            self._changed.clear()
            if response.is_accepted and self._turn.state is State.STARTING:
                accepted = lifecycle.accepted(self._turn, self._context.clock())
                await self._leased.save_outcome(accepted)
            if due == math.inf and response.has_text:
                due = loop.time() + self._context.timing.first_delay
                self._think_at = math.inf
            await self._think()
            if due <= loop.time() and response.size > shown:
                shown = response.size
                await message.grow(response.text)
                due = loop.time() + message.wait
            is_due = due < math.inf and response.size > shown and not message.is_over
            response.is_awaited = not is_due and not (response.has_text and message.is_over)
            await within((due if is_due else self._think_at) - loop.time(), self._changed)

    async def _conclude(
        self, reading: asyncio.Task[None], response: _Response
    ) -> Unavailable | None:
        """Save the outcome of the request; returns why nothing was started for now."""
        error = None if reading.cancelled() else reading.exception()
        text, now = response.text, self._context.clock()
        match error:
            case Refused(cause=Cause.CHAIN) if not self._turn.restated:
                log.warning("chain refused, restating earlier turns")
                await self._leased.save_outcome(lifecycle.chain_refused(self._turn))
                return None
            case Refused():
                log_to_do(error)
                ending = lifecycle.refusal(error, now)
            case Unavailable():
                since = self._turn.busy_since or now
                queued = lifecycle.not_started(self._turn, busy_since=since)
                await self._leased.save_outcome(lifecycle.put_off(queued, error))
                return error
            case AnswerLost():
                log.warning("quick answer broke off: %s", error)
                log_to_do(error)
                ending = self._broken_off(text, error)
            case None if reading.cancelled():
                ending = lifecycle.ending_if_cancelled(self._turn, now) or self._broken_off(text)
            case None if quick_answer.is_visible(text):
                ending = Ending(EndingKind.ANSWERED, now)
                self._leased.stage(replace(self._turn, interaction=response.interaction))
            case None:
                ending = self._broken_off(text)
            case _:
                raise error
        await self._end(ending, text)
        return None

    def _broken_off(self, text: str, lost: AnswerLost | None = None) -> Ending:
        """Return how an answer ends whose response broke off after this text."""
        now = self._context.clock()
        if quick_answer.is_visible(text):
            return Ending(EndingKind.CUT_OFF, now)
        return lifecycle.uncertain(now, lost)

    async def _end(self, ending: Ending, text: str | None = None) -> None:
        turn = self._turn if text is None else replace(self._turn, draft=text)
        if turn.state is State.STARTING and text:  # it was complete before that was saved
            turn = lifecycle.accepted(turn, self._context.clock())
            await self._leased.save_outcome(turn)
        await self._leased.save_outcome(lifecycle.ended(turn, ending))
        log.info("turn ended: %s", ending.kind)
        await self._message.settle()

    @property
    def _turn(self) -> Turn:
        return self._leased.turn
