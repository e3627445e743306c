"""`message` and `app_mention` events, each parsed once. Pure.

Slack sends a mention twice, as `app_mention` and as `message`, in no fixed order. Whether a message
mentions us is read from its text, so both give the same question, and the mailbox takes it once. A
keyword command is no turn that could be taken once, so only its `message` event counts; that one
comes from every channel that we are a member of.
"""

from __future__ import annotations

from dataclasses import replace

from bot.domain.thread import ChannelId, MessageTs, UserId
from bot.slack.payloads.fields import JSON, edited_at, part, team_of, timestamp, word
from bot.slack.payloads.message_changes import CHANGES, MessageChange, read_change
from bot.slack.payloads.message_intents import MessageIntent, Origin, QuestionAsked, read_message

#: Slack sends `app_mention` again whenever a mention is edited. An edit so soon after the message
#: may have added the mention. A turn is remembered for longer than this, so the edit of a question
#: is recognized; after that it could be forgotten, and a corrected typo would pay for a second run.
_EDITED_WITHIN = 24 * 60 * 60  # seconds


def parse_message(body: JSON, me: UserId) -> MessageIntent | MessageChange | None:
    """Parse an `app_mention` or `message` event; None when it wants nothing of the bot.

    Args:
        body: the whole outer body of the Events API.
        me: the bot's user id.
    """
    event = part(body, "event")
    channel = word(event, "channel")
    origin = Origin(team_of(body), ChannelId(channel), is_direct=_is_direct(event, channel))
    if event.get("subtype") in CHANGES:
        return read_change(event, origin, me)
    edited = edited_at(event)
    if edited and _is_late(edited, event):
        return None
    found = read_message(event, origin, me)
    if event.get("type") == "message":
        return found
    if not isinstance(found, QuestionAsked):
        return None
    # What people had replied before the mention was added was not for us.
    return replace(found, question=replace(found.question, at=edited))


def _is_direct(event: JSON, channel: str) -> bool:
    """Whether it is a direct message; without `channel_type` the channel's first letter tells."""
    kind = event.get("channel_type")
    return kind == "im" if kind else channel.startswith("D")


def _is_late(edited: MessageTs, event: JSON) -> bool:
    ts = timestamp(word(event, "ts"))
    return bool(ts) and float(edited) - float(ts) > _EDITED_WITHIN
