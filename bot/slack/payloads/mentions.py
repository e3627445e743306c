"""The bot's own mention in a message, and the message's words without it. Pure."""

from __future__ import annotations

import re

from bot.domain.invisible import INVISIBLE
from bot.domain.thread import UserId
from bot.slack.payloads import block_words, message_text
from bot.slack.payloads.fields import JSON, word
from bot.slack.text.plain_words import plain_words

_MENTION = re.compile(r"<(?:@|!subteam\^)[A-Z0-9]{1,32}>")
_ASIDE = re.compile(r"[/／]{2}|aside(?=$|[\s:,\-‐-―−])(?!\s+from\b)", re.IGNORECASE)
_LEADING = re.compile(rf"\A[\s{INVISIBLE}]+")


def mentions(text: str, me: UserId) -> bool:
    """Whether a text, as Slack gives it, mentions the bot."""
    return f"<@{me}>" in text or f"<@{me}|" in text


def raw_text(message: JSON) -> str:
    """Return a message's `text`, with people mentioned as ``<@U1>``.

    Where Slack gives none, or a placeholder, the words are in the blocks.
    """
    raw = word(message, "text")
    return raw if block_words.plain(raw) else message_text.raw_words_in_blocks(message)


def is_mentioned(message: JSON, me: UserId) -> bool:
    """Whether a message mentions the bot, in its `text` or only in its blocks."""
    in_blocks = block_words.mentioned(message.get("blocks"))
    return mentions(word(message, "text"), me) or me in in_blocks


def is_aside(text: str) -> bool:
    """Whether a text begins with ``//`` or "aside": people say that to one another."""
    return _ASIDE.match(_LEADING.sub("", text)) is not None


def text_without_mention(message: JSON, me: UserId) -> str:
    """Return `raw_text` in plain words, without our mention.

    Invisible characters in front are left out, as the first word may be `!processor` or ``//``.
    """
    bare = _without_mention(raw_text(message), me)
    if block_words.plain(word(message, "text")):
        words = plain_words(bare)
    else:
        words = _MENTION.sub(lambda each: plain_words(each[0]), bare).strip()
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
