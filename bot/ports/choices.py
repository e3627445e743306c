"""What people chose: processors by scope, and which replies are follow-ups. bot.store.choices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, Self

from bot.domain.choices import Choices, FollowUps
from bot.domain.thread import ChannelId, TeamId, ThreadKey, UserId
from bot.ports.work_queue import EntryId


class ChoiceStore(Protocol):
    """What people chose. All methods raise Unavailable."""

    async def choose(self, scope: Scope, processor: str | None) -> None:
        """Choose the processor for a thread, a person or a channel; None removes the choice."""
        ...

    async def choose_default(
        self, place: Channel, by: UserId, processor: str | None
    ) -> EntryId | None:
        """Choose the processor of a channel, and enqueue a job ANNOUNCEMENT, in one step.

        Returns the job, or None where nothing was changed and nothing is to be announced. Who
        announces the change calls `announced`; the job does where nobody has after a while.
        """
        ...

    async def announced(self, job: EntryId) -> None:
        """Remove the job: the change was announced, or cannot be."""
        ...

    async def is_unannounced(self, job: EntryId) -> bool:
        """Whether nobody has called `announced` for the job."""
        ...

    async def read(
        self, team: TeamId, channel: ChannelId, person: UserId, thread: ThreadKey | None
    ) -> Choices:
        """Read the choices that apply to a person in a place."""
        ...

    async def follow_ups(self, channel: Channel) -> FollowUps | None:
        """Read which replies are follow-ups in a channel; None where nobody chose."""
        ...

    async def choose_follow_ups(self, channel: Channel, chosen: FollowUps | None) -> None:
        """Choose which replies are follow-ups in a channel; None removes the choice."""
        ...


@dataclass(frozen=True, slots=True)
class Person:
    """A person in a team, as the scope of a choice."""

    team: TeamId
    user: UserId


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel in a team, as the scope of a choice."""

    team: TeamId
    channel: ChannelId


Scope = ThreadKey | Person | Channel


@dataclass(frozen=True, slots=True)
class DefaultChange:
    """A change of a channel's processor: what a job ANNOUNCEMENT is about.

    Attributes:
        place: the channel.
        by: who changed it.
        processor: the new one; None where it was cleared.
        at: when, seconds since 1970.
    """

    place: Channel
    by: UserId
    processor: str | None
    at: float

    def __str__(self) -> str:
        place = self.place
        return f"{place.team} {place.channel} {self.by} {self.at} {self.processor or ''}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the form that `str` writes. Raises ValueError on any other."""
        team, channel, by, at, processor = text.split(" ")
        place = Channel(TeamId(team), ChannelId(channel))
        return cls(place, UserId(by), processor or None, float(at))
