"""The few Block Kit pieces that the bot's messages are made of, and words for times. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bot.ports import Blocks, Message
from bot.slack.text.escaping import mrkdwn as escaped

EDITED_TEXT = 3_900  # characters; chat.update refuses more than 4,000


def forms(words: str, buttons: Blocks | None = None, small: str = "") -> tuple[Message, ...]:
    """Say these mrkdwn words, with buttons where Slack takes blocks, else without.

    `small`: what stands below all that, grey and small.
    """
    text = "\n".join(filter(None, (words, small)))
    return (Message(text, _blocks(words, buttons, small)), Message(text))


def line(words: str, buttons: Blocks | None = None, small: str = "") -> Message:
    """Say a line, or a few, that an edit can bring, with buttons and small print under it."""
    text = "\n".join(filter(None, (words, small)))
    return Message(cut(text, EDITED_TEXT), _blocks(words, buttons, small))


def _blocks(words: str, buttons: Blocks | None, small: str) -> Blocks:
    blocks: Blocks = [{"type": "section", "text": mrkdwn(words)}]
    if buttons:
        blocks.append({"type": "actions", "elements": buttons})
    if small:
        blocks.append(context(small))
    return blocks


def context(*words: str) -> dict[str, Any]:
    """Return a block of small grey mrkdwn words."""
    return {"type": "context", "elements": [mrkdwn(each) for each in words]}


def button(label: str, action: str, value: str) -> dict[str, Any]:
    """Return a button; the value is visible to clients, so it is only an id."""
    return {
        "type": "button",
        "text": plain_text(label),
        "action_id": action,
        "value": value,
    }


def option(label: str, value: str) -> dict[str, Any]:
    """Return an option of a menu; Slack allows 75 characters for a label."""
    return {"text": plain_text(cut(label, 75)), "value": value}


def mrkdwn(words: str) -> dict[str, Any]:
    """Return a text object in which nothing but our own marks is read."""
    return {"type": "mrkdwn", "text": words, "verbatim": True}


def plain_text(words: str) -> dict[str, Any]:
    """Return a text object in which nothing is read."""
    return {"type": "plain_text", "text": words}


def cut(text: str, limit: int) -> str:
    """Shorten to `limit` characters, and show that it was done."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def quoted(words: str, limit: int = 60) -> str:
    """Quote somebody's words in mrkdwn: one line of at most `limit` characters before escaping.

    Bold and the like may begin in them and reach to the end of the line, so they stand last there.
    """
    return f"“{escaped(cut(' '.join(words.replace('`', chr(39)).split()), limit))}”"


def clock(at: float) -> str:
    """Write a time of day that Slack shows in each reader's own time zone."""
    return f"<!date^{int(at)}^{{time}}|{datetime.fromtimestamp(at, UTC):%H:%M} UTC>"


def duration(seconds: float) -> str:
    """Say how long it took: ``42 s``, ``1 min 32 s``, ``1 h 20 min``."""
    whole = max(1, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"
