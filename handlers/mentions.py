"""`app_mention`: one of the two events of a mention."""

from __future__ import annotations

from typing import Any

from slack_bolt.app.async_app import AsyncApp

from bot.model import UserId
from bot.ports import Mailbox
from bot.slack.incoming import heard


def register(app: AsyncApp, mailbox: Mailbox, me: UserId) -> None:
    """Listen to mentions."""

    @app.event("app_mention")
    async def mention(body: dict[str, Any]) -> None:
        if question := heard(body, me):
            await mailbox.put(*question)
