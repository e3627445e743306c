"""Requests over HTTP: who may ask, how long and how much, and Slack's signed ones for Bolt.

Nothing of a request is parsed before its signature has been checked, over the bytes as they came:
https://docs.slack.dev/authentication/verifying-requests-from-slack. What is no request of Slack's,
or none that ends in time, is the sender's fault, so it is answered and leaves no error in the log.
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

from bot.slack.transport.payloads import is_payload

log = logging.getLogger(__name__)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

MOST_BYTES = 1_000_000  # of a request's body; a view of Slack's has 250 kB at most
READ_WITHIN = 10.0  # seconds for the headers of a request, and as long again for its body
LINGERING = 2.0  # seconds that what is left of a refused body is read, so that the answer arrives
GOODBYE = 2.0  # seconds that requests have when the bot stops
SIGNED_WITHIN = 300.0  # seconds that the clocks of Slack and ours may differ
LOGGED_EVERY = 60.0  # seconds between two warnings that somebody else than Slack asks

_TIMESTAMP = re.compile(r"[0-9]{1,12}")


def slack_events(app: AsyncApp, secret: str, *, read_within: float = READ_WITHIN) -> Handler:
    """Return the handler for events, commands and interactivity.

    It answers 408 when the body takes longer than `read_within` seconds, 413 when there is too much
    of it, 401 without a valid signature, and 400 when what is signed is no payload of Slack's.
    """
    told = -LOGGED_EVERY

    async def handle(request: web.Request) -> web.StreamResponse:
        nonlocal told
        try:
            async with asyncio.timeout(read_within):
                body = await request.read()
        except TimeoutError:
            return _refusal(408, "the request took too long")
        except (web.RequestPayloadError, HttpProcessingError, ConnectionError):
            return _refusal(400, "the request is malformed")
        if wrong := unsigned(secret, request.headers, body, time.time()):
            if time.monotonic() - told >= LOGGED_EVERY:
                told = time.monotonic()
                log.warning("request refused that Slack has not signed: %s", wrong)
            return _refusal(401, "invalid request")
        asked = _bolt_request(request, body)
        if asked is None:
            log.warning("request refused that is no payload of Slack's, though it is signed")
            return _refusal(400, "invalid payload")
        answer = await app.async_dispatch(asked)
        if answer.status == 404 and asked.body.get("type") == "app_rate_limited":
            # Bolt knows no such type. Slack held events back.
            log.error("Slack held events back: there were too many in an hour")
            return web.Response()
        return await to_aiohttp_response(answer)

    return handle


def unsigned(secret: str, headers: CIMultiDictProxy[str], body: bytes, now: float) -> str | None:
    """Return why a request is not Slack's, None when it is. `now` is in seconds since 1970."""
    stamps = headers.getall("x-slack-request-timestamp", [])
    signatures = headers.getall("x-slack-signature", [])
    if len(stamps) != 1 or len(signatures) != 1:
        return "it needs one timestamp and one signature"
    if not _TIMESTAMP.fullmatch(stamps[0]):
        return "its timestamp is no number"
    if abs(now - int(stamps[0])) > SIGNED_WITHIN:
        return "its timestamp is more than five minutes off (is this machine's clock right?)"
    signed = hmac.new(secret.encode(), f"v0:{stamps[0]}:".encode() + body, hashlib.sha256)
    expected = f"v0={signed.hexdigest()}"
    if not hmac.compare_digest(expected.encode(), signatures[0].encode(errors="replace")):
        return "its signature is of another secret than SLACK_SIGNING_SECRET"
    return None


def _bolt_request(request: web.Request, body: bytes) -> AsyncBoltRequest | None:
    """Parse what is signed. Returns None when it is no payload of Slack's."""
    try:
        asked = AsyncBoltRequest(
            body=body.decode(),
            query=request.query_string,
            headers=request.headers,  # type: ignore[arg-type]
        )
    except Exception:  # Bolt looks for ids in many places and trusts the shape of each
        return None
    return asked if is_payload(asked.body) else None


def _refusal(status: int, why: str) -> web.Response:
    return web.json_response({"error": why}, status=status)


# --- the server -------------------------------------------------------------------------


class _NotOurFault(logging.Filter):
    """Leaves out what aiohttp logs, with a traceback, of requests that are no HTTP."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        return not isinstance(error, HttpProcessingError | web.RequestPayloadError)


_server_log = logging.getLogger(f"{__name__}.server")
_server_log.addFilter(_NotOurFault())


def site(health: Handler, events: Handler | None) -> web.Application:
    """Return what is served at `/health` and, unless Slack uses a socket, `/slack/events`."""
    made = web.Application(client_max_size=MOST_BYTES)
    made.router.add_get("/health", health)
    if events:
        made.router.add_post("/slack/events", events)
    return made


class _Connection(web.RequestHandler):
    """Hangs up on whoever takes longer than `within` seconds for the headers of a request.

    aiohttp gives them as long as an idle connection has, an hour.
    """

    def __init__(self, server: web.Server, within: float, **options: Any) -> None:
        super().__init__(server, loop=asyncio.get_running_loop(), **options)
        self._within = within
        self._hurry: asyncio.TimerHandle | None = None
        self._is_handling = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._expect()

    def data_received(self, data: bytes) -> None:
        if not self._is_handling:
            self._expect()
        super().data_received(data)

    def connection_lost(self, exc: BaseException | None) -> None:
        self._relax()
        super().connection_lost(exc)

    @contextmanager
    def handling(self) -> Iterator[None]:
        """The headers have come; what comes now is the body, or waits its turn."""
        self._relax()
        self._is_handling = True
        try:
            yield
        finally:
            self._is_handling = False

    def _expect(self) -> None:
        if self._hurry is None:
            loop = asyncio.get_running_loop()
            self._hurry = loop.call_later(self._within, self.force_close)

    def _relax(self) -> None:
        if self._hurry:
            self._hurry.cancel()
            self._hurry = None


@web.middleware
async def _arrived(request: web.Request, handler: AnyHandler) -> web.StreamResponse:
    assert isinstance(request.protocol, _Connection)
    with request.protocol.handling():
        return await handler(request)


@asynccontextmanager
async def served(
    application: web.Application, host: str, port: int, *, read_within: float = READ_WITHIN
) -> AsyncIterator[str]:
    """Serve for the block; port 0 takes a free one. Yields the address.

    Raises:
        OSError: the port cannot be listened on.
    """

    def connected() -> _Connection:
        assert runner.server
        return _Connection(
            runner.server,
            read_within,
            access_log=None,
            logger=_server_log,
            lingering_time=LINGERING,
            auto_decompress=False,  # a signature is over what came
        )

    application.middlewares.append(_arrived)
    runner = web.AppRunner(application, shutdown_timeout=GOODBYE)
    await runner.setup()
    try:
        loop = asyncio.get_running_loop()
        listening = await loop.create_server(connected, host, port)
        try:
            address = listening.sockets[0].getsockname()
            yield str(URL.build(scheme="http", host=address[0], port=address[1]))
        finally:
            listening.close()
    finally:
        await runner.cleanup()
