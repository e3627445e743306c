"""`agent_session_stopped`: Slack's own Stop, in a thread with an agent session in progress."""

from __future__ import annotations

from functools import partial
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.ports import HandlerContext
from bot.slack.payloads.agent_events import parse_session_stopped
from handlers import stop_policy
from handlers.admission import may_stop_here


def register(app: AsyncApp, context: HandlerContext) -> None:
    """Listen to stopped sessions."""
    app.event("agent_session_stopped")(partial(stop_session, context))


async def stop_session(
    context: HandlerContext, body: dict[str, Any], request: AsyncBoltRequest
) -> None:
    """Stop what is in progress in the thread."""
    command = parse_session_stopped(body)
    if command and await may_stop_here(context, command.question, addressed=True):
        is_redelivery = stop_policy.is_redelivery(request)
        await stop_policy.stop(context, command, is_redelivery=is_redelivery, by_slack=True)
