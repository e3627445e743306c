"""Which processor is in force: message, thread, person, channel, default; the first one chosen."""

from __future__ import annotations

from decimal import Decimal

from bot.domain import naming
from bot.domain.choices import Choices, Source
from bot.domain.processors import LOOK_UP_DEFAULT, PROCESSORS, Processor
from bot.domain.turn import Question

CONFIRMED_WITHIN = 3_600.0  # seconds in which a price can be confirmed


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


def needs_confirmation(question: Question, processor: Processor, limit: Decimal | None) -> bool:
    """Whether somebody has to confirm the price before a run starts.

    Args:
        question: what is asked. One that was pressed named its price on the button or in the form,
            but not the new text of an edited message.
        processor: the one in force.
        limit: US dollars from which on a price is confirmed; None for never.
    """
    if limit is None or processor.price < limit:
        return False
    return not question.press or question.press.startswith(naming.EDITED)


def cheaper_processor(processor: Processor) -> Processor | None:
    """Return what is offered instead of a processor whose price is to be confirmed."""
    return LOOK_UP_DEFAULT if LOOK_UP_DEFAULT.price < processor.price else None
