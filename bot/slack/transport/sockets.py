"""Socket Mode: keeps a WebSocket to Slack open, and hands its payloads to Bolt.

slack_sdk's own client is not used: it reconnects at once and for ever, whatever the reason of the
disconnect, and so exceeds the rate limit of `apps.connections.open`. Here each attempt follows a
delay (`socket_pacing`) and asks for a new address, because an address opens one socket only.

Slack wants a socket to be replaced every few hours. The new one is opened at once, and the old one
is read until it ends. https://docs.slack.dev/apis/events-api/using-socket-mode
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.concurrency.background_tasks import BackgroundTasks
from bot.connections.outgoing import NotReached
from bot.errors import Cause, Refused, Unavailable, Unreached
from bot.slack.api_errors import reading, retry_after_of
from bot.slack.transport.payload_form import is_payload
from bot.slack.transport.socket_pacing import PACING, Attempts, Pacing, SocketEnd
from bot.slack.transport.websocket import Connection

log = logging.getLogger(__name__)

OPEN_WITHIN = 20.0  # seconds for one attempt, from the call to the hello
ACKNOWLEDGE_WITHIN = 3.0  # seconds; https://docs.slack.dev/apis/events-api
CLOSE_WITHIN = 1.0  # seconds that listeners have when the bot stops, and then Slack
_FIX_APP_TOKEN = "see the app's App-Level Tokens and Socket Mode, and start again"  # noqa: S105


class _NotOpened(Exception):
    """An attempt to open a socket failed."""

    def __init__(self, end: SocketEnd) -> None:
        super().__init__(end.reason)
        self.end = end


class SlackSocket:
    """The connection to Slack, over one socket after another."""

    def __init__(self, app: AsyncApp, app_token: str, pacing: Pacing = PACING) -> None:
        """Set up. Sockets are opened with the HTTP session of the app's client.

        Args:
            app: receives every payload.
            app_token: the app-level token, with `connections:write`.
            pacing: how fast sockets are opened.
        """
        self._app = app
        self._app_token = app_token
        self._pacing = pacing
        self._opened = asyncio.Event()
        self._connections: set[Connection] = set()
        self._reading = BackgroundTasks()
        self._listeners = BackgroundTasks()

    @property
    def is_open(self) -> bool:
        """Whether Slack can reach us now."""
        return self._opened.is_set()

    @asynccontextmanager
    async def kept_open(self) -> AsyncIterator[None]:
        """Keep a socket open for the block, which begins after the first attempt."""
        attempted = asyncio.Event()
        keeping = asyncio.create_task(self._keep_open(attempted))
        try:
            await attempted.wait()
            yield
        finally:
            keeping.cancel()
            await asyncio.wait([keeping])
            await self._close()

    async def _keep_open(self, attempted: asyncio.Event) -> None:
        attempts = Attempts(self._pacing)
        while True:
            began = time.monotonic()
            attempts.begin(began)
            try:
                connection = await self._open()
            except _NotOpened as error:
                attempted.set()
                end, lived = error.end, 0.0
            else:
                attempted.set()
                log.info("socket to Slack opened")
                end = await connection.wait_end()
                lived = time.monotonic() - began
            delay = attempts.delay(end, lived, time.monotonic())
            if delay:
                fix = f". To do: {end.fix}." if end.fix else ""
                log.warning(
                    "no new socket to Slack: %s; next try in %.1f s%s", end.reason, delay, fix
                )
            else:
                log.info("socket to Slack replaced: %s", end.reason)
            await asyncio.sleep(delay)

    async def _open(self) -> Connection:
        """Open a socket and wait for its hello. Raises _NotOpened."""
        connection = None
        try:
            async with asyncio.timeout(OPEN_WITHIN):
                connection = Connection(self, await self._connect(), self._pacing.ping_every)
                self._reading.start(self._read(connection))
                end = await connection.wait_hello()
        except BaseException as error:
            if connection:
                self._reading.start(connection.close())
            if isinstance(error, Exception):
                raise _NotOpened(_end_of(error)) from error
            raise
        if end:
            self._reading.start(connection.close())
            raise _NotOpened(end)
        return connection

    async def _connect(self) -> aiohttp.ClientWebSocketResponse:
        client = self._app.client
        answer = await reading(lambda: client.apps_connections_open(app_token=self._app_token))
        if not answer.get("url"):
            raise Unavailable("Slack's answer has none")
        assert client.session
        return await client.session.ws_connect(
            str(answer["url"]),
            autoping=False,  # a Connection counts pongs
            timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE_WITHIN),
        )

    async def _read(self, connection: Connection) -> None:
        self._connections.add(connection)
        try:
            await connection.run()
        finally:
            self._connections.discard(connection)

    def connection_changed(self) -> None:
        """Check again whether one of the sockets is open."""
        if any(connection.is_open for connection in self._connections):
            self._opened.set()
        else:
            self._opened.clear()

    def receive(self, connection: Connection, request: SocketModeRequest) -> None:
        """Hand a payload to Bolt, and Bolt's answer to Slack."""
        if not is_payload(request.payload) or not isinstance(request.retry_reason, str | None):
            log.warning("payload not acknowledged: it is none of Slack's")
            return
        self._listeners.start(self._dispatch(connection, request))

    async def _dispatch(self, connection: Connection, request: SocketModeRequest) -> None:
        try:
            response = await run_async_bolt_app(self._app, request)
            await send_async_response(connection, request, response, time.time())
        except (aiohttp.ClientError, ConnectionError, TimeoutError):
            log.warning("payload not acknowledged: the socket to Slack ended")
        except Exception:
            log.exception("payload not acknowledged")

    async def open_connection(self) -> Connection:
        """Return an open socket, for an answer whose own socket has ended.

        Raises:
            TimeoutError: there is none while Slack waits for the answer.
        """
        async with asyncio.timeout(ACKNOWLEDGE_WITHIN):
            while True:
                await self._opened.wait()
                for connection in self._connections:
                    if connection.is_open:
                        return connection

    async def _close(self) -> None:
        """Receive nothing more, acknowledge what was received, and close; within 3 seconds."""
        for connection in self._connections:
            connection.stop_receiving()
        await self._listeners.drain(CLOSE_WITHIN)
        for connection in list(self._connections):
            self._reading.start(connection.close())
        await self._reading.drain(2 * CLOSE_WITHIN)


