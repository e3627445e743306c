"""Invited to a channel, the bot says once what it does, what that costs, and how to quiet it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from slack_bolt.app.async_app import AsyncApp

from bot.domain.choosing import in_force
from bot.domain.model import UserId
from bot.ports import Hall, Reach
from bot.slack.payloads.message_events import invited


def register(app: AsyncApp, hall: Hall) -> None:
    """Listen to who joins channels that we are in; only our own joining counts."""

    @app.event("member_joined_channel")
    async def joined(body: dict[str, Any]) -> None:
        welcome = invited(body, hall.me)
        if welcome is None:
            return
        thread = welcome.thread
        choices = await hall.mailbox.choices(thread.team, thread.channel, UserId(""), None)
        processor, _ = in_force(None, choices, hall.default_processor)
        await hall.mailbox.put(replace(welcome, processor=processor.name), Reach.ASIDE)
