"""Invited to a channel, the bot says once what it does, what that costs, and how to mute it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from slack_bolt.app.async_app import AsyncApp

from bot.domain.choosing import processor_in_force
from bot.domain.thread import UserId
from bot.ports import Addressing, HandlerContext
from bot.slack.payloads.agent_events import parse_invitation


def register(app: AsyncApp, context: HandlerContext) -> None:
    """Listen to people and apps joining the bot's channels; only the bot itself counts."""
    app.event("member_joined_channel")(partial(say_hello, context))


async def say_hello(context: HandlerContext, body: dict[str, Any]) -> None:
    """Put the welcome into the mailbox, with the processor in force in the channel."""
    welcome = parse_invitation(body, context.me)
    if welcome is None:
        return
    thread = welcome.thread
    choices = await context.choices.read(thread.team, thread.channel, UserId(""), thread=None)
    processor, _ = processor_in_force(None, choices, context.default_processor)
    await context.mailbox.put(replace(welcome, processor=processor.name), Addressing.SIDE)
