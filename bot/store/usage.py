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

        `person`: only theirs. A month of a large workspace is hundreds of thousands of counts, and
        to make rows of all would hold the event loop up for a second.
        """
        theirs = f"{person} " if person else ""
        keys = {self._keys.usage(team, day): day for day in days}
        async with self._connection.call() as redis:
            pipe = redis.pipeline(transaction=True)  # a run is either held or settled
            pipe.hgetall(self._keys.reservations)
            for key in keys:
                pipe.hgetall(key)
            held, *settled = await pipe.execute()
        found: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for day, fields in zip(keys.values(), settled, strict=True):
            for name, number in fields.items():
                what, _, about = name.partition(" ")
                if what in _COUNTS and about.startswith(theirs):
                    found[day, about][_COUNTS[what]] += int(number)
        for amount, key, about in held_runs(held.values()):
            if key in keys and about.startswith(theirs):
                found[keys[key], about]["running"] += 1
                found[keys[key], about]["held"] += amount
        return [_row(day, about, counts) for (day, about), counts in found.items()]


def held_runs(reservations: Iterable[str]) -> Iterator[tuple[int, str, str]]:
    """Yield amount, key of the day's usage, and ``PERSON CHANNEL PROCESSOR`` of reservations."""
    for value in reservations:
        amount, *_, usage, person, channel, processor = value.split(" ")
        yield int(amount), usage, f"{person} {channel} {processor}"


def _row(day: str, about: str, counts: Mapping[str, Any]) -> Row:
    person, channel, processor = about.split(" ")
    return Row(day, UserId(person), ChannelId(channel), processor, **counts)
