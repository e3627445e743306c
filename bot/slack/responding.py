"""Answers through response URLs, over the connections of our own client.

Bolt's `respond` opens a session of its own for each answer, with a proxy that slack_sdk reads from
the environment by a rule of its own (`bot.network` has ours).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.webhook import WebhookResponse
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.outgoing import DECIDED_BY_CONNECTOR


class Respond(AsyncRespond):
    """`respond` as listeners know it, over `session`; all but the text goes by its name."""

    def __init__(self, response_url: str, session: aiohttp.ClientSession | None) -> None:
        super().__init__(response_url=response_url, proxy=DECIDED_BY_CONNECTOR)
        self._url = response_url
        self._session = session

    async def __call__(
        self, text: str | dict[str, Any] = "", *_: Any, **fields: Any
    ) -> WebhookResponse:
        """Send a message; what is None, or an empty list, is left out. Raises aiohttp's errors."""
        message = {**fields, **(text if isinstance(text, dict) else {"text": text})}
        client = AsyncWebhookClient(self._url, proxy=self.proxy, session=self._session)
        return await client.send_dict({k: v for k, v in message.items() if v not in (None, [])})


async def over_our_session(context: AsyncBoltContext, next_: Callable[[], Awaitable[None]]) -> None:
    """Have listeners respond over the session of our client: a middleware for Bolt."""
    if context.response_url:
        context["respond"] = Respond(context.response_url, context.client.session)
    await next_()
