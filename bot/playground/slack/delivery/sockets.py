"""Socket Mode: up to ten connections; each envelope is sent over one and acknowledged by its id.

A half-open connection (`SocketMode.drop`) counts among the ten, and gets its share of the
envelopes, until Slack detects it. Those events are retried, over any connection.
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

from bot.playground.aborting import abort_connection
from bot.playground.slack.delivery.delivery import Ack, EnvelopeType, Retry
from bot.playground.slack.state.entities import JSON
from bot.playground.slack.state.faults import Fault, Faults, delay_call
from bot.playground.slack.state.workspace import Workspace

MOST_CONNECTIONS = 10
WARNING_SECONDS = 10.0

DisconnectReason = Literal["warning", "refresh_requested", "link_disabled", "too_many_websockets"]


@dataclass(eq=False, slots=True)
class Connection:
    """One WebSocket with a lifetime of `seconds`.

    Attributes:
        announced: set when the app has been warned of its end.
        closed: set when it is closed.
        sends: False on a half-open connection: nothing reaches the app.
        receives: False on a half-open connection: nothing arrives from the app, not even pings.
        registered_for: seconds for which it stays registered after the app has closed it.
    """

    ws: web.WebSocketResponse
    transport: asyncio.BaseTransport | None
    seconds: float
    announced: asyncio.Event = field(default_factory=asyncio.Event)
    closed: asyncio.Event = field(default_factory=asyncio.Event)
    sends: bool = True
    receives: bool = True
    registered_for: float = 0.0

    @property
    def is_leaving(self) -> bool:
        """Whether its end has been announced."""
        return self.announced.is_set()

    async def send(self, message: JSON) -> None:
        """Send JSON, unless the connection is closed or half-open."""
        if self.sends and not self.ws.closed:
            with contextlib.suppress(ConnectionError):
                await self.ws.send_str(json.dumps(message))

    async def disconnect(self, reason: DisconnectReason) -> None:
        """Send a `disconnect` message, and close the connection unless it is a warning."""
        self.announced.set()
        await self.send({"type": "disconnect", "reason": reason, "debug_info": {"host": "local"}})
        if reason != "warning":
            await self.close()

    async def close(self) -> None:
        """Close the connection; a half-open one is aborted without a close frame."""
        self.closed.set()
        if self.receives:
            await self.ws.close()
        elif isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()

    async def stay_registered(self) -> None:
        """Wait until Slack detects that the app has closed the connection."""
        if self.registered_for:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.closed.wait(), self.registered_for)


class SocketMode:
    """The Socket Mode transport."""

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
        """Return a new ticket, which opens one connection."""
        ticket = self._workspace.new_secret()
        self._tickets.add(ticket)
        return ticket

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection until either side closes it."""
        try:
            self._tickets.remove(request.query.get("ticket", ""))
        except KeyError:
            return web.Response(status=403, text="invalid ticket")
        fault = self._faults.take("socket")
        await delay_call(fault)
        if fault.cut == "before":
            return abort_connection(request)
        if fault.status or fault.ratelimited is not None:
            return _refuse_upgrade(fault)
        # Pings are answered in `_serve_messages`, so that a half-open connection can ignore them.
        ws = web.WebSocketResponse(autoping=False, timeout=1.0)
        await ws.prepare(request)
        quick = request.query.get("debug_reconnects") == "true"
        seconds = 360.0 if quick else self._connection_seconds
        connection = Connection(ws, request.transport, seconds)
        if fault.cut:
            abort_connection(request)
            return ws
        full = len(self.connections) >= MOST_CONNECTIONS
        if full or fault.error == "too_many_websockets":
            await connection.disconnect("too_many_websockets")
            return ws
        self.connections.append(connection)
        self._workspace.publish("connection", connection)
        expiry = asyncio.create_task(self._expire(connection))
        try:
            await self._serve_messages(connection, fault)
            await connection.stay_registered()
        finally:
            expiry.cancel()
            self.connections.remove(connection)
            self._workspace.publish("connection", connection)
        return ws

    async def _serve_messages(self, connection: Connection, fault: Fault) -> None:
        await connection.send(
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
            await connection.disconnect(_disconnect_reason(fault.error))
        async for message in connection.ws:
            if not connection.receives:
                continue
            if message.type is WSMsgType.PING:
                await connection.ws.pong(message.data)
            elif message.type is WSMsgType.TEXT:
                self._handle_acknowledgement(message.data)

    def _handle_acknowledgement(self, text: str) -> None:
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

    async def _expire(self, connection: Connection) -> None:
        quiet = max(0.0, connection.seconds - WARNING_SECONDS)
        try:
            await asyncio.wait_for(connection.announced.wait(), quiet)
        except TimeoutError:
            await connection.disconnect("warning")
        await asyncio.sleep(min(WARNING_SECONDS, connection.seconds))
        await connection.disconnect("refresh_requested")

    async def send(self, kind: EnvelopeType, payload: JSON, retry: Retry | None) -> Ack:
        """Send a payload in an envelope over one connection and wait for its acknowledgement."""
        open_ones = [c for c in self.connections if not c.is_leaving] or self.connections
        if not open_ones:
            return Ack(ok=False, reason="connection_failed")
        connection = self._workspace.random.choice(open_ones)
        envelope_id = self._workspace.uuid()
        envelope: JSON = {
            "envelope_id": envelope_id,
            "type": kind,
            "payload": payload,
            "accepts_response_payload": _accepts_response_payload(kind, payload),
        }
        if kind == "events_api":
            envelope["retry_attempt"] = retry.number if retry else 0
            envelope["retry_reason"] = retry.reason if retry else ""
        acknowledgement: asyncio.Future[JSON | None] = asyncio.get_running_loop().create_future()
        self._acks[envelope_id] = acknowledgement
        try:
            await connection.send(envelope)
            body = await asyncio.wait_for(acknowledgement, self._ack_timeout)
        except TimeoutError:
            return Ack(ok=False, reason="timeout")
        finally:
            del self._acks[envelope_id]
        return Ack(ok=True, body=body if envelope["accepts_response_payload"] else None)

    async def disconnect(self, reason: DisconnectReason) -> None:
        """Disconnect every connection: at once, or within 10 seconds after a warning."""
        for connection in list(self.connections):
            await connection.disconnect(reason)

    def drop(self, *, still_sending: bool, registered_for: float) -> None:
        """Make every connection half-open; see `LocalSlack.drop_sockets`."""
        for connection in self.connections:
            connection.receives = False
            connection.sends = still_sending
            connection.registered_for = registered_for

    async def close(self) -> None:
        """Close every connection."""
        for connection in list(self.connections):
            await connection.close()


def _refuse_upgrade(fault: Fault) -> web.Response:
    if fault.ratelimited is not None:
        return web.Response(status=429, headers={"Retry-After": str(fault.ratelimited)})
    return web.Response(status=fault.status or 500)


def _disconnect_reason(error: str) -> DisconnectReason:
    """Return the disconnect reason that a fault names. Raises ValueError for an unknown one."""
    for reason in get_args(DisconnectReason):
        if reason == error:
            return reason  # type: ignore[no-any-return]
    raise ValueError(f"{error} is no reason with which Slack disconnects a socket")


def _accepts_response_payload(kind: EnvelopeType, payload: JSON) -> bool:
    return kind == "slash_commands" or payload.get("type") == "view_submission"
