"""`bot.ports.WorkQueue` in Redis: a stream with a consumer group, and a lease for each replica.

A replica is a consumer. One heartbeat renews its lease whatever it holds; the others claim the
pending entries of a consumer whose lease lapsed.
https://redis.io/docs/latest/develop/data-types/streams/
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from redis.exceptions import ResponseError

from bot.domain.thread import ThreadKey, TurnId
from bot.ports import Claim, Job
from bot.store import stream
from bot.store.connection import Connection, misread_raises
from bot.store.key_scan import scan_names
from bot.store.scripts import work_queue

log = logging.getLogger(__name__)

GROUP = "owners"
BLOCK = 1.0  # seconds that a read waits; less than a call may take
PAGE = 1_000  # entries read or reclaimed at once


class RedisWorkQueue:
    """`bot.ports.WorkQueue`."""

    def __init__(self, connection: Connection, *, lease: float, block: float = BLOCK) -> None:
        """Prepare; nothing is sent.

        Args:
            connection: `me` names the consumer and its lease.
            lease: seconds after which a silent replica's entries are reclaimed.
            block: seconds that a read waits.
        """
        self._connection = connection
        self._keys, self._me = connection.keys, connection.me
        self._lease = round(lease * 1000)
        self._block = round(block * 1000)
        self._last_notification = "0-0"
        self._release = connection.script(work_queue.RELEASE)
        self._restore = connection.script(work_queue.RESTORE)
        self._acknowledge = connection.script(work_queue.ACKNOWLEDGE)
        self._heartbeat = connection.script(work_queue.HEARTBEAT)
        self._reclaim = connection.script(work_queue.RECLAIM)
        self._deregister = connection.script(work_queue.DEREGISTER)

    async def register(self) -> None:
        """Create the consumer group if there is none, and begin this replica's lease."""
        await self._restore_if_lost()
        async with self._connection.call() as redis:
            try:
                await redis.xgroup_create(self._keys.ready, GROUP, id="0", mkstream=True)
            except ResponseError as error:
                if "BUSYGROUP" not in str(error):
                    raise
            last = await redis.xrevrange(self._keys.news, count=1)
            self._last_notification = str(last[0][0]) if last else "0-0"
        await self.heartbeat()

    async def _restore_if_lost(self) -> None:
        """Enqueue all mailboxes if there is no consumer group: Redis may have lost `ready` alone.

        A policy that evicts, or a person, may have deleted it. The group is created afterwards, so
        that another replica does the same if this one dies meanwhile.
        """
        if await self._has_group():
            return
        restored, prefix = 0, self._keys.box("")
        async for boxes in scan_names(self._connection, prefix):
            restored += await self._restore((self._keys.ready, self._keys.later), (prefix, *boxes))
        if restored:
            log.error(
                "Redis has lost its stream of work: %s mailboxes enqueued again. To do: set "
                "maxmemory-policy noeviction.",
                restored,
            )

    async def _has_group(self) -> bool:
        async with self._connection.call() as redis:
            try:
                await redis.xinfo_consumers(self._keys.ready, GROUP)
            except ResponseError as error:
                if "NOGROUP" not in str(error) and "no such key" not in str(error):
                    raise
                return False
            return True

    async def receive(self, room: int) -> Sequence[Claim | Job]:
        """Wait for new claims and jobs, at most `room` of them; empty when none came."""
        async with self._connection.call() as redis:
            try:
                found = await redis.xreadgroup(
                    GROUP, self._me, {self._keys.ready: ">"}, count=room, block=self._block
                )
            except ResponseError as error:
                if "NOGROUP" not in str(error):
                    raise
            else:
                return stream.work(stream.entries(found))
        # Redis has lost its data. Not within the call, which may not take long.
        await self.register()
        return []

    async def notifications(self) -> Sequence[str]:
        """Wait for the names of mailboxes whose turns have something new to read."""
        async with self._connection.call() as redis:
            found = stream.entries(
                await redis.xread({self._keys.news: self._last_notification}, block=self._block)
            )
            if found:
                self._last_notification, _ = found[-1]
            return list(dict.fromkeys(fields.get("mailbox", "") for _, fields in found))

    async def heartbeat(self) -> bool:
        """Renew this replica's lease; False when it had lapsed in the meantime."""
        return bool(await self._heartbeat((self._keys.live,), (self._me, self._lease)))

    async def reclaim(self) -> Sequence[Claim | Job]:
        """Claim the entries of replicas whose lease lapsed; enqueue what was delayed until now."""
        claimed = await self._reclaim(
            (self._keys.ready, self._keys.live, self._keys.later),
            (self._me, PAGE, self._lease),
        )
        with misread_raises():
            return stream.work(stream.claimed(claimed))

    async def list_pending(self) -> Sequence[Claim | Job]:
        """Return every entry that is pending for this replica."""
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

    async def release(
        self, claim: Claim, delay: float, unless_signalled: TurnId | None = None
    ) -> None:
        """Release a claimed mailbox; any replica may claim it after `delay` seconds."""
        keys = [self._keys.ready, self._keys.later]
        if unless_signalled:
            keys.append(self._keys.turn(unless_signalled))
        await self._release(keys, (self._me, claim.entry, claim.mailbox, round(delay * 1000)))

    async def acknowledge(self, job: Job) -> None:
        """Retire the entry of a job that is done."""
        await self._acknowledge((self._keys.ready,), (self._me, job.entry))

    async def deregister(self) -> None:
        """End this replica's lease now; the others reclaim what it still holds."""
        await self._deregister((self._keys.live,), (self._me,))

    async def session_stopped(self, thread: ThreadKey) -> None:
        """Enqueue a job that ends the thread's agent session, once no turn is in progress."""
        await self._connection.send("XADD", self._keys.ready, "*", "session", str(thread))
