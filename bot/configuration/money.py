"""Settings about money: budgets, what is confirmed first, what counts. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.configuration.values import Reader
from bot.domain.budgets import Limits
from bot.domain.money import micros

MOST_USD = 1_000_000  # of one budget


@dataclass(frozen=True, slots=True)
class MoneySettings:
    """What runs may cost.

    Attributes:
        confirm_from: US dollars from which on a run is confirmed before it starts; None: never.
        limits: the budgets where no admin set others.
        zone: where their days and months begin.
        failed_runs_count: whether failed and cancelled runs count as spent.
        shows_budget: whether a finished run says what is left.
    """

    confirm_from: Decimal | None = None
    limits: Limits = field(default_factory=Limits)
    zone: tzinfo = UTC
    failed_runs_count: bool = False
    shows_budget: bool = True

    @property
    def are_budgets_set(self) -> bool:
        """Whether any budget has a limit."""
        return self.limits != Limits()

    @staticmethod
    def read(reader: Reader) -> MoneySettings:
        """Read them; mistakes are noted in the reader."""
        return MoneySettings(
            confirm_from=_dollars(reader, "CONFIRM_FROM_USD"),
            limits=Limits(
                person=_amount(reader, "BUDGET_PERSON_DAY_USD"),
                channel=_amount(reader, "BUDGET_CHANNEL_DAY_USD"),
                workspace=_amount(reader, "BUDGET_WORKSPACE_MONTH_USD"),
            ),
            zone=_zone(reader, "BUDGET_TIMEZONE"),
            failed_runs_count=reader.choice("COUNT_FAILED_RUNS", ("on", "off")) == "on",
            shows_budget=reader.choice("SHOW_BUDGET", ("on", "off")) == "on",
        )


def _dollars(reader: Reader, name: str) -> Decimal | None:
    if reader.text(name).lower() == "off":
        return None
    return reader.number(name, Decimal, low=0, high=MOST_USD)


def _amount(reader: Reader, name: str) -> int | None:
    """Return an amount in millionths of a dollar; None for no limit."""
    if not reader.is_given(name) or reader.text(name).lower() == "off":
        return None
    amount = reader.number(name, Decimal, low=0, high=MOST_USD)
    try:
        return micros(amount)
    except ValueError:
        reader.wrong(name, "is finer than a millionth of a dollar", "use fewer decimals")
        return None


def _zone(reader: Reader, name: str) -> tzinfo:
    value = reader.text(name)
    try:
        return ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        reader.wrong(name, "isn't the name of a time zone", "use one such as Europe/Berlin or UTC")
        return UTC
