"""Gives listeners the first id of a channel that has another one (`bot.ports.ChannelIds`).

Their acknowledgements, which people read, name the current one.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt import BoltResponse
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.errors import Unavailable
from bot.ports.channel_ids import ChannelIds
from bot.slack.channel_ids import with_ids, with_ids_in_text
from bot.slack.payloads.fields import part, word

log = logging.getLogger(__name__)

READ_WITHIN = 0.25  # seconds, of the three in which a press is acknowledged


class RenamedChannels(AsyncMiddleware):
    """Replaces ids in the bodies of events, commands and interactions.

    Without Redis an event is not accepted, so that Slack delivers it again; anything else passes,
    and its listener says that it cannot be carried out.
    """

    def __init__(self, ids: ChannelIds) -> None:
        self._ids = ids

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: Callable[[], Awaitable[BoltResponse]],
    ) -> BoltResponse | None:
        """Pass on everything. Raises Unavailable."""
        channel, is_event = _channel_of(req.body), "event" in req.body
        try:
            async with asyncio.timeout(None if is_event else READ_WITHIN):
                await self._ids.know(channel)
        except (Unavailable, TimeoutError) as error:
            if is_event:
                raise
            log.warning("ids of channels not read: %s", str(error) or "too late")
        first = self._ids.first
        if first and part(req.body, "event").get("type") != "channel_id_changed":
            changed: dict[str, Any] = with_ids(req.body, first)
            if "command" in changed:
                changed["text"] = with_ids_in_text(changed.get("text"), first)
            req.body.update(changed)
            req.context["ack"] = _Ack(self._ids)
        return await next()


class _Ack(AsyncAck):
    """`ack` as listeners know it, that names channels by their current ids."""

    def __init__(self, ids: ChannelIds) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._ids = ids

    async def __call__(self, *args: Any, **fields: Any) -> BoltResponse:
        response = await super().__call__(*args, **fields)
        response.body = with_ids_in_text(response.body, self._ids.current)
        return response


def _channel_of(body: dict[str, Any]) -> str:
    """Return the channel that a body is about; "" for none."""
    event = part(body, "event")
    return (
        word(event, "channel")
        or word(part(event, "item"), "channel")
        or word(part(body, "channel"), "id")
        or word(body, "channel_id")
    )
