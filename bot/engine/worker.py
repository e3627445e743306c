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

from bot.domain import lifecycle
from bot.domain.model import Thread, Turn, TurnId
from bot.engine import unreadable
from bot.engine.context import Tools
from bot.engine.execution import Walk
from bot.engine.jobs import Chores, Kit
from bot.engine.leased_turn import HandOver, Page, Slot
from bot.errors import HeldOff, LeaseLost, Unavailable, Unreadable
from bot.ports import Chore, Deliveries, Hold, Token

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
        page: the turn it is at; None before the first.
        told: there was news of it since its page was read.
    """

    mailbox: str
    task: asyncio.Task[None]
    page: Page | None = None
    told: bool = False


class Backoffs:
    """How long each mailbox that failed here is put off: twice as long each time.

    One that goes well elsewhere is not heard of again, so only the latest `most` are remembered.
    """

    def __init__(self, most: int = ROOM) -> None:
        self._most = most
        self._seconds: dict[str, float] = {}

    def failed(self, mailbox: str, error: Unavailable) -> float:
        """Seconds until the next try; no shorter than asked."""
        doubled = 2 * self._seconds.pop(mailbox, 0.5)
        self._seconds[mailbox] = seconds = min(doubled, LONGEST_BACKOFF)
        if len(self._seconds) > self._most:
            del self._seconds[next(iter(self._seconds))]
        return max(seconds * random.uniform(0.8, 1.2), error.retry_after or 0.0)

    def went_well(self, mailbox: str) -> None:
        """Forget its failures."""
        self._seconds.pop(mailbox, None)


class Worker:
    """Works on mailboxes until told to stop."""

    def __init__(self, tools: Tools, deliveries: Deliveries, *, lease: float) -> None:
        self._tools = tools
        self._deliveries = deliveries
        self._lease = lease
        self._held: dict[Token, Held] = {}
        self._chores = Chores(
            Kit(
                tools.record,
                tools.conversation,
                tools.budget,
                deliveries,
                tools.default_processor,
                tools.clock,
            )
        )
        self._backoffs = Backoffs()
        self._stopping = asyncio.Event()
        self._grace_ends = 0.0
        self._unsure = False
        self._slots = asyncio.Semaphore(SLOTS)

    async def run(self) -> None:
        """Work until `stop`, then hand over what is not finished."""
        await self._join()
        async with asyncio.TaskGroup() as loops:
            background = [
                loops.create_task(self._every(self._lease / 4, self._beat)),
                loops.create_task(self._every(self._lease / 8, self._sweep)),
                loops.create_task(self._every(self._lease, self._compare)),
                loops.create_task(self._listen()),
            ]
            await self._read()
            await self._hand_over()
            for task in background:
                task.cancel()
        with suppress(Unavailable):
            await self._deliveries.leave()

    def stop(self) -> None:
        """Take no new work, and end `run` as soon as what is held can be left."""
        if not self._stopping.is_set():
            self._grace_ends = asyncio.get_running_loop().time() + GRACE
            self._stopping.set()

    # --- loops --------------------------------------------------------------------------

    async def _join(self) -> None:
        while not self._stopping.is_set():
            try:
                await self._deliveries.join()
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
            await self._again(lambda room=room: self._take(min(room, READ_AT_ONCE)))  # type: ignore[misc]

    async def _listen(self) -> None:
        while True:
            await self._again(self._hear)

    async def _hear(self) -> None:
        """Tell the pages at work that there is something new to read about them."""
        told = set(await self._deliveries.news())
        held = list(self._held.values())
        for one in held:  # all at once: what cannot be passed on now is, the next time
            one.told = one.told or one.mailbox in told
        for one in held:
            await self._pass_on(one)

    async def _pass_on(self, held: Held) -> None:
        if held.told and held.page:
            held.told = False
            try:
                await held.page.hear()
            except Unavailable:
                held.told = True
                raise

    async def _take(self, room: int) -> None:
        self._begin(await self._deliveries.read(room))

    async def _beat(self) -> None:
        if not await self._deliveries.beat():
            self._unsure = True  # it had lapsed: another replica may have taken over
        if self._unsure:
            await self._compare()
            self._unsure = False

    async def _sweep(self) -> None:
        if not self._stopping.is_set():
            self._begin(await self._deliveries.sweep())

    async def _compare(self) -> None:
        """Stop what is not ours any more; begin what is and was never told, or not given back."""
        held = list(self._held.items())  # before Redis is asked: what it gives us meanwhile is ours
        pending = await self._deliveries.pending()
        ours = {work.token for work in pending}
        for token, one in held:
            if token not in ours:
                one.task.cancel()
        if not self._stopping.is_set():
            self._begin(pending)

    async def _every(self, seconds: float, step: Callable[[], Awaitable[None]]) -> None:
        while True:
            await asyncio.sleep(seconds * random.uniform(0.8, 1.0))
            await self._again(step)

    async def _again(self, step: Callable[[], Awaitable[None]]) -> None:
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

    def _begin(self, work: Sequence[Hold | Chore]) -> None:
        for piece in work:
            if piece.token in self._held or piece.token in self._chores:
                continue
            if isinstance(piece, Hold):
                walk = asyncio.create_task(self._work(piece))
                self._held[piece.token] = Held(piece.mailbox, walk)
            else:
                self._chores.begin(piece)

    async def _work(self, hold: Hold) -> None:
        """Walk the mailbox's turns, one after the other, until it is empty or we must let go."""
        delay: float | None = None
        obeyed = True  # what people want of the turn, as far as it is known by now
        try:
            async with Slot(self._slots) as slot:
                while await self._walk(hold, slot):
                    self._backoffs.went_well(hold.mailbox)
            self._backoffs.went_well(hold.mailbox)
        except LeaseLost:
            log.warning("another replica has this thread now", extra={"slack_thread": hold.mailbox})
        except (HandOver, asyncio.CancelledError):
            delay = 0.0 if self._stopping.is_set() else None
        except Unavailable as error:
            obeyed = not isinstance(error, HeldOff)  # a stop may have come since it was read
            delay = self._backoffs.failed(hold.mailbox, error)
            log.info("later: %s", error, extra={"slack_thread": hold.mailbox})
        except Exception:
            delay = self._backoffs.failed(hold.mailbox, Unavailable("unexpected"))
            log.exception("unexpected", extra={"slack_thread": hold.mailbox})
        finally:
            try:
                if delay is not None:
                    page = self._held[hold.token].page
                    is_over = page and obeyed and page.turn.wishes.is_unwanted
                    wanted = page.turn.id if page and not is_over else None
                    await self._deliveries.give_back(hold, delay, wanted)
            except Unavailable:
                self._unsure = True  # it stays ours: `_beat` begins it again
            finally:
                self._held.pop(hold.token, None)

    async def _walk(self, hold: Hold, slot: Slot) -> bool:
        """Walk one turn. Returns whether another one is waiting."""
        if self._stopping.is_set():
            raise HandOver
        held = self._held[hold.token]
        held.page = None
        found = await self._found(hold)
        if found is None:
            return False
        turn, thread = found
        page = Page(self._tools.record, hold, turn, stopping=self._stopping, slot=slot)
        held.page = page
        await self._pass_on(held)
        walk = Walk(self._tools, page, thread)
        try:
            if turn.troubles >= MOST_TROUBLES:
                await walk.give_up(RuntimeError("unexpected errors"))
            if turn.troubles >= 2 * MOST_TROUBLES:
                return await walk.drop()
            return await walk.advance()
        except (LeaseLost, HandOver, Unavailable):
            raise
        except Exception:
            await page.save(replace(page.turn, troubles=page.turn.troubles + 1))
            raise

    async def _found(self, hold: Hold) -> tuple[Turn, Thread] | None:
        """Read the turn at work and its thread; people hear of it when that is not possible."""
        tools, turn = self._tools, None
        try:
            turn = await tools.record.head(hold)
            if turn is None:
                return None
            return turn, await tools.record.thread(turn.question.thread)
        except Unreadable as error:
            name = turn.id if turn else TurnId(error.turn or "")
            thread = lifecycle.thread_of(hold.mailbox)
            await unreadable.tell(tools.record, tools.conversation, tools.budget, thread, name)
            raise

    async def _hand_over(self) -> None:
        """Interrupt the walks that rest; let the others reach a place of rest, but not for long."""
        loop = asyncio.get_running_loop()
        while self._held and loop.time() < self._grace_ends:
            for held in self._held.values():
                if held.page and held.page.resting:
                    held.task.cancel()
            await asyncio.wait([held.task for held in self._held.values()], timeout=0.05)
        left = [*(held.task for held in self._held.values()), *self._chores.stop()]
        for held in self._held.values():
            held.task.cancel()
        if left:
            await asyncio.wait(left, timeout=LAST)
