"""Which processor is in force: message, thread, person, channel, default; the first one chosen."""

from __future__ import annotations

from decimal import Decimal

from bot.domain.choices import Choices, Source
from bot.domain.processors import LOOK_UP_DEFAULT, PROCESSORS, Processor

CONFIRM_FROM = Decimal("0.30")  # US dollars: a reaction starts no run of this price by itself


def in_force(asked: str | None, choices: Choices, default: str) -> tuple[Processor, Source]:
    """Return the processor in force and who decided; a name that exists no more is passed over."""
    levels = (
        (asked, Source.MESSAGE),
        (choices.thread, Source.THREAD),
        (choices.person, Source.PERSON),
        (choices.channel, Source.CHANNEL),
    )
    for name, source in levels:
        if name in PROCESSORS:
            return PROCESSORS[name], source
    return PROCESSORS[default], Source.DEFAULT


def with_sources(last: str | None, choices: Choices, default: str) -> Processor:
    """Return the processor that looks a quick answer of a thread up.

    Args:
        last: the processor of the Task API that answered in the thread last; None before the first.
        choices, default: as for `in_force`.
    """
    known = PROCESSORS.get(last or "")
    chosen = known or in_force(None, choices, default)[0]
    return LOOK_UP_DEFAULT if chosen.is_chat else chosen
