"""Forward requests to the real Task API unchanged, and record them without their key.

So the page can show the bot's requests when the research is real.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Self

from aiohttp import ClientError, ClientSession, ClientTimeout, web

from bot.connections.network import Network
from bot.connections.outgoing import Connector, NotReached
from bot.playground.aborting import abort_connection
from bot.playground.task_api.operations import ALL_ROUTES
from bot.playground.task_api.protocol import Kind, Request, error_response, json_or_none

_CONNECT_TIMEOUT = 10.0  # seconds
#: Headers of one connection (RFC 9110, 7.6.1), and those that aiohttp sets.
_NOT_FORWARDED = {
    "connection",
    "content-encoding",
    "content-length",
    "host",
    "keep-alive",
    "transfer-encoding",
}


class Relay:
    """Serves the Task API by forwarding to another server.

    Attributes:
        url: its address, once it is started; for a client's base URL.
        requests: all requests received, oldest first.
    """

    def __init__(self, upstream: str, network: Network | None = None) -> None:
        """Set up; nothing is served yet.

        Args:
            upstream: the base URL of the other server.
            network: the proxies and certificates to use.
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
            timeout=ClientTimeout(total=None, connect=_CONNECT_TIMEOUT),
            auto_decompress=True,
        )
        application = web.Application(client_max_size=50_000_000)
        for method, path, kind in ALL_ROUTES:
            application.router.add_route(method, path, self._handler(kind))
        application.router.add_route("*", "/{any:.*}", self._handler("unknown"))
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

    def _handler(self, kind: Kind) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def serve(request: web.Request) -> web.StreamResponse:
            record = Request(method=request.method, path=request.path_qs, kind=kind, at=time.time())
            self.requests.append(record)
            body = await request.read()
            record.body = json_or_none(body)
            return await self._forward(request, body, record)

        return serve

    async def _forward(
        self, request: web.Request, body: bytes, record: Request
    ) -> web.StreamResponse:
        assert self._client
        headers = _forwarded(request.headers)
        outgoing = self._client.request(
            request.method,
            self._upstream + request.path_qs,
            data=body or None,
            headers=headers,
            allow_redirects=False,  # a redirect would send the key on and start a second run
        )
        try:
            async with outgoing as answer:
                record.status = answer.status
                response = web.StreamResponse(
                    status=answer.status, headers=_forwarded(answer.headers)
                )
                await response.prepare(request)
                async for piece in answer.content.iter_any():
                    await response.write(piece)
                await response.write_eof()
                return response
        except NotReached as error:
            record.status = 503  # nothing was sent, so nothing was started
            why = f"it cannot be reached from here: {error}"
            return web.json_response(error_response(why), status=503)
        except (ClientError, OSError):
            # The outcome is unknown here, too: the bot must see a broken connection.
            return abort_connection(request)


def _forwarded(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() not in _NOT_FORWARDED}
