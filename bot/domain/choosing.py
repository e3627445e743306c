"""Which processor is in force: message, thread, person, channel, default; the first one chosen."""

from __future__ import annotations

from decimal import Decimal

from bot.domain.choices import Choices, Source
from bot.domain.processors import LOOK_UP_DEFAULT, PROCESSORS, Processor

CONFIRM_FROM = Decimal("0.30")  # US dollars: a run started by a reaction needs confirmation from


def processor_in_force(
    asked: str | None, choices: Choices, default: str
) -> tuple[Processor, Source]:
    """Return the processor in force and its source; names that no longer exist are skipped."""
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


def lookup_processor(last: str | None, choices: Choices, default: str) -> Processor:
    """Return the processor that looks up a quick answer, with sources.

    Args:
        last: the Task API's processor that answered last in the thread; None before the first.
        choices, default: as for `processor_in_force`.
    """
    known = PROCESSORS.get(last or "")
    chosen = known or processor_in_force(None, choices, default)[0]
    return LOOK_UP_DEFAULT if chosen.is_chat else chosen
