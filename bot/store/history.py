"""What people asked, what it cost, and how they rated the answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import cast

from bot.domain.thread import TeamId, TurnId, UserId
from bot.domain.turn import Turn
from bot.ports import Asked
from bot.store.connection import Connection
from bot.store.keys import COUNT_LIFE
from bot.store.scripts import history
from bot.store.turn_reader import TurnReader
from bot.store.usage import held_runs

MONTHS = 6  # of spending that are returned
MONTH = len("2026-11")
PAGE = 50  # turns of a person that are read at once


class RedisHistory:
    """`bot.ports.History`."""

    def __init__(self, connection: Connection, reader: TurnReader) -> None:
        self._connection = connection
        self._keys = connection.keys
        self._reader = reader
        self._rate = connection.script(history.RATE)

    async def asked(self, team: TeamId, person: UserId, after: int) -> Asked:
        """Read the next of a person's questions, newest first."""
        asked = f"{self._keys.asker(team)}{person}"
        async with self._connection.call() as redis:
            names = cast("list[str]", await redis.zrevrange(asked, after, after + PAGE))
        turns = tuple(await self._reader.turns(names[:PAGE]))
        return Asked(turns, after + PAGE if len(names) > PAGE else None)

    async def spent(self, team: TeamId, person: UserId) -> Sequence[tuple[str, Decimal]]:
        """Read what a person's runs cost in US dollars by month, newest first."""
        async with self._connection.call() as redis:
            pipe = redis.pipeline(transaction=True)  # a run is either held or settled
            pipe.hgetall(self._keys.spent(team, person))
            pipe.hgetall(self._keys.reservations)
            spent, held = await pipe.execute()
        months = Counter({month: int(micros) for month, micros in spent.items()})
        usage = self._keys.usage(team, "")
        for amount, key, about in held_runs(held.values()):
            if key.startswith(usage) and about.startswith(f"{person} "):
                months[key.removeprefix(usage)[:MONTH]] += amount
        newest = sorted(months.items(), reverse=True)[:MONTHS]
        return [(month, Decimal(micros) / 1_000_000) for month, micros in newest]

    async def known(self, names: Sequence[TurnId]) -> Sequence[Turn]:
        """Read these turns, without those that are not remembered."""
        return await self._reader.turns(names)

    async def rate(self, turn: TurnId, person: UserId, *, good: bool) -> bool:
        """Count a person's rating of an answer; a later one replaces it."""
        found = await self._reader.turn(turn)
        if found is None:
            return False
        rating = "good" if good else "bad"
        return bool(
            await self._rate(
                (self._keys.turn(turn), self._keys.ratings),
                (f"rated:{person}", rating, found.processor or "", COUNT_LIFE),
            )
        )

    async def ratings(self) -> Mapping[str, tuple[int, int]]:
        """Return how many answers of each processor were rated good, and how many bad."""
        async with self._connection.call() as redis:
            counted = cast("dict[str, str]", await redis.hgetall(self._keys.ratings))
        names = {name.rpartition(":")[0] for name in counted}
        return {
            name: (int(counted.get(f"{name}:good", 0)), int(counted.get(f"{name}:bad", 0)))
            for name in sorted(names)
        }
