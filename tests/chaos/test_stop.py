"""SIGTERM: nothing new is taken, what goes on is handed over, and it ends within ten seconds."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.chaos.replicas import Replicas, answers, asked, held, replicas
from tests.chaos.valkey import Valkey, valkey
from tests.e2e.stage import Stage, staged

STOPS_WITHIN = 10.0  # seconds
WAITING = 200  # runs


@pytest.fixture
async def server() -> AsyncIterator[Valkey]:
    """A Redis of one's own."""
    async with valkey() as running:
        yield running


@pytest.fixture
async def stage(server: Valkey) -> AsyncIterator[Stage]:
    """A stage without a bot on it."""
    async with staged("socket", server.url, rate_limits=False, retry_delays=(0.2,) * 60) as empty:
        yield empty


@pytest.fixture
async def bots(stage: Stage, tmp_path: Path) -> AsyncIterator[Replicas]:
    """Its processes."""
    async with replicas(stage, tmp_path) as those:
        yield those


async def stopped(process: asyncio.subprocess.Process) -> float:
    """Stop it; returns the seconds that took. It must end well."""
    begun = time.monotonic()
    process.terminate()
    assert await asyncio.wait_for(process.wait(), STOPS_WITHIN + 5) == 0
    return time.monotonic() - begun


async def test_two_hundred_waiting_runs_are_handed_over(stage: Stage, bots: Replicas) -> None:
    bot = await bots.start()
    messages = []
    for number in range(WAITING):
        channel = stage.slack.channel(f"many-{number // 4}", members=[stage.ada])
        messages.append(await stage.ada.says(channel, f"{stage.me} question {number}?"))
    async with asyncio.timeout(30):
        while sum(r.kind == "events" for r in stage.parallel.requests) < WAITING:
            await asyncio.sleep(0.05)
    assert await stopped(bot) < STOPS_WITHIN
    for run in stage.parallel.runs:
        run.finishes("It is so.")
    await bots.start()
    await stage.slack.until(
        lambda: all(answers(stage, message, "It is so.") for message in messages), timeout=30
    )
    assert all(answers(stage, message, "It is so.") == 1 for message in messages)
    assert len(stage.parallel.runs) == WAITING


async def test_a_hung_redis_does_not_keep_it(stage: Stage, bots: Replicas, server: Valkey) -> None:
    bot = await bots.start()
    message, run = await asked(stage, "who owns the Suez Canal?")
    server.signal(signal.SIGSTOP)
    assert await stopped(bot) < STOPS_WITHIN
    server.signal(signal.SIGCONT)
    await bots.start()
    await held(stage, run, 2, 10)
    run.finishes("Egypt.")
    await stage.slack.thread(message).until(lambda _: answers(stage, message, "Egypt."))
    assert len(stage.texts(message)) == 2
    assert stage.parallel.runs == [run]


async def test_a_slack_that_does_not_answer_does_not_keep_it(stage: Stage, bots: Replicas) -> None:
    bot = await bots.start()
    message, run = await asked(stage, "who owns the Suez Canal?")
    gate = asyncio.Event()
    stage.slack.faults.next("chat.postMessage", gate=gate)
    run.finishes("Egypt.")
    async with asyncio.timeout(10):
        while not any(r.kind == "result" and r.status == 200 for r in stage.parallel.requests):
            await asyncio.sleep(0.01)
    assert await stopped(bot) < STOPS_WITHIN
    gate.set()  # the message is posted after all, and nobody heard that it was
    await bots.start()
    thread = stage.slack.thread(message)
    await thread.until(lambda _: answers(stage, message, "0 sources"), timeout=20)
    assert answers(stage, message, "Egypt.") == 1
    assert stage.parallel.runs == [run]


async def test_what_comes_while_it_stops_is_answered_by_the_next(
    stage: Stage, bots: Replicas
) -> None:
    bot = await bots.start()
    await asked(stage, "who owns the Suez Canal?")
    bot.terminate()
    late = await stage.ada.says(stage.general, f"{stage.me} and the Panama Canal?")
    assert await asyncio.wait_for(bot.wait(), STOPS_WITHIN) == 0
    await bots.start()
    async with asyncio.timeout(20):
        while not (found := [r for r in stage.parallel.runs if "Panama" in r.input]):
            await asyncio.sleep(0.02)
    found[0].finishes("Panama.")
    thread = stage.slack.thread(late)
    await thread.until(lambda _: answers(stage, late, "Panama."), timeout=20)
    assert len(stage.texts(late)) == 2
    assert len(stage.parallel.runs) == 2
