"""What runs came to, by person, channel and processor. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.domain.thread import ChannelId, UserId

#: Whose usage it was, once the person was erased.
NOBODY = UserId("-")
COLUMNS = ("day", "person", "channel", "processor", "paid_runs", "failed_runs", "running", "usd")


@dataclass(frozen=True, slots=True)
class Row:
    """The runs of one person in one channel on one processor and day.

    Attributes:
        day: ``2026-11-28``, in the bot's time zone.
        paid, failed, running: numbers of runs; failed ones cost nothing.
        cost: of the paid ones, in millionths of a dollar.
        held: of the running ones, in millionths of a dollar.
    """

    day: str
    person: UserId
    channel: ChannelId
    processor: str
    paid: int = 0
    failed: int = 0
    running: int = 0
    cost: int = 0
    held: int = 0

    @property
    def total(self) -> int:
        """What they cost, when all that run are paid."""
        return self.cost + self.held


@dataclass(frozen=True, slots=True)
class Sum:
    """The runs of one name: a person's, a channel's or a processor's."""

    name: str
    runs: int
    total: int


def sums(rows: Iterable[Row], by: Callable[[Row], str]) -> Sequence[Sum]:
    """Add rows up by a name, the dearest first."""
    found: dict[str, tuple[int, int]] = {}
    for row in rows:
        runs, total = found.get(by(row), (0, 0))
        found[by(row)] = runs + row.paid + row.running, total + row.total
    ordered = sorted(found.items(), key=lambda each: (-each[1][1], each[0]))
    return [Sum(name, runs, total) for name, (runs, total) in ordered]


def as_csv(rows: Iterable[Row]) -> str:
    """Write rows as comma-separated values with a heading; amounts in dollars, exact.

    Ids of Slack and names of processors cannot be formulas of a spreadsheet.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in sorted(rows, key=lambda each: (each.day, each.person, each.channel, each.processor)):
        usd = f"{Decimal(row.total) / 1_000_000:f}"
        writer.writerow(
            (
                row.day,
                row.person,
                row.channel,
                row.processor,
                row.paid,
                row.failed,
                row.running,
                usd,
            )
        )
    return text.getvalue()
