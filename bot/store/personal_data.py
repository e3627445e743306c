"""What is stored about a person, found by one walk for export and for erasure.

The walk reads every key of this bot, so nothing that an index lost is missed; it takes seconds for
a hundred thousand keys and is meant for the command line. What it finds it can delete, so after an
erasure an export is empty.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from redis.asyncio import Redis

from bot.domain.thread import UserId
from bot.domain.usage import NOBODY
from bot.store.connection import Connection

SCANNED_AT_ONCE = 500  # keys


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is stored about a person.

    Attributes:
        key: where, without the bot's prefix.
        field: of a hash, or the id of a stream's entry; "" where the whole key is theirs.
        value: as it is stored.
        erase: deletes it, or takes the person out of it.
    """

    key: str
    field: str
    value: str
    erase: Callable[[], Awaitable[object]]

    def line(self) -> str:
        """Return it as one line of JSON."""
        return json.dumps(
            {"key": self.key, "field": self.field, "value": self.value}, ensure_ascii=False
        )


class PersonalData:
    """Finds and erases what is stored about a person."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._prefix = connection.keys.prefix

    async def find(self, person: UserId) -> AsyncIterator[Finding]:
        """Walk all keys, and yield what is stored about a person. Raises Unavailable."""
        cursor = 0
        while True:
            async with self._connection.call() as redis:
                cursor, keys = await redis.scan(
                    cursor, match=f"{_escaped(self._prefix)}*", count=SCANNED_AT_ONCE
                )
            for key in keys:
                for finding in await self._in_key(str(key), person):
                    yield finding
            if not cursor:
                return

    async def _in_key(self, key: str, person: UserId) -> list[Finding]:
        name = key.removeprefix(self._prefix)
        parts = name.split(":")
        if parts[0] in _THEIRS and person in parts[1:]:
            return [await self._whole(key, name)]
        look = {
            "turn": self._in_turn,
            "thread": self._in_thread,
            "strays": self._in_strays,
            "usage": self._in_usage,
            "policies": self._in_policies,
            "audit": self._in_audit,
        }.get(parts[0])
        return await look(key, name, person) if look else []

    async def _whole(self, key: str, name: str) -> Finding:
        async with self._connection.call() as redis:
            kind = await redis.type(key)
            value: Any = ""
            if kind == "string":
                value = await redis.get(key)
            elif kind == "hash":
                value = json.dumps(await redis.hgetall(key))
            elif kind == "zset":
                value = json.dumps(await redis.zrange(key, 0, -1))
        return Finding(name, "", str(value), lambda: self._delete(key))

    async def _in_turn(self, key: str, name: str, person: UserId) -> list[Finding]:
        fields = await self._hash(key)
        record = _loaded(fields.get("record"))
        question = record.get("question") or {}
        if question.get("asker") == person:
            return [Finding(name, "", json.dumps(fields), lambda: self._forget_turn(key))]
        theirs = [f"ping:{person}", f"rated:{person}"]
        found = [self._field(key, name, each, fields) for each in theirs if each in fields]
        if fields.get("stop") == person:
            found.append(
                Finding(name, "stop", person, lambda: self._set_field(key, "stop", NOBODY))
            )
        ending = record.get("ending") or {}
        if ending.get("message") == person:
            ending["message"] = NOBODY
            changed = json.dumps(record, separators=(",", ":"), ensure_ascii=False)
            found.append(
                Finding(name, "record", person, lambda: self._set_field(key, "record", changed))
            )
        return found

    async def _in_thread(self, key: str, name: str, person: UserId) -> list[Finding]:
        fields = await self._hash(key)
        if f"by:{person}" not in fields:
            return []
        found = [self._field(key, name, f"by:{person}", fields)]
        record = _loaded(fields.get("record"))
        if record.get("history"):
            # Who asked which exchange is not stored: with one asker's the others' go, too.
            record["history"] = []
            changed = json.dumps(record, separators=(",", ":"), ensure_ascii=False)
            found.append(
                Finding(
                    name,
                    "record",
                    fields["record"],
                    lambda: self._set_field(key, "record", changed),
                )
            )
        return found

    async def _in_strays(self, key: str, name: str, person: UserId) -> list[Finding]:
        fields = await self._hash(key)
        return [
            self._field(key, name, turn, fields)
            for turn, value in fields.items()
            if (_loaded(value.partition(" ")[2]).get("question") or {}).get("asker") == person
        ]

    async def _in_usage(self, key: str, name: str, person: UserId) -> list[Finding]:
        fields = await self._hash(key)
        found = []
        for field, number in fields.items():
            what, _, about = field.partition(" ")
            if about.partition(" ")[0] == person:
                nobodys = f"{what} {NOBODY} {about.partition(' ')[2]}"
                found.append(
                    Finding(
                        name,
                        field,
                        number,
                        lambda field=field, nobodys=nobodys, number=number: self._move_count(  # type: ignore[misc]
                            key, field, nobodys, int(number)
                        ),
                    )
                )
        return found

    async def _in_policies(self, key: str, name: str, person: UserId) -> list[Finding]:
        fields = await self._hash(key)
        return [
            self._field(key, name, field, fields)
            for field in fields
            if field.split(":")[-1] == person
        ]

    async def _in_audit(self, key: str, name: str, person: UserId) -> list[Finding]:
        async with self._connection.call() as redis:
            entries = cast("list[tuple[str, dict[str, str]]]", await redis.xrange(key))
        return [
            Finding(name, entry, json.dumps(fields), lambda: self._unname(key, person))
            for entry, fields in entries
            if fields.get("actor") == person or person in fields.get("name", "").split(":")
        ]

    # --- reading and writing ------------------------------------------------------------

    def _field(self, key: str, name: str, field: str, fields: Mapping[str, str]) -> Finding:
        return Finding(name, field, fields[field], lambda: self._delete_field(key, field))

    async def _hash(self, key: str) -> dict[str, str]:
        async with self._connection.call() as redis:
            return cast("dict[str, str]", await redis.hgetall(key))

    async def _delete(self, key: str) -> None:
        async with self._connection.call() as redis:
            await redis.delete(key)

    async def _delete_field(self, key: str, field: str) -> None:
        async with self._connection.call() as redis:
            await redis.hdel(key, field)

    async def _set_field(self, key: str, field: str, value: str) -> None:
        async with self._connection.call() as redis:
            if await redis.hexists(key, field):
                await redis.hset(key, field, value)

    async def _forget_turn(self, key: str) -> None:
        async with self._connection.call() as redis:
            await forget_turn(redis, key)

    async def _move_count(self, key: str, field: str, to: str, number: int) -> None:
        async with self._connection.call() as redis:
            pipe = redis.pipeline(transaction=True)
            pipe.hdel(key, field)
            pipe.hincrby(key, to, number)
            await pipe.execute()

    async def _unname(self, key: str, person: UserId) -> None:
        """Write the record of changes once more, with the person's id taken out."""
        async with self._connection.call() as redis:
            life = await redis.ttl(key)
            entries = cast("list[tuple[str, dict[str, str]]]", await redis.xrange(key))
            pipe = redis.pipeline(transaction=True)
            pipe.delete(key)
            for entry, fields in entries:
                if fields.get("actor") == person:
                    fields["actor"] = NOBODY
                named = fields.get("name", "").split(":")
                fields["name"] = ":".join(NOBODY if part == person else part for part in named)
                pipe.xadd(key, cast("Any", fields), id=entry)
            if life > 0:
                pipe.expire(key, life)
            await pipe.execute()


#: Keys that are about a person as a whole, when their id is in the name.
_THEIRS = frozenset(
    ("asker", "budget", "choice", "held", "member", "refused", "spent", "told-of-topics")
)


async def forget_turn(redis: Redis, key: str) -> None:
    """Delete a turn, and keep for two days that it was there, lest a redelivery ask it again."""
    pipe = redis.pipeline(transaction=True)
    pipe.delete(key)
    pipe.hset(key, "forgotten", "1")
    pipe.expire(key, 2 * 24 * 60 * 60)
    await pipe.execute()


def _loaded(text: str | None) -> dict[str, Any]:
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _escaped(prefix: str) -> str:
    """Return what matches the prefix in the pattern of SCAN."""
    return "".join(f"\\{c}" if c in "*?[]^\\" else c for c in prefix)
