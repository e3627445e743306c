"""Events about people and channels themselves: who changed, and what is shared with whom. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.domain.thread import ChannelId, UserId
from bot.slack.payloads.fields import JSON, part, word

_ID = re.compile(r"[A-Z0-9]{1,255}")


@dataclass(frozen=True, slots=True)
class ChannelRenamed:
    """A channel has another id from now on."""

    old: ChannelId
    new: ChannelId


def changed_room(body: JSON) -> ChannelId | None:
    """Return the channel of a `channel_shared` or `channel_unshared` event; None without one.

    https://docs.slack.dev/reference/events/channel_shared and
    https://docs.slack.dev/reference/events/channel_unshared
    """
    channel = word(part(body, "event"), "channel")
    return ChannelId(channel) if channel else None


def changed_member(body: JSON) -> UserId | None:
    """Return the person of a `user_change` event; None when it names nobody.

    https://docs.slack.dev/reference/events/user_change
    """
    person = word(part(part(body, "event"), "user"), "id")
    return UserId(person) if person else None


def parse_channel_renamed(body: JSON) -> ChannelRenamed | None:
    """Parse a `channel_id_changed` event; None when it does not name both ids.

    https://docs.slack.dev/reference/events/channel_id_changed
    """
    event = part(body, "event")
    old, new = word(event, "old_channel_id"), word(event, "new_channel_id")
    if not (_ID.fullmatch(old) and _ID.fullmatch(new)) or old == new:
        return None
    return ChannelRenamed(ChannelId(old), ChannelId(new))
