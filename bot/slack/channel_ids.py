"""Puts the first id of a channel into what Slack sends, and the current one into what it gets.

See `bot.ports.ChannelIds`. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

#: Where an id stands in texts of ours: mentions of a channel, and links to messages.
_IN_TEXT = re.compile(r"(<#|/archives/|[?&]cid=)([A-Z0-9]+)")
#: The arguments of Slack's methods that name a channel.
ARGUMENTS = ("channel", "channel_id")


def with_ids(value: Any, ids: Mapping[str, str]) -> Any:
    """Return JSON in which each id that is a whole text is replaced, at any depth."""
    match value:
        case str():
            return ids.get(value, value)
        case dict():
            return {name: with_ids(each, ids) for name, each in value.items()}
        case list():
            return [with_ids(each, ids) for each in value]
    return value


def with_ids_in_text(value: Any, ids: Mapping[str, str]) -> Any:
    """Return JSON in which each id in a mention or a link is replaced, at any depth."""
    match value:
        case str():
            return _IN_TEXT.sub(lambda found: found[1] + ids.get(found[2], found[2]), value)
        case dict():
            return {name: with_ids_in_text(each, ids) for name, each in value.items()}
        case list() | tuple():
            return [with_ids_in_text(each, ids) for each in value]
    return value


def arguments_with_ids(arguments: Any, ids: Mapping[str, str]) -> Any:
    """Return the arguments of a call in which the channel, and those in texts, are replaced."""
    if not ids or not isinstance(arguments, dict):
        return arguments
    changed: dict[str, Any] = with_ids_in_text(arguments, ids)
    named = {name: ids.get(changed[name], changed[name]) for name in ARGUMENTS if name in changed}
    return changed | named
