"""What admins set, and the record of who set what, in Redis (`bot.ports.Policies`)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
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
        """Set a policy, or take it back (None), and record who did. Returns the value before."""
        before = await self._set(
            (self._keys.policies(team), self._keys.audit(team)),
            (name, value or "", actor, now, COUNT_LIFE, MOST_CHANGES),
        )
        return str(before) or None

    async def changes(self, team: TeamId) -> AsyncIterator[Change]:
        """Read the record of changes, the oldest first."""
        last = "-"
        while True:
            async with self._connection.call() as redis:
                key = self._keys.audit(team)
                page = cast("list[Any]", await redis.xrange(key, min=last, count=PAGE))
            for _, fields in page:
                yield Change(
                    at=float(fields["at"]),
                    actor=UserId(fields["actor"]),
                    name=fields["name"],
                    before=fields["before"] or None,
                    after=fields["after"] or None,
                )
            if len(page) < PAGE:
                return
            last = f"({page[-1][0]}"
