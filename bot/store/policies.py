"""What admins set, and the record of who set what, in Redis (`bot.ports.Policies`)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from typing import Any, cast

from bot.domain.policies import Change
from bot.domain.thread import TeamId, UserId
from bot.store.connection import Connection
from bot.store.keys import COUNT_LIFE
from bot.store.scripts import budgets as scripts

MOST_CHANGES = 10_000  # of a team that are kept; the oldest go first
PAGE = 500  # changes read at once


class RedisPolicies:
    """Reads and changes policies, and keeps who changed what."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._keys = connection.keys
        self._set = connection.script(scripts.SET_POLICY)

    async def policies(self, team: TeamId) -> Mapping[str, str]:
        """Read all that admins of a team have set, by name."""
        async with self._connection.call() as redis:
            found = await redis.hgetall(self._keys.policies(team))
        return cast("dict[str, str]", found)

    async def set_policy(
        self, team: TeamId, name: str, value: str | None, *, actor: UserId, now: float
    ) -> str | None:
        """Set a policy, or take it back (None), and record who did. Returns the value before.

        What is so already is no change, and not recorded.
        """
        before = await self._set(
            (self._keys.policies(team), self._keys.audit(team)),
            (name, value or "", actor, now, COUNT_LIFE, MOST_CHANGES),
        )
        return str(before) or None

    async def changes(self, team: TeamId) -> AsyncIterator[Change]:
        """Read the record of changes, the oldest first."""
        key, last = self._keys.audit(team), "-"
        while True:
            async with self._connection.call() as redis:
                page = cast("list[Any]", await redis.xrange(key, min=last, count=PAGE))
            for _, fields in page:
                yield _change(fields)
            if len(page) < PAGE:
                return
            last = f"({page[-1][0]}"

    async def latest_changes(self, team: TeamId, most: int) -> Sequence[Change]:
        """Read up to `most` changes, the newest first."""
        async with self._connection.call() as redis:
            page = cast("list[Any]", await redis.xrevrange(self._keys.audit(team), count=most))
        return [_change(fields) for _, fields in page]

    async def last_changes(self, team: TeamId, names: Collection[str]) -> Mapping[str, Change]:
        """Read the last change of each of these policies, as far as they are recorded."""
        found: dict[str, Change] = {}
        async for change in self.changes(team):
            if change.name in names:
                found[change.name] = change
        return found


def _change(fields: Mapping[str, str]) -> Change:
    return Change(
        at=float(fields["at"]),
        actor=UserId(fields["actor"]),
        name=fields["name"],
        before=fields["before"] or None,
        after=fields["after"] or None,
    )
