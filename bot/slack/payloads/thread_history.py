"""The earlier messages of a thread, as context of a question asked in it. Pure.

Of our own messages only answers count: what we said about our work is no context, nor what offers
to ask again. Their `text` is read, which repeats what is in the blocks.
"""

from __future__ import annotations

from collections import deque
from typing import Any

from bot.domain.prompt import CONTEXT_MESSAGES, LONGEST_CONTEXT
from bot.domain.thread import EarlierMessage, MessageTs
from bot.slack.action_ids import TRY_AGAIN
from bot.slack.payloads.fields import items, word
from bot.slack.payloads.mentions import is_aside
from bot.slack.payloads.message_tags import tag_of
from bot.slack.payloads.message_text import files_of, words_of
from bot.slack.text.plain_words import plain_words

#: Latest messages among which those with words are looked for.
KEPT = 10 * CONTEXT_MESSAGES


class ThreadHistory:
    """Collects a thread's latest messages; people are numbered, not named."""

    def __init__(self, bot: str, before: MessageTs) -> None:
        """Collect messages older than `before`. `bot`: our bot's id, which our messages carry."""
        self._bot = bot
        self._before = before
        self._people: dict[str, str] = {}
        self._messages: deque[dict[str, Any]] = deque(maxlen=KEPT)

    def add(self, message: dict[str, Any]) -> None:
        """Add the next message of the thread, as Slack gives it, unless it is no context."""
        turn, part = tag_of(message)
        if turn and (not part.startswith("answer") or _offers_to_ask_again(message)):
            return
        if not turn and is_aside(word(message, "text")):  # what people say to one another
            return
        if "" < word(message, "ts") < self._before:
            self._messages.append(message)

    def __len__(self) -> int:
        """Return how many messages `latest` may read."""
        return len(self._messages)

    def latest(self) -> list[EarlierMessage]:
        """Return the latest of them, oldest first, at most `CONTEXT_MESSAGES`.

        No others are read, nor more than fit: a thread may have two thousand messages, each of many
        words.
        """
        found: list[tuple[dict[str, Any], str, tuple[str, ...]]] = []
        room = LONGEST_CONTEXT
        for message in reversed(self._messages):
            text, files = self._read(message)
            room -= len(text)
            if text or files:
                found.append((message, text, files))
            if len(found) == CONTEXT_MESSAGES or room <= 0:
                break
        return [EarlierMessage(self._author(m), text, files) for m, text, files in reversed(found)]

    def _read(self, message: dict[str, Any]) -> tuple[str, tuple[str, ...]]:
        """Return the words of a message, and the names of its files."""
        turn, _ = tag_of(message)
        if turn or (self._bot and message.get("bot_id") == self._bot):
            return plain_words(word(message, "text")), ()
        return words_of(message), files_of(message)

    def _author(self, message: dict[str, Any]) -> str:
        if message.get("bot_id"):
            return "Bot"
        return self._people.setdefault(word(message, "user"), f"Person {len(self._people) + 1}")


def _offers_to_ask_again(message: dict[str, Any]) -> bool:
    blocks = (block for block in items(message.get("blocks")) if isinstance(block, dict))
    elements = (e for block in blocks for e in items(block.get("elements")) if isinstance(e, dict))
    return any(element.get("action_id") == TRY_AGAIN for element in elements)
