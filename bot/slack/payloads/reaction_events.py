"""A reaction such as 🔍 on a message: *Research this* without a form. Pure.

The event only names the message; its words are read from Slack afterwards.
https://docs.slack.dev/reference/events/reaction_added
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
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
    """A person's reaction to a message, which they want to be researched. `at`: when, as a ts."""

    team: TeamId
    channel: ChannelId
    message: MessageTs
    user: UserId
    at: MessageTs


def parse_reaction(body: JSON, emoji: str | None, me: UserId) -> Reaction | None:
    """Parse a `reaction_added` event; None for other emoji, and for reactions to our own messages.

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
    return Reaction(
        team=team_of(body),
        channel=ChannelId(channel),
        message=message,
        user=UserId(user),
        at=at or message,
    )


def question_of(reaction: Reaction, message: Mapping[str, Any], me: UserId) -> Question | None:
    """Return the question of a reaction; None for a message of ours.

    There is one for each message and person. A message without text, such as a picture, gets help,
    which says that files are not read.

    Args:
        reaction: names the person and the message.
        message: as Slack gives it.
        me: the bot's user id.
    """
    if message.get("user") == me:
        return None
    text, files = words_of(message, me)
    return Question(
        thread=ThreadKey(
            reaction.team,
            reaction.channel,
            timestamp(word(dict(message), "thread_ts")) or reaction.message,
        ),
        message=reaction.message,
        asker=reaction.user,
        text=text,
        direct=reaction.channel.startswith("D"),
        start=TurnKind.QUESTION if text else TurnKind.HELP,
        press=f"{REACTED}-{reaction.user}",
        at=reaction.at,
        files=files,
    )


def words_of(message: Mapping[str, Any], me: UserId) -> tuple[str, tuple[str, ...]]:
    """Return what a reaction to a message asks: its text, and the names of its files."""
    message = dict(message)
    return words_without_mention(message, me), files_of(message)
