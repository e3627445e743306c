"""Listeners: each turns one Slack payload into domain values and puts them into the mailbox.

They see `bot.ports.HandlerContext`, the payloads, the messages and the views, and no client. An
event is acknowledged when its listener has returned (`process_before_response`), so only when it is
durable. When the mailbox cannot take it, the error leaves the listener, Bolt answers 500 (over a
socket: not at all), and Slack delivers the event again. Commands, actions and forms are not
delivered again, so the person gets an ephemeral message instead.

- Events: `mentions`, `message_events`, `reactions`, `agent_sessions`, `welcome`, `app_home`,
  `directory_events`. `admission` says who may ask, press and choose.
- Actions: `status_actions`, `answer_actions`, `evidence_actions`, `thread_actions`,
  `picker_actions`, `channel_default`, `confirmations`, `refusal_actions`, `reactions`, `app_home`,
  `forgetting`.
- Forms: `submissions`, `processor_forms`, `sharing`, `app_home`, `admin_forms`, `forgetting`; the
  shortcut that opens one: `shortcuts`.
- Commands: `commands` is `/processor`, `admin_commands` is `/threadline`, with what it reports
  (`admin_reports`) and changes (`admin_changes`). What has no listener: `unhandled`.
- `unconfirmed` are questions whose price is to be confirmed; `offers` the processors on offer.
- `interactivity` acknowledges actions and forms in time, `private_replies` answers one person,
  `turns` finds and asks what an action is about, `stop_policy` knows who may stop which turn.
"""

from __future__ import annotations

import logging

from slack_bolt.app.async_app import AsyncApp

from bot.errors import Unavailable
from bot.ports import HandlerContext
from handlers import (
    admin_commands,
    admin_forms,
    agent_sessions,
    answer_actions,
    app_home,
    channel_default,
    commands,
    confirmations,
    directory_events,
    evidence_actions,
    forgetting,
    mentions,
    message_events,
    picker_actions,
    processor_forms,
    reactions,
    refusal_actions,
    sharing,
    shortcuts,
    status_actions,
    submissions,
    thread_actions,
    unhandled,
    welcome,
)

log = logging.getLogger(__name__)

_EVENTS = (
    mentions,
    message_events,
    reactions,
    agent_sessions,
    welcome,
    app_home,
    directory_events,
)
_COMMANDS = (commands, admin_commands)
_ACTIONS = (
    status_actions,
    confirmations,
    refusal_actions,
    answer_actions,
    evidence_actions,
    thread_actions,
    picker_actions,
    channel_default,
)
_FORMS = (shortcuts, submissions, processor_forms, sharing, admin_forms, forgetting)


def register(app: AsyncApp, context: HandlerContext) -> None:
    """Add every listener to the app.

    Args:
        app: the Bolt app, built with `process_before_response=True`.
        context: what the listeners work with.
    """
    app.use(unhandled.MalformedInteractions(context.deadlines.act))
    for module in (*_EVENTS, *_COMMANDS, *_ACTIONS, *_FORMS):
        module.register(app, context)
    unhandled.register(app)
    app.error(_log_error)


async def _log_error(error: Exception) -> None:
    """Log why something is not acknowledged; without a word of what it said."""
    if isinstance(error, Unavailable):
        log.warning("not accepted, Slack delivers it again: %s", error)
    else:
        log.error("listener failed", exc_info=error)
