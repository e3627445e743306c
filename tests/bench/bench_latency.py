"""From a run's end to the answer in the thread, with 500 runs waiting.

The runs end one after the other, 10 a second, each asked for in a channel of its own: Slack allows
a message a second in each, which is not what is measured. Target: p50 250 ms, p99 1 s.
Peers in the same run, on the same API: the official SDK's own wait (`task_run.result`), which ends
when the result is in hand and posts nothing, without the SDK's limit of 100 connections; and a look
every 45 s, as the official command-line tool does.

    python -m tests.bench.bench_latency
"""

from __future__ import annotations

import asyncio
import random
import time
from typing import Any

import httpx
from parallel import AsyncParallel, DefaultAsyncHttpxClient

from tests.bench.common import ask, bot_process, row, runs_going
from tests.e2e.stage import KEY, Stage, staged
from tests.server import valkey_server

RUNS, PER_SECOND = 500, 10
POLL = 45.0  # seconds


async def main() -> None:
    """Print the figures."""
    with valkey_server() as url:
        async with staged("socket", url, rate_limits=False) as stage:
            async with bot_process(stage.settings()):
                await stage.slack.until(lambda: stage.slack.connections, timeout=20)
                print(row("threadline: answer in the thread", await _threadline(stage)))
            print(row("SDK task_run.result: in hand", await _sdk(stage)))
            print(row("a look every 45 s: in hand", await _polling(stage)))


async def _threadline(stage: Stage) -> list[float]:
    await ask(stage, RUNS, a_channel=1)
    posted: dict[str, float] = {}

    def note(change: Any) -> None:
        if change.kind == "message posted" and "the answer" in change.subject.text:
            posted[change.subject.text.split("#")[1]] = time.perf_counter()

    stage.slack.subscribe(note)
    ended = await _end_all(stage.parallel.runs[-RUNS:])
    await stage.slack.until(lambda: len(posted) == RUNS, timeout=60)
    return [posted[name] - at for name, at in ended.items()]


async def _sdk(stage: Stage) -> list[float]:
    got: dict[str, float] = {}
    unlimited = DefaultAsyncHttpxClient(limits=httpx.Limits(max_connections=None))
    async with AsyncParallel(
        api_key=KEY, base_url=stage.parallel.url, http_client=unlimited
    ) as client:

        async def one(number: int) -> None:
            run = await client.task_run.create(input=f"question {number}", processor="core-fast")
            await client.task_run.result(run.run_id)
            got[run.run_id] = time.perf_counter()

        waiting = [asyncio.ensure_future(one(n)) for n in range(RUNS)]
        await runs_going(stage, 2 * RUNS)
        ended = await _end_all(stage.parallel.runs[-RUNS:])
        await asyncio.gather(*waiting)
    return [got[name] - at for name, at in ended.items()]


async def _polling(stage: Stage) -> list[float]:
    got: dict[str, float] = {}
    headers = {"x-api-key": KEY}
    address = stage.parallel.url
    async with httpx.AsyncClient(base_url=address, headers=headers, timeout=None) as client:

        async def one(number: int) -> None:
            body = {"input": f"question {number}", "processor": "core-fast"}
            run = (await client.post("/v1/tasks/runs", json=body)).json()["run_id"]
            await asyncio.sleep(random.uniform(0, POLL))
            while (await client.get(f"/v1/tasks/runs/{run}")).json()["is_active"]:
                await asyncio.sleep(POLL)
            got[run] = time.perf_counter()

        waiting = [asyncio.ensure_future(one(n)) for n in range(RUNS)]
        await runs_going(stage, 3 * RUNS)
        ended = await _end_all(stage.parallel.runs[-RUNS:])
        await asyncio.gather(*waiting)
    return [got[name] - at for name, at in ended.items()]


async def _end_all(runs: list[Any]) -> dict[str, float]:
    """End the runs in a random order, on the beat; returns when each one ended."""
    ended: dict[str, float] = {}
    begun = time.perf_counter()
    for number, run in enumerate(random.sample(runs, len(runs))):
        await asyncio.sleep(max(0.0, begun + number / PER_SECOND - time.perf_counter()))
        ended[run.run_id] = time.perf_counter()
        run.finishes(f"the answer #{run.run_id}#")
    return ended


if __name__ == "__main__":
    asyncio.run(main())
