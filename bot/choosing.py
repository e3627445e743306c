"""Which processor is in force: message, thread, person, channel, default; the first one chosen."""

from __future__ import annotations

from bot.model import Choices, Source
from bot.processors import PROCESSORS, Processor


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
