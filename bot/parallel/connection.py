"""HTTP to Parallel: what every call shares. With `client` and `groups` the one on the network.

Nothing is repeated here: whether to try again is for the caller, who learns by the error what may
have happened. One harmless exception: aiohttp itself asks once more when the other side hangs up
without an answer, for GETs and the like only, never for a POST.

httpx's requests and responses go through aiohttp, whose connections do not cost more the more of
them there are (httpx's own pool does). There is no `httpx.AsyncClient` around it: that would spend
as much on defaults, redirects and cookies (aiohttp has its own) as a request takes. Errors are read
off aiohttp's exceptions, not httpx's: httpx_aiohttp makes a ``ConnectTimeout`` out of every
``ClientConnectionError``, among them a server that hangs up *after* it got the request.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
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
from bot.parallel import api_errors, wire
from bot.parallel.text import decoded

USER_AGENT = f"threadline/{__version__}"

_HEADERS = {"Accept": "*/*", "Accept-Encoding": "gzip, deflate", "User-Agent": USER_AGENT}
_EVENTS = {"Accept": "text/event-stream", "Cache-Control": "no-store"}

#: A response that streams comes in pieces only when nothing on the way compresses it.
_STREAMED = {"Accept": "text/event-stream, application/json", "Accept-Encoding": "identity"}


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long we wait for Parallel, in seconds.

    Attributes:
        connect: for a connection, with name resolution and TLS.
        create: for the whole of a create call.
        look: for the whole of a status call.
        result: for the whole of a result call, on top of what it was asked to wait.
        silence: between two pieces of an event stream. A silent stream is normal for minutes, and
            Parallel closes every stream after 570 s, so this is for streams that it forgot;
            a peer that is gone is noticed by the keepalive of TCP, within about a minute.
        first_byte: until a chat completion begins to be answered.
        chunk: between two pieces of a streamed chat completion.
        trailer: for what may follow the `finish_reason` of one.
        chat: for the whole of a chat completion.
    """

    connect: float = 10.0
    create: float = 60.0
    look: float = 30.0
    result: float = 15.0
    silence: float = 600.0
    first_byte: float = 10.0
    chunk: float = 30.0
    trailer: float = 1.0
    chat: float = 60.0


