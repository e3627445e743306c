"""The bot's own mention in a message, and the message's words without it. Pure."""

from __future__ import annotations

import re

from bot.domain.thread import UserId
from bot.slack.payloads import block_words, message_text
from bot.slack.payloads.fields import JSON, word
from bot.slack.text.invisible import INVISIBLE
from bot.slack.text.plain_words import plain_words

_LEADING = re.compile(rf"\A[\s{INVISIBLE}]+")


def mentions(text: str, me: UserId) -> bool:
    """Whether a text, as Slack gives it, mentions the bot."""
    return f"<@{me}>" in text or f"<@{me}|" in text


def text_without_mention(message: JSON, me: UserId) -> str:
    """Return a message's `text` in plain words, without our mention.

    Where Slack gives none, or a placeholder, the words are in the blocks. Invisible characters in
    front are left out, as the first word may be `!processor` or ``//``.
    """
    raw = word(message, "text")
    if block_words.plain(raw):
        words = plain_words(_without_mention(raw, me))
    else:
        words = message_text.words_in_blocks(message)
    return _LEADING.sub("", words)


def words_without_mention(message: JSON, me: UserId) -> str:
    """Return all that a reader sees of anybody's message, without our mention.

    Of our own messages only `text` is read, which repeats what is in the blocks.
    """
    bare = _without_mention(word(message, "text"), me)
    if message.get("user") == me:
        return plain_words(bare)
    return message_text.words_of({**message, "text": bare})


def _without_mention(text: str, me: UserId) -> str:
    """Remove our mentions, each with the blanks around it; one blank is left."""
    first, *others = re.split(rf"<@{re.escape(me)}(?:\|[^<>]*)?>[:,：，、]?", text)
    if not others:
        return text
    *between, last = others
    inner = (piece.strip(" \t") for piece in between)
    return " ".join((first.rstrip(" \t"), *inner, last.lstrip(" \t")))
