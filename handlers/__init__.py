"""Listeners: each turns one Slack payload into words and puts them into the mailbox.

They see words, texts and the hall (`bot.ports.Hall`), nothing else. An event is acknowledged when
its listener has returned (`process_before_response`), so only when it is durable; when the mailbox
cannot take it, the error leaves the listener, Bolt answers 500 (over a socket: not at all), and
Slack delivers it again. Commands, presses and forms are not delivered again: there the person is
told.

`mentions`, `replies`, `reactions`, `sessions`, `welcome` and `home` hear events; `actions` (the
bot's messages), `answers` (what can be done with an answer), `reactions`, `evidence` and `home`
hear presses, by way of `pressing`; `shortcuts`, `processors`, `sharing` and `home` open forms and
read them; `commands` is `/processor`. `stopping` knows who may stop.
"""

from __future__ import annotations

import logging
import re

from slack_bolt.app.async_app import AsyncApp

from bot.errors import Unavailable
from bot.ports import Hall
from handlers import (
    agent_sessions,
    answer_actions,
    app_home,
    commands,
    evidence_actions,
    interactivity,
    mentions,
    message_events,
    processor_forms,
    reactions,
    sharing,
    shortcuts,
    status_actions,
    welcome,
)

log = logging.getLogger(__name__)


def register(app: AsyncApp, hall: Hall) -> None:
    """Add every listener to the app.

    Args:
        app: the Bolt app, built with `process_before_response=True`.
        hall: what the listeners work with.
    """
    app.use(interactivity.Readable())
    for part in (mentions, message_events, reactions, agent_sessions, welcome, app_home, commands):
        part.register(app, hall)
    for part in (
        status_actions,
        answer_actions,
        evidence_actions,
        shortcuts,
        processor_forms,
        sharing,
    ):
        part.register(app, hall)
    # Bolt answers 404 to what has no listener: Slack would deliver an event again, and show an
    # error to whoever pressed something that an older release put there.
    interactivity.acknowledge_all_else(app)
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