class Connection:
    """Connections to Parallel's API, with its key. An async context manager."""

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
            key: the API key. Raises ValueError, which does not show it, when no header can
                carry it.
            timeouts: how long is waited.
            network: the proxies and certificates; none but the system's by default.
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
        """Open for calls."""
        enter = self._stack.enter_async_context
        # A create call on a kept connection that the other side is just closing would end in
        # doubt about a paid run. So each gets a fresh connection; `Connection: close` would not
        # do, it only says what shall happen to the connection afterwards.
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
        """Make a transport without a limit to its connections; must be called in the event loop.

        The connector is what checks certificates; the transport would make a context of its own,
        for nothing, if it got none.
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
        body: dict[str, Any] | None = None,
    ) -> httpx.Response:
        """Send a request, and read its response to the end."""
        async with self._sent(transport, method, path, body=body) as response:
            await response.aread()
            return _passed(response)

    def _timeout(self, *, read: float | None, connect: float | None = None) -> httpx.Timeout:
        """`pool` becomes aiohttp's `connect`, which unlike `sock_connect` counts DNS, too."""
        connect = min(self.timeouts.connect, connect or self.timeouts.connect)
        return httpx.Timeout(connect=connect, pool=connect, read=read, write=None)

    async def post(self, path: str, body: dict[str, Any]) -> httpx.Response:
        """Post once, on a fresh connection, whatever happens.

        Raises:
            Unavailable: nothing was sent.
            AnswerLost: it may have taken effect.
        """
        with silence_means(AnswerLost):
            async with asyncio.timeout(self.timeouts.create):
                return await self._read(self._creating, "POST", path, body)

    @asynccontextmanager
    async def posted(
        self, path: str, body: dict[str, Any], seconds: float
    ) -> AsyncIterator[httpx.Response]:
        """Post once, on a fresh connection, and stream the response, which begins in `seconds`.

        Raises:
            Unavailable: nothing was sent.
            AnswerLost: it may have taken effect.

        What the block does with the response is outside: it names its own errors
        (`silence_means`).
        """
        async with AsyncExitStack() as stack:
            with silence_means(AnswerLost):
                async with asyncio.timeout(seconds):
                    streamed = self._sent(
                        self._creating,
                        "POST",
                        path,
                        body=body,
                        headers=_STREAMED,
                        # Sooner than the whole: that no connection came about must be known.
                        timeout=self._timeout(read=None, connect=seconds / 2),
                    )
                    response = _passed(await stack.enter_async_context(streamed))
            yield response

    async def get(self, path: str, seconds: float) -> httpx.Response:
        """Read, for at most `seconds`. Raises Unavailable."""
        with silence_means(Unavailable):
            async with asyncio.timeout(seconds):
                return await self._read(self._reading, "GET", path)

    @asynccontextmanager
    async def event_source(self, path: str) -> AsyncIterator[EventSource]:
        """Hold an event stream. Raises Refused (not_read's) or Unavailable.

        What the block does with the stream is outside: it names its own errors (`silence_means`).
        """
        async with AsyncExitStack() as stack:
            with silence_means(Unavailable):
                timeout = self._timeout(read=self.timeouts.silence)
                sent = self._sent(self._reading, "GET", path, headers=_EVENTS, timeout=timeout)
                response = await stack.enter_async_context(sent)
                if _passed(response).status_code != 200:
                    await response.aread()
                    raise api_errors.not_read(*self.said(response))
            response.encoding = "utf-8"  # as all event streams, whatever the header says
            yield EventSource(response)

    def said(self, response: httpx.Response) -> tuple[int, str, float | None]:
        """Take from a refusal what `refusal` sorts by; should it echo the key, without that."""
        return response.status_code, self.text(response), self.wait_asked_for(response)

    def text(self, response: httpx.Response) -> str:
        """Return the text of a response that was read to its end, `discreet`."""
        return self.discreet(decoded(response.content, response.charset_encoding))

    def discreet(self, text: str) -> str:
        """Return what the other side said without the key, should it echo that."""
        return text.replace(self._key, "…")

    def wait_asked_for(self, response: httpx.Response) -> float | None:
        """Return the seconds that a response asks to wait; None when it asks for nothing."""
        return retry_after_seconds(response.headers.get("retry-after"), time.time())


def _passed(response: httpx.Response) -> httpx.Response:
    """Raise Unreached when it is a proxy's that let the request not pass (RFC 9110, 15.5.8)."""
    if response.status_code == 407:
        raise Unreached(
            "Parallel cannot be reached: the proxy wants another user or password (407)",
            "check user and password in HTTP_PROXY",
        )
    return response


@contextmanager
def silence_means(lost: type[AnswerLost | Unavailable]) -> Iterator[None]:
    """Name what went wrong underway: Unreached where nothing left, else `lost`."""
    try:
        yield
    except (httpx.HTTPError, aiohttp.ClientError, OSError) as error:  # TimeoutError is an OSError
        cause = error.__cause__ if isinstance(error, httpx.HTTPError) else error
        if isinstance(cause, NotReached):
            raise Unreached(f"Parallel cannot be reached: {cause}", cause.fix) from error
        raise lost(f"Parallel's answer was lost: {type(cause or error).__name__}") from error


@contextmanager
def malformed_means_later(what: str) -> Iterator[None]:
    """Name an answer that is not in the agreed form: Unavailable."""
    try:
        yield
    except wire.Malformed as error:
        raise Unavailable(f"Parallel's answer is not {what}: {error}") from error


def _kept_alive(address: tuple[Any, ...]) -> socket.socket:
    """Make a socket that notices within about a minute when the other side is gone."""
    family, kind, protocol, *_ = address
    made = socket.socket(family, kind, protocol)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 3)):
        if hasattr(socket, option):  # each system has its own selection
            made.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
    return made
