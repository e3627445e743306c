"""`bot.ports.ChannelIds` in Redis, with a copy in each replica.

The copy is read again once a minute, and whenever a channel is met for the first time: a new id is
one. A replica that knows an old id only is refused by Slack, and reads it again then
(`bot.slack.connection`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from bot.concurrency.single_flight import SingleFlight
from bot.domain.thread import ChannelId
from bot.store.connection import Connection
from bot.store.early_messages import EarlyMessages
from bot.store.keys import COUNT_LIFE
from bot.store.scripts import channel_ids as scripts
from bot.store.turn_reader import fields_of

READ_EVERY = 60.0  # seconds
MOST_MET = 20_000  # channels that are remembered as met

_FIRST, _NOW = "first:", "now:"


class RedisChannelIds:
    """`bot.ports.ChannelIds`."""

    def __init__(
        self,
        connection: Connection,
        early: EarlyMessages,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._early = early
        self._key = connection.keys.channel_ids
        self._read = connection.script(scripts.READ)
        self._rename = connection.script(scripts.RENAME)
        self._clock = clock
        self._read_at = -READ_EVERY
        self._met: set[str] = set()
        self._reading: SingleFlight[str, None] = SingleFlight()
        self._first: Mapping[str, ChannelId] = {}
        self._current: Mapping[str, ChannelId] = {}

    @property
    def first(self) -> Mapping[str, ChannelId]:
        """The first id of each channel that was renamed, by its later ones."""
        return self._first

    @property
    def current(self) -> Mapping[str, ChannelId]:
        """The current id of each channel that was renamed, by its first one."""
        return self._current

    async def know(self, channel: str) -> None:
        """Find out about a channel, unless that was done within the last minute."""
        if channel in self._met and self._clock() - self._read_at < READ_EVERY:
            return
        await self._reading.run(channel, self.reload)
        if len(self._met) >= MOST_MET:
            self._met.clear()
        self._met.add(channel)

    async def reload(self) -> None:
        """Read what all replicas know, and renew its life."""
        read_at = self._clock()
        known = fields_of(await self._read((self._key,), (COUNT_LIFE,)))
        self._first, self._current = _part(known, _FIRST), _part(known, _NOW)
        self._read_at = read_at

    async def rename(self, old: ChannelId, new: ChannelId) -> None:
        """Take down that a channel has a new id, and bring what came too early."""
        first = await self._rename((self._key,), (old, new, COUNT_LIFE))
        await self.reload()
        if first != new:
            await self._early.bring(new, ChannelId(first))


def _part(known: Mapping[str, str], kind: str) -> dict[str, ChannelId]:
    return {
        field.removeprefix(kind): ChannelId(channel)
        for field, channel in known.items()
        if field.startswith(kind)
    }
