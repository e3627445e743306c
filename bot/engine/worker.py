"""Owns threads: reads work from Redis, keeps the lease, takes over from the dead, hands over.

One coroutine for each mailbox held; a waiting turn costs no more than that and its connection.
The lease belongs to the replica, so what it costs does not grow with the work in flight. Every
loop outlives an outage of Redis: it waits a moment and goes on.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from bot.domain import naming
from bot.domain.thread import Thread, TurnId
from bot.domain.turn import Turn
from bot.engine import unreadable
from bot.engine.context import EngineContext
from bot.engine.execution import TurnExecution
from bot.engine.jobs import JobContext, JobRunner
from bot.engine.leased_turn import Draining, LeasedTurn
from bot.engine.slots import ConcurrencySlot
from bot.errors import HeldOff, LeaseLost, Unavailable, Unreadable
from bot.ports import Claim, EntryId, Job, WorkQueue

log = logging.getLogger(__name__)

SLOTS = 50  # walks at work at once, those that rest not counted: keeps the event loop on time
READ_AT_ONCE = 50  # pieces of work: a small number shares a burst between replicas
ROOM = 10_000  # mailboxes held at once
MOST_TROUBLES = 5  # unexpected errors of one turn before the person is told
LONGEST_BACKOFF = 60.0  # seconds
OUTAGE_PAUSE = 0.5  # seconds
GRACE = 5.0  # seconds for walks to reach a place of rest when the bot stops
LAST = 2.0  # seconds for what is interrupted then to give its thread back


@dataclass(slots=True)
class Held:
    """A mailbox in work.

    Attributes:
        task: its coroutine.
        leased: the turn it is at; None before the first.
        signalled: there was news of it since its page was read.
    """

    mailbox: str
    task: asyncio.Task[None]
    leased: LeasedTurn | None = None
    signalled: bool = False


class Backoffs:
    """How long each mailbox that failed here is put off: twice as long each time.

    One that goes well elsewhere is not heard of again, so only the latest `most` are remembered.
    """

    def __init__(self, first: float, most: int = ROOM) -> None:
        """Begin with `first` seconds."""
        self._first = first
        self._most = most
        self._seconds: dict[str, float] = {}

    def failed(self, mailbox: str, error: Unavailable) -> float:
        """Seconds until the next try; no shorter than asked."""
        doubled = 2 * self._seconds.pop(mailbox, self._first / 2)
        self._seconds[mailbox] = seconds = min(doubled, LONGEST_BACKOFF)
        if len(self._seconds) > self._most:
            del self._seconds[next(iter(self._seconds))]
        return max(seconds * random.uniform(0.8, 1.2), error.retry_after or 0.0)

    def went_well(self, mailbox: str) -> None:
        """Forget its failures."""
        self._seconds.pop(mailbox, None)


class Worker:
    """Works on mailboxes until told to stop."""

    def __init__(self, context: EngineContext, work_queue: WorkQueue, *, lease: float) -> None:
        self._context = context
        self._work_queue = work_queue
        self._lease = lease
        self._held: dict[EntryId, Held] = {}
        self._jobs = JobRunner(
            JobContext(
                context.store,
                context.messenger,
                context.rate_limiter,
                work_queue,
                context.default_processor,
                context.clock,
                context.retry_timing.job,
            )
        )
        self._backoffs = Backoffs(context.retry_timing.turn)
        self._stopping = asyncio.Event()
        self._grace_ends = 0.0
        self._unsure = False
        self._slots = asyncio.Semaphore(SLOTS)

    async def run(self) -> None:
        """Work until `stop`, then hand over what is not finished."""
        await self._register()
        async with asyncio.TaskGroup() as loops:
            background = [
                loops.create_task(self._every(self._lease / 4, self._heartbeat)),
                loops.create_task(self._every(self._lease / 8, self._reclaim)),
                loops.create_task(self._every(self._lease, self._compare)),
                loops.create_task(self._listen()),
            ]
            await self._read()
            await self._drain()
            for task in background:
                task.cancel()
        with suppress(Unavailable):
            await self._work_queue.deregister()

    def stop(self) -> None:
        """Take no new work, and end `run` as soon as what is held can be left."""
        if not self._stopping.is_set():
            self._grace_ends = asyncio.get_running_loop().time() + GRACE
            self._stopping.set()

    # --- loops --------------------------------------------------------------------------

    async def _register(self) -> None:
        while not self._stopping.is_set():
            try:
                await self._work_queue.register()
                break
            except Unavailable as error:
                log.warning("Redis is away: %s", error)
                await asyncio.sleep(OUTAGE_PAUSE)

    async def _read(self) -> None:
        while not self._stopping.is_set():
            room = ROOM - len(self._held)
            if room <= 0:
                await asyncio.sleep(0.1)
                continue
            await self._retry(lambda room=room: self._receive(min(room, READ_AT_ONCE)))  # type: ignore[misc]

    async def _listen(self) -> None:
        while True:
            await self._retry(self._read_notifications)

    async def _read_notifications(self) -> None:
        """Tell the pages at work that there is something new to read about them."""
        told = set(await self._work_queue.notifications())
        held = list(self._held.values())
        for one in held:  # all at once: what cannot be passed on now is, the next time
            one.signalled = one.signalled or one.mailbox in told
        for one in held:
            await self._apply_signals(one)

    async def _apply_signals(self, held: Held) -> None:
        if held.signalled and held.leased:
            held.signalled = False
            try:
                await held.leased.refresh_signals()
            except Unavailable:
                held.signalled = True
                raise

    async def _receive(self, room: int) -> None:
        self._begin(await self._work_queue.receive(room))

    async def _heartbeat(self) -> None:
        if not await self._work_queue.heartbeat():
            self._unsure = True  # it had lapsed: another replica may have taken over
        if self._unsure:
            await self._compare()
            self._unsure = False

    async def _reclaim(self) -> None:
        if not self._stopping.is_set():
            self._begin(await self._work_queue.reclaim())

    async def _compare(self) -> None:
        """Stop what is not ours any more; begin what is and was never told, or not given back."""
        held = list(self._held.items())  # before Redis is asked: what it gives us meanwhile is ours
        pending = await self._work_queue.list_pending()
        ours = {work.entry for work in pending}
        for token, one in held:
            if token not in ours:
                one.task.cancel()
        if not self._stopping.is_set():
            self._begin(pending)

    async def _every(self, seconds: float, step: Callable[[], Awaitable[None]]) -> None:
        while True:
            await asyncio.sleep(seconds * random.uniform(0.8, 1.0))
            await self._retry(step)

    async def _retry(self, step: Callable[[], Awaitable[None]]) -> None:
        """Take a step; while Redis is away, wait a moment instead. The loop comes again.

        A cancellation that was not meant for this loop, but for somebody who waits for the same
        thing, does not end it: nobody would notice that it is gone.
        """
        try:
            await step()
        except Unavailable as error:
            log.warning("Redis is away: %s", error)
            await asyncio.sleep(OUTAGE_PAUSE)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            log.exception("a step was cut short")
            await asyncio.sleep(OUTAGE_PAUSE)

    # --- work ---------------------------------------------------------------------------

    def _begin(self, work: Sequence[Claim | Job]) -> None:
        for piece in work:
            if piece.entry in self._held or piece.entry in self._jobs:
                continue
            if isinstance(piece, Claim):
                walk = asyncio.create_task(self._work(piece))
                self._held[piece.entry] = Held(piece.mailbox, walk)
            else:
                self._jobs.begin(piece)

    async def _work(self, claim: Claim) -> None:
        """Walk the mailbox's turns, one after the other, until it is empty or we must let go."""
        delay: float | None = None
        obeyed = True  # what people want of the turn, as far as it is known by now
        try:
            async with ConcurrencySlot(self._slots) as slot:
                while await self._advance(claim, slot):
                    self._backoffs.went_well(claim.mailbox)
            self._backoffs.went_well(claim.mailbox)
        except LeaseLost:
            log.warning(
                "another replica has this thread now", extra={"slack_thread": claim.mailbox}
            )
        except (Draining, asyncio.CancelledError):
            delay = 0.0 if self._stopping.is_set() else None
        except Unavailable as error:
            obeyed = not isinstance(error, HeldOff)  # a stop may have come since it was read
            delay = self._backoffs.failed(claim.mailbox, error)
            log.info("later: %s", error, extra={"slack_thread": claim.mailbox})
        except Exception:
            delay = self._backoffs.failed(claim.mailbox, Unavailable("unexpected"))
            log.exception("unexpected", extra={"slack_thread": claim.mailbox})
        finally:
            try:
                if delay is not None:
                    leased = self._held[claim.entry].leased
                    is_over = leased and obeyed and leased.turn.signals.is_cancelled
                    wanted = leased.turn.id if leased and not is_over else None
                    await self._work_queue.release(claim, delay, wanted)
            except Unavailable:
                self._unsure = True  # it stays ours: `_beat` begins it again
            finally:
                self._held.pop(claim.entry, None)

    async def _advance(self, claim: Claim, slot: ConcurrencySlot) -> bool:
        """Walk one turn. Returns whether another one is waiting."""
        if self._stopping.is_set():
            raise Draining
        held = self._held[claim.entry]
        held.leased = None
        found = await self._found(claim)
        if found is None:
            return False
        turn, thread = found
        leased = LeasedTurn(self._context.store, claim, turn, stopping=self._stopping, slot=slot)
        held.leased = leased
        await self._apply_signals(held)
        walk = TurnExecution(self._context, leased, thread)
        try:
            if turn.unexpected_errors >= MOST_TROUBLES:
                await walk.give_up(RuntimeError("unexpected errors"))
            if turn.unexpected_errors >= 2 * MOST_TROUBLES:
                return await walk.drop()
            return await walk.advance()
        except (LeaseLost, Draining, Unavailable):
            raise
        except Exception:
            await leased.save(
                replace(leased.turn, unexpected_errors=leased.turn.unexpected_errors + 1)
            )
            raise

    async def _found(self, claim: Claim) -> tuple[Turn, Thread] | None:
        """Read the turn at work and its thread; people hear of it when that is not possible."""
        context, turn = self._context, None
        try:
            turn = await context.store.current(claim)
            if turn is None:
                return None
            return turn, await context.store.thread(turn.question.thread)
        except Unreadable as error:
            name = turn.id if turn else TurnId(error.turn or "")
            thread = naming.thread_of(claim.mailbox)
            await unreadable.post_notice(
                context.store, context.messenger, context.rate_limiter, thread, name
            )
            raise

    async def _drain(self) -> None:
        """Interrupt the walks that rest; let the others reach a place of rest, but not for long."""
        loop = asyncio.get_running_loop()
        while self._held and loop.time() < self._grace_ends:
            for held in self._held.values():
                if held.leased and held.leased.is_interruptible:
                    held.task.cancel()
            await asyncio.wait([held.task for held in self._held.values()], timeout=0.05)
        left = [*(held.task for held in self._held.values()), *self._jobs.stop()]
        for held in self._held.values():
            held.task.cancel()
        if left:
            await asyncio.wait(left, timeout=LAST)
