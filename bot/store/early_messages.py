"""Messages of a channel with a new id that were delivered before the event that tells of it.

Slack promises no order. Under the new id their threads were unknown, so replies were kept as
strays, and new threads began; both are brought to the first id, which everything else has.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from bot.domain.thread import ChannelId
from bot.errors import Unreadable
from bot.ports import Addressing
from bot.store.connection import Connection
from bot.store.mailbox import RedisMailbox
from bot.store.turn_reader import load_turn

SCANNED_AT_ONCE = 1_000  # keys


class EarlyMessages:
    """Brings them to the channel's first id."""

    def __init__(self, connection: Connection, mailbox: RedisMailbox) -> None:
        self._connection = connection
        self._keys = connection.keys
        self._mailbox = mailbox

    async def bring(self, new: ChannelId, first: ChannelId) -> None:
        """Bring them; what was brought before is known. Raises Unavailable."""
        await self._threads(new, first)
        async with self._connection.call() as redis:
            strays = await redis.zrange(self._keys.all_strays, 0, -1)
        for stray in map(str, strays):
            thread, _, turn = stray.partition(" ")
            if thread.split(":")[1] == new:
                with suppress(Unreadable):  # of another release; the others are brought
                    await self._put_stray(thread, turn, first)

    async def _put_stray(self, thread: str, turn: str, first: ChannelId) -> None:
        async with self._connection.call() as redis:
            found = await redis.hget(self._keys.strays(thread), turn)
        if found:
            record = str(found).partition(" ")[2]
            question = load_turn(turn, {"record": record}).question
            here = replace(question.thread, channel=first)
            await self._mailbox.put(replace(question, thread=here), Addressing.THREAD_REPLY)

    async def _threads(self, new: ChannelId, first: ChannelId) -> None:
        """Copy what is known of threads, so that their replies are follow-ups."""
        cursor, pattern = 0, self._keys.thread_pattern(new)
        while True:
            async with self._connection.call() as redis:
                cursor, keys = await redis.scan(cursor, match=pattern, count=SCANNED_AT_ONCE)
            for key in map(str, keys):
                await self._copy(key, key.replace(f":{new}:", f":{first}:"))
            if not cursor:
                return

    async def _copy(self, key: str, to: str) -> None:
        async with self._connection.call() as redis:
            fields = await redis.hgetall(key)
            pipe = redis.pipeline(transaction=True)
            for name, value in fields.items():
                pipe.hsetnx(to, name, value)
            pipe.expire(to, self._connection.thread_life)
            await pipe.execute()
