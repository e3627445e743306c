"""What people asked, what it cost, and what they think of the answers. bot.store.history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from bot.domain.thread import TeamId, TurnId, UserId
from bot.domain.turn import Turn


class History(Protocol):
    """Earlier questions of people. All methods raise Unavailable."""

    async def asked(self, team: TeamId, person: UserId, after: int) -> Asked:
        """Read a page of a person's latest 500 questions; `after` is 0 for the first page."""
        ...

    async def spent(self, team: TeamId, person: UserId) -> Sequence[tuple[str, Decimal]]:
        """Read the cost of a person's runs in US dollars, by month such as ``2026-11``.

        As it is in their usage: what is held counts, and months are those of the budgets. Newest
        first, at most 6 months.
        """
        ...

    async def known(self, names: Sequence[TurnId]) -> Sequence[Turn]:
        """Read those of these turns that have not expired, in this order."""
        ...

    async def rate(self, turn: TurnId, person: UserId, *, good: bool) -> bool:
        """Rate an answer. Of several ratings of a person the last one counts.

        Returns False when the turn has expired.
        """
        ...

    async def ratings(self) -> Mapping[str, tuple[int, int]]:
        """Return how many answers of each processor were rated good, and how many bad."""
        ...


@dataclass(frozen=True, slots=True)
class Asked:
    """A page of a person's questions.

    Attributes:
        turns: newest first, at most 50.
        after: where the next page begins; None at the end.
    """

    turns: tuple[Turn, ...]
    after: int | None = None
