"""Budgets: what may be spent by whom in which period, and what became of a reservation. Pure.

A run is paid by three budgets at once: its asker's and its channel's of the day, and the
workspace's of the month. Each is optional; all that are set must have room. What a run costs is
known before it starts, so it is *held* in all three before, and *settled* when it has ended: then
it counts as spent, or is given back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum

from bot.domain.thread import UserId

#: Of a budget, the part in hundredths from which on it warns, once a period.
WARNED_FROM = 80


class Scope(StrEnum):
    """Whose budget it is. In this order they are asked; the first without room is named."""

    PERSON = "person"  #: one person's, for a day
    CHANNEL = "channel"  #: one channel's, for a day
    WORKSPACE = "workspace"  #: the whole workspace's, for a month


@dataclass(frozen=True, slots=True)
class Limits:
    """How much each budget allows, in millionths of a dollar; None for no limit."""

    person: int | None = None
    channel: int | None = None
    workspace: int | None = None

    def of(self, scope: Scope) -> int | None:
        """Return the limit of one scope."""
        match scope:
            case Scope.PERSON:
                return self.person
            case Scope.CHANNEL:
                return self.channel
            case Scope.WORKSPACE:
                return self.workspace


@dataclass(frozen=True, slots=True)
class Balance:
    """How one budget is doing in its current period, in millionths of a dollar.

    Attributes:
        limit: what it allows; None for no limit.
        held: reserved for runs that have not ended.
        settled: spent.
    """

    scope: Scope
    limit: int | None
    held: int = 0
    settled: int = 0

    @property
    def left(self) -> int | None:
        """What may still be reserved, 0 at least; None without a limit."""
        if self.limit is None:
            return None
        return max(0, self.limit - self.held - self.settled)


@dataclass(frozen=True, slots=True)
class Reserved:
    """The turn's price is held in all budgets.

    Attributes:
        tightest: the budget with the least left, after this reservation; None when none is set.
        warnings: the budgets that have just passed `WARNED_FROM`, each once a period.
    """

    tightest: Balance | None = None
    warnings: tuple[Balance, ...] = ()


@dataclass(frozen=True, slots=True)
class OverBudget:
    """Nothing is held: a budget has no room.

    Attributes:
        balance: the first budget that has none.
        affordable: the price, in millionths of a dollar, that all budgets still have room for.
    """

    balance: Balance
    affordable: int


@dataclass(frozen=True, slots=True)
class BudgetNote:
    """What a turn's messages say about a budget; kept in its record.

    Attributes:
        scope: whose budget; what follows is in millionths of a dollar.
        limit: what it allows.
        left: what was left of it, after this turn's price or without room for it.
        affordable: the price that all budgets had room for; 0 where that was not asked.
        resets_at: when its period ends, in seconds since 1970.
        admins: who can raise it, a few of them.
        counts_failed: whether failed runs count as spent.
        is_repeated: its person was refused in this period before, so that they alone hear of it.
    """

    scope: Scope
    limit: int
    left: int
    affordable: int = 0
    resets_at: float = 0.0
    admins: tuple[UserId, ...] = ()
    is_repeated: bool = False
    counts_failed: bool = False


class Settlement(StrEnum):
    """What becomes of a reservation when its turn is finished."""

    SPEND = "spend"  #: the run is paid, or may be
    FAIL = "fail"  #: the run was created and failed, which costs nothing
    RETURN = "return"  #: no run was created
    KEEP = "keep"  #: the run goes on although its turn has ended: settled when it has, too


def tightest(balances: Iterable[Balance]) -> Balance | None:
    """Return the budget with the least left; None when none has a limit."""
    limited = [each for each in balances if each.left is not None]
    return min(limited, key=lambda each: each.left or 0, default=None)


def note(balance: Balance, at: float, zone: tzinfo, *, affordable: int = 0) -> BudgetNote:
    """Return what messages say about a budget that has a limit."""
    assert balance.limit is not None
    return BudgetNote(
        scope=balance.scope,
        limit=balance.limit,
        left=balance.left or 0,
        affordable=affordable,
        resets_at=resets_at(balance.scope, at, zone),
    )


def period(scope: Scope, at: float, zone: tzinfo) -> str:
    """Name the period that a moment (seconds since 1970) is in: ``2026-11-28``, ``2026-11``."""
    local = datetime.fromtimestamp(at, zone)
    return f"{local:%Y-%m}" if scope is Scope.WORKSPACE else f"{local:%Y-%m-%d}"


def resets_at(scope: Scope, at: float, zone: tzinfo) -> float:
    """Return when the period ends that a moment is in, in seconds since 1970."""
    local = datetime.fromtimestamp(at, zone)
    if scope is Scope.WORKSPACE:
        year, month = divmod(local.year * 12 + local.month, 12)
        return datetime(year, month + 1, 1, tzinfo=zone).timestamp()
    following = datetime.fromordinal(local.date().toordinal() + 1)
    return following.replace(tzinfo=zone).timestamp()
