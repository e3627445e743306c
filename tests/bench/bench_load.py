"""What a busy day costs: many runs waiting, many questions a minute, a replica that dies.

Three parts, each with its targets:

- *growth*: 100, 1,000 and 10,000 runs waiting in one process (10,000: 400 MB, 10 % of a core);
- *load*: 33 new questions a second for five minutes, as many as Parallel takes (2,000 a minute),
  each run ending after 5 to 15 s: acknowledgement p99 100 ms, answer p99 2 s after its run's end;
- *takeover*: two replicas with 1,000 runs, one is killed: the other holds all of them within 8 s.

The peer beside the growth, in the same run: one task a question with the official SDK's wait
(`task_run.result`), without its limit of 100 connections; it keeps nothing and posts nothing.
Takes about twenty minutes.

    python -m tests.bench.bench_load [growth] [load] [takeover]
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from bot.playground.slack import LocalSlack
from bot.playground.task_api import LocalTaskApi
from tests.bench.common import BotProcess, bot_process, python_process, row, runs_going
from tests.e2e.stage import KEY, Stage
from tests.server import valkey_server

SIZES = (100, 1_000, 10_000)
PEER_SIZES = (100, 1_000)
SETTLE, WATCH = 30.0, 60.0  # seconds
PER_SECOND, SECONDS = 33, 300
A_CHANNEL = 20  # questions a channel while waiting
CHANNELS = 300  # under load: Slack allows a message a second in each
TAKEN_OVER = 1_000

PEER = """
import asyncio, sys
from httpx import Limits
from parallel import AsyncParallel, DefaultAsyncHttpxClient
async def main(url, key, number):
    client = DefaultAsyncHttpxClient(limits=Limits(max_connections=None))
    async with AsyncParallel(api_key=key, base_url=url, http_client=client) as client:
        async def one(n):
            run = await client.task_run.create(input=f"question {n}", processor="ultra8x")
            await client.task_run.result(run.run_id)
        await asyncio.gather(*(one(n) for n in range(number)))
asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
"""


@asynccontextmanager
async def _stage(url: str, creates_a_minute: int) -> AsyncIterator[Stage]:
    async with (
        LocalSlack(rate_limits=False) as slack,
        LocalTaskApi(keys={KEY}, creates_a_minute=creates_a_minute) as parallel,
    ):
        yield Stage("socket", slack, parallel, url)


# --- growth -----------------------------------------------------------------------------


async def growth() -> None:
    """Print what waiting costs, the bot's and the peer's."""
    for size in SIZES:
        with valkey_server() as url:
            async with _stage(url, creates_a_minute=1_000_000) as stage:
                async with bot_process(stage.settings(DEFAULT_PROCESSOR="ultra8x")) as bot:
                    await stage.slack.until(lambda: stage.slack.connections, timeout=20)
                    await _ask_all(stage, size)
                    await _watch("threadline waits", stage, bot, size)
                if size in PEER_SIZES:
                    async with python_process(PEER, stage.parallel.url, KEY, str(size)) as peer:
                        await runs_going(stage, 2 * size)
                        await _watch("SDK task_run.result waits", stage, peer, size)


async def _ask_all(stage: Stage, size: int) -> None:
    for number in range(size):
        channel = stage.slack.channel(f"wait-{number // A_CHANNEL}", members=[stage.ada])
        await stage.ada.says(channel, f"{stage.me} question {number}?")
        if number % 50 == 49:
            await asyncio.sleep(0.25)
    async with asyncio.timeout(600):
        while len(_waited_for(stage)) < size:
            await asyncio.sleep(0.5)


def _waited_for(stage: Stage, since: float = 0.0) -> set[str]:
    """Return the runs whose event stream or result was asked for."""
    return {
        request.path.rpartition("/")[0]
        for request in stage.parallel.requests
        if request.kind in ("events", "result") and request.at >= since
    }


async def _watch(name: str, stage: Stage, process: BotProcess, size: int) -> None:
    await asyncio.sleep(SETTLE)
    requests, cpu, begun = len(stage.parallel.requests), process.cpu_seconds, time.perf_counter()
    await asyncio.sleep(WATCH)
    took = time.perf_counter() - begun
    share = (process.cpu_seconds - cpu) / took * 100
    each = (len(stage.parallel.requests) - requests) / size / (took / 60)
    print(
        f"{name:<34} n={size:<6} cpu={share:5.1f} % of a core  memory={process.resident_mb:4.0f} MB"
        f"  requests={each:.2f} a run and minute",
        flush=True,
    )


# --- load -------------------------------------------------------------------------------


async def load() -> None:
    """Print how quick it is under a steady load, and what memory it takes."""
    with valkey_server() as url:
        async with (
            _stage(url, creates_a_minute=2_000) as stage,
            bot_process(stage.settings()) as bot,
        ):
            await stage.slack.until(lambda: stage.slack.connections, timeout=20)
            await _steadily(stage, bot)


async def _steadily(stage: Stage, bot: BotProcess) -> None:
    ended: dict[str, float] = {}
    answered: dict[str, float] = {}

    async def play(run: Any) -> None:
        await asyncio.sleep(random.uniform(5, 15))
        ended[run.run_id] = time.perf_counter()
        run.finishes(f"the answer #{run.run_id}#")

    def note(change: Any) -> None:
        if change.kind == "message posted" and "the answer #" in change.subject.text:
            answered[change.subject.text.split("#")[1]] = time.perf_counter()

    stage.parallel.automatic = play
    stage.slack.subscribe(note)
    channels = [stage.slack.channel(f"load-{n}", members=[stage.ada]) for n in range(CHANNELS)]
    begun, total, memory = time.perf_counter(), PER_SECOND * SECONDS, []
    for number in range(total):
        await asyncio.sleep(max(0.0, begun + number / PER_SECOND - time.perf_counter()))
        await stage.ada.says(channels[number % CHANNELS], f"{stage.me} question {number}?")
        if number % (total // 5) == 0:
            memory.append(bot.resident_mb)
    await stage.slack.until(lambda: len(answered) == total, timeout=120)
    acks = [
        delivery.attempts[0].seconds
        for delivery in stage.slack.deliveries
        if delivery.event.get("user") == stage.ada.id
    ]
    print(row("load: acknowledgement", acks))
    print(row("load: run's end to answer", [answered[run] - at for run, at in ended.items()]))
    created = len(stage.parallel.runs)
    print(
        f"load: {total} questions, {created} runs, {len(answered)} answers; memory, each fifth: "
        f"{', '.join(f'{mb:.0f}' for mb in [*memory, bot.resident_mb])} MB"
    )


# --- takeover ---------------------------------------------------------------------------


async def takeover() -> None:
    """Print how long it takes until all runs of a killed replica are waited for again."""
    with valkey_server() as url:
        async with _stage(url, creates_a_minute=1_000_000) as stage, AsyncExitStack() as stack:
            environ = stage.settings(DEFAULT_PROCESSOR="ultra8x")
            first = await stack.enter_async_context(bot_process(environ))
            await stage.slack.until(lambda: stage.slack.connections == 1, timeout=20)
            await _ask_all(stage, TAKEN_OVER)
            await stack.enter_async_context(bot_process(environ))
            await stage.slack.until(lambda: stage.slack.connections == 2, timeout=20)
            since, begun = time.time(), time.perf_counter()
            first.process.kill()
            async with asyncio.timeout(60):
                while len(_waited_for(stage, since)) < TAKEN_OVER:
                    await asyncio.sleep(0.02)
            took = time.perf_counter() - begun
            print(f"takeover: {TAKEN_OVER} runs waited for again {took:.1f} s after kill -9")


PARTS = {"growth": growth, "load": load, "takeover": takeover}


async def main(names: list[str]) -> None:
    """Run the parts named, or all."""
    for name in names or PARTS:
        await PARTS[name]()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
