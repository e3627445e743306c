"""A forward proxy as companies have them, names that only it knows, and certificates of their own.

It tunnels (``CONNECT``), passes on requests in absolute form, asks for a user, refuses, hangs up or
says nothing, and remembers what it was asked for. What is resolved by it alone cannot be reached
past it.
"""

from __future__ import annotations

import asyncio
import base64
import re
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import trustme

Conversation = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class ForwardProxy:
    """A proxy with configurable behaviour; may be changed while it runs.

    Attributes:
        names: where a host's connections are made to, by port. Others get a 502.
        user: ``name:password`` that it asks for; "" for nobody's.
        refuses: the status that everything is refused with; 0 lets it pass.
        way: how it treats who asks to pass.
        asked: the target of each request or tunnel asked for, oldest first.
        passed: those that it let through.
        heads: the head of each request that came, oldest first.
    """

    names: dict[str, int] = field(default_factory=dict)
    user: str = ""
    refuses: int = 0
    way: Literal["answers", "hangs up", "says nothing"] = "answers"
    asked: list[str] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        first, *lines = head.rstrip("\r\n").split("\r\n")
        method, target, _ = first.split(" ")
        self.asked.append(target)
        self.heads.append(head)
        headers = {k.lower(): v.strip() for k, v in (line.split(":", 1) for line in lines)}
        if self.way == "hangs up":
            return
        if self.way == "says nothing":
            await reader.read()
            return
        where = urlsplit(f"//{target}" if method == "CONNECT" else target)
        port = self.names.get(where.hostname or "")
        if status := self._refusal(headers, port):
            wants = "Proxy-Authenticate: Basic\r\n" if status == 407 else ""
            writer.write(f"HTTP/1.1 {status} No\r\n{wants}Content-Length: 0\r\n\r\n".encode())
            await writer.drain()
            return
        self.passed.append(target)
        there, out = await asyncio.open_connection("127.0.0.1", port)
        try:
            if method == "CONNECT":
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                await joined((reader, writer), (there, out))
            else:
                path = where._replace(scheme="", netloc="").geturl()
                out.write(_passed_on(method, path, lines))
                out.write(await reader.readexactly(_length(head)))
                writer.write(answer := await there.readuntil(b"\r\n\r\n"))
                writer.write(await there.readexactly(_length(answer.decode())))
                await writer.drain()
        finally:
            out.close()

    def _refusal(self, headers: dict[str, str], port: int | None) -> int:
        wanted = "Basic " + base64.b64encode(self.user.encode()).decode()
        if self.user and headers.get("proxy-authorization") != wanted:
            return 407
        return self.refuses or (0 if port else 502)


def _passed_on(method: str, path: str, lines: list[str]) -> bytes:
    own = ("proxy-", "connection:")
    kept = [line for line in lines if not line.lower().startswith(own)]
    head = [f"{method} {path or '/'} HTTP/1.1", *kept, "Connection: close"]
    return ("\r\n".join(head) + "\r\n\r\n").encode()


def _length(head: str) -> int:
    found = re.search(r"(?im)^content-length: *(\d+)", head)
    return int(found[1]) if found else 0


Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def joined(one: Ends, other: Ends) -> None:
    """Pass bytes both ways until either side has ended."""

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()

    pumps = [
        asyncio.create_task(pump(one[0], other[1])),
        asyncio.create_task(pump(other[0], one[1])),
    ]
    try:
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in pumps:
            each.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)


@asynccontextmanager
async def listening(
    talk: Conversation, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1"
) -> AsyncIterator[int]:
    """Serve connections on a free port, which is yielded; all end with the block."""
    tasks: set[asyncio.Task[Any]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        tasks.add(task)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await talk(reader, writer)
        finally:
            tasks.discard(task)
            writer.close()

    server = await asyncio.start_server(connected, host, 0, backlog=256, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        left = list(tasks)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)


@asynccontextmanager
async def forward_proxy(
    tls: ssl.SSLContext | None = None, **behaviour: Any
) -> AsyncIterator[ForwardProxy]:
    """Run a proxy, which is spoken to in TLS when a context is given."""
    proxy = ForwardProxy(**behaviour)
    async with listening(proxy.serve, tls) as proxy.port:
        yield proxy


@dataclass
class Authority:
    """A certificate authority that no system knows; `file` holds its certificate."""

    file: Path
    _ca: trustme.CA = field(default_factory=trustme.CA)

    def __post_init__(self) -> None:
        self._ca.cert_pem.write_to_path(str(self.file))

    def context(self, *names: str) -> ssl.SSLContext:
        """Return what a server shows that has these names."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._ca.issue_cert(*names).configure_cert(context)
        return context

    @asynccontextmanager
    async def in_front_of(self, port: int, name: str) -> AsyncIterator[int]:
        """Speak TLS as `name` on a free port, which is yielded, for a server that does not."""

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            there, out = await asyncio.open_connection("127.0.0.1", port)
            try:
                await joined((reader, writer), (there, out))
            finally:
                out.close()

        async with listening(talk, self.context(name)) as front:
            yield front
