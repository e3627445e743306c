"""The HTTP server: its limits, and Slack's signed requests into Bolt.

A request is parsed only after its signature was verified over the raw bytes:
https://docs.slack.dev/authentication/verifying-requests-from-slack. A request that is not Slack's,
or does not end in time, is its sender's fault: it is answered, and no error is logged.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.typedefs import Handler as AnyHandler
from multidict import CIMultiDictProxy
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from yarl import URL

from bot.connections.incoming import listen_on
from bot.slack.transport.payload_form import is_payload

log = logging.getLogger(__name__)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

MAX_BODY = 1_000_000  # bytes of a request; a view of Slack's has 250 kB at most
MOST_READ = 32_000_000  # bytes of bodies that are read at once
READ_WITHIN = 10.0  # seconds for the headers of a request, and the same for its body
KEPT_ALIVE = 75.0  # seconds without a request, longer than the 60 s of common proxies
LINGERING = 2.0  # seconds that the rest of a refused body is read, so that the answer arrives
SHUTDOWN_WITHIN = 2.0  # seconds that requests have when the bot stops
MAX_CLOCK_SKEW = 300.0  # seconds between Slack's clock and ours
LOGGED_EVERY = 60.0  # seconds between two warnings about unsigned requests

_TIMESTAMP = re.compile(r"[0-9]{1,12}")


def slack_events(app: AsyncApp, secret: str, *, read_within: float = READ_WITHIN) -> Handler:
    """Return the handler for events, commands and interactivity.

    It answers 408 when the body takes longer than `read_within` seconds, or newer ones need its
    place, 413 when it is too large, 401 without a valid signature, and 400 when a signed body is no
    payload of Slack's.
    """
    logged_at = -LOGGED_EVERY
    bodies = _Bodies(read_within)

    def unsigned(problem: str) -> web.StreamResponse:
        nonlocal logged_at
        if time.monotonic() - logged_at >= LOGGED_EVERY:
            logged_at = time.monotonic()
            log.warning("unsigned request refused: %s", problem)
        return _refusal(401, "invalid request")

    async def handle(request: web.Request) -> web.StreamResponse:
        if problem := header_problem(request.headers, now=time.time()):
            return unsigned(problem)
        body = await bodies.read(request)
        if not isinstance(body, bytes):
            return body
        if problem := signature_problem(secret, request.headers, body, now=time.time()):
            return unsigned(problem)
        bolt_request = _bolt_request(request, body)
        if bolt_request is None:
            log.warning("signed request refused: it is no payload of Slack's")
            return _refusal(400, "invalid payload")
        answer = await app.async_dispatch(bolt_request)
        if answer.status == 404 and bolt_request.body.get("type") == "app_rate_limited":
            # Bolt does not know this type.
            # https://docs.slack.dev/apis/web-api/rate-limits
            log.error("Slack held events back: there were too many in an hour")
            return web.Response()
        return await to_aiohttp_response(answer)

    return handle


class _Bodies:
    """Reads bodies of requests, which may be anybody's: only the end of one shows whose it is.

    Together they have up to `MOST_READ` bytes. A new one takes the place of the oldest: Slack sends
    a body at once.
    """

    def __init__(self, within: float) -> None:
        self._within = within
        self._reading: dict[asyncio.Timeout, int] = {}  # bytes; oldest first

    async def read(self, request: web.Request) -> bytes | web.Response:
        """Return the body, or the answer to a request whose body is not read to its end."""
        announced = request.content_length
        size = MAX_BODY if announced is None else min(announced, MAX_BODY)
        self._make_room(size)
        try:
            async with asyncio.timeout(self._within) as deadline:
                self._reading[deadline] = size
                try:
                    return await request.read()
                finally:
                    self._reading.pop(deadline, None)
        except TimeoutError:
            return _refusal(408, "the request took too long")
        except (web.RequestPayloadError, HttpProcessingError, ConnectionError):
            return _refusal(400, "the request is malformed")

    def _make_room(self, size: int) -> None:
        while self._reading and sum(self._reading.values()) + size > MOST_READ:
            oldest = next(iter(self._reading))
            del self._reading[oldest]
            if not oldest.expired():
                oldest.reschedule(asyncio.get_running_loop().time())


def header_problem(headers: CIMultiDictProxy[str], *, now: float) -> str | None:
    """Return why a request cannot be signed by Slack, whatever its body is; None when it may be.

    Args:
        headers: of the request.
        now: seconds since 1970.
    """
    stamps = headers.getall("x-slack-request-timestamp", [])
    signatures = headers.getall("x-slack-signature", [])
    if len(stamps) != 1 or len(signatures) != 1:
        return "it needs one timestamp and one signature"
    if not _TIMESTAMP.fullmatch(stamps[0]):
        return "its timestamp is no number"
    if abs(now - int(stamps[0])) > MAX_CLOCK_SKEW:
        return "its timestamp is more than five minutes off (is this machine's clock right?)"
    return None


def signature_problem(
    secret: str, headers: CIMultiDictProxy[str], body: bytes, *, now: float
) -> str | None:
    """Return why a request is not signed by Slack; None when it is.

    Args:
        secret: the app's signing secret.
        headers: of the request.
        body: the raw bytes.
        now: seconds since 1970.
    """
    if problem := header_problem(headers, now=now):
        return problem
    stamp, signature = headers["x-slack-request-timestamp"], headers["x-slack-signature"]
    signed = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256)
    expected = f"v0={signed.hexdigest()}"
    if not hmac.compare_digest(expected.encode(), signature.encode(errors="replace")):
        return "its signature is of another secret than SLACK_SIGNING_SECRET"
    return None


def _bolt_request(request: web.Request, body: bytes) -> AsyncBoltRequest | None:
    """Parse a signed request. Returns None when it is no payload of Slack's."""
    try:
        bolt_request = AsyncBoltRequest(
            body=body.decode(),
            query=request.query_string,
            headers=request.headers,  # type: ignore[arg-type]
        )
    except Exception:  # Bolt looks for ids in many places, and trusts the form of each
        return None
    return bolt_request if is_payload(bolt_request.body) else None


