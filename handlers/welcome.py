"""Invited to a channel, the bot says once what it does, what that costs, and how to quiet it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from slack_bolt.app.async_app import AsyncApp

from bot.domain.choosing import in_force
from bot.domain.thread import UserId
from bot.ports import Addressing, HandlerContext
from bot.slack.payloads.agent_events import parse_invitation


def register(app: AsyncApp, context: HandlerContext) -> None:
    """Listen to who joins channels that we are in; only our own joining counts."""

    @app.event("member_joined_channel")
    async def joined(body: dict[str, Any]) -> None:
        welcome = parse_invitation(body, context.me)
        if welcome is None:
            return
        thread = welcome.thread
        choices = await context.mailbox.choices(thread.team, thread.channel, UserId(""), None)
        processor, _ = in_force(None, choices, context.default_processor)
        await context.mailbox.put(replace(welcome, processor=processor.name), Addressing.SIDE)
