"""`agent_session_stopped`: Slack's own Stop, in a thread where its sign says that we work."""

from __future__ import annotations

from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.ports import HandlerContext
from bot.slack.payloads.agent_events import parse_session_stopped
from handlers import stop_policy


def register(app: AsyncApp, context: HandlerContext) -> None:
    """Listen to the end of sessions."""

    @app.event("agent_session_stopped")
    async def stopped(body: dict[str, Any], request: AsyncBoltRequest) -> None:
        if command := parse_session_stopped(body):
            again = stop_policy.is_delivered_again(request)
            await stop_policy.carry_out_stop(context, command, again=again, native=True)
