"""Parallel's processors: names, prices, usual times.

Source: docs.parallel.ai, task-api/guides/choose-a-processor, chat-api/chat-quickstart and
getting-started/pricing. Processors of the Task API exist as ``NAME`` and as ``NAME-fast``: same
price, two to five times faster, slightly less fresh. ``speed`` is the one model of the Chat API
that is offered: for the others, the processors of the same names do as much as tasks. Pure.

Four of them are offered first, as levels with names of ours. What is stored and sent is always the
processor's own name.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

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
        is_chat: it answers through the Chat API, in one streamed response without sources.
    """

    name: str
    price: Decimal
    shortest: int
    longest: int
    is_chat: bool = False

    @property
    def level(self) -> Level | None:
        """Return the level that it is offered as; None for most."""
        return next((level for level in LEVELS if level.processor == self), None)

    @property
    def label(self) -> str:
        """Return its name for people, with its level if any: ``Deep (pro-fast)``, ``ultra4x``."""
        level = self.level
        return f"{level.name} ({self.name})" if level else self.name

    @property
    def usual_time(self) -> str:
        """Return the usual time for people: ``15–50 s``, ``1–5 min``, ``15 s–2 min``."""
        low, high = self.shortest, self.longest
        if low == high:
            return f"about {_rounded(low)}"
        if low % MINUTE == 0 and high % MINUTE == 0 and high % HOUR:
            return f"{low // MINUTE}–{high // MINUTE} min"
        if high <= MINUTE:
            return f"{low}–{high} s"
        return f"{_rounded(low)}–{_rounded(high)}"

    @property
    def price_words(self) -> str:
        """Return the price for people: ``$0.005``, ``$0.10``."""
        return f"${self.price}"

    @property
    def facts(self) -> str:
        """Return price and time, as menus show them, and that there are no sources if so."""
        if self.is_chat:
            return f"{self.price_words} · {self.usual_time}, no sources"
        return f"{self.price_words} · {self.usual_time}"

    @property
    def terms(self) -> str:
        """Return the same for a sentence: ``$0.10 a run, usually 30 s–5 min``."""
        if self.is_chat:
            return f"{self.price_words} an answer, {self.usual_time}, no sources"
        return f"{self.price_words} a run, usually {self.usual_time}"


def _rounded(seconds: int) -> str:
    if seconds % HOUR == 0:
        return f"{seconds // HOUR} h"
    if seconds < MINUTE:
        return f"{seconds} s"
    return f"{-(-seconds // MINUTE)} min"


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


@dataclass(frozen=True, slots=True)
class Level:
    """A processor that is offered first, under a name that says how deep it goes.

    Attributes:
        name: one word; in lower case it chooses the processor, as its name does.
        processor: which one it is.
        suits: what it is good for, in at most 75 characters.
    """

    name: str
    processor: Processor
    suits: str


#: People waiting in a thread get the fast variants. ``ultra`` is for reports that may take long and
#: should be as fresh as possible; ``ultra-fast`` is in the list of all processors.
LEVELS = (
    Level("Quick", SPEED, "Simple questions, answered at once"),
    Level("Standard", PROCESSORS["core-fast"], "Everyday questions, with sources"),
    Level("Deep", PROCESSORS["pro-fast"], "Comparisons and open questions"),
    Level("Exhaustive", PROCESSORS["ultra"], "Long reports on a whole topic"),
)

_BY_NAME = MappingProxyType(PROCESSORS | {level.name.lower(): level.processor for level in LEVELS})

#: Looks up a quick answer with sources where nobody chose a processor of the Task API.
LOOK_UP_DEFAULT = PROCESSORS["core-fast"]


def is_chat(name: str | None) -> bool:
    """Whether this processor answers through the Chat API."""
    return name == SPEED.name


def find_processor(word: str) -> Processor | None:
    """Return the processor by its name or its level's, in upper or lower case; None if unknown."""
    return _BY_NAME.get(word.lower())


def nearest_name(name: str, offered: Collection[str] = tuple(PROCESSORS)) -> str | None:
    """Return the name of a processor or level on offer that is most similar; None when none is.

    Names of levels are ordinary words, so only what is nearly one of them counts as a typo.
    """
    word = name.lower()
    levels = [level.name.lower() for level in LEVELS if level.processor.name in offered]
    found = difflib.get_close_matches(word, levels, n=1, cutoff=0.8)
    found = found or difflib.get_close_matches(word, list(offered), n=1, cutoff=0.6)
    return found[0] if found else None
