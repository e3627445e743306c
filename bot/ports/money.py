"""Budgets, usage and what admins set: bot.store."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Protocol

from bot.domain.budgets import Balance, OverBudget, Reserved, Scope, Settlement
from bot.domain.effective import Environment
from bot.domain.policies import Change
from bot.domain.thread import ChannelId, TeamId, TurnId, UserId
from bot.domain.turn import Turn
from bot.domain.usage import Row
from bot.ports.work_queue import Claim


class Budgets(Protocol):
    """What may be spent. Amounts are millionths of a US dollar."""

    async def reserve(
        self, claim: Claim, turn: Turn, price: int, *, warns: bool = True
    ) -> Reserved | OverBudget | None:
        """Hold the price of a turn's run in all budgets, and write the turn; or do neither.

        A turn that holds this price already keeps it. `warns`: tell of budgets that have just
        passed `WARNED_FROM`. Returns None for a turn that is about to start, and was stopped or
        withdrawn.

        Raises:
            LeaseLost: the turn is not ours any more.
        """
        ...

    async def settle(self, turn: TurnId, how: Settlement) -> int:
        """Settle what a finished turn still holds. Returns the amount; 0 when it holds nothing."""
        ...

    async def is_first_refusal(self, turn: Turn, scope: Scope) -> bool:
        """Whether a turn is the first of its asker's that a budget refuses in its period."""
        ...

    async def balances(self, team: TeamId, channel: ChannelId, person: UserId) -> Sequence[Balance]:
        """Return the person's, the channel's and the workspace's budget as they are now."""
        ...

    async def sweep(self) -> int:
        """Settle reservations that no turn will. Returns how many."""
        ...


class Policies(Protocol):
    """What admins set, and the record of it."""

    async def policies(self, team: TeamId) -> Mapping[str, str]:
        """Read all that admins of a team have set, by name."""
        ...

    async def set_policy(
        self, team: TeamId, name: str, value: str | None, *, actor: UserId, now: float
    ) -> str | None:
        """Set a policy, or take it back (None), and record who did. Returns the value before."""
        ...

    def changes(self, team: TeamId) -> AsyncIterator[Change]:
        """Read the record of changes, the oldest first."""
        ...

    async def latest_changes(self, team: TeamId, most: int) -> Sequence[Change]:
        """Read up to `most` changes, the newest first."""
        ...

    async def last_changes(self, team: TeamId, names: Collection[str]) -> Mapping[str, Change]:
        """Read the last change of each of these policies, as far as they are recorded."""
        ...


class Usage(Protocol):
    """What runs came to."""

    async def usage(
        self, team: TeamId, days: Sequence[str], person: UserId | None = None
    ) -> Sequence[Row]:
        """Read the runs of these days, of all or one person; those still running are included."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Administration:
    """What `/threadline` reads and changes.

    Attributes:
        environment: what holds where no admin set anything.
        zone: where days and months begin.
        clock: returns seconds since 1970.
    """

    budgets: Budgets
    policies: Policies
    usage: Usage
    environment: Environment
    zone: tzinfo
    clock: Callable[[], float]
