"""The way to the real Task API: everything is passed on as it is, and remembered without its key.

So the page can show what the bot asked for, also when the research is real.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Self

from aiohttp import ClientError, ClientSession, ClientTimeout, web

from bot.connections.network import Network
from bot.connections.outgoing import Connector, NotReached
from bot.playground.task_api.operations import ALL_ROUTES
from bot.playground.task_api.protocol import Kind, Request, error_shape, json_or_none

_CONNECT_WITHIN = 10.0  # seconds
#: What belongs to one connection, and what aiohttp sets by itself (RFC 9110, 7.6.1).
_NOT_PASSED_ON = {
    "connection",
    "content-encoding",
    "content-length",
    "host",
    "keep-alive",
    "transfer-encoding",
}


class Relay:
    """Serves the Task API by asking another one.

    Attributes:
        url: its address, once it is started; for a client's base URL.
        requests: everything that came, oldest first.
    """

    def __init__(self, upstream: str, network: Network | None = None) -> None:
        """Set up; nothing is served yet.

        Args:
            upstream: the base URL of the Task API asked.
            network: the proxies and certificates that it is reached by.
        """
        self.url = ""
        self.requests: list[Request] = []
        self._upstream = upstream.rstrip("/")
        self._network = network or Network()
        self._runner: web.AppRunner | None = None
        self._client: ClientSession | None = None

    async def __aenter__(self) -> Self:
        """Serve on a free port."""
        self._client = ClientSession(
            connector=Connector(self._network, limit=0),
            timeout=ClientTimeout(total=None, connect=_CONNECT_WITHIN),
            auto_decompress=True,
        )
        application = web.Application(client_max_size=50_000_000)
        for method, path, kind in ALL_ROUTES:
            application.router.add_route(method, path, self._serving(kind))
        application.router.add_route("*", "/{any:.*}", self._serving("unknown"))
        self._runner = web.AppRunner(
            application, access_log=None, shutdown_timeout=1, handler_cancellation=True
        )
        await self._runner.setup()
        listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        await web.SockSite(self._runner, listening).start()
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Stop serving."""
        if self._runner:
            await self._runner.cleanup()
        if self._client:
            await self._client.close()

    def _serving(self, kind: Kind) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def serve(request: web.Request) -> web.StreamResponse:
            record = Request(request.method, request.path_qs, kind, time.time())
            self.requests.append(record)
            body = await request.read()
            record.body = json_or_none(body)
            return await self._pass_on(request, body, record)

        return serve

    async def _pass_on(
        self, request: web.Request, body: bytes, record: Request
    ) -> web.StreamResponse:
        assert self._client
        headers = _passed_on(request.headers)
        asked = self._client.request(
            request.method,
            self._upstream + request.path_qs,
            data=body or None,
            headers=headers,
            allow_redirects=False,  # they would take the key along, and start a run again
        )
        try:
            async with asked as answer:
                record.status = answer.status
                response = web.StreamResponse(
                    status=answer.status, headers=_passed_on(answer.headers)
                )
                await response.prepare(request)
                async for piece in answer.content.iter_any():
                    await response.write(piece)
                await response.write_eof()
                return response
        except NotReached as error:
            record.status = 503  # nothing was sent, so nothing was started
            why = f"it cannot be reached from here: {error}"
            return web.json_response(error_shape(why), status=503)
        except (ClientError, OSError):
            # What came of the request is unknown here too: the bot must see a broken connection.
            if isinstance(request.transport, asyncio.WriteTransport):
                request.transport.abort()
            return web.Response(status=502)


def _passed_on(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() not in _NOT_PASSED_ON}
