"""A web server that sends given bytes, to misbehave as a test needs."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Request:
    """One request as it came in; `nth` counts those of the same connection from 0."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    nth: int

    def json(self) -> Any:
        return json.loads(self.body)


Handling = Callable[[Request, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Server:
    """What a server saw. `left_alone` is set when its last connection has ended."""

    url: str = ""
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    open: int = 0
    left_alone: asyncio.Event = field(default_factory=asyncio.Event)
    peers: list[tuple[str, int]] = field(default_factory=list)


@asynccontextmanager
async def serving(handling: Handling, tls: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
    """Serve on a free port; `handling` is called for each request and writes the answer."""
    seen = Server()
    tasks: set[asyncio.Task[Any]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        tasks.add(task)
        seen.connections += 1
        seen.open += 1
        seen.peers.append(writer.get_extra_info("peername"))
        try:
            nth = 0
            while not writer.is_closing():
                request = await _request(reader, nth)
                seen.requests.append(request)
                await handling(request, writer)
                nth += 1
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            seen.open -= 1
            if not seen.open:
                seen.left_alone.set()
            tasks.discard(task)
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0, backlog=1024, ssl=tls)
    seen.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield seen
    finally:
        server.close()
        left = list(tasks)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)


async def _request(reader: asyncio.StreamReader, nth: int) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    first, *lines = head.strip().split("\r\n")
    method, target, _ = first.split(" ")
    headers = {k.lower(): v.strip() for k, v in (line.split(":", 1) for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Request(method, target, headers, body, nth)


def reply(status: int, body: Any = "", **headers: str) -> Handling:
    """Answer in good order; a body that is no text is sent as JSON."""
    text = body if isinstance(body, str) else json.dumps(body)

    async def handle(request: Request, writer: asyncio.StreamWriter) -> None:
        content = text.encode()
        lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        head = [f"HTTP/1.1 {status} X", f"content-length: {len(content)}", *lines]
        writer.write("\r\n".join(head).encode() + b"\r\n\r\n" + content)
        await writer.drain()

    return handle


def sending(data: bytes, *, reset: bool = False) -> Handling:
    """Send these bytes, then hang up: politely, or with a reset."""

    async def handle(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        with suppress(ConnectionError):
            await writer.drain()
        if reset:
            sock = writer.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
        writer.close()

    return handle


async def silent(request: Request, writer: asyncio.StreamWriter) -> None:
    """Never answer."""
    await asyncio.Event().wait()


@asynccontextmanager
async def deaf() -> AsyncIterator[str]:
    """Yield an address where no connection ever comes about: the queue of its socket is full."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        port = listener.getsockname()[1]
        waiting = [socket.socket() for _ in range(8)]
        try:
            for each in waiting:
                each.setblocking(False)
                each.connect_ex(("127.0.0.1", port))
            yield f"http://127.0.0.1:{port}"
        finally:
            for each in waiting:
                each.close()
