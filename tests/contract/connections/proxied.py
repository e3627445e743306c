"""A world behind a proxy: the servers there, and how the bot leaves for them."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from bot.connections.network import Network
from tests.forward_proxy import Authority, ForwardProxy, forward_proxy
from tests.raw_http import Handling, Server, serving

SECRET = "geheim4711"
PARALLEL = "https://parallel.test"


def leaving(authority: Authority | None = None, **environ: str) -> Network:
    more = {"SSL_CERT_FILE": str(authority.file)} if authority else {}
    network, problems = Network.load(environ | more)
    assert problems == []
    return network


@asynccontextmanager
async def world(
    authority: Authority, handling: Handling, tls: ssl.SSLContext | None = None, **behaviour: Any
) -> AsyncIterator[tuple[Server, ForwardProxy]]:
    """A server with the names ``parallel.test`` (TLS) and ``plain.test``, and a proxy to it."""
    async with serving(handling) as server:
        port = urlsplit(server.url).port
        assert port
        async with (
            authority.in_front_of(port, "parallel.test") as front,
            forward_proxy(tls, **behaviour) as proxy,
        ):
            proxy.names = {"parallel.test": front, "plain.test": port}
            yield server, proxy
