"""Listeners: each turns one Slack payload into domain values and puts them into the mailbox.

They see `bot.ports.HandlerContext`, the payloads and the messages, nothing else. An event is
acknowledged when its listener has returned (`process_before_response`), so only when it is durable.
When the mailbox cannot take it, the error leaves the listener, Bolt answers 500 (over a socket: not
at all), and Slack delivers the event again. Commands, button presses and forms are not delivered
again, so the person gets an ephemeral message instead.

- Events: `mentions`, `message_events`, `reactions`, `agent_sessions`, `welcome`, `app_home`.
- Presses, by way of `interactivity`: `status_actions` (the bot's own messages), `answer_actions`
  and `answered_turns` (what can be done with an answer), `evidence_actions`, `reactions`,
  `app_home`.
- Forms: `shortcuts`, `processor_forms`, `sharing`, `app_home`.
- `commands` is `/processor`; `stop_policy` knows who may stop which turn.
"""

from __future__ import annotations

import logging
import re

from slack_bolt.app.async_app import AsyncApp

from bot.errors import Unavailable
from bot.ports import HandlerContext
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


def register(app: AsyncApp, context: HandlerContext) -> None:
    """Add every listener to the app.

    Args:
        app: the Bolt app, built with `process_before_response=True`.
        context: what the listeners work with.
    """
    app.use(interactivity.Readable())
    for part in (mentions, message_events, reactions, agent_sessions, welcome, app_home, commands):
        part.register(app, context)
    for part in (
        status_actions,
        answer_actions,
        evidence_actions,
        shortcuts,
        processor_forms,
        sharing,
    ):
        part.register(app, context)
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