def _end_of(error: Exception) -> SocketEnd:
    """Return why an attempt failed."""
    match error:
        case Refused():
            fix = _FIX_APP_TOKEN if error.cause in (Cause.TOKEN, Cause.SCOPE) else ""
            return SocketEnd(f"apps.connections.open is refused ({error.message})", fix=fix)
        case Unavailable():
            return SocketEnd(
                f"apps.connections.open gives no address ({error})",
                retry_after=error.retry_after or 0.0,
                fix=error.fix if isinstance(error, Unreached) else "",
            )
        case aiohttp.WSServerHandshakeError():
            wait = retry_after_of(error, time.time())
            return SocketEnd(f"Slack did not open it ({error.status})", retry_after=wait or 0.0)
        case ValueError() | aiohttp.NonHttpUrlClientError():  # both contain the address
            return SocketEnd("apps.connections.open gives what is no address")
        case TimeoutError():
            return SocketEnd(f"no hello within {OPEN_WITHIN:.0f} s")
        case NotReached():
            return SocketEnd(f"Slack cannot be reached ({error})", fix=error.fix)
        case aiohttp.ClientError() | OSError():  # may contain the address, a secret
            return SocketEnd(f"Slack did not open it ({type(error).__name__})")
        case _:
            log.error("socket to Slack not opened", exc_info=error)
            return SocketEnd(f"it could not be opened ({type(error).__name__})")
