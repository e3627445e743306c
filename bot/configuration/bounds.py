"""Settings about how much one person, or one thread, asks at once. Pure."""

from __future__ import annotations

from bot.configuration.values import Reader
from bot.domain.bounds import Bounds

MOST = 1_000  # of either


def read_bounds(reader: Reader) -> Bounds:
    """Read them; mistakes are noted in the reader."""
    return Bounds(
        waiting_per_thread=_number(reader, "WAITING_PER_THREAD"),
        running_per_person=_number(reader, "RUNNING_PER_PERSON"),
    )


def _number(reader: Reader, name: str) -> int:
    if reader.text(name).lower() == "off":
        return 0
    return reader.number(name, int, low=0, high=MOST)
