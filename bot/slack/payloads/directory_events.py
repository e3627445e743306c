"""Events about people and channels themselves: who changed, and what is shared with whom. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.domain.thread import ChannelId, TeamId, UserId
from bot.slack.payloads.fields import JSON, part, team_of, word

_ID = re.compile(r"[A-Z0-9]{1,255}")


@dataclass(frozen=True, slots=True)
class RoomChanged:
    """A channel was shared with another workspace, or is not any more."""

    team: TeamId
    channel: ChannelId


@dataclass(frozen=True, slots=True)
class MemberChanged:
    """A person's profile or role changed."""

    team: TeamId
    person: UserId


@dataclass(frozen=True, slots=True)
class ChannelRenamed:
    """A channel has another id from now on."""

    team: TeamId
    old: ChannelId
    new: ChannelId


def parse_room_changed(body: JSON) -> RoomChanged | None:
    """Parse a `channel_shared` or `channel_unshared` event; None when it names no channel.

    https://docs.slack.dev/reference/events/channel_shared and
    https://docs.slack.dev/reference/events/channel_unshared
    """
    channel = word(part(body, "event"), "channel")
    return RoomChanged(team_of(body), ChannelId(channel)) if channel else None


def parse_member_changed(body: JSON) -> MemberChanged | None:
    """Parse a `user_change` event; None when it names nobody.

    https://docs.slack.dev/reference/events/user_change
    """
    person = word(part(part(body, "event"), "user"), "id")
    return MemberChanged(team_of(body), UserId(person)) if person else None


def parse_channel_renamed(body: JSON) -> ChannelRenamed | None:
    """Parse a `channel_id_changed` event; None when it does not name both ids.

    https://docs.slack.dev/reference/events/channel_id_changed
    """
    event = part(body, "event")
    old, new = word(event, "old_channel_id"), word(event, "new_channel_id")
    if not (_ID.fullmatch(old) and _ID.fullmatch(new)) or old == new:
        return None
    return ChannelRenamed(team_of(body), ChannelId(old), ChannelId(new))
