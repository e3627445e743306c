"""Who may ask, and where: decided by ids, never by names. Pure.

Outsiders are people of another company (Slack Connect), guests, and bots. A channel that is shared
with another company lets everybody there read the answers, so in it our own people are refused,
too, unless an admin allowed the channel. What could not be looked up counts as outside, and people
are told that it could not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from bot.domain.processors import PROCESSORS
from bot.domain.thread import ChannelId, TeamId, UserId


@dataclass(frozen=True, slots=True)
class Home:
    """Where we are installed, from `auth.test`. `enterprise`: of an Enterprise Grid; else None."""

    team: TeamId
    enterprise: str | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A person as `users.info` tells of them. https://docs.slack.dev/reference/objects/user-object

    Attributes:
        team: the workspace that they belong to.
        enterprise: their Enterprise Grid organisation; None for none.
        is_guest: a single- or multi-channel guest.
        is_bot: no person, but an app or a workflow.
    """

    team: TeamId
    enterprise: str | None = None
    is_guest: bool = False
    is_bot: bool = False


@dataclass(frozen=True, slots=True)
class Room:
    """A channel as `conversations.info` tells of it.

    https://docs.slack.dev/reference/objects/conversation-object

    Attributes:
        is_ext_shared: with another company.
        is_pending_ext_shared: an invitation to another company is open.
        is_shared: with another workspace, which `is_org_shared` says is one of our own company.
    """

    is_ext_shared: bool = False
    is_pending_ext_shared: bool = False
    is_shared: bool = False
    is_org_shared: bool = False

    @property
    def is_outside(self) -> bool:
        """Whether another company can read it, or is about to."""
        return (
            self.is_ext_shared
            or self.is_pending_ext_shared
            or (self.is_shared and not self.is_org_shared)
        )


class Verdict(StrEnum):
    """Whether a question is taken, or why not."""

    ALLOWED = "allowed"
    UNKNOWN = "unknown"  #: nobody could tell who they are, or what the channel is
    OUTSIDER = "outsider"  #: of another company
    GUEST = "guest"
    SHARED_CHANNEL = "shared channel"  #: with another company, and no admin allowed it
    CHANNEL = "channel"  #: not one of the allowed channels
    PERSON = "person"  #: not one of the allowed people


@dataclass(frozen=True, slots=True)
class Access:
    """What admins allowed.

    Attributes:
        channels, people: those that may ask; denied ones never.
        every_channel, every_person: whether those that are not listed may ask; None: only while
            none are listed.
        shared: channels whose other companies were allowed on purpose.
        guests: channels whose guests were allowed on purpose.
    """

    channels: frozenset[ChannelId] = frozenset()
    people: frozenset[UserId] = frozenset()
    every_channel: bool | None = None
    every_person: bool | None = None
    denied_channels: frozenset[ChannelId] = frozenset()
    denied_people: frozenset[UserId] = frozenset()
    shared: frozenset[ChannelId] = frozenset()
    guests: frozenset[ChannelId] = frozenset()
    processors: frozenset[str] = frozenset()
    processors_of: Mapping[ChannelId, frozenset[str]] = field(default_factory=dict)

    def takes_channel(self, channel: ChannelId) -> bool:
        """Whether a channel may be asked in, as far as lists of channels say."""
        if channel in self.denied_channels or channel in self.channels:
            return channel not in self.denied_channels
        return not self.channels if self.every_channel is None else self.every_channel

    def takes_person(self, person: UserId) -> bool:
        """Whether a person may ask, as far as lists of people say."""
        if person in self.denied_people or person in self.people:
            return person not in self.denied_people
        return not self.people if self.every_person is None else self.every_person

    def offers(self, processor: str, channel: ChannelId) -> bool:
        """Whether a processor may be used in a channel; a channel's own list comes first."""
        offered = self.processors_of.get(channel) or self.processors
        return not offered or processor in offered

    def offered(self, channel: ChannelId) -> tuple[str, ...]:
        """Return the names of the processors on offer in a channel, the cheapest first."""
        return tuple(name for name in PROCESSORS if self.offers(name, channel))


@dataclass(frozen=True, slots=True)
class Offer:
    """What a turn's messages say about the processors on offer; kept in its record.

    Attributes:
        missing: the name of the one that would be in force and is not on offer; "" for none.
        processors: the names of those on offer; empty where no message lists them.
        admins: who can change that, a few of them.
    """

    missing: str = ""
    processors: tuple[str, ...] = ()
    admins: tuple[UserId, ...] = ()


def is_ours(member: Member | None, home: Home) -> bool:
    """Whether a person belongs to our workspace, or to our Enterprise Grid organisation."""
    if member is None:
        return False
    if home.enterprise is not None and member.enterprise == home.enterprise:
        return True
    return member.team == home.team


def judge(
    asker: UserId,
    channel: ChannelId,
    *,
    member: Member | None,
    room: Room | None,
    home: Home,
    access: Access,
    is_direct: bool = False,
) -> Verdict:
    """Say whether a person may ask in a channel; the first reason against it.

    Args:
        asker, channel: their ids.
        member: None when the look-up failed.
        room: None when the look-up failed; not looked at in a direct message.
        home: where we are installed.
        access: what admins allowed.
        is_direct: a direct message with us, which no channel list is about.
    """
    if member is not None and member.is_bot:  # it would ask without anybody wanting it
        return Verdict.OUTSIDER
    if channel not in access.shared:
        if member is not None and not is_ours(member, home):
            return Verdict.OUTSIDER
        if not is_direct and room is not None and room.is_outside:
            return Verdict.SHARED_CHANNEL
        if member is None or (room is None and not is_direct):
            return Verdict.UNKNOWN
    if member is not None and member.is_guest and channel not in access.guests:
        return Verdict.GUEST
    if not is_direct and not access.takes_channel(channel):
        return Verdict.CHANNEL
    if not access.takes_person(asker):
        return Verdict.PERSON
    return Verdict.ALLOWED


def with_first_ids(access: Access, first: Mapping[str, ChannelId]) -> Access:
    """Return what admins allowed by the first ids of channels; `first`: these by later ones."""

    def named(channels: Iterable[ChannelId]) -> frozenset[ChannelId]:
        return frozenset(first.get(channel, channel) for channel in channels)

    return replace(
        access,
        channels=named(access.channels),
        denied_channels=named(access.denied_channels),
        shared=named(access.shared),
        guests=named(access.guests),
        processors_of={first.get(c, c): each for c, each in access.processors_of.items()},
    )
