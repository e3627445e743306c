"""One WebSocket to Slack: its hello, payloads, pings and end.

A socket is dead when Slack does not answer a ping. Payloads that still arrive prove nothing: what
we send may not reach Slack. What was not acknowledged is delivered again, to any socket of the app.

Source: https://docs.slack.dev/apis/events-api/using-socket-mode.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import time
from contextlib import suppress
from typing import Any, Protocol

import aiohttp
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.slack.transport.socket_pacing import SocketEnd

log = logging.getLogger(__name__)

CLOSE_AFTER = 30.0  # seconds from Slack's announcement of a disconnect until we close the socket
REQUESTED = ("warning", "refresh_requested")  # reasons for which Slack wants a new socket
#: What an operator can do, by Slack's reason.
_FIXES = {
    "link_disabled": "turn on Socket Mode in the app's settings",
    "too_many_websockets": "an app has ten sockets: stop other replicas, or wait for a free one",
}


class Owner(Protocol):
    """What a connection belongs to."""

    def receive(self, connection: Connection, request: SocketModeRequest) -> None:
        """Handle a payload, and answer it through the connection. Must not raise."""

    def connection_changed(self) -> None:
        """Take notice that a connection has opened or ended."""

    async def open_connection(self) -> Connection:
        """Return a connection that is open. Raises TimeoutError when there is none in time."""


class Connection(AsyncBaseSocketModeClient):
    """One WebSocket; for Bolt, the client that a payload is answered through."""

    def __init__(
        self, owner: Owner, ws: aiohttp.ClientWebSocketResponse, ping_every: float
    ) -> None:
        """Set up. `ws` must not answer pings by itself; `ping_every` is in seconds."""
        self.logger = logging.getLogger("slack_bolt")
        self.is_open = False
        self._ws = ws
        self._owner = owner
        self._ping_every = ping_every
        self._hello_or_end = asyncio.Event()
        self._ending = asyncio.Event()
        self._pong = asyncio.Event()
        self._end: SocketEnd | None = None
        self._is_receiving = True

    async def wait_hello(self) -> SocketEnd | None:
        """Wait for the hello. Returns None then, or why the socket ended without one."""
        await self._hello_or_end.wait()
        return None if self.is_open else self._end

    async def wait_end(self) -> SocketEnd:
        """Wait until the socket ends, or its end is announced, and return why."""
        await self._ending.wait()
        assert self._end
        return self._end

    def stop_receiving(self) -> None:
        """Leave payloads that arrive from now on to other sockets: Slack delivers them again."""
        self._is_receiving = False

    async def send_message(self, message: str) -> None:
        """Answer over this socket, or over another one when this one has ended.

        Raises:
            ConnectionError, TimeoutError: there is none.
        """
        try:
            await self._ws.send_str(message)
        except ConnectionError:
            other = await self._owner.open_connection()
            await other._ws.send_str(message)

    async def run(self) -> None:
        """Read until the socket ends."""
        pinging = asyncio.create_task(self._ping())
        try:
            with suppress(ConnectionError, aiohttp.ClientError):
                await self._read()
        finally:
            self.is_open = False
            code = self._ws.close_code or "without a word"
            self._set_end(SocketEnd(f"Slack closed it ({code})"))
            self._owner.connection_changed()
            pinging.cancel()
            await asyncio.wait([pinging])
            await self.close()

    async def close(self) -> None:
        """Close the socket; do not wait longer than its timeout for Slack's close frame."""
        with suppress(ConnectionError, aiohttp.ClientError):
            await self._ws.close()

    async def _read(self) -> None:
        async for message in self._ws:
            if message.type is aiohttp.WSMsgType.TEXT:
                self._receive(message.data)
            elif message.type is aiohttp.WSMsgType.PING:
                await self._ws.pong(message.data)
            elif message.type is aiohttp.WSMsgType.PONG:
                self._pong.set()
            elif message.type is aiohttp.WSMsgType.ERROR:
                return

    def _receive(self, text: str) -> None:
        try:
            message = json.loads(text)
            kind = message.get("type")
            request = SocketModeRequest.from_dict(message)
        except (AttributeError, TypeError, ValueError, RecursionError):
            log.warning("something came over the socket that is not Slack's")
            return
        if kind == "hello":
            self.is_open = True
            self._hello_or_end.set()
            self._owner.connection_changed()
        elif kind == "disconnect":
            self._set_end(_end_of(message))
        elif request and self._is_receiving:
            self._owner.receive(self, request)

    async def _ping(self) -> None:
        """Close the socket when a ping is not answered, or `CLOSE_AFTER` its end was announced."""
        announced = None
        try:
            while True:
                self._pong.clear()
                async with asyncio.timeout(self._ping_every):
                    await self._ws.ping()
                    await self._pong.wait()
                await asyncio.sleep(self._ping_every)
                if self._ending.is_set():
                    announced = announced or time.monotonic()
                    if time.monotonic() - announced > CLOSE_AFTER:
                        break
        except TimeoutError:
            self._set_end(SocketEnd("it went dead"))
        except (ConnectionError, aiohttp.ClientError):
            return  # it has ended, which `_read` sees as well
        await self.close()

    def _set_end(self, end: SocketEnd) -> None:
        self._end = self._end or end
        self._ending.set()
        self._hello_or_end.set()


def _end_of(message: dict[str, Any]) -> SocketEnd:
    """Return why Slack disconnects, from its `disconnect` message."""
    reason = message.get("reason")
    if not isinstance(reason, str) or not re.fullmatch(r"[a-z_]{1,40}", reason):
        reason = "an unknown reason"
    return SocketEnd(
        f"Slack sent it away ({reason})",
        requested=reason in REQUESTED,
        fix=_FIXES.get(reason, ""),
    )
