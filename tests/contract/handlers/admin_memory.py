"""Budgets, usage and policies in memory, that keep the promises of their ports."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import UTC

from bot.domain.budgets import Balance, OverBudget, Reserved, Scope, Settlement
from bot.domain.effective import Environment
from bot.domain.policies import Change
from bot.domain.thread import ChannelId, TeamId, TurnId, UserId
from bot.domain.turn import Turn
from bot.domain.usage import Row
from bot.ports import Claim
from bot.ports.money import Administration


class MemoryPolicies:
    """Policies of one team, and who set them. `failing` is raised by the next calls, one each."""

    def __init__(self) -> None:
        self.failing: list[Exception] = []
        self.chosen: dict[str, str] = {}
        self.made: list[Change] = []

    async def policies(self, team: TeamId) -> Mapping[str, str]:
        self._fail()
        return dict(self.chosen)

    async def set_policy(
        self, team: TeamId, name: str, value: str | None, *, actor: UserId, now: float
    ) -> str | None:
        before = self.chosen.pop(name, None)
        if value is not None:
            self.chosen[name] = value
        if before != value:
            self.made.append(Change(now, actor, name, before, value))
        return before

    async def changes(self, team: TeamId) -> AsyncIterator[Change]:
        for change in self.made:
            yield change

    async def latest_changes(self, team: TeamId, most: int) -> Sequence[Change]:
        self._fail()
        return self.made[::-1][:most]

    async def last_changes(self, team: TeamId, names: Collection[str]) -> Mapping[str, Change]:
        return {change.name: change for change in self.made if change.name in names}

    def _fail(self) -> None:
        if self.failing:
            raise self.failing.pop(0)


class NothingSpent:
    """Budgets without limits, of which nothing was spent."""

    async def reserve(
        self, claim: Claim, turn: Turn, price: int, *, warns: bool = True
    ) -> Reserved | OverBudget:
        return Reserved()

    async def is_first_refusal(self, turn: Turn, scope: Scope) -> bool:
        return True

    async def settle(self, turn: TurnId, how: Settlement) -> int:
        return 0

    async def balances(self, team: TeamId, channel: ChannelId, person: UserId) -> Sequence[Balance]:
        return [Balance(scope, None) for scope in Scope]

    async def sweep(self) -> int:
        return 0

    async def usage(
        self, team: TeamId, days: Sequence[str], person: UserId | None = None
    ) -> Sequence[Row]:
        return []


def administration_in_memory(policies: MemoryPolicies | None = None) -> Administration:
    """Return what `/threadline` reads and changes: by default nothing is set, and nothing spent."""
    nothing = NothingSpent()
    return Administration(
        budgets=nothing,
        policies=policies or MemoryPolicies(),
        usage=nothing,
        environment=Environment(),
        zone=UTC,
        clock=lambda: 1_700_000_000.0,
    )
