"""Settings about who may ask. Pure."""

from __future__ import annotations

import re

from bot.configuration.values import Reader
from bot.domain.access import Access
from bot.domain.processors import find_processor
from bot.domain.thread import ChannelId, UserId

_is_channel = re.compile(r"[CG][A-Z0-9]{2,}").fullmatch
_is_person = re.compile(r"[UW][A-Z0-9]{2,}").fullmatch
_CHANNEL_FIX = "use ids such as C012AB3CD: in Slack, a channel's name, About, at the bottom"
_PERSON_FIX = "use ids such as U012AB3CD: in Slack, a person's profile, ⋮, Copy member ID"


def read_access(reader: Reader) -> Access:
    """Read who may ask; mistakes are noted in the reader."""
    people = reader.listed(
        "ALLOWED_PEOPLE",
        _is_person,
        wrong="holds something that isn't a Slack user ID",
        fix=_PERSON_FIX,
    )
    return Access(
        channels=_channels(reader, "ALLOWED_CHANNELS"),
        people=frozenset(map(UserId, people)),
        shared=_channels(reader, "SHARED_CHANNELS"),
        guests=_channels(reader, "GUEST_CHANNELS"),
        processors=_processors(reader, "ALLOWED_PROCESSORS"),
    )


def _channels(reader: Reader, name: str) -> frozenset[ChannelId]:
    wrong = "holds something that isn't a Slack channel ID"
    return frozenset(
        map(ChannelId, reader.listed(name, _is_channel, wrong=wrong, fix=_CHANNEL_FIX))
    )


def _processors(reader: Reader, name: str) -> frozenset[str]:
    wrong, fix = "holds something that isn't a processor", "use names such as core-fast, pro"
    words = reader.listed(name, find_processor, wrong=wrong, fix=fix)
    return frozenset(processor.name for word in words if (processor := find_processor(word)))
