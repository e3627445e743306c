"""Claims work from Redis, keeps the lease, reclaims from dead replicas, drains.

There is one coroutine for each mailbox claimed; a waiting turn costs no more than that and its
connection. The lease belongs to the replica, so its cost does not grow with the work in flight.
Every loop survives an outage of Redis: it pauses and goes on.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from bot.engine.context import EngineContext
from bot.engine.jobs import JobRunner
from bot.engine.mailbox_execution import ClaimedMailbox, MailboxExecutor
from bot.errors import Unavailable, Unreadable
from bot.ports import Claim, EntryId, Job, WorkQueue

log = logging.getLogger(__name__)

RECEIVED_AT_ONCE = 50  # pieces of work: a small number shares a burst between replicas
CAPACITY = 10_000  # mailboxes claimed at once
CAPACITY_PAUSE = 0.1  # seconds between two looks for room
OUTAGE_PAUSE = 0.5  # seconds
SWEPT_EVERY = 15.0  # seconds between two sweeps of what is reserved
GRACE = 5.0  # seconds for turns to reach an interruptible point when the bot shuts down
LAST = 2.0  # seconds for what is cancelled then to release its mailbox


class Worker:
    """Works on mailboxes and jobs until it is stopped."""

    def __init__(self, context: EngineContext, work_queue: WorkQueue, *, lease: float) -> None:
        """Prepare. `lease` is in seconds."""
        self._work_queue = work_queue
        self._lease = lease
        self._stopping = asyncio.Event()
        self._executor = MailboxExecutor(context, work_queue, self._stopping)
        self._budgets = context.budgets
        self._jobs = JobRunner(context, work_queue)
        self._claimed: dict[EntryId, ClaimedMailbox] = {}
        self._grace_ends = 0.0
        self._must_compare = False

    async def run(self) -> None:
        """Work until `stop`, then release what is not finished."""
        await self._register()
        async with asyncio.TaskGroup() as loops:
            background = [
                loops.create_task(self._every(self._lease / 4, self._heartbeat)),
                loops.create_task(self._every(self._lease / 8, self._reclaim)),
                loops.create_task(self._every(self._lease, self._compare)),
                loops.create_task(self._every(SWEPT_EVERY, self._sweep)),
                loops.create_task(self._listen()),
            ]
            await self._receive_until_stopped()
            await self._drain()
            for task in background:
                task.cancel()
        with suppress(Unavailable):
            await self._work_queue.deregister()

    def stop(self) -> None:
        """Take no new work, and end `run` as soon as what is claimed can be released."""
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
                log.warning("Redis unavailable: %s", error)
                await asyncio.sleep(OUTAGE_PAUSE)

    async def _receive_until_stopped(self) -> None:
        while not self._stopping.is_set():
            if len(self._claimed) >= CAPACITY:
                await asyncio.sleep(CAPACITY_PAUSE)
            else:
                await self._retry(self._receive)

    async def _receive(self) -> None:
        room = CAPACITY - len(self._claimed)
        self._begin(await self._work_queue.receive(min(room, RECEIVED_AT_ONCE)))

    async def _listen(self) -> None:
        while True:
            await self._retry(self._read_notifications)

    async def _read_notifications(self) -> None:
        """Refresh the signals of turns in execution that have changed."""
        changed = set(await self._work_queue.notifications())
        claimed = list(self._claimed.values())
        for mailbox in claimed:  # all first: what fails below is repeated with the next ones
            if mailbox.claim.mailbox in changed:
                mailbox.notify()
        for mailbox in claimed:
            with suppress(Unreadable):  # an edit that a newer release wrote; the others go on
                await mailbox.refresh()

    async def _heartbeat(self) -> None:
        if not await self._work_queue.heartbeat():
            self._must_compare = True  # the lease had lapsed: others may have claimed our work
        if self._must_compare:
            await self._compare()
            self._must_compare = False

    async def _reclaim(self) -> None:
        if not self._stopping.is_set():
            self._begin(await self._work_queue.reclaim())

    async def _sweep(self) -> None:
        """Settle what turns hold of the budgets that no execution will settle."""
        if swept := await self._budgets.sweep():
            log.warning("reservations without a turn settled: %s", swept)

    async def _compare(self) -> None:
        """Stop what is no longer ours; begin what is ours, but was lost in a reply of Redis."""
        claimed = list(self._claimed.items())  # before the call: what comes meanwhile is ours
        pending = await self._work_queue.list_pending()
        ours = {work.entry for work in pending}
        for entry, mailbox in claimed:
            if entry not in ours:
                mailbox.task.cancel()
        if not self._stopping.is_set():
            self._begin(pending)

    async def _every(self, seconds: float, step: Callable[[], Awaitable[None]]) -> None:
        while True:
            await asyncio.sleep(seconds * random.uniform(0.8, 1.0))
            await self._retry(step)

    async def _retry(self, step: Callable[[], Awaitable[None]]) -> None:
        """Run a step of a loop; pause when Redis is unavailable. The loop repeats it.

        A cancellation meant not for this loop, but for another task that awaits the same thing,
        does not end the loop: nobody would notice that it is gone. Nor does an unexpected error:
        the bot would end, and after its restart for the same cause again.
        """
        try:
            await step()
        except Unavailable as error:
            log.warning("Redis unavailable: %s", error)
            await asyncio.sleep(OUTAGE_PAUSE)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            log.exception("worker step cancelled")
            await asyncio.sleep(OUTAGE_PAUSE)
        except Exception:
            log.exception("worker step failed unexpectedly")
            await asyncio.sleep(OUTAGE_PAUSE)

    # --- work ---------------------------------------------------------------------------

    def _begin(self, work: Sequence[Claim | Job]) -> None:
        for piece in work:
            if piece.entry in self._claimed or piece.entry in self._jobs:
                continue
            if isinstance(piece, Claim):
                mailbox = ClaimedMailbox(piece)
                self._claimed[piece.entry] = mailbox
                mailbox.task = asyncio.create_task(self._execute(mailbox))
            else:
                self._jobs.begin(piece)

    async def _execute(self, mailbox: ClaimedMailbox) -> None:
        try:
            await self._executor.execute(mailbox)
        except Unavailable:
            self._must_compare = True  # it stays ours: the next heartbeat begins it again
        finally:
            self._claimed.pop(mailbox.claim.entry, None)

    async def _drain(self) -> None:
        """Cancel the turns at an interruptible point; let the others reach one within `GRACE`."""
        loop = asyncio.get_running_loop()
        while self._claimed and loop.time() < self._grace_ends:
            for mailbox in self._claimed.values():
                if mailbox.leased and mailbox.leased.is_interruptible:
                    mailbox.task.cancel()
            tasks = [mailbox.task for mailbox in self._claimed.values()]
            await asyncio.wait(tasks, timeout=0.05)
        left = [*(mailbox.task for mailbox in self._claimed.values()), *self._jobs.stop()]
        for mailbox in self._claimed.values():
            mailbox.task.cancel()
        if left:
            await asyncio.wait(left, timeout=LAST)
