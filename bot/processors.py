"""Parallel's processors: names, prices, usual times.

Source: docs.parallel.ai, task-api/guides/choose-a-processor, chat-api/chat-quickstart and
getting-started/pricing. Processors of the Task API exist as ``NAME`` and as ``NAME-fast``: same
price, two to five times faster, slightly less fresh. ``speed`` is the one model of the Chat API
that is offered: the others buy nothing that the same processors do not give as tasks. Pure: no
I/O, no clock.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from decimal import Decimal

MINUTE = 60
HOUR = 60 * MINUTE


@dataclass(frozen=True, slots=True)
class Processor:
    """One processor.

    Attributes:
        name: as the API spells it.
        price: US dollars for one run.
        shortest: seconds a quick run usually takes.
        longest: seconds a slow run usually takes.
        is_chat: it answers through the Chat API, in one streamed response, without sources.
    """

    name: str
    price: Decimal
    shortest: int
    longest: int
    is_chat: bool = False

    @property
    def usual_time(self) -> str:
        """Say the usual time for people: ``15–100 s``, ``1–5 min``, ``5 min–2 h``."""
        low, high = self.shortest, self.longest
        if low == high:
            return f"about {_said(low)}"
        if low % MINUTE == 0 and high % MINUTE == 0 and high % HOUR:
            return f"{low // MINUTE}–{high // MINUTE} min"
        if high <= 100:
            return f"{low}–{high} s"
        return f"{_said(low)}–{_said(high)}"

    @property
    def price_words(self) -> str:
        """Say the price for people: ``$0.005``, ``$0.10``."""
        return f"${self.price}"

    @property
    def facts(self) -> str:
        """Say price and time, as menus do, and that there are no sources where there are none."""
        if self.is_chat:
            return f"{self.price_words}, {self.usual_time}, no sources"
        return f"{self.price_words} · {self.usual_time}"

    @property
    def terms(self) -> str:
        """Say the same in a sentence: ``$0.10 a run, usually 30 s–5 min``."""
        return (
            self.facts if self.is_chat else f"{self.price_words} a run, usually {self.usual_time}"
        )


def _said(seconds: int) -> str:
    if seconds % HOUR == 0:
        return f"{seconds // HOUR} h"
    if seconds % MINUTE == 0:
        return f"{seconds // MINUTE} min"
    return f"{seconds} s"


#: name, price in US dollars, usual seconds from and to, the same for the fast variant.
_PRICE_LIST = (
    ("lite", "0.005", 10, 60, 10, 20),
    ("base", "0.01", 15, 100, 15, 50),
    ("core", "0.025", 1 * MINUTE, 5 * MINUTE, 15, 100),
    ("core2x", "0.05", 1 * MINUTE, 10 * MINUTE, 15, 3 * MINUTE),
    ("pro", "0.10", 2 * MINUTE, 10 * MINUTE, 30, 5 * MINUTE),
    ("ultra", "0.30", 5 * MINUTE, 25 * MINUTE, 1 * MINUTE, 10 * MINUTE),
    ("ultra2x", "0.60", 5 * MINUTE, 50 * MINUTE, 1 * MINUTE, 20 * MINUTE),
    ("ultra4x", "1.20", 5 * MINUTE, 90 * MINUTE, 1 * MINUTE, 40 * MINUTE),
    ("ultra8x", "2.40", 5 * MINUTE, 2 * HOUR, 1 * MINUTE, 1 * HOUR),
)


SPEED = Processor("speed", Decimal("0.005"), 3, 3, is_chat=True)


def _all() -> dict[str, Processor]:
    table = {SPEED.name: SPEED}
    for name, price, low, high, fast_low, fast_high in _PRICE_LIST:
        table[name] = Processor(name, Decimal(price), low, high)
        table[f"{name}-fast"] = Processor(f"{name}-fast", Decimal(price), fast_low, fast_high)
    return table


#: Every processor by name, cheapest first, each followed by its fast variant.
PROCESSORS = _all()

#: What looks a quick answer up with sources where nobody chose a processor of the Task API.
LOOK_UP_DEFAULT = PROCESSORS["core-fast"]


def is_chat(name: str | None) -> bool:
    """Whether this processor answers through the Chat API."""
    return name == SPEED.name


def nearest(name: str) -> Processor | None:
    """Return the processor whose name is most like `name`; None when nothing is alike."""
    found = difflib.get_close_matches(name.lower(), PROCESSORS, n=1, cutoff=0.6)
    return PROCESSORS[found[0]] if found else None
