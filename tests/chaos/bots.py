"""The bot processes of a conversation, which can be killed, each in a slot of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from tests import forking
from tests.forking import Forked


class Bots:
    """The processes, each in a slot of its own.

    Attributes:
        number: how many there will be when all that were killed are replaced that are to be.
    """

    def __init__(self, module: Sequence[str], log: Path, *, replaced: bool) -> None:
        """Begin without any.

        Args:
            module: what Python runs: the module, and its arguments.
            log: the file for what they tell.
            replaced: whether a new process takes a killed one's place.
        """
        self.number = 0
        self._command = tuple(module)
        self._log = log
        self._replaced = replaced
        self._environments: list[dict[str, str]] = []
        self._hang_ups: list[Callable[[], None]] = []
        self._processes: list[Forked] = []
        self._killed: set[Forked] = set()
        self._burials: set[asyncio.Task[None]] = set()

    async def add(self, environment: dict[str, str], hang_up: Callable[[], None]) -> None:
        """Start one more. `hang_up` closes its connections to Redis, for when it is dead."""
        self.number += 1
        self._environments.append(environment)
        self._hang_ups.append(hang_up)
        self._processes.append(await self._start(environment))

    def kill(self, slot: int) -> bool:
        """Kill one as `kill -9` does. Returns False when it was killed already."""
        process = self._processes[slot]
        if process in self._killed:
            return False
        self._killed.add(process)
        process.kill()
        self._hang_ups[slot]()
        burial = asyncio.create_task(self._bury(slot, process))
        self._burials.add(burial)
        burial.add_done_callback(self._burials.discard)
        self.number -= not self._replaced
        return True

    async def close(self) -> None:
        """Kill all that are alive."""
        for burial in self._burials:
            burial.cancel()
        await asyncio.gather(*self._burials, return_exceptions=True)
        for process in self._processes:
            process.kill()
            await process.wait()

    def last_words(self) -> str:
        """Return the last lines of their logs."""
        return "\n".join(self._log.read_text().splitlines()[-40:])

    async def _bury(self, slot: int, process: Forked) -> None:
        await process.wait()
        if self._replaced:
            self._processes[slot] = await self._start(self._environments[slot])

    async def _start(self, environment: dict[str, str]) -> Forked:
        return await forking.start(self._command, environment, self._log)
