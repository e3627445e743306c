"""Which processor is in force: message, thread, person, channel, default; the first one chosen.

Admins may offer only some of the processors. A default that is not on offer is passed over; what a
person asks for by name is not replaced by another one.
"""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from bot.domain import naming
from bot.domain.choices import Choices, Source
from bot.domain.processors import LOOK_UP_DEFAULT, PROCESSORS, Processor
from bot.domain.turn import Question

CONFIRMED_WITHIN = 3_600.0  # seconds in which a price can be confirmed
_NAME_NO_PRICE = (naming.EDITED, naming.ANYWAY)  # how presses begin that name no price
EVERY = tuple(PROCESSORS)  # what is on offer where no admin said otherwise


def processor_in_force(
    asked: str | None, choices: Choices, default: str, offered: Collection[str] = EVERY
) -> tuple[Processor, Source]:
    """Return the processor in force and its source; names that no longer exist are skipped.

    Args:
        asked: with the message, also when it is not on offer.
        choices: of the thread, the person and the channel; passed over when not on offer.
        default: the bot's own. Where it is not on offer, the nearest one is in force.
        offered: the names of those on offer.
    """
    if asked in PROCESSORS:
        return PROCESSORS[asked], Source.MESSAGE
    levels = (
        (choices.thread, Source.THREAD),
        (choices.person, Source.PERSON),
        (choices.channel, Source.CHANNEL),
    )
    for name, source in levels:
        if name in PROCESSORS and name in offered:
            return PROCESSORS[name], source
    return nearest_offered(PROCESSORS[default], offered), Source.DEFAULT


def nearest_offered(wanted: Processor, offered: Collection[str]) -> Processor:
    """Return the processor on offer that is nearest to one.

    That is the dearest that costs no more, else the cheapest; one of the same kind, with sources or
    without, if there is any. Where nothing is on offer, it is the one wanted.
    """
    if wanted.name in offered or not offered:
        return wanted
    found = [PROCESSORS[name] for name in offered]
    found = [each for each in found if each.is_chat == wanted.is_chat] or found
    wants_fast = wanted.name.endswith("-fast")

    def is_as_fast(each: Processor) -> bool:
        return each.name.endswith("-fast") == wants_fast

    if affordable := [each for each in found if each.price <= wanted.price]:
        return max(affordable, key=lambda each: (each.price, is_as_fast(each)))
    return min(found, key=lambda each: (each.price, not is_as_fast(each)))


def lookup_processor(
    last: str | None, choices: Choices, default: str, offered: Collection[str] = EVERY
) -> Processor | None:
    """Return the processor that looks up a quick answer, with sources; None when none is on offer.

    Args:
        last: the Task API's processor that answered last in the thread; None before the first.
        choices, default, offered: as for `processor_in_force`.
    """
    with_sources = _with_sources(offered)
    if not with_sources:
        return None
    known = PROCESSORS.get(last or "")
    chosen = known or processor_in_force(None, choices, default, offered)[0]
    return nearest_offered(LOOK_UP_DEFAULT if chosen.is_chat else chosen, with_sources)


def _with_sources(offered: Collection[str]) -> list[str]:
    return [name for name in offered if not PROCESSORS[name].is_chat]


def needs_confirmation(
    question: Question,
    processor: Processor,
    limit: Decimal | None,
    *,
    agreed: str | None = None,
) -> bool:
    """Whether somebody has to confirm the price before a run starts.

    Args:
        question: what is asked. One that was pressed named its price on the button or in the form,
            but not the new text of an edited message, nor where it leaves the processor open.
        processor: the one in force.
        limit: US dollars from which on a price is confirmed; None for never.
        agreed: the processor that was in force before, or before an edit; None for none.
    """
    if not is_confirmed_first(processor, limit):
        return False
    if agreed in PROCESSORS and processor.price > PROCESSORS[agreed].price:
        return True
    names_price = question.press and (agreed or question.processor)
    return not names_price or question.press.startswith(_NAME_NO_PRICE)


def is_confirmed_first(processor: Processor, limit: Decimal | None) -> bool:
    """Whether a price is one to confirm; the limit is in US dollars, None for never."""
    return limit is not None and processor.price >= limit


def cheaper_processor(processor: Processor, offered: Collection[str] = EVERY) -> Processor | None:
    """Return what is suggested instead of a processor whose price is to be confirmed."""
    if not (with_sources := _with_sources(offered)):
        return None
    found = nearest_offered(LOOK_UP_DEFAULT, with_sources)
    return found if found.price < processor.price else None
