"""What people asked, what it cost, and what they think of the answers."""

from __future__ import annotations

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

MONTHS = 6  # of spending that are returned
AT_ONCE = 50  # turns of a person that are read at once


class RedisHistory:
    """The questions of a person, their cost by month, and the ratings of answers."""

    def __init__(self, connection: Connection, reader: TurnReader) -> None:
        self._connection = connection
        self._keys = connection.keys
        self._reader = reader
        self._rate = connection.script(history.RATE)

    async def asked(self, team: TeamId, person: UserId, after: int) -> Asked:
        """Read the next of a person's questions, newest first."""
        theirs = f"{self._keys.asker(team)}{person}"
        async with self._connection.call() as redis:
            names = cast("list[str]", await redis.zrevrange(theirs, after, after + AT_ONCE))
        turns = tuple(await self._reader.turns(names[:AT_ONCE]))
        return Asked(turns, after + AT_ONCE if len(names) > AT_ONCE else None)

    async def spent(self, team: TeamId, person: UserId) -> Sequence[tuple[str, Decimal]]:
        """Read what a person's runs cost by month, newest first."""
        async with self._connection.call() as redis:
            spent = cast("dict[str, str]", await redis.hgetall(self._keys.spent(team, person)))
        months = sorted(spent.items(), reverse=True)[:MONTHS]
        return [(month, Decimal(micros) / 1_000_000) for month, micros in months]

    async def known(self, names: Sequence[TurnId]) -> Sequence[Turn]:
        """Read those that are remembered of these turns."""
        return await self._reader.turns(names)

    async def rate(self, turn: TurnId, person: UserId, *, good: bool) -> bool:
        """Count what a person thinks of an answer, once a person; the last word counts."""
        found = await self._reader.turn(turn)
        if found is None:
            return False
        said = "good" if good else "bad"
        return bool(
            await self._rate(
                (self._keys.turn(turn), self._keys.ratings),
                (f"rated:{person}", said, found.processor or "", COUNT_LIFE),
            )
        )

    async def ratings(self) -> Mapping[str, tuple[int, int]]:
        """Return how many answers of each processor were found good, and bad."""
        async with self._connection.call() as redis:
            counted = cast("dict[str, str]", await redis.hgetall(self._keys.ratings))
        names = {name.rpartition(":")[0] for name in counted}
        return {
            name: (int(counted.get(f"{name}:good", 0)), int(counted.get(f"{name}:bad", 0)))
            for name in sorted(names)
        }
