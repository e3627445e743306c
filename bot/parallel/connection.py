"""HTTP to Parallel: what every call shares.

Nothing is retried here: the error says what may have happened, and the caller decides. One harmless
exception: aiohttp itself repeats a request whose connection is closed without a response, for GET
and other idempotent methods, never for POST.

httpx's requests and responses use aiohttp as their transport, because the cost of a connection in
httpx's own pool grows with their number. There is no `httpx.AsyncClient` around it: its defaults,
redirects and cookies would take as much processor time as the request itself. Errors are told apart
by aiohttp's exceptions: httpx_aiohttp maps every ``ClientConnectionError`` to ``ConnectTimeout``,
even when the server closed the connection *after* it received the request.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from types import TracebackType
from typing import Any, Self

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport
from httpx_sse import EventSource

from bot import __version__
from bot.connections.network import Network
from bot.connections.outgoing import Connector, NotReached, trusted
from bot.errors import AnswerLost, Unavailable, Unreached, retry_after_seconds
from bot.parallel import api_errors, json_fields
from bot.parallel.bounded import TooLong, event_source, read_whole
from bot.parallel.text import decode
from bot.parallel.timeouts import Timeouts

USER_AGENT = f"threadline/{__version__}"

_HEADERS = {"Accept": "*/*", "Accept-Encoding": "gzip, deflate", "User-Agent": USER_AGENT}
#: Without compression, which would hold parts of a stream back, and hide how long it is.
_UNCOMPRESSED = {"Accept-Encoding": "identity"}
_EVENTS = {"Accept": "text/event-stream", "Cache-Control": "no-store", **_UNCOMPRESSED}
_STREAMED = {"Accept": "text/event-stream, application/json", **_UNCOMPRESSED}


class Connection:
    """HTTP transports to Parallel's API, with the key. An async context manager."""

    def __init__(
        self,
        base_url: str,
        key: str,
        *,
        timeouts: Timeouts | None = None,
        network: Network | None = None,
    ) -> None:
        """Set up; nothing is sent.

        Args:
            base_url: such as ``https://api.parallel.ai``; may have a path and end in a slash.
            key: the API key.
            timeouts: None for the defaults.
            network: proxies and extra certificates; None for none.

        Raises:
            ValueError: no header can carry the key. The message does not contain it.
        """
        if not (key.isascii() and key.isprintable()):
            raise ValueError("the API key has characters in it that no header can carry")
        self._base_url = base_url.rstrip("/")
        self._key = key
        self._headers = {**_HEADERS, "x-api-key": key}
        self.timeouts = timeouts or Timeouts()
        self._network = network or Network()
        self._stack = AsyncExitStack()
        self._creating: AiohttpTransport
        self._reading: AiohttpTransport

    async def __aenter__(self) -> Self:
        """Open the transports."""
        enter = self._stack.enter_async_context
        # A create call on a kept connection that the server is just closing would leave it unknown
        # whether a run was paid for, so each uses a new connection. (The header `Connection: close`
        # would only close it afterwards.)
        self._creating = await enter(self._transport(force_close=True))
        self._reading = await enter(self._transport(force_close=False))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close all connections."""
        await self._stack.aclose()

    def _transport(self, *, force_close: bool) -> AiohttpTransport:
        """Make a transport without a limit of connections; must be called in the event loop.

        The connector checks certificates. `verify` only keeps the transport from making an SSL
        context that is not used.
        """
        connector = Connector(
            self._network, limit=0, force_close=force_close, socket_factory=_kept_alive
        )
        return AiohttpTransport(
            verify=trusted(self._network), client=aiohttp.ClientSession(connector=connector)
        )

    @asynccontextmanager
    async def _sent(
        self,
        transport: AiohttpTransport,
        method: str,
        path: str,
        *,
        body: dict[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: httpx.Timeout | None = None,
    ) -> AsyncIterator[httpx.Response]:
        """Send a request and stream its response."""
        request = httpx.Request(
            method,
            self._base_url + path,
            headers={**self._headers, **(headers or {})},
            json=body,
            extensions={"timeout": (timeout or self._timeout(read=None)).as_dict()},
        )
        response = await transport.handle_async_request(request)
        try:
            yield response
        finally:
            await response.aclose()

    async def _read(
        self,
        transport: AiohttpTransport,
        method: str,
        path: str,
        *,
        body: dict[str, Any] | None = None,
    ) -> httpx.Response:
        """Send a request, and read its response to the end."""
        async with self._sent(transport, method, path, body=body) as response:
            return _without_proxy_error(await read_whole(response))

    def _timeout(self, *, read: float | None, connect: float | None = None) -> httpx.Timeout:
        """Return time-outs; `pool` becomes aiohttp's `connect`, which includes DNS."""
        connect = min(self.timeouts.connect, connect or self.timeouts.connect)
        return httpx.Timeout(connect=connect, pool=connect, read=read, write=None)

    async def post(self, path: str, body: dict[str, Any]) -> httpx.Response:
        """Send one POST on a new connection, and read the response.

        Raises:
            Unavailable: nothing was sent.
            AnswerLost: it may have taken effect.
        """
        with errors_raise(AnswerLost):
            async with asyncio.timeout(self.timeouts.create):
                return await self._read(self._creating, "POST", path, body=body)

    @asynccontextmanager
    async def stream_post(
        self, path: str, body: dict[str, Any], seconds: float
    ) -> AsyncIterator[httpx.Response]:
        """Send one POST on a new connection, and yield the response once it begins.

        Args:
            path, body: of the request.
            seconds: for the response to begin.

        Raises:
            Unavailable: nothing was sent.
            AnswerLost: it may have taken effect.

        Errors inside the block are its own to map (`errors_raise`).
        """
        async with AsyncExitStack() as stack:
            with errors_raise(AnswerLost):
                async with asyncio.timeout(seconds):
                    streamed = self._sent(
                        self._creating,
                        "POST",
                        path,
                        body=body,
                        headers=_STREAMED,
                        # Shorter than the whole, so that a connection that fails is told apart.
                        timeout=self._timeout(read=None, connect=seconds / 2),
                    )
                    response = _without_proxy_error(await stack.enter_async_context(streamed))
            yield response

    async def get(self, path: str, seconds: float) -> httpx.Response:
        """Send a GET, for at most `seconds`. Raises Unavailable."""
        with errors_raise(Unavailable):
            async with asyncio.timeout(seconds):
                return await self._read(self._reading, "GET", path)

    @asynccontextmanager
    async def event_source(self, path: str) -> AsyncIterator[EventSource]:
        """Yield an open event stream. Raises Unavailable, or Refused (`api_errors.not_read`).

        Errors inside the block are its own to map (`errors_raise`).
        """
        async with AsyncExitStack() as stack:
            with errors_raise(Unavailable):
                timeout = self._timeout(read=self.timeouts.silence)
                sent = self._sent(self._reading, "GET", path, headers=_EVENTS, timeout=timeout)
                response = await stack.enter_async_context(sent)
                if _without_proxy_error(response).status_code != 200:
                    raise api_errors.not_read(*self.refusal(await read_whole(response)))
            yield event_source(response)

    def refusal(self, response: httpx.Response) -> tuple[int, str, float | None]:
        """Return what `api_errors` maps: status, text without the key, and seconds to wait."""
        return response.status_code, self.text(response), self.retry_after(response)

    def text(self, response: httpx.Response) -> str:
        """Return the text of a response that has been read, without the key."""
        return self.redact(decode(response.content, response.charset_encoding))

    def redact(self, text: str) -> str:
        """Remove the key from what the other side sent, in case it echoes it."""
        return text.replace(self._key, "…")

    def retry_after(self, response: httpx.Response) -> float | None:
        """Return the seconds that a response asks to wait; None without Retry-After."""
        return retry_after_seconds(response.headers.get("retry-after"), time.time())


