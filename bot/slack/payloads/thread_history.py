"""The earlier messages of a thread, as context of a question asked in it. Pure.

Of our own messages only answers count: what we said about our work is no context, nor what offers
to ask again. Their `text` is read, which repeats what is in the blocks.
"""

from __future__ import annotations

from collections import deque
from typing import Any

from bot.domain.prompt import CONTEXT_MESSAGES
from bot.domain.thread import EarlierMessage, MessageTs
from bot.slack.action_ids import TRY_AGAIN
from bot.slack.payloads.fields import items, word
from bot.slack.payloads.message_tags import tag_of
from bot.slack.payloads.message_text import files_of, words_of
from bot.slack.text.plain_words import plain_words


class ThreadHistory:
    """Collects a thread's latest messages; people are numbered, not named."""

    def __init__(self, bot: str, before: MessageTs) -> None:
        """Collect messages older than `before`. `bot`: our bot's id, which our messages carry."""
        self._bot = bot
        self._before = before
        self._people: dict[str, str] = {}
        self._latest: deque[EarlierMessage] = deque(maxlen=CONTEXT_MESSAGES)

    def add(self, message: dict[str, Any]) -> None:
        """Add the next message of the thread, as Slack gives it, unless it is no context."""
        turn, part = tag_of(message)
        if turn and (not part.startswith("answer") or _offers_to_ask_again(message)):
            return
        ours = turn or (self._bot and message.get("bot_id") == self._bot)
        text = plain_words(word(message, "text")) if ours else words_of(message)
        files = () if ours else files_of(message)
        ts = word(message, "ts")
        if ts and ts < self._before and (text or files):
            self._latest.append(EarlierMessage(self._author(message), text, files))

    def latest(self) -> list[EarlierMessage]:
        """Return the latest of them, oldest first, at most `CONTEXT_MESSAGES`."""
        return list(self._latest)

    def _author(self, message: dict[str, Any]) -> str:
        if message.get("bot_id"):
            return "Bot"
        return self._people.setdefault(word(message, "user"), f"Person {len(self._people) + 1}")


def _offers_to_ask_again(message: dict[str, Any]) -> bool:
    blocks = (block for block in items(message.get("blocks")) if isinstance(block, dict))
    elements = (e for block in blocks for e in items(block.get("elements")) if isinstance(e, dict))
    return any(element.get("action_id") == TRY_AGAIN for element in elements)
