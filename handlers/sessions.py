"""`agent_session_stopped`: Slack's own Stop, in a thread where its sign says that we work."""

from __future__ import annotations

from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.ports import Hall
from bot.slack.incoming import session_stopped
from handlers import stopping


def register(app: AsyncApp, hall: Hall) -> None:
    """Listen to the end of sessions."""

    @app.event("agent_session_stopped")
    async def stopped(body: dict[str, Any], request: AsyncBoltRequest) -> None:
        if order := session_stopped(body):
            again = stopping.is_delivered_again(request)
            await stopping.ordered(hall, order, again=again, native=True)
