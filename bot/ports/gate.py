"""Who may ask: bot.engine.gate, over bot.slack.directory and bot.store.access."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from bot.domain.access import Access, Member, Room, Verdict
from bot.domain.thread import ChannelId, TeamId, UserId
from bot.domain.turn import Question


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A look-up that Slack put off or did not answer, which says nothing about what it was for.

    `retry_after`: seconds after which to look it up again, for Slack's rate limit; None in an
    outage. https://docs.slack.dev/apis/web-api/rate-limits
    """

    retry_after: float | None = None


class Directory(Protocol):
    """Slack's people and channels. None where Slack refuses the look-up.

    People that Slack does not know, or does not show to us, are members of no team ("").
    """

    async def member(self, person: UserId) -> Member | Unanswered | None:
        """Look a person up."""
        ...

    async def room(self, channel: ChannelId) -> Room | Unanswered | None:
        """Look a channel up."""
        ...

    def our_rooms(self) -> AsyncIterator[Mapping[ChannelId, Room]]:
        """Yield all channels and group messages that we are in, a part at a time, as it is read.

        Raises:
            Refused: Slack lists none.
            Unavailable: try again later.
        """
        ...

    async def name(self, person: UserId) -> str | None:
        """Return the name that a person is shown by; untrusted."""
        ...


@dataclass(frozen=True, slots=True)
class Known:
    """What a question of access needs, read at once.

    Attributes:
        policies: what admins set.
        member, room: as they were looked up lately; None when they were not.
    """

    policies: Mapping[str, str]
    member: Member | None = None
    room: Room | None = None


class AccessStore(Protocol):
    """What is known of people and channels, shared by all replicas."""

    async def known(self, team: TeamId, channel: ChannelId, person: UserId) -> Known:
        """Read all of it in one round trip."""
        ...

    async def remember_member(self, team: TeamId, person: UserId, member: Member) -> None:
        """Keep a look-up for ten minutes."""
        ...

    async def remember_rooms(self, team: TeamId, rooms: Mapping[ChannelId, Room]) -> None:
        """Keep look-ups for ten minutes; those kept before stay as they are."""
        ...

    async def may_list(self, team: TeamId) -> bool:
        """Whether all our channels may be listed now: every few seconds, by one replica."""
        ...

    async def drop_member(self, team: TeamId, person: UserId) -> None:
        """Forget a look-up: Slack says that the person changed."""
        ...

    async def drop_room(self, team: TeamId, channel: ChannelId) -> None:
        """Forget a look-up: Slack says that the channel changed."""
        ...

    async def is_first_refusal(self, team: TeamId, person: UserId, when: str) -> bool:
        """Whether a person was not refused before on a day, or for a message; once.

        A message that waits is refused beside that.
        """
        ...

    async def forget_refusal(self, team: TeamId, person: UserId, when: str) -> None:
        """Have the next refusal be the first: the person has not seen this one."""
        ...


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether a question is taken, and what admins allowed at that moment.

    Attributes:
        verdict: UNKNOWN while nobody can tell.
        access: what they allowed.
        sets_budgets: they limited a budget, too, beside those of the settings.
        is_unanswered: UNKNOWN is only for Slack's rate limit, or an outage.
        retry_after: seconds after which to judge again, for the rate limit; else None.
    """

    verdict: Verdict
    access: Access
    sets_budgets: bool = False
    is_unanswered: bool = False
    retry_after: float | None = None


class Gate(Protocol):
    """Judges who may ask where, by what is known in the workspace that we are installed in."""

    async def judge(
        self,
        channel: ChannelId,
        person: UserId,
        *,
        direct: bool = False,
        shared: bool = False,
        listener: bool = True,
    ) -> Admission:
        """Say whether a person may ask in a channel, and what admins allow. Raises Unavailable.

        Args:
            channel: where; not looked at in a direct message.
            person: who.
            direct: a direct message with us, or a view that is about no channel.
            shared: the event says that the channel is shared with another company.
            listener: Slack waits for the caller, so a look-up that takes long goes on without it.
        """
        ...

    async def names(self, people: Iterable[UserId]) -> Mapping[UserId, str]:
        """Return the names of people, untrusted; "" where Slack does not tell."""
        ...

    async def access(self) -> Access:
        """Return what admins allowed, by policies and settings."""
        ...

    async def is_first_refusal(self, question: Question, verdict: Verdict) -> bool:
        """Whether the asker was not refused before today; once.

        For UNKNOWN: not refused before for this message, as who may ask can simply ask again.
        """
        ...

    async def is_first_wait(self, question: Question) -> bool:
        """Whether the asker was not told before that Slack makes the question wait; once."""
        ...

    async def forget_refusal(self, question: Question, verdict: Verdict | None) -> None:
        """Have the next refusal for this reason, or for None the next wait, be the first again."""
        ...

    async def forget_member(self, person: UserId) -> None:
        """Drop what was looked up of a person: Slack says that they changed."""
        ...

    async def forget_room(self, channel: ChannelId) -> None:
        """Drop what was looked up of a channel: Slack says that it changed."""
        ...
