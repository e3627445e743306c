"""🔍 on a message: *Research this* without a form. Pure.

The event names the message only; its words are read from Slack afterwards.
https://docs.slack.dev/reference/events/reaction_added
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.domain.derived import REACTED
from bot.domain.thread import ChannelId, MessageTs, TeamId, ThreadKey, UserId
from bot.domain.turn import Question, TurnKind
from bot.slack.payloads.fields import JSON, part, team_of, timestamp, word
from bot.slack.payloads.mentions import words_without_mention
from bot.slack.payloads.message_text import files_of

_SKIN_TONE = re.compile(r"::skin-tone-[2-6]$")


@dataclass(frozen=True, slots=True)
class Reaction:
    """The message that a person wants to be researched, and when they said so, as a ts."""

    team: TeamId
    channel: ChannelId
    message: MessageTs
    user: UserId
    at: MessageTs


def parse_reaction(body: JSON, emoji: str | None, me: UserId) -> Reaction | None:
    """Read a `reaction_added` event; None for another emoji, and for what is on our own messages.

    Args:
        body: the whole outer body of the Events API.
        emoji: the name of the one that counts; None for none.
        me: the bot's user id.
    """
    event = part(body, "event")
    item = part(event, "item")
    channel, user = word(item, "channel"), word(event, "user")
    message, at = timestamp(word(item, "ts")), timestamp(word(event, "event_ts"))
    if emoji is None or _SKIN_TONE.sub("", word(event, "reaction")) != emoji:
        return None
    if item.get("type") != "message" or user == me or word(event, "item_user") == me:
        return None
    if not (channel and user and message):
        return None
    return Reaction(team_of(body), ChannelId(channel), message, UserId(user), at or message)


def asked(reaction: Reaction, message: Mapping[str, Any], me: UserId) -> Question | None:
    """Return what is asked by it, once for each message and person; None for a message of ours.

    A message without a word (a picture, say) gets the help, which says that files are not read.

    Args:
        reaction: who wants what.
        message: as Slack gives it.
        me: the bot's user id.
    """
    if message.get("user") == me:
        return None
    said = dict(message)
    text = words_without_mention(said, me)
    return Question(
        thread=ThreadKey(
            reaction.team,
            reaction.channel,
            timestamp(word(said, "thread_ts")) or reaction.message,
        ),
        message=reaction.message,
        asker=reaction.user,
        text=text,
        direct=reaction.channel.startswith("D"),
        start=TurnKind.QUESTION if text else TurnKind.HELP,
        press=f"{REACTED}-{reaction.user}",
        at=reaction.at,
        files=files_of(said),
    )


def confirmed_first(question: Question, processor: str) -> Question:
    """Return the note that asks whether such a question is to be started at its price."""
    press = f"{question.press}-price"
    return replace(question, start=TurnKind.CONFIRM, processor=processor, press=press)


def confirmed(note: Question) -> Question:
    """Return the question that such a note is about, on the processor whose price it named."""
    press = note.press.removesuffix("-price")
    return replace(note, start=TurnKind.QUESTION, press=press)
