"""What runs came to, read from Redis (`bot.ports.Usage`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from bot.domain.thread import ChannelId, TeamId, UserId
from bot.domain.usage import Row
from bot.store.connection import Connection

_COUNTS = {"spend": "paid", "fail": "failed", "cost": "cost"}


class RedisUsage:
    """Reads what was spent and what is held."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._keys = connection.keys

    async def usage(
        self, team: TeamId, days: Sequence[str], person: UserId | None = None
    ) -> Sequence[Row]:
        """Read the runs of these days, ``2026-11-28``, those that are still running included.

        Day by day: a month of a large workspace is hundreds of thousands of counts, and neither
        Redis nor the event loop may be held up for all of them.

        `person`: only theirs.
        """
        found: list[Row] = []
        for day in days:
            found += await self._of_day(team, day, f"{person} " if person else "")
        return found

    async def _of_day(self, team: TeamId, day: str, theirs: str) -> Sequence[Row]:
        """Read the runs of a day. `theirs`: what those of a person begin with; "" for all."""
        key = self._keys.usage(team, day)
        async with self._connection.call() as redis:
            pipe = redis.pipeline(transaction=True)  # a run is either held or settled
            pipe.hgetall(self._keys.reservations)
            pipe.hgetall(key)
            held, settled = await pipe.execute()
        found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for name, number in settled.items():
            what, _, about = name.partition(" ")
            if what in _COUNTS and about.startswith(theirs):
                found[about][_COUNTS[what]] += int(number)
        for amount, reserved_in, about in held_runs(held.values()):
            if reserved_in == key and about.startswith(theirs):
                found[about]["running"] += 1
                found[about]["held"] += amount
        return [_row(day, about, counts) for about, counts in found.items()]


def held_runs(reservations: Iterable[str]) -> Iterator[tuple[int, str, str]]:
    """Yield amount, key of the day's usage, and ``PERSON CHANNEL PROCESSOR`` of reservations."""
    for value in reservations:
        amount, *_, usage, person, channel, processor = value.split(" ")
        yield int(amount), usage, f"{person} {channel} {processor}"


def _row(day: str, about: str, counts: Mapping[str, Any]) -> Row:
    person, channel, processor = about.split(" ")
    return Row(day, UserId(person), ChannelId(channel), processor, **counts)
