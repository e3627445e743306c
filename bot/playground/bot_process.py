"""The bot as a process of its own, so that it can be killed, and started again, for real.

It ends with the playground, however that ends: it runs until its standard input closes.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress

STOP_WITHIN = 15.0  # seconds; the bot promises ten
LINES = 300  # of its log that are kept


class BotProcess:
    """Starts, stops and kills one bot.

    Attributes:
        log: its latest lines, oldest first.
    """

    def __init__(self, command: Sequence[str], environ: Mapping[str, str]) -> None:
        """Prepare; nothing is started yet. `environ` is all that the process gets."""
        self.log: deque[str] = deque(maxlen=LINES)
        self._command = tuple(command)
        self._environ = dict(environ)
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The process's number; None while there is none."""
        running = self._process is not None and self._process.returncode is None
        return self._process.pid if self._process and running else None

    @property
    def ended(self) -> asyncio.Task[None] | None:
        """The task that ends when the present process has; None before the first."""
        return self._reading

    @property
    def exit_code(self) -> int | None:
        """How the latest process ended (0 well, 2 it could not start); None while it runs."""
        return self._process.returncode if self._process else None

    async def start(self) -> None:
        """Start it. One that runs already goes on."""
        if self.pid:
            return
        self._process = await asyncio.create_subprocess_exec(
            *self._command,
            env=self._environ,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for the playground, which stops the bot itself
        )
        self._reading = asyncio.create_task(self._read(self._process))

    async def stop(self) -> None:
        """Stop it as a deploy does (SIGTERM), and wait for its end."""
        await self._end(signal.SIGTERM)

    async def kill(self) -> None:
        """Kill it on the spot (SIGKILL), whatever it is at."""
        await self._end(signal.SIGKILL)

    async def _end(self, how: signal.Signals) -> None:
        process, reading = self._process, self._reading
        if process is None or reading is None:
            return
        with suppress(ProcessLookupError):
            process.send_signal(how)
        try:
            async with asyncio.timeout(STOP_WITHIN):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
        await reading

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        """Keep its log, and pass it on to ours."""
        assert process.stderr
        async for line in process.stderr:
            text = line.decode(errors="replace").rstrip("\n")
            self.log.append(text)
            sys.stderr.write(f"{text}\n")
            sys.stderr.flush()
        await process.wait()
