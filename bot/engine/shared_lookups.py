"""Looks the same person or channel up once, for all who ask at the same time.

Fifty mentions in one second would otherwise be a hundred look-ups, of which Slack answers fifty a
minute (https://docs.slack.dev/apis/web-api/rate-limits).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.domain.access import Member, Room
from bot.domain.thread import ChannelId, UserId
from bot.ports.gate import Directory

K = TypeVar("K")
T = TypeVar("T")


class SharedLookups:
    """A `bot.ports.gate.Directory` in front of another."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._members: dict[UserId, asyncio.Future[Member | None]] = {}
        self._names: dict[UserId, asyncio.Future[str | None]] = {}
        self._rooms: dict[ChannelId, asyncio.Future[Room | None]] = {}

    async def member(self, person: UserId) -> Member | None:
        """Look a person up."""
        return await _shared(self._members, person, self._directory.member)

    async def name(self, person: UserId) -> str | None:
        """Return the name that a person is shown by; untrusted."""
        return await _shared(self._names, person, self._directory.name)

    async def room(self, channel: ChannelId) -> Room | None:
        """Look a channel up."""
        return await _shared(self._rooms, channel, self._directory.room)


async def _shared(
    pending: dict[K, asyncio.Future[T | None]],
    key: K,
    look_up: Callable[[K], Awaitable[T | None]],
) -> T | None:
    """Look up, or wait for whoever is doing it; None when that fails."""
    if other := pending.get(key):
        return await asyncio.shield(other)
    mine = pending[key] = asyncio.get_running_loop().create_future()
    found = None
    try:
        found = await look_up(key)
    finally:
        del pending[key]
        mine.set_result(found)
    return found
