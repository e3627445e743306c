"""Bots as processes of their own, on one Redis, between one local Slack and one local Task API."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.playground.slack import Message
from bot.playground.task_api import LocalRun
from tests import forking
from tests.e2e.stage import Stage
from tests.forking import Forked


class Replicas:
    """The processes of one stage."""

    def __init__(self, stage: Stage, folder: Path) -> None:
        self._stage = stage
        self._folder = folder
        self._started: list[Forked] = []

    async def start(self, **changes: str) -> Forked:
        """Start one more, and wait until it listens to Slack."""
        slack = self._stage.slack
        connected = slack.connections
        process = await self.launch(**changes)
        await slack.until(lambda: slack.connections > connected)
        return process

    async def launch(self, **changes: str) -> Forked:
        """Start one more."""
        environ = {"PATH": os.environ["PATH"]} | self._stage.settings(**changes)
        log = self._folder / f"{len(self._started)}.log"
        log.touch()  # `address` reads it at once
        process = await forking.start(("bot", "run"), environ, log)
        self._started.append(process)
        return process

    async def address(self, process: Forked) -> tuple[str, int]:
        """Where its HTTP server listens, by what it says itself."""
        log = self._folder / f"{self._started.index(process)}.log"
        async with asyncio.timeout(60):
            while not (found := re.search(r"health at http://(.+):(\d+)/health", log.read_text())):
                await asyncio.sleep(0.02)
        return found[1], int(found[2])

    async def close(self) -> None:
        """Kill whatever is still there."""
        for process in self._started:
            if process.returncode is None:
                process.kill()
            await process.wait()


@asynccontextmanager
async def replicas(stage: Stage, folder: Path) -> AsyncIterator[Replicas]:
    """Have processes until the block ends; their logs go into the folder."""
    those = Replicas(stage, folder)
    try:
        yield those
    finally:
        await those.close()


async def asked(stage: Stage, text: str, channel: str = "general") -> tuple[Message, LocalRun]:
    """Let Ada ask, and wait until the run of it is going."""
    known = len(stage.parallel.runs)
    place = stage.slack.channel(channel, members=[stage.ada])
    message = await stage.ada.says(place, f"{stage.me} {text}")
    async with asyncio.timeout(60):
        while not (found := [r for r in stage.parallel.runs[known:] if text in r.input]):
            await asyncio.sleep(0.01)
    await stage.waited_for(found[0])
    return message, found[0]


async def held(stage: Stage, run: LocalRun, times: int, within: float) -> None:
    """Wait until the run's event stream was asked for so often: by that many owners."""
    path = f"/v1/tasks/runs/{run.run_id}/events"
    async with asyncio.timeout(within):
        while sum(request.path == path for request in stage.parallel.requests) < times:
            await asyncio.sleep(0.02)


def answers(stage: Stage, message: Message, words: str) -> int:
    """Count the messages of the bot in the thread that have these words."""
    return sum(words in text for text in stage.texts(message))
