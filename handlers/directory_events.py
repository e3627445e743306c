"""Who people are and what channels are has changed: what was looked up of them is dropped.

A channel with a new id keeps all that it had: see `bot.ports.ChannelIds`.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from slack_bolt.app.async_app import AsyncApp

from bot.ports import HandlerContext
from bot.slack.payloads.directory_events import (
    changed_member,
    changed_room,
    parse_channel_renamed,
)


def register(app: AsyncApp, context: HandlerContext) -> None:
    """Listen to channels being shared, unshared and given a new id, and to people who change."""
    app.event("channel_id_changed")(partial(rename_channel, context))
    app.event("channel_shared")(partial(forget_room, context))
    app.event("channel_unshared")(partial(forget_room, context))
    app.event("user_change")(partial(forget_member, context))


async def rename_channel(context: HandlerContext, body: dict[str, Any]) -> None:
    """Take down the new id of a channel, and have it looked up again. Raises Unavailable."""
    if renamed := parse_channel_renamed(body):
        await context.channel_ids.rename(renamed.old, renamed.new)
        first = context.channel_ids.first.get(renamed.new, renamed.old)
        await context.gate.forget_room(first)


async def forget_room(context: HandlerContext, body: dict[str, Any]) -> None:
    """Have a channel looked up again. Raises Unavailable."""
    if channel := changed_room(body):
        await context.gate.forget_room(channel)


async def forget_member(context: HandlerContext, body: dict[str, Any]) -> None:
    """Have a person looked up again. Raises Unavailable."""
    if person := changed_member(body):
        await context.gate.forget_member(person)
