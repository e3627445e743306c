"""`message`: replies, direct messages, and the other event of a mention."""

from __future__ import annotations

from typing import Any

from slack_bolt.app.async_app import AsyncApp

from bot.model import UserId
from bot.ports import Mailbox
from bot.slack.incoming import heard


def register(app: AsyncApp, mailbox: Mailbox, me: UserId) -> None:
    """Listen to messages of every kind; those that are no questions are acknowledged only."""

    @app.event("message")
    async def message(body: dict[str, Any]) -> None:
        if question := heard(body, me):
            await mailbox.put(*question)
