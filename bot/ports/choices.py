"""What people chose: processors by scope, and which replies are follow-ups. bot.store.choices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot.domain.choices import Choices, FollowUps
from bot.domain.thread import ChannelId, TeamId, ThreadKey, UserId


class ChoiceStore(Protocol):
    """What people chose. All methods raise Unavailable."""

    async def choose(self, scope: Scope, processor: str | None) -> None:
        """Choose the processor for a thread, a person or a channel; None removes the choice."""
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
