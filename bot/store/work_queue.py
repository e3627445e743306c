"""`bot.ports.WorkQueue`: a consumer group of a Redis stream, and a lease for each replica."""

from __future__ import annotations

from collections.abc import Sequence

from redis.exceptions import ResponseError

from bot.domain.thread import ThreadKey, TurnId
from bot.ports import Claim, Job
from bot.store import stream
from bot.store.connection import Connection
from bot.store.scripts import work_queue

GROUP = "owners"
BLOCK = 1.0  # seconds that a read waits for work; less than a call may take
PAGE = 1_000  # entries taken over at once


class RedisWorkQueue:
    """`bot.ports.WorkQueue` in Redis."""

    def __init__(self, connection: Connection, *, lease: float, block: float = BLOCK) -> None:
        """Prepare; nothing is sent.

        Args:
            connection: whose name this replica's lease goes by.
            lease: seconds after which a silent replica's work is taken over.
            block: seconds that a read waits for work.
        """
        self._connection = connection
        self._keys, self._me = connection.keys, connection.me
        self._lease = round(lease * 1000)
        self._block = round(block * 1000)
        self._heard = "0-0"
        self._back = connection.script(work_queue.BACK)
        self._settle = connection.script(work_queue.SETTLE)
        self._beat = connection.script(work_queue.BEAT)
        self._sweep = connection.script(work_queue.SWEEP)
        self._leave = connection.script(work_queue.LEAVE)
        self._session = connection.script(work_queue.SESSION)

    async def register(self) -> None:
        """Make this replica known."""
        async with self._connection.call() as redis:
            try:
                await redis.xgroup_create(self._keys.ready, GROUP, id="0", mkstream=True)
            except ResponseError as error:
                if "BUSYGROUP" not in str(error):
                    raise
            last = await redis.xrevrange(self._keys.news, count=1)
        self._heard = str(last[0][0]) if last else "0-0"
        await self.heartbeat()

    async def receive(self, room: int) -> Sequence[Claim | Job]:
        """Wait up to a second for new work, at most `room` pieces."""
        async with self._connection.call() as redis:
            try:
                found = await redis.xreadgroup(
                    GROUP, self._me, {self._keys.ready: ">"}, count=room, block=self._block
                )
            except ResponseError as error:
                if "NOGROUP" not in str(error):
                    raise
                await self.register()  # the server came back without its data
                return []
        return stream.work(stream.entries(found))

    async def notifications(self) -> Sequence[str]:
        """Wait up to a second for mailboxes about whose turns there is something new to read."""
        async with self._connection.call() as redis:
            found = stream.entries(
                await redis.xread({self._keys.news: self._heard}, block=self._block)
            )
        if found:
            self._heard, _ = found[-1]
        return list(dict.fromkeys(fields.get("mailbox", "") for _, fields in found))

    async def heartbeat(self) -> bool:
        """Renew the lease of this replica. False when it had lapsed in between."""
        return bool(await self._beat((self._keys.live,), (self._me, self._lease)))

    async def reclaim(self) -> Sequence[Claim | Job]:
        """Take over the work of replicas whose lease lapsed, and wake what was put off."""
        claimed = await self._sweep(
            (self._keys.ready, self._keys.live, self._keys.later),
            (self._me, PAGE, self._lease),
        )
        return stream.work(stream.claimed(claimed))

    async def list_pending(self) -> Sequence[Claim | Job]:
        """All that Redis holds to be ours."""
        found: list[Claim | Job] = []
        last = "0"
        while True:
            async with self._connection.call() as redis:
                page = stream.entries(
                    await redis.xreadgroup(GROUP, self._me, {self._keys.ready: last}, count=PAGE)
                )
            found += stream.work(page)
            if len(page) < PAGE:
                return found
            last, _ = page[-1]

    async def release(self, claim: Claim, delay: float, wanted: TurnId | None = None) -> None:
        """Let go of a mailbox, now (0) or to be taken up in `delay` seconds."""
        await self._back(
            (self._keys.ready, self._keys.later, *([self._keys.turn(wanted)] if wanted else ())),
            (self._me, claim.entry, claim.mailbox, round(delay * 1000)),
        )

    async def acknowledge(self, job: Job) -> None:
        """A chore is done."""
        await self._settle((self._keys.ready,), (self._me, job.entry))

    async def deregister(self) -> None:
        """Say goodbye: what is still ours goes to the others at once."""
        await self._leave((self._keys.live,), (self._me,))

    async def session_stopped(self, thread: ThreadKey) -> None:
        """Have Slack's session of the thread say again what is so, when nothing is going on."""
        await self._session((self._keys.ready, self._keys.now(str(thread))), (str(thread),))
