"""Fields of the JSON that Slack sends. Nothing here raises an error, whatever is in them. Pure."""

from __future__ import annotations

import re
from typing import Any

from bot.domain.thread import MessageTs, TeamId
from bot.domain.unicode import replace_lone_surrogates

JSON = dict[str, Any]

_TS = re.compile(r"[0-9]{1,12}\.[0-9]{1,9}")


def part(body: JSON, name: str) -> JSON:
    """Return a field that is an object; {} for any other."""
    value = body.get(name)
    return value if isinstance(value, dict) else {}


def word(body: JSON, name: str) -> str:
    """Return a field that is a string, without lone surrogates; "" for any other."""
    value = body.get(name)
    return replace_lone_surrogates(value) if isinstance(value, str) else ""


def items(value: Any) -> list[Any]:
    """Return a list as it is; [] for any other value."""
    return value if isinstance(value, list) else []


def timestamp(text: str) -> MessageTs:
    """Return a text that has the form of a ts; "" for any other."""
    return MessageTs(text if _TS.fullmatch(text) else "")


def edited_at(message: JSON) -> MessageTs | None:
    """Return when a message was last edited, as a ts; None for one that was not."""
    return timestamp(word(part(message, "edited"), "ts")) or None


def is_shared(body: JSON) -> bool:
    """Whether an event comes from a channel that is shared with another company.

    https://docs.slack.dev/apis/events-api#callback-field
    """
    return body.get("is_ext_shared_channel") is True


def team_of(body: JSON) -> TeamId:
    """Return the team that an event's app is installed in.

    In Slack Connect it is not always the person's.
    https://docs.slack.dev/apis/events-api#authorizations
    """
    first = next(iter(items(body.get("authorizations"))), None)
    installed = word(first, "team_id") if isinstance(first, dict) else ""
    return TeamId(installed or word(body, "team_id") or word(part(body, "event"), "team"))
