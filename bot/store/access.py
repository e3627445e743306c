"""What was looked up of people and channels, kept for a while for all replicas."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from bot.domain.access import Member, Room
from bot.domain.thread import ChannelId, TeamId, UserId
from bot.ports.gate import Known
from bot.store.connection import Connection
from bot.store.keys import DAY
from bot.store.scripts import access
from bot.store.turn_reader import fields_of

KEPT_FOR = 600  # seconds that a look-up is good, unless Slack tells of a change before
#: Seconds after a change in which no look-up is kept: one that was under way tells what was before.
CHANGED_FOR = 5
#: Seconds between two lists of all our channels; Slack allows 50 pages of them a minute (tier 3,
#: https://docs.slack.dev/reference/methods/users.conversations).
LISTED_EVERY = 3
_CHANGED = "changed"


class RedisAccess:
    """`bot.ports.gate.AccessStore` in Redis."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._keys = connection.keys
        self._known = connection.script(access.KNOWN)
        self._remember = connection.script(access.REMEMBER)

    async def known(self, team: TeamId, channel: ChannelId, person: UserId) -> Known:
        """Read policies, person and channel in one round trip."""
        policies, member, room = await self._known(
            (
                self._keys.policies(team),
                self._keys.member(team, person),
                self._keys.room(team, channel),
            )
        )
        return Known(fields_of(policies), _read(Member, member), _read(Room, room))

    async def remember_member(self, team: TeamId, person: UserId, member: Member) -> None:
        """Keep a look-up of a person."""
        await self._keep({self._keys.member(team, person): member})

    async def remember_rooms(self, team: TeamId, rooms: Mapping[ChannelId, Room]) -> None:
        """Keep look-ups of channels."""
        await self._keep({self._keys.room(team, each): room for each, room in rooms.items()})

    async def may_list(self, team: TeamId) -> bool:
        """Whether all our channels may be listed now."""
        key = self._keys.listed(team)
        return bool(await self._connection.send("SET", key, "1", "EX", LISTED_EVERY, "NX"))

    async def drop_member(self, team: TeamId, person: UserId) -> None:
        """Forget a person's look-up."""
        await self._drop(self._keys.member(team, person))

    async def drop_room(self, team: TeamId, channel: ChannelId) -> None:
        """Forget a channel's look-up."""
        await self._drop(self._keys.room(team, channel))

    async def is_first_refusal(self, team: TeamId, person: UserId, when: str) -> bool:
        """Whether a person was not refused before on a day, or for a message; once."""
        key = self._keys.refused(team, person, when)
        async with self._connection.call() as redis:
            return bool(await redis.set(key, "1", nx=True, ex=2 * DAY))

    async def forget_refusal(self, team: TeamId, person: UserId, when: str) -> None:
        """Take back what `is_first_refusal` has returned True for."""
        async with self._connection.call() as redis:
            await redis.delete(self._keys.refused(team, person, when))

    async def _keep(self, values: Mapping[str, Member | Room]) -> None:
        words = [json.dumps(asdict(value)) for value in values.values()]
        await self._remember(tuple(values), (KEPT_FOR, *words))

    async def _drop(self, key: str) -> None:
        async with self._connection.call() as redis:
            await redis.set(key, _CHANGED, ex=CHANGED_FOR)


def _read(kind: Any, text: str | None) -> Any:
    """Read a look-up; one of another release's form counts as none."""
    if text is None:
        return None
    try:
        return kind(**json.loads(text))
    except (TypeError, ValueError):
        return None
