"""What the benchmarks share: the bot in a process of its own, and plain statistics."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from tests.e2e.stage import Stage


class BotProcess:
    """A running bot, looked at from outside (Linux)."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    @property
    def cpu_seconds(self) -> float:
        """Seconds of processor time that its threads have used so far.

        To the nanosecond, where `/proc/PID/stat` counts in steps of 10 ms:
        https://docs.kernel.org/scheduler/sched-stats.html
        """
        threads = Path(f"/proc/{self.process.pid}/task").glob("*/schedstat")
        return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9

    @property
    def resident_mb(self) -> float:
        """Memory in use, MB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(x for x in status.splitlines() if x.startswith("VmRSS"))
        return int(line.split()[1]) / 1024


@asynccontextmanager
async def bot_process(environ: dict[str, str]) -> AsyncIterator[BotProcess]:
    """Run `python -m bot run` until the block ends."""
    usual = {"LOG_LEVEL": "ERROR", "RUNNING_PER_PERSON": "off"}  # one person asks all questions
    async with _process(("-m", "bot", "run"), usual | environ) as process:
        yield process


@asynccontextmanager
async def python_process(code: str, *arguments: str) -> AsyncIterator[BotProcess]:
    """Run a peer until the block ends."""
    async with _process(("-c", code, *arguments), {}) as process:
        yield process


@asynccontextmanager
async def _process(
    arguments: tuple[str, ...], environ: dict[str, str]
) -> AsyncIterator[BotProcess]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        env={"PATH": os.environ["PATH"]} | environ,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield BotProcess(process)
    finally:
        with suppress(ProcessLookupError):  # it was killed
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), 15)
        except TimeoutError:
            process.kill()
            await process.wait()


async def ask(stage: Stage, number: int, a_channel: int = 20) -> None:
    """Ask that many questions, so many in a channel, and wait until as many runs are going."""
    known = len(stage.parallel.runs)
    channels = [
        stage.slack.channel(f"bench-{known}-{n}", members=[stage.ada], bot=True)
        for n in range(number // a_channel + 1)
    ]
    for n in range(number):
        await stage.ada.says(channels[n // a_channel], f"{stage.me} question {known + n}?")
        if n % 20 == 0:
            await asyncio.sleep(0.05)
    await runs_going(stage, known + number)


async def runs_going(stage: Stage, number: int) -> None:
    """Wait until that many runs were created in all."""
    async with asyncio.timeout(600):
        while len(stage.parallel.runs) < number:
            await asyncio.sleep(0.05)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that `share` (0 to 1) of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


def row(name: str, values: Sequence[float]) -> str:
    """Write a line of milliseconds."""
    p50, p99 = percentile(values, 0.5) * 1000, percentile(values, 0.99) * 1000
    return (
        f"{name:<34} n={len(values):<5} p50={p50:9.1f} ms  p99={p99:9.1f} ms  "
        f"max={max(values) * 1000:9.1f} ms"
    )
