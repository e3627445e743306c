"""Socket Mode: up to ten connections, each payload to any one of them, an answer by envelope id.

A connection whose other side is gone is one of the ten, and gets its share of the payloads, until
Slack has noticed (`Sockets.drop`). Those events are delivered again, to any one of them.
Sources: https://docs.slack.dev/apis/events-api/using-socket-mode, and for the ten
https://github.com/slackapi/bolt-js/issues/2225.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from dataclasses import dataclass, field
from typing import Literal, get_args

from aiohttp import WSMsgType, web

from bot.playground.slack.delivery.delivery import Ack, Kind, Retry
from bot.playground.slack.state.entities import JSON
from bot.playground.slack.state.faults import Fault, Faults, cut_off, held_up
from bot.playground.slack.state.workspace import Workspace

MOST_CONNECTIONS = 10
WARNING_SECONDS = 10.0

Reason = Literal["warning", "refresh_requested", "link_disabled", "too_many_websockets"]


@dataclass(eq=False, slots=True)
class Connection:
    """One WebSocket, meant to live for `seconds`.

    A dead one looks alive: a `deaf` one hears nothing of what the app says, its pings included; one
    that is `silent` as well says nothing either. It `lingers` for some seconds after the app has
    given it up.
    """

    ws: web.WebSocketResponse
    transport: asyncio.BaseTransport | None
    seconds: float
    warned: asyncio.Event = field(default_factory=asyncio.Event)
    forgotten: asyncio.Event = field(default_factory=asyncio.Event)
    silent: bool = False
    deaf: bool = False
    lingers: float = 0.0

    @property
    def leaving(self) -> bool:
        """Whether its end has been announced."""
        return self.warned.is_set()

    async def say(self, message: JSON) -> None:
        """Send JSON, unless nobody is there any more."""
        if not self.silent and not self.ws.closed:
            with contextlib.suppress(ConnectionError):
                await self.ws.send_str(json.dumps(message))

    async def leave(self, reason: Reason) -> None:
        """Announce the end; all but a warning close the connection at once."""
        self.warned.set()
        await self.say({"type": "disconnect", "reason": reason, "debug_info": {"host": "local"}})
        if reason != "warning":
            await self.end()

    async def end(self) -> None:
        """Close the connection; a dead one breaks off without a goodbye."""
        self.forgotten.set()
        if not self.deaf:
            await self.ws.close()
        elif isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()

    async def linger(self) -> None:
        """Stay registered for as long as Slack does not notice that nobody is there any more."""
        if self.lingers:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.forgotten.wait(), self.lingers)


class Sockets:
    """The Socket Mode side of the app."""

    def __init__(
        self, workspace: Workspace, faults: Faults, ack_timeout: float, connection_seconds: float
    ) -> None:
        self.connections: list[Connection] = []
        self._workspace = workspace
        self._faults = faults
        self._ack_timeout = ack_timeout
        self._connection_seconds = connection_seconds
        self._tickets: set[str] = set()
        self._acks: dict[str, asyncio.Future[JSON | None]] = {}

    def ticket(self) -> str:
        """Return a fresh ticket; it opens one connection."""
        ticket = self._workspace.secret()
        self._tickets.add(ticket)
        return ticket

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Hold one connection until either side ends it."""
        try:
            self._tickets.remove(request.query.get("ticket", ""))
        except KeyError:
            return web.Response(status=403, text="invalid ticket")
        fault = self._faults.take("socket")
        await held_up(fault)
        if fault.cut == "before":
            return cut_off(request)
        if fault.status or fault.ratelimited is not None:
            return _not_now(fault)
        # Pings are answered below, so that a dead connection can leave them unanswered.
        ws = web.WebSocketResponse(autoping=False, timeout=1.0)
        await ws.prepare(request)
        quick = request.query.get("debug_reconnects") == "true"
        seconds = 360.0 if quick else self._connection_seconds
        connection = Connection(ws, request.transport, seconds)
        if fault.cut:
            cut_off(request)
            return ws
        full = len(self.connections) >= MOST_CONNECTIONS
        if full or fault.error == "too_many_websockets":
            await connection.leave("too_many_websockets")
            return ws
        self.connections.append(connection)
        self._workspace.changed("connection", connection)
        ageing = asyncio.create_task(self._age(connection))
        try:
            await self._converse(connection, fault)
            await connection.linger()
        finally:
            ageing.cancel()
            self.connections.remove(connection)
            self._workspace.changed("connection", connection)
        return ws

    async def _converse(self, connection: Connection, fault: Fault) -> None:
        await connection.say(
            {
                "type": "hello",
                "num_connections": len(self.connections),
                "debug_info": {
                    "host": "local",
                    "build_number": 1,
                    "approximate_connection_time": int(connection.seconds),
                },
                "connection_info": {"app_id": self._workspace.app.app_id},
            }
        )
        if fault.error:
            await connection.leave(_reason(fault.error))
        async for message in connection.ws:
            if connection.deaf:
                continue
            if message.type is WSMsgType.PING:
                await connection.ws.pong(message.data)
            elif message.type is WSMsgType.TEXT:
                self._take_ack(message.data)

    def _take_ack(self, text: str) -> None:
        try:
            answer = json.loads(text)
        except ValueError:
            return
        if not isinstance(answer, dict):
            return
        waiting = self._acks.get(str(answer.get("envelope_id")))
        if waiting and not waiting.done():
            payload = answer.get("payload")
            waiting.set_result(payload if isinstance(payload, dict) else None)

    async def _age(self, connection: Connection) -> None:
        quiet = max(0.0, connection.seconds - WARNING_SECONDS)
        try:
            await asyncio.wait_for(connection.warned.wait(), quiet)
        except TimeoutError:
            await connection.leave("warning")
        await asyncio.sleep(min(WARNING_SECONDS, connection.seconds))
        await connection.leave("refresh_requested")

    async def send(self, kind: Kind, payload: JSON, retry: Retry | None) -> Ack:
        """Send a payload over any one connection and wait for its envelope to be answered."""
        staying = [c for c in self.connections if not c.leaving] or self.connections
        if not staying:
            return Ack(ok=False, reason="connection_failed")
        connection = self._workspace.random.choice(staying)
        envelope_id = self._workspace.uuid()
        envelope: JSON = {
            "envelope_id": envelope_id,
            "type": kind,
            "payload": payload,
            "accepts_response_payload": _takes_answer(kind, payload),
        }
        if kind == "events_api":
            envelope["retry_attempt"] = retry.number if retry else 0
            envelope["retry_reason"] = retry.reason if retry else ""
        answer: asyncio.Future[JSON | None] = asyncio.get_running_loop().create_future()
        self._acks[envelope_id] = answer
        try:
            await connection.say(envelope)
            body = await asyncio.wait_for(answer, self._ack_timeout)
        except TimeoutError:
            return Ack(ok=False, reason="timeout")
        finally:
            del self._acks[envelope_id]
        return Ack(ok=True, body=body if envelope["accepts_response_payload"] else None)

    async def disconnect(self, reason: Reason) -> None:
        """Tell every connection to go: at once, or after a warning within 10 seconds."""
        for connection in list(self.connections):
            await connection.leave(reason)

    def drop(self, *, speaking: bool, lingering: float) -> None:
        """Let every connection die silently: open, and deaf, and dumb unless it goes on `speaking`.

        `lingering` is how many seconds it stays registered after the app has hung up.
        """
        for connection in self.connections:
            connection.deaf = True
            connection.silent = not speaking
            connection.lingers = lingering

    async def close(self) -> None:
        """Close every connection."""
        for connection in list(self.connections):
            await connection.end()


def _not_now(fault: Fault) -> web.Response:
    if fault.ratelimited is not None:
        return web.Response(status=429, headers={"Retry-After": str(fault.ratelimited)})
    return web.Response(status=fault.status or 500)


def _reason(error: str) -> Reason:
    """Return the reason that a fault names. Raises ValueError when Slack has none of that name."""
    for reason in get_args(Reason):
        if reason == error:
            return reason  # type: ignore[no-any-return]
    raise ValueError(f"{error} is no reason for which Slack sends a socket away")


def _takes_answer(kind: Kind, payload: JSON) -> bool:
    return kind == "slash_commands" or payload.get("type") == "view_submission"
