"""Socket Mode: a WebSocket to Slack is kept open, and what comes over it is handed to Bolt.

slack_sdk's own client is not used: it connects again at once, for ever, whatever it is sent away
for, and so runs into the rate limit of `apps.connections.open`. Here each try follows a pause
(`socket_pacing`), and asks for a new address, because an address opens one socket.

Slack wants a socket to be replaced every few hours. The new one is opened at once, and the old one
is read until it ends.
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

from bot.background_tasks import BackgroundTasks
from bot.connections.outgoing import NotReached
from bot.errors import Cause, Refused, Unavailable, Unreached
from bot.slack.api_errors import reading, retry_after_of
from bot.slack.transport.payloads import is_payload
from bot.slack.transport.socket_pacing import PACING, End, Pacing, Tries
from bot.slack.transport.websocket import Connection

log = logging.getLogger(__name__)

OPENS_WITHIN = 20.0  # seconds for one try, from the call to the hello
ACKNOWLEDGED_WITHIN = 3.0  # seconds; https://docs.slack.dev/apis/events-api
GOODBYE = 1.0  # seconds that listeners have when the bot stops, and then Slack
#: What to do when the app-level token is refused.
_MEND_THE_APP = "see the app's App-Level Tokens and Socket Mode, and start again"


class _NotOpened(Exception):
    """A try to open a socket failed."""

    def __init__(self, end: End) -> None:
        super().__init__(end.why)
        self.end = end


class SlackSocket:
    """The connection to Slack, whichever socket it is made of at the moment."""

    def __init__(self, app: AsyncApp, app_token: str, pacing: Pacing = PACING) -> None:
        """Set up. Sockets are opened with the HTTP session of the app's client.

        Args:
            app: gets every payload.
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
        """Keep a socket open for the block, which begins when the first try has been made."""
        tried = asyncio.Event()
        keeping = asyncio.create_task(self._keep(tried))
        try:
            await tried.wait()
            yield
        finally:
            keeping.cancel()
            await asyncio.wait([keeping])
            await self._close()

    async def _keep(self, tried: asyncio.Event) -> None:
        tries = Tries(self._pacing)
        while True:
            began = time.monotonic()
            tries.begin(began)
            try:
                connection = await self._open()
            except _NotOpened as error:
                tried.set()
                end, lived = error.end, 0.0
            else:
                tried.set()
                log.info("socket to Slack opened")
                end = await connection.ending()
                lived = time.monotonic() - began
            pause = tries.pause(end, lived, time.monotonic())
            if pause:
                to_do = f". To do: {end.to_do}." if end.to_do else ""
                log.warning(
                    "no new socket to Slack: %s; next try in %.1f s%s", end.why, pause, to_do
                )
            else:
                log.info("socket to Slack replaced: %s", end.why)
            await asyncio.sleep(pause)

    async def _open(self) -> Connection:
        """Open a socket and wait for its hello. Raises _NotOpened."""
        connection = None
        try:
            async with asyncio.timeout(OPENS_WITHIN):
                connection = Connection(self, await self._connect(), self._pacing.ping_every)
                self._reading.start(self._read(connection))
                end = await connection.greeted()
        except BaseException as error:
            if connection:
                self._reading.start(connection.close())
            if isinstance(error, Exception):
                raise _NotOpened(_trouble(error)) from error
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
            timeout=aiohttp.ClientWSTimeout(ws_close=GOODBYE),
        )

    async def _read(self, connection: Connection) -> None:
        self._connections.add(connection)
        try:
            await connection.run()
        finally:
            self._connections.discard(connection)

    def changed(self) -> None:
        """Look again whether one of the sockets is open."""
        if any(connection.is_open for connection in self._connections):
            self._opened.set()
        else:
            self._opened.clear()

    def take(self, connection: Connection, request: SocketModeRequest) -> None:
        """Hand a payload to Bolt, and its answer to Slack."""
        if not is_payload(request.payload) or not isinstance(request.retry_reason, str | None):
            log.warning("payload not acknowledged: it is none of Slack's")
            return
        self._listeners.start(self._answered(connection, request))

    async def _answered(self, connection: Connection, request: SocketModeRequest) -> None:
        try:
            response = await run_async_bolt_app(self._app, request)
            await send_async_response(connection, request, response, time.time())
        except (aiohttp.ClientError, ConnectionError, TimeoutError):
            log.warning("payload not acknowledged: the socket to Slack ended")
        except Exception:
            log.exception("payload not acknowledged")

    async def another(self) -> Connection:
        """Return a socket that is open, for an answer whose own one has ended.

        Raises TimeoutError when there is none before Slack has stopped waiting for the answer.
        """
        async with asyncio.timeout(ACKNOWLEDGED_WITHIN):
            while True:
                await self._opened.wait()
                for connection in self._connections:
                    if connection.is_open:
                        return connection

    async def _close(self) -> None:
        """Take nothing more, let what was taken be acknowledged, and say goodbye; in 3 seconds."""
        for connection in self._connections:
            connection.take_no_more()
        await self._listeners.drain(GOODBYE)
        for connection in list(self._connections):
            self._reading.start(connection.close())
        await self._reading.drain(2 * GOODBYE)


def _trouble(error: Exception) -> End:
    """Say why a try failed."""
    match error:
        case Refused():
            to_do = _MEND_THE_APP if error.cause in (Cause.TOKEN, Cause.SCOPE) else ""
            return End(f"apps.connections.open is refused ({error.message})", to_do=to_do)
        case Unavailable():
            return End(
                f"apps.connections.open gives no address ({error})",
                retry_after=error.retry_after or 0.0,
                to_do=error.fix if isinstance(error, Unreached) else "",
            )
        case aiohttp.WSServerHandshakeError():
            asked = retry_after_of(error, time.time())
            return End(f"Slack did not open it ({error.status})", retry_after=asked or 0.0)
        case ValueError() | aiohttp.NonHttpUrlClientError():  # both tell the address
            return End("apps.connections.open gives what is no address")
        case TimeoutError():
            return End(f"no hello within {OPENS_WITHIN:.0f} s")
        case NotReached():
            return End(f"Slack cannot be reached ({error})", to_do=error.fix)
        case aiohttp.ClientError() | OSError():  # which may tell the address, a secret
            return End(f"Slack did not open it ({type(error).__name__})")
        case _:
            log.error("socket to Slack not opened", exc_info=error)
            return End(f"it could not be opened ({type(error).__name__})")
