"""One connection to Redis that all calls share.

A command is sent at once, and the replies come in the order of the commands
(https://redis.io/docs/latest/develop/reference/protocol-spec), so a call needs no connection of its
own. A call that is cancelled leaves its reply behind, which is dropped when it arrives. Commands
that make the server wait (XREAD BLOCK) would hold up all others and must not be sent here.

redis-py opens the connection and reads from it. Its client and its pool are left out: they take
three times as much processor time as the rest of a call.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections import deque
from collections.abc import Callable
from typing import Any

import hiredis
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import InvalidResponse, RedisError, ResponseError

RETRY_PAUSE = 0.02  # seconds before a command is sent once more, on a new connection
#: What Redis answers to PING; an error where who connects has to say who they are, or may not ask.
_GREETINGS = (b"+PONG", b"-")

Argument = str | int | float


async def greet(connection: AbstractConnection) -> None:
    """Begin a connection, unless what answers is no Redis.

    Replies in the wrong form would fail anywhere in our code, and hiredis takes memory for as many
    elements as a reply announces. So the first reply is read without it.

    Raises:
        InvalidResponse, ValueError: it is no Redis.
        RedisError, OSError: the connection cannot be used.
    """
    assert connection._reader
    assert connection._writer
    _discard_when_closed(connection._writer)
    try:
        await connection.send_packed_command(hiredis.pack_command(("PING",)))
        _check_greeting(await connection._reader.readline())
        await connection.on_connect()
    except BaseException:
        await connection.disconnect(nowait=True)
        raise


async def give_up(connection: AbstractConnection) -> None:
    """Close a connection at once: unlike its own `disconnect`, this sends nothing before."""
    if connection._writer:
        connection._writer.transport.abort()
    await connection.disconnect(nowait=True)


def _discard_when_closed(writer: asyncio.StreamWriter) -> None:
    """Have nothing of a connection sent any more once it is closed: SO_LINGER in socket(7).

    Else the kernel goes on sending what was lost on the way. A command that was given up is sent
    again on another connection, and its first copy would arrive after what was written since: the
    record of a queued turn over that of its run.
    """
    connected: socket.socket = writer.get_extra_info("socket")
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _check_greeting(line: bytes) -> None:
    if not line:
        raise RedisConnectionError("connection closed")
    if not line.startswith(_GREETINGS):
        raise InvalidResponse("no greeting")


class Link:
    """The connection; opened when it is needed, and again when it was lost."""

    def __init__(self, make: Callable[[], AbstractConnection]) -> None:
        """Prepare; nothing is sent.

        Args:
            make: returns a connection that is not open yet. It must have no time-outs of its own,
                as these put a pause between a call and its sending.
        """
        self._make = make
        self._opening = asyncio.Lock()
        self._connection: AbstractConnection | None = None
        self._replies: deque[asyncio.Future[Any]] = deque()
        self._reading: asyncio.Task[None] | None = None

    async def send(self, *command: Argument) -> Any:
        """Send a command and return its reply; once more if the connection was lost.

        Raises:
            RedisError, OSError: it failed; it may have taken effect.
        """
        packed = hiredis.pack_command(command)  # type: ignore[arg-type]
        try:
            return await self._send(packed)
        except RedisConnectionError:
            await asyncio.sleep(RETRY_PAUSE)
            return await self._send(packed)

    async def close(self) -> None:
        """Close the connection; commands that wait for a reply fail."""
        self.drop()
        if self._reading:
            await asyncio.wait([self._reading])

    def drop(self) -> None:
        """Give the connection up, without a word to a server that may have vanished."""
        if self._reading:
            # Not at once: a task that is cancelled before its first step would close nothing.
            asyncio.get_running_loop().call_soon(self._reading.cancel)

    async def _send(self, packed: bytes) -> Any:
        while not (self._connection and self._connection.is_connected):
            await self._open()
        reply: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._replies.append(reply)  # and sent at once, so that the order is the same
        try:
            await self._connection.send_packed_command(packed)
            return await reply
        finally:
            reply.cancel()  # where it could not be sent: nobody waits for the reply

    async def _open(self) -> None:
        async with self._opening:
            if self._connection and self._connection.is_connected:
                return
            await self.close()
            connection = self._make()
            await connection.connect()  # type: ignore[no-untyped-call]
            self._connection, self._replies = connection, deque()
            self._reading = asyncio.create_task(self._read(connection, self._replies))

    async def _read(
        self, connection: AbstractConnection, replies: deque[asyncio.Future[Any]]
    ) -> None:
        """Hand out the replies until the connection is lost."""
        lost: Exception = RedisConnectionError("connection lost")
        try:
            while True:
                value, refused = None, None
                try:
                    value = await connection.read_response(disconnect_on_error=False)
                except ResponseError as error:
                    refused = error
                reply = replies.popleft()
                if reply.cancelled():
                    continue
                if refused:
                    reply.set_exception(refused)
                else:
                    reply.set_result(value)
        except (RedisError, OSError, ValueError, LookupError) as error:  # the last: unasked
            lost = error
        finally:
            self._connection = None
            for reply in replies:
                if not reply.cancelled():
                    reply.set_exception(lost)
            await give_up(connection)
