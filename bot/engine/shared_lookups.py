"""Looks the same person or channel up once, for all who ask at the same time.

Fifty mentions in one second would otherwise be a hundred look-ups, of which Slack answers fifty a
minute (https://docs.slack.dev/apis/web-api/rate-limits).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

from bot.concurrency.single_flight import SingleFlight
from bot.domain.access import Member, Room
from bot.domain.thread import ChannelId, UserId
from bot.ports.gate import Directory, Unanswered


class SharedLookups:
    """A `bot.ports.gate.Directory` in front of another."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._members: SingleFlight[UserId, Member | Unanswered | None] = SingleFlight()
        self._names: SingleFlight[UserId, str | None] = SingleFlight()
        self._rooms: SingleFlight[ChannelId, Room | Unanswered | None] = SingleFlight()

    async def member(self, person: UserId) -> Member | Unanswered | None:
        """Look a person up."""
        return await self._members.run(person, lambda: self._directory.member(person))

    async def name(self, person: UserId) -> str | None:
        """Return the name that a person is shown by; untrusted."""
        return await self._names.run(person, lambda: self._directory.name(person))

    async def room(self, channel: ChannelId) -> Room | Unanswered | None:
        """Look a channel up."""
        return await self._rooms.run(channel, lambda: self._directory.room(channel))

    def our_rooms(self) -> AsyncIterator[Mapping[ChannelId, Room]]:
        """Yield all channels that we are in. It is not shared: the gate sees to it."""
        return self._directory.our_rooms()
