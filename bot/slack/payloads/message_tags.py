"""The metadata of the bot's own messages: which turn a message is of, and which part. Pure.

https://docs.slack.dev/messaging/message-metadata
"""

from __future__ import annotations

from typing import Any

from bot.ports import Tag
from bot.slack.payloads import fields

EVENT_TYPE = "threadline_turn"


def metadata_of(tag: Tag) -> dict[str, Any]:
    """Return the metadata that a message with this tag is posted with."""
    return {
        "event_type": EVENT_TYPE,
        "event_payload": {"turn": tag.turn, "part": tag.part},
    }


def tag_of(message: dict[str, Any]) -> tuple[str, str]:
    """Return the turn and the part of a message of ours; both "" for other messages."""
    metadata = fields.part(message, "metadata")
    if metadata.get("event_type") != EVENT_TYPE:
        return "", ""
    payload = fields.part(metadata, "event_payload")
    return fields.word(payload, "turn"), fields.word(payload, "part")