def _without_proxy_error(response: httpx.Response) -> httpx.Response:
    """Return the response. Raises Unreached for 407, which is a proxy's (RFC 9110, 15.5.8)."""
    if response.status_code == 407:
        raise Unreached(
            "Parallel cannot be reached: the proxy wants another user or password (407)",
            "check user and password in HTTP_PROXY",
        )
    return response


@contextmanager
def errors_raise(lost: type[AnswerLost | Unavailable]) -> Iterator[None]:
    """Map transport errors in the block: Unreached if nothing was sent, else `lost`."""
    try:
        yield
    except (httpx.HTTPError, aiohttp.ClientError, OSError) as error:  # TimeoutError is an OSError
        cause = error.__cause__ if isinstance(error, httpx.HTTPError) else error
        if isinstance(cause, NotReached):
            raise Unreached(f"Parallel cannot be reached: {cause}", cause.fix) from error
        why = str(error) if isinstance(error, TooLong) else type(cause or error).__name__
        raise lost(f"Parallel's answer was lost: {why}") from error


@contextmanager
def malformed_raises(what: str) -> Iterator[None]:
    """Map Malformed in the block to Unavailable."""
    try:
        yield
    except json_fields.Malformed as error:
        raise Unavailable(f"Parallel's answer is not {what}: {error}") from error


def _kept_alive(address: tuple[Any, ...]) -> socket.socket:
    """Make a socket whose keepalive notices within about a minute that the other side is gone."""
    family, kind, protocol, *_ = address
    made = socket.socket(family, kind, protocol)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 3)):
        if hasattr(socket, option):  # not every system has all of them
            made.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
    return made