def _refusal(status: int, reason: str) -> web.Response:
    return web.json_response({"error": reason}, status=status)


# --- the server -------------------------------------------------------------------------


class _MalformedRequests(logging.Filter):
    """Drops the tracebacks that aiohttp logs for requests that are no HTTP."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        return not isinstance(error, HttpProcessingError | web.RequestPayloadError)


_server_log = logging.getLogger(f"{__name__}.server")
_server_log.addFilter(_MalformedRequests())


def site(health: Handler, events: Handler | None) -> web.Application:
    """Return the application that serves `/health` and, with `events`, `/slack/events`."""
    application = web.Application(client_max_size=MAX_BODY)
    application.router.add_get("/health", health)
    if events:
        application.router.add_post("/slack/events", events)
    return application


class _Connection(web.RequestHandler):
    """Closes the connection when the headers of a request take longer than `within` seconds.

    aiohttp allows them as long as an idle connection, an hour.
    """

    def __init__(self, server: web.Server, within: float, **options: Any) -> None:
        super().__init__(server, loop=asyncio.get_running_loop(), **options)
        self._within = within
        self._timer: asyncio.TimerHandle | None = None
        self._is_handling = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._start_timer()

    def data_received(self, data: bytes) -> None:
        if not self._is_handling:
            self._start_timer()
        super().data_received(data)

    def connection_lost(self, exc: BaseException | None) -> None:
        self._stop_timer()
        super().connection_lost(exc)

    @contextmanager
    def handling(self) -> Iterator[None]:
        """Stop the timer while a request is handled: its headers have arrived."""
        self._stop_timer()
        self._is_handling = True
        try:
            yield
        finally:
            self._is_handling = False

    def _start_timer(self) -> None:
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self._within, self.force_close)

    def _stop_timer(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None


@web.middleware
async def _handle_without_timer(request: web.Request, handler: AnyHandler) -> web.StreamResponse:
    assert isinstance(request.protocol, _Connection)
    with request.protocol.handling():
        return await handler(request)


@asynccontextmanager
async def served(
    application: web.Application,
    host: str,
    port: int,
    *,
    read_within: float = READ_WITHIN,
    kept_alive: float = KEPT_ALIVE,
) -> AsyncIterator[str]:
    """Serve for the duration of the block, and yield the address. Port 0 takes a free one.

    Raises:
        OSError: the port is not free, or not allowed.
    """

    def new_connection() -> _Connection:
        assert runner.server
        return _Connection(
            runner.server,
            read_within,
            access_log=None,
            logger=_server_log,
            keepalive_timeout=kept_alive,
            lingering_time=LINGERING,
            auto_decompress=False,  # the signature is over the raw bytes
        )

    application.middlewares.append(_handle_without_timer)
    runner = web.AppRunner(application, shutdown_timeout=SHUTDOWN_WITHIN)
    await runner.setup()
    try:
        server = await listen_on(host, port, new_connection)
        try:
            address = server.sockets[0].getsockname()
            yield str(URL.build(scheme="http", host=address[0], port=address[1]))
        finally:
            server.close()
    finally:
        await runner.cleanup()
