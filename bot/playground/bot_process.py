"""The bot as a separate process, so that it can really be killed and started again.

It cannot outlive the playground: it exits as soon as its standard input closes.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress

STOP_TIMEOUT = 15.0  # seconds; the bot promises to stop within ten
LOG_LINES = 300  # that are kept


class BotProcess:
    """Starts, stops and kills one bot.

    Attributes:
        log: its latest lines, oldest first.
    """

    def __init__(self, command: Sequence[str], environ: Mapping[str, str]) -> None:
        """Prepare, without starting anything. `environ` is the process's whole environment."""
        self.log: deque[str] = deque(maxlen=LOG_LINES)
        self._command = tuple(command)
        self._environ = dict(environ)
        self._process: asyncio.subprocess.Process | None = None
        self._log_copy: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The process id; None while no process runs."""
        running = self._process is not None and self._process.returncode is None
        return self._process.pid if self._process and running else None

    @property
    def ended(self) -> asyncio.Task[None] | None:
        """A task that ends when the current process does; None before the first start."""
        return self._log_copy

    @property
    def exit_code(self) -> int | None:
        """The latest process's exit code (0: stopped, 2: could not start); None while it runs."""
        return self._process.returncode if self._process else None

    async def start(self) -> None:
        """Start the bot, unless it runs already."""
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
        self._log_copy = asyncio.create_task(self._copy_log(self._process))

    async def stop(self) -> None:
        """Stop it as a deploy does (SIGTERM), and wait for its exit."""
        await self._end(signal.SIGTERM)

    async def kill(self) -> None:
        """Kill it at once (SIGKILL), whatever it is doing."""
        await self._end(signal.SIGKILL)

    async def _end(self, with_signal: signal.Signals) -> None:
        process, log_copy = self._process, self._log_copy
        if process is None or log_copy is None:
            return
        with suppress(ProcessLookupError):
            process.send_signal(with_signal)
        try:
            async with asyncio.timeout(STOP_TIMEOUT):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
        await log_copy

    async def _copy_log(self, process: asyncio.subprocess.Process) -> None:
        """Keep the log's latest lines, and repeat each on our standard error."""
        assert process.stderr
        async for line in process.stderr:
            text = line.decode(errors="replace").rstrip("\n")
            self.log.append(text)
            sys.stderr.write(f"{text}\n")
            sys.stderr.flush()
        await process.wait()
