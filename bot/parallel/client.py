"""Parallel's Task API over HTTP (`bot.ports.Research`); the one file here on the network.

Nothing is repeated here: whether to try again is for the caller, who learns by the error what may
have happened. One harmless exception: aiohttp itself asks once more when the other side hangs up
without an answer, for GETs and the like only, never for a POST.

httpx speaks through aiohttp, whose connections do not cost more the more of them there are (httpx's
own pool does). Errors are read off aiohttp's exceptions, not httpx's: httpx_aiohttp makes a
``ConnectTimeout`` out of every ``ClientConnectionError``, among them a server that hangs up *after*
it got the request.
"""

from __future__ import annotations

import asyncio
import logging
import math
import socket
import ssl
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport
from httpx_sse import EventSource, aconnect_sse

from bot.errors import AnswerLost, Unavailable
from bot.model import Answer, Progress, Run, RunId, RunRequest, RunStatus
from bot.parallel import refusal, wire

log = logging.getLogger(__name__)

USER_AGENT = "threadline/0.1.0"
RUNS = "/v1/tasks/runs"

#: What aiohttp raises only while it connects (also TLS, name resolution): no byte of the request
#: has left. All else may come after the request was read.
_NEVER_CONNECTED = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)


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
    """

    connect: float = 10.0
    create: float = 60.0
    look: float = 30.0
    result: float = 15.0
    silence: float = 600.0


class TaskApi:
    """Parallel's Task API. An async context manager: it holds connections."""

    def __init__(self, base_url: str, key: str, *, timeouts: Timeouts | None = None) -> None:
        """Set up; nothing is sent.

        Args:
            base_url: such as ``https://api.parallel.ai``; may have a path and end in a slash.
            key: the API key. Raises ValueError, which does not show it, when no header can
                carry it.
        """
        if not (key.isascii() and key.isprintable()):
            raise ValueError("the API key has characters in it that no header can carry")
        self._base_url = base_url
        self._key = key
        self._timeouts = timeouts or Timeouts()
        self._unknown: set[str] = set()
        self._stack = AsyncExitStack()
        self._creating: httpx.AsyncClient
        self._reading: httpx.AsyncClient

    async def __aenter__(self) -> Self:
        """Open for calls."""
        trusted = ssl.create_default_context()
        enter = self._stack.enter_async_context
        # A create call on a kept connection that the other side is just closing would end in
        # doubt about a paid run. So each gets a fresh connection; `Connection: close` would not
        # do, it only says what shall happen to the connection afterwards.
        self._creating = await enter(self._client(trusted, force_close=True))
        self._reading = await enter(self._client(trusted, force_close=False))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close all connections."""
        await self._stack.aclose()

    async def start(self, request: RunRequest) -> Run:
        """Create a run: one POST on a fresh connection, whatever happens.

        Raises:
            Refused: it was not started: KEY, CREDIT, PROCESSOR, CHAIN, INPUT.
            Unavailable: it was not started; later.
            AnswerLost: it may have been started.
        """
        with _silence_means(AnswerLost):
            async with asyncio.timeout(self._timeouts.create):
                response = await self._creating.post(RUNS, json=wire.request_body(request))
        if not response.is_success:
            raise refusal.not_started(*self._said(response), chained=request.previous is not None)
        try:
            return self._noted(wire.created(data := wire.parsed(response.text)), data)
        except wire.Malformed as error:
            raise AnswerLost(f"Parallel's answer to a create call is no run: {error}") from error

    async def look(self, run: RunId) -> Run:
        """Ask how the run stands.

        Raises:
            Refused: KEY, UNKNOWN_RUN.
            Unavailable: later.
        """
        response = await self._get(f"{RUNS}/{quote(run, safe='')}", self._timeouts.look)
        if response.status_code != 200:
            raise refusal.not_read(*self._said(response))
        with _malformed_means_later("a run"):
            return self._noted(wire.run(data := wire.parsed(response.text)), data)

    async def result(self, run: RunId, timeout: float) -> Answer | None:
        """Wait up to `timeout` seconds, in whole ones, for the output; None when still active.

        Raises:
            Refused: UNKNOWN_RUN when the run failed or does not exist (`look` tells which), KEY.
            Unavailable: later; also for an output that is neither text nor an object.
        """
        seconds = max(1, math.ceil(timeout))
        response = await self._get(
            f"{RUNS}/{quote(run, safe='')}/result?timeout={seconds}",
            seconds + self._timeouts.result,
        )
        if response.status_code == 408:
            return None
        if response.status_code != 200:
            raise refusal.not_read(*self._said(response))
        with _malformed_means_later("a result"):
            return wire.answer(wire.parsed(response.text))

    @asynccontextmanager
    async def watch(self, run: RunId) -> AsyncIterator[AsyncIterator[Progress]]:
        """Hold the run's event stream; the iteration ends when Parallel closes it.

        Both entering and iterating raise:
            Refused: KEY, UNKNOWN_RUN.
            Unavailable: there is no stream, or it broke off.
        """
        async with AsyncExitStack() as stack:
            # The block of the caller must stay outside: its own errors are not ours to name.
            with _silence_means(Unavailable):
                source = await stack.enter_async_context(
                    aconnect_sse(
                        self._reading,
                        "GET",
                        f"{RUNS}/{quote(run, safe='')}/events",
                        timeout=self._timeout(read=self._timeouts.silence),
                    )
                )
                if source.response.status_code != 200:
                    await source.response.aread()
                    raise refusal.not_read(*self._said(source.response))
            yield await stack.enter_async_context(aclosing(_events(source)))

    def _client(self, trusted: ssl.SSLContext, *, force_close: bool) -> httpx.AsyncClient:
        """Make a client without a limit to its connections; must be called in the event loop.

        The connector is what uses `trusted`; the transport would make a context of its own, for
        nothing, if it got none.
        """
        connector = aiohttp.TCPConnector(
            limit=0, ssl=trusted, force_close=force_close, socket_factory=_kept_alive
        )
        return httpx.AsyncClient(
            base_url=self._base_url,
            headers={"x-api-key": self._key, "User-Agent": USER_AGENT},
            timeout=self._timeout(read=None),
            transport=AiohttpTransport(
                verify=trusted, client=aiohttp.ClientSession(connector=connector)
            ),
        )

    def _timeout(self, *, read: float | None) -> httpx.Timeout:
        """`pool` becomes aiohttp's `connect`, which unlike `sock_connect` counts DNS, too."""
        connect = self._timeouts.connect
        return httpx.Timeout(connect=connect, pool=connect, read=read, write=None)

    async def _get(self, path: str, seconds: float) -> httpx.Response:
        with _silence_means(Unavailable):
            async with asyncio.timeout(seconds):
                return await self._reading.get(path)

    def _said(self, response: httpx.Response) -> tuple[int, str, float | None]:
        """Take from a refusal what `refusal` sorts by; should it echo the key, without that."""
        wait = refusal.retry_after(response.headers.get("retry-after"), time.time())
        return response.status_code, response.text.replace(self._key, "…"), wait

    def _noted(self, run: Run, data: dict[str, Any]) -> Run:
        """Tell the log of a status that we do not know, once."""
        status = data.get("status")
        if run.status is RunStatus.UNKNOWN and status not in self._unknown:
            self._unknown.add(str(status))
            log.warning("unknown run status %r, taken as still going", status)
        return run


async def _events(source: EventSource) -> AsyncGenerator[Progress, None]:
    with _silence_means(Unavailable):
        async with aclosing(source.aiter_sse()) as events:
            async for event in events:
                try:
                    told = wire.progress(wire.parsed(event.data))
                except wire.Malformed as error:
                    log.debug("event skipped: %s", error)
                    continue
                if told:
                    yield told


@contextmanager
def _silence_means(lost: type[AnswerLost | Unavailable]) -> Iterator[None]:
    """Name what went wrong underway: Unavailable where nothing left, else `lost`."""
    try:
        yield
    except (httpx.HTTPError, aiohttp.ClientError, OSError) as error:  # TimeoutError is an OSError
        cause = error.__cause__ if isinstance(error, httpx.HTTPError) else error
        if isinstance(cause, _NEVER_CONNECTED):
            raise Unavailable(f"Parallel cannot be reached: {cause}") from error
        raise lost(f"Parallel's answer was lost: {type(cause or error).__name__}") from error


@contextmanager
def _malformed_means_later(what: str) -> Iterator[None]:
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
