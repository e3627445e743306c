"""One WebSocket to Slack: hello, payloads, pings, and its end.

A socket is dead when Slack does not answer a ping; payloads that still come prove nothing: what we
say may not reach Slack. What was not acknowledged is delivered again, to any socket of the app.

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

from bot.slack.transport.socket_pacing import End

log = logging.getLogger(__name__)

LEAVES_WITHIN = 30.0  # seconds until we end a socket whose end Slack has announced
ORDERLY = ("warning", "refresh_requested")
#: What to do about some of Slack's reasons.
_TO_DO = {
    "link_disabled": "turn on Socket Mode in the app's settings",
    "too_many_websockets": "an app has ten sockets: stop other replicas, or wait for a free one",
}


class Owner(Protocol):
    """Whom a socket belongs to."""

    def take(self, connection: Connection, request: SocketModeRequest) -> None:
        """Handle a payload, and answer it through the connection. Must not raise."""

    def changed(self) -> None:
        """Learn that a connection has opened, or has ended."""

    async def another(self) -> Connection:
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
        self._known = asyncio.Event()  # whether it opens
        self._ending = asyncio.Event()
        self._pong = asyncio.Event()
        self._end: End | None = None
        self._taking = True

    async def greeted(self) -> End | None:
        """Wait for the hello. Returns why there is none; the connection is over then."""
        await self._known.wait()
        return None if self.is_open else self._end

    async def ending(self) -> End:
        """Wait until the socket ends, or its end is announced, and say why."""
        await self._ending.wait()
        assert self._end
        return self._end

    def take_no_more(self) -> None:
        """Leave payloads that come from now on to other sockets: Slack delivers them again."""
        self._taking = False

    async def send_message(self, message: str) -> None:
        """Answer over this socket, or over another when this one has ended.

        Raises:
            ConnectionError, TimeoutError: there is none.
        """
        try:
            await self._ws.send_str(message)
        except ConnectionError:
            another = await self._owner.another()
            await another._ws.send_str(message)

    async def run(self) -> None:
        """Read until the socket ends."""
        pinging = asyncio.create_task(self._ping())
        try:
            with suppress(ConnectionError, aiohttp.ClientError):
                await self._read()
        finally:
            self.is_open = False
            self._leave(End(f"Slack closed it ({self._ws.close_code or 'without a word'})"))
            self._owner.changed()
            pinging.cancel()
            await asyncio.wait([pinging])
            await self.close()

    async def close(self) -> None:
        """Say goodbye; whoever does not answer it is given up."""
        with suppress(ConnectionError, aiohttp.ClientError):
            await self._ws.close()

    async def _read(self) -> None:
        async for message in self._ws:
            if message.type is aiohttp.WSMsgType.TEXT:
                self._take(message.data)
            elif message.type is aiohttp.WSMsgType.PING:
                await self._ws.pong(message.data)
            elif message.type is aiohttp.WSMsgType.PONG:
                self._pong.set()
            elif message.type is aiohttp.WSMsgType.ERROR:
                return

    def _take(self, text: str) -> None:
        try:
            message = json.loads(text)
            kind = message.get("type")
            request = SocketModeRequest.from_dict(message)
        except (AttributeError, TypeError, ValueError, RecursionError):
            log.warning("something came over the socket that is not Slack's")
            return
        if kind == "hello":
            self.is_open = True
            self._known.set()
            self._owner.changed()
        elif kind == "disconnect":
            self._leave(_sent_away(message))
        elif request and self._taking:
            self._owner.take(self, request)

    async def _ping(self) -> None:
        """End the socket when a ping is not answered, or when it should have ended by itself."""
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
                    if time.monotonic() - announced > LEAVES_WITHIN:
                        break
        except TimeoutError:
            self._leave(End("it went dead"))
        except (ConnectionError, aiohttp.ClientError):
            return  # it is over, which is read as well
        await self.close()

    def _leave(self, end: End) -> None:
        self._end = self._end or end
        self._ending.set()
        self._known.set()


def _sent_away(message: dict[str, Any]) -> End:
    reason = message.get("reason")
    if not isinstance(reason, str) or not re.fullmatch(r"[a-z_]{1,40}", reason):
        reason = "an unknown reason"
    return End(
        f"Slack sent it away ({reason})",
        orderly=reason in ORDERLY,
        to_do=_TO_DO.get(reason, ""),
    )
