"""Response URLs, called over the HTTP session of our own client.

Bolt's `respond` opens a session of its own for each call, with a proxy that slack_sdk reads from
the environment by a rule of its own (`bot.connections.network` has ours).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from slack_bolt import BoltResponse
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.webhook import WebhookResponse
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.connections.outgoing import DECIDED_BY_CONNECTOR
from bot.ports.channel_ids import ChannelIds
from bot.slack.channel_ids import with_ids_in_text


class Respond(AsyncRespond):
    """`respond` as listeners know it, over `session`; all arguments but the text by keyword."""

    def __init__(
        self,
        response_url: str,
        session: aiohttp.ClientSession | None,
        ids: ChannelIds | None = None,
    ) -> None:
        """Answer at an address; `ids`: of channels that have another one than at first."""
        super().__init__(response_url=response_url, proxy=DECIDED_BY_CONNECTOR)
        self._url = response_url
        self._session = session
        self._ids = ids

    async def __call__(
        self, text: str | dict[str, Any] = "", *_: Any, **fields: Any
    ) -> WebhookResponse:
        """Send a message without the fields that are None or []. Raises aiohttp's errors."""
        message = {**fields, **(text if isinstance(text, dict) else {"text": text})}
        if self._ids and self._ids.current:
            message = with_ids_in_text(message, self._ids.current)
        client = AsyncWebhookClient(self._url, proxy=self.proxy, session=self._session)
        return await client.send_dict({k: v for k, v in message.items() if v not in (None, [])})


class RespondOverSession(AsyncMiddleware):
    """Gives listeners a `respond` that uses the session of our client.

    A class, because for a function Bolt reads more of a body, and raises errors at malformed ones.
    """

    def __init__(self, ids: ChannelIds | None = None) -> None:
        self._ids = ids

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: Callable[[], Awaitable[BoltResponse]],
    ) -> BoltResponse | None:
        """Pass on everything."""
        if req.context.response_url:
            session = req.context.client.session
            req.context["respond"] = Respond(req.context.response_url, session, self._ids)
        return await next()
