"""Listeners: each turns one Slack payload into words and puts them into the mailbox.

They see words, texts and the mailbox, nothing else. An event is acknowledged when its listener has
returned (`process_before_response`), so only when it is durable; when the mailbox cannot take it,
the error leaves the listener, Bolt answers 500 (over a socket: not at all), and Slack delivers it
again. Commands and presses are not delivered again: there the person is told.
"""

from __future__ import annotations

import logging
import re

from slack_bolt.app.async_app import AsyncApp

from bot.errors import Unavailable
from bot.model import UserId
from bot.ports import Mailbox
from handlers import actions, commands, mentions, replies

log = logging.getLogger(__name__)


def register(app: AsyncApp, mailbox: Mailbox, me: UserId, default_processor: str) -> None:
    """Add every listener to the app.

    Args:
        app: the Bolt app, built with `process_before_response=True`.
        mailbox: where questions and choices go.
        me: the bot's user id.
        default_processor: in force where nobody chose.
    """
    mentions.register(app, mailbox, me)
    replies.register(app, mailbox, me)
    commands.register(app, mailbox, default_processor)
    actions.register(app, mailbox, default_processor)
    # Bolt answers 404 to events without a listener, and Slack would deliver them again.
    app.event(re.compile(".*"))(_nothing)
    app.error(_not_taken)


async def _nothing() -> None:
    """Acknowledge, and do nothing."""


async def _not_taken(error: Exception) -> None:
    """Log why something is not acknowledged; without a word of what it said."""
    if isinstance(error, Unavailable):
        log.warning("not accepted, Slack delivers it again: %s", error)
    else:
        log.error("a listener failed", exc_info=error)
