"""How Slack's Web API is called: over one HTTP session, without retries of slack_sdk's own.

By default slack_sdk repeats a call after a dropped connection; `chat.postMessage` would post twice.

Channels may have got another id (`bot.ports.ChannelIds`): calls name the current one, and answers
are given the first one. When Slack does not know a channel, another replica may have heard of its
new id, so that is looked up, and the call, which has done nothing, made once more.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.connections.network import Network
from bot.connections.outgoing import DECIDED_BY_CONNECTOR, Connector, unredirected
from bot.ports.channel_ids import ChannelIds
from bot.slack.channel_ids import ARGUMENTS, arguments_with_ids, with_ids

TIMEOUT = 30  # seconds for one call
CONNECT_WITHIN = 10.0  # seconds of these for a connection, with name resolution and TLS


def http_session(lease: float, network: Network | None = None) -> aiohttp.ClientSession:
    """Open the HTTP session of a Web API client.

    Connecting is limited to half the lease: a process suspended meanwhile would resume after its
    lease had passed on, and post twice.

    Args:
        lease: seconds.
        network: the proxies and certificates; None for none.
    """
    connect = min(CONNECT_WITHIN, lease / 2)
    return aiohttp.ClientSession(
        connector=Connector(network or Network()),
        middlewares=(unredirected,),
        timeout=aiohttp.ClientTimeout(total=TIMEOUT, connect=connect),
    )


class WebClient(AsyncWebClient):
    """A Web API client that knows of channels with another id.

    Attributes:
        ids: set once they can be read; None before.
    """

    ids: ChannelIds | None = None

    async def api_call(self, api_method: str, **options: Any) -> AsyncSlackResponse:
        """Call a method of Slack. Raises what slack_sdk raises, and Unavailable."""
        ids = self.ids
        if ids is None:
            return await super().api_call(api_method, **options)
        channel = _channel_in(options)
        sent = ids.current.get(channel, channel)
        try:
            answer = await super().api_call(api_method, **_with(options, ids.current))
        except SlackApiError as error:
            if not channel or not _is_unknown(error):
                raise
            await ids.reload()
            if ids.current.get(channel, channel) == sent:
                raise
            answer = await super().api_call(api_method, **_with(options, ids.current))
        if ids.first and isinstance(answer.data, dict):
            answer.data.update(
                {
                    name: with_ids(answer.data[name], ids.first)
                    for name in ("channel", "channels")
                    if name in answer.data
                }
            )
        return answer


def web_client(token: str, base_url: str, session: aiohttp.ClientSession) -> WebClient:
    """Create a Web API client that repeats nothing by itself."""
    return WebClient(
        token=token,
        base_url=base_url,
        proxy=DECIDED_BY_CONNECTOR,
        session=session,
        timeout=TIMEOUT,
        retry_handlers=[],
    )


def _with(options: Mapping[str, Any], ids: Mapping[str, str]) -> dict[str, Any]:
    return {
        name: arguments_with_ids(value, ids) if name in ("params", "json", "data") else value
        for name, value in options.items()
    }


def _channel_in(options: Mapping[str, Any]) -> str:
    """Return the channel that a call names; "" for none."""
    for arguments in options.values():
        for name in ARGUMENTS:
            if isinstance(arguments, dict) and isinstance(arguments.get(name), str):
                return str(arguments[name])
    return ""


def _is_unknown(error: SlackApiError) -> bool:
    """Whether Slack knows no channel with that id."""
    data = getattr(error.response, "data", None)
    return isinstance(data, dict) and data.get("error") == "channel_not_found"
