"""Reads every key of the bot with its value, a page at a time.

SCAN returns each key that is there all the time at least once, so a key may come twice.
https://redis.io/docs/latest/commands/scan/
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from bot.store.connection import Connection

SCANNED_AT_ONCE = 300  # keys


@dataclass(frozen=True, slots=True)
class Entry:
    """A key and its value.

    Attributes:
        key: in Redis.
        name: without the bot's prefix.
        kind: its type in Redis, such as ``hash``.
        value: str, dict (hash), list (list, set, sorted set without scores) or None (stream).
    """

    key: str
    name: str
    kind: str
    value: Any

    @property
    def words(self) -> list[str]:
        """Return the parts of its name."""
        return self.name.split(":")


async def scan_keys(connection: Connection) -> AsyncIterator[Entry]:
    """Yield every key of the bot. Raises Unavailable."""
    prefix, cursor = connection.keys.prefix, 0
    while True:
        async with connection.call() as redis:
            cursor, found = await redis.scan(
                cursor, match=f"{escaped(prefix)}*", count=SCANNED_AT_ONCE
            )
            keys = [str(key) for key in found]
            pipe = redis.pipeline(transaction=False)
            for key in keys:
                pipe.type(key)
            kinds = await pipe.execute()
            values = await _read(redis, list(zip(keys, kinds, strict=True)))
        for key, kind, value in zip(keys, kinds, values, strict=True):
            yield Entry(key, key.removeprefix(prefix), kind, value)
        if not cursor:
            return


async def scan_names(connection: Connection, prefix: str) -> AsyncIterator[list[str]]:
    """Yield what follows the prefix in the names of all keys, a page at a time.

    Raises Unavailable.
    """
    cursor = 0
    while True:
        async with connection.call() as redis:
            cursor, found = await redis.scan(
                cursor, match=f"{escaped(prefix)}*", count=SCANNED_AT_ONCE
            )
        if found:
            yield [str(key).removeprefix(prefix) for key in found]
        if not cursor:
            return


async def _read(redis: Any, keys: list[tuple[str, str]]) -> list[Any]:
    """Read the values of keys of these types; what changed its type meanwhile becomes an error."""
    pipe = redis.pipeline(transaction=False)
    for key, kind in keys:
        match kind:
            case "string":
                pipe.get(key)
            case "hash":
                pipe.hgetall(key)
            case "list":
                pipe.lrange(key, 0, -1)
            case "zset":
                pipe.zrange(key, 0, -1)
            case _:
                pipe.exists(key)
    found = await pipe.execute()
    known = ("string", "hash", "list", "zset")
    return [value if kind in known else None for (_, kind), value in zip(keys, found, strict=True)]


def escaped(prefix: str) -> str:
    """Return what matches the prefix in the pattern of SCAN."""
    return "".join(f"\\{c}" if c in "*?[]^\\" else c for c in prefix)
