"""The form that asks whether a thread is to be forgotten. Pure.

Its ``private_metadata`` names the thread. https://docs.slack.dev/surfaces/modals
"""

from __future__ import annotations

from typing import Any

from bot.domain.thread import ThreadKey, UserId
from bot.slack import action_ids
from bot.slack.blockkit.blocks import View, form, section
from bot.slack.messages.forgetting import DELETED, NOT_DELETED
from bot.slack.payloads.fields import part, timestamp, word

JSON = dict[str, Any]


def forget_form(thread: ThreadKey) -> View:
    """Return the form."""
    return form(
        action_ids.FORGET,
        "Forget this thread?",
        [section(DELETED), section(NOT_DELETED)],
        submit="Forget",
        private_metadata=str(thread),
    )


def parse_forget_submission(body: JSON) -> tuple[ThreadKey, UserId]:
    """Return the thread of a submitted form, and who submitted it.

    Raises:
        ValueError: one of them is missing.
    """
    thread = ThreadKey.parse(word(part(body, "view"), "private_metadata"))
    by = word(part(body, "user"), "id")
    if not (thread.team and thread.channel and timestamp(thread.ts) and by):
        raise ValueError("no thread, or no person")
    return thread, UserId(by)
