"""Records as they are stored, whatever release wrote them: plain JSON. Pure."""

from __future__ import annotations

import json
import re
from typing import Any

from bot.domain.thread import ChannelId, MessageTs, TeamId, ThreadKey, UserId
from bot.domain.usage import NOBODY

JSON = dict[str, Any]


def words_in(text: str) -> list[str]:
    """Return the words of a text, such as the ids in it."""
    return re.findall(r"\w+", text)


def without(value: Any, person: UserId) -> Any:
    """Return a record in which the person's id is nobody's; in a list it is left out."""
    if isinstance(value, dict):
        return {name: without(each, person) for name, each in value.items()}
    if isinstance(value, list):
        return [without(each, person) for each in value if each != person]
    return NOBODY if value == person else value


def thread_in(fields: Any) -> ThreadKey | None:
    """Return the thread that these fields name; None for none."""
    if not isinstance(fields, dict) or not {"team", "channel", "ts"} <= set(fields):
        return None
    return ThreadKey(TeamId(fields["team"]), ChannelId(fields["channel"]), MessageTs(fields["ts"]))


def loaded(text: str | None) -> JSON:
    """Return the object in a text; empty when there is none."""
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def dumped(value: Any) -> str:
    """Write a value as the records are written."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
