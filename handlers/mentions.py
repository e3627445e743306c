"""`app_mention`: one of the two events of a mention."""

from __future__ import annotations

from typing import Any

from slack_bolt.app.async_app import AsyncApp

from bot.ports import Hall
from bot.slack.payloads.message_events import heard


def register(app: AsyncApp, hall: Hall) -> None:
    """Listen to mentions."""

    @app.event("app_mention")
    async def mention(body: dict[str, Any]) -> None:
        match heard(body, hall.me):
            case (question, reach):
                await hall.mailbox.put(question, reach)
