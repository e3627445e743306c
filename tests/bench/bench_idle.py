"""What waiting costs: 1,000 runs going, nothing happening, for two minutes.

Targets: 5 % of a core, 150 MB, 2 API requests a run and minute. The peer in the same run: a process
with one `task_run.result` of the official SDK for each of 500 runs (600 s long polls); with 1,000
not all of its runs had started after two minutes.

    python -m tests.bench.bench_idle
"""

from __future__ import annotations

import asyncio
import time

from tests.bench.common import BotProcess, ask, bot_process, python_process, runs_going
from tests.e2e.stage import KEY, Stage, staged
from tests.server import valkey_server

RUNS = 1_000
PEER_RUNS = 500
SETTLE, WATCH = 60.0, 120.0  # seconds

PEER = """
import asyncio, sys
from parallel import AsyncParallel
async def main(url, key, number):
    async with AsyncParallel(api_key=key, base_url=url) as client:
        async def one(n):
            run = await client.task_run.create(input=f"question {n}", processor="ultra8x")
            await client.task_run.result(run.run_id)
        await asyncio.gather(*(one(n) for n in range(number)))
asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
"""


async def main() -> None:
    """Print the figures."""
    with valkey_server() as url:
        async with staged("socket", url, rate_limits=False) as stage:
            environ = stage.settings(DEFAULT_PROCESSOR="ultra8x")
            async with bot_process(environ) as bot:
                await stage.slack.until(lambda: stage.slack.connections, timeout=20)
                await ask(stage, RUNS)
                await _watch("threadline", stage, bot, RUNS)
            await _peer(stage)


async def _peer(stage: Stage) -> None:
    known = len(stage.parallel.runs)
    async with python_process(PEER, stage.parallel.url, KEY, str(PEER_RUNS)) as peer:
        await runs_going(stage, known + PEER_RUNS)
        await _watch("SDK task_run.result", stage, peer, PEER_RUNS)


async def _watch(name: str, stage: Stage, bot: BotProcess, runs: int) -> None:
    await asyncio.sleep(SETTLE)
    requests, cpu, begun = len(stage.parallel.requests), bot.cpu_seconds, time.perf_counter()
    await asyncio.sleep(WATCH)
    took = time.perf_counter() - begun
    share = (bot.cpu_seconds - cpu) / took * 100
    each = (len(stage.parallel.requests) - requests) / runs / (took / 60)
    print(
        f"{name:<34} n={runs}  cpu={share:.1f} % of a core  memory={bot.resident_mb:.0f} MB  "
        f"requests={each:.2f} a run and minute"
    )


if __name__ == "__main__":
    asyncio.run(main())
