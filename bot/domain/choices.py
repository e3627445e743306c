"""What people chose: processors by scope, and which replies are follow-ups."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FollowUps(StrEnum):
    """Which replies in our threads are follow-ups."""

    EVERY = "every"
    MENTION = "mention"  #: only those that mention us
    ASKER = "only-me"  #: only those of people who have asked in the thread by a mention


class Source(StrEnum):
    """Who decided which processor is in force, strongest first."""

    MESSAGE = "message"
    THREAD = "thread"
    PERSON = "person"
    CHANNEL = "channel"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Choices:
    """The processors chosen at each level that was asked for; None where none was chosen."""

    thread: str | None = None
    person: str | None = None
    channel: str | None = None
