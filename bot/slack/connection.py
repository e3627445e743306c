"""How Slack's Web API is called: over one HTTP session, without retries of slack_sdk's own.

By default slack_sdk repeats a call after a dropped connection; `chat.postMessage` would post twice.
"""

from __future__ import annotations

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.connections.network import Network
from bot.connections.outgoing import DECIDED_BY_CONNECTOR, Connector, unredirected

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


def web_client(token: str, base_url: str, session: aiohttp.ClientSession) -> AsyncWebClient:
    """Create a Web API client that repeats nothing by itself."""
    return AsyncWebClient(
        token=token,
        base_url=base_url,
        proxy=DECIDED_BY_CONNECTOR,
        session=session,
        timeout=TIMEOUT,
        retry_handlers=[],
    )
