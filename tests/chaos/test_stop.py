"""SIGTERM: nothing new is taken, what goes on is handed over, and it ends within ten seconds."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.typedefs import Handler

from bot.engine.mailbox_execution import SLOTS
from tests.chaos.faults import promised
from tests.chaos.replicas import Replicas, answers, asked, held, replicas
from tests.chaos.valkey import Valkey, valkey
from tests.e2e.dialogue import Gate
from tests.e2e.stage import Stage, staged
from tests.forking import Forked

FULL = os.environ.get("CHAOS") == "full"
STOPS_WITHIN = promised(10.0)  # seconds
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


async def stopped(process: Forked) -> float:
    """Stop it; returns the seconds that took. It must end well."""
    begun = time.monotonic()
    process.terminate()
    assert await asyncio.wait_for(process.wait(), 2 * STOPS_WITHIN) == 0
    return time.monotonic() - begun


async def test_two_hundred_waiting_runs_are_handed_over(stage: Stage, bots: Replicas) -> None:
    bot = await bots.start()
    messages = []
    for number in range(WAITING):
        channel = stage.slack.channel(f"many-{number // 4}", members=[stage.ada])
        messages.append(await stage.ada.says(channel, f"{stage.me} question {number}?"))
    async with asyncio.timeout(60):
        while sum(r.kind == "events" for r in stage.parallel.requests) < WAITING:
            await asyncio.sleep(0.05)
    assert await stopped(bot) < STOPS_WITHIN
    for run in stage.parallel.runs:
        run.finishes("It is so.")
    await bots.start()
    await stage.slack.until(
        lambda: all(answers(stage, message, "It is so.") for message in messages)
    )
    assert all(answers(stage, message, "It is so.") == 1 for message in messages)
    assert len(stage.parallel.runs) == WAITING


async def test_no_run_is_created_during_shutdown(stage: Stage, bots: Replicas) -> None:
    """Only the create calls that are under way are waited for; the rest is for the next bot."""
    bot = await bots.start()
    gate = asyncio.Event()
    stage.parallel.faults.next("create", gate=gate, times=SLOTS)
    messages = []
    for number in range(SLOTS + 30):
        channel = stage.slack.channel(f"many-{number // 4}", members=[stage.ada])
        messages.append(await stage.ada.says(channel, f"{stage.me} question {number}?"))
    async with asyncio.timeout(60):
        while len(stage.parallel.runs) < SLOTS:
            await asyncio.sleep(0.02)
    bot.terminate()
    await stage.slack.until(lambda: not stage.slack.connections)
    gate.set()
    assert await asyncio.wait_for(bot.wait(), STOPS_WITHIN) == 0
    assert len(stage.parallel.runs) == SLOTS
    await bots.start()
    async with asyncio.timeout(60):
        while len(stage.parallel.runs) < len(messages):
            await asyncio.sleep(0.02)
    for run in stage.parallel.runs:
        run.finishes("It is so.")
    await stage.slack.until(
        lambda: all(answers(stage, message, "It is so.") for message in messages)
    )
    assert all(len(stage.texts(message)) == 2 for message in messages)
    assert len(stage.parallel.runs) == len(messages)


async def test_a_hung_redis_does_not_delay_shutdown(
    stage: Stage, bots: Replicas, server: Valkey
) -> None:
    bot = await bots.start(LEASE_SECONDS="2")
    message, run = await asked(stage, "who owns the Suez Canal?")
    server.signal(signal.SIGSTOP)
    assert await stopped(bot) < STOPS_WITHIN
    server.signal(signal.SIGCONT)
    await bots.start(LEASE_SECONDS="2")
    await held(stage, run, 2, promised(10.0))
    run.finishes("Egypt.")
    await stage.slack.thread(message).until(lambda _: answers(stage, message, "Egypt."))
    assert len(stage.texts(message)) == 2
    assert stage.parallel.runs == [run]


async def test_a_slack_that_does_not_answer_does_not_delay_shutdown(
    stage: Stage, bots: Replicas
) -> None:
    bot = await bots.start()
    message, run = await asked(stage, "who owns the Suez Canal?")
    gate = Gate()
    stage.slack.faults.next("chat.postMessage", gate=gate)
    run.finishes("Egypt.")
    await asyncio.wait_for(gate.reached.wait(), 60)
    assert await stopped(bot) < STOPS_WITHIN
    gate.set()  # the message is posted after all, and nobody reads the response
    await bots.start()
    thread = stage.slack.thread(message)
    await thread.until(lambda _: answers(stage, message, "0 sources"))
    assert answers(stage, message, "Egypt.") == 1
    assert stage.parallel.runs == [run]


async def test_a_slack_that_stopped_reading_does_not_delay_shutdown(
    server: Valkey, tmp_path: Path
) -> None:
    sockets: list[asyncio.Transport] = []

    @web.middleware
    async def noted(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path == "/link/":
            assert isinstance(request.transport, asyncio.Transport)
            sockets.append(request.transport)
        return await handler(request)

    async with (
        staged("socket", server.url, middlewares=[noted]) as stage,
        replicas(stage, tmp_path) as bots,
    ):
        bot = await bots.start()
        for socket in sockets:
            socket.pause_reading()  # so that it never says goodbye either
        assert await stopped(bot) < STOPS_WITHIN / 2
        for socket in sockets:
            socket.abort()


@pytest.mark.skipif(not FULL, reason="takes ten seconds")
async def test_shutdown_ends_in_time_when_no_server_answers(
    stage: Stage, bots: Replicas, server: Valkey
) -> None:
    bot = await bots.start()
    message, run = await asked(stage, "who owns the Suez Canal?")
    gate = Gate()
    stage.slack.faults.next("chat.postMessage", gate=gate)
    run.finishes("Egypt.")
    await asyncio.wait_for(gate.reached.wait(), 60)
    server.signal(signal.SIGSTOP)
    stage.slack.drop_sockets()
    assert await stopped(bot) < STOPS_WITHIN
    server.signal(signal.SIGCONT)
    gate.set()
    await bots.start()
    thread = stage.slack.thread(message)
    await thread.until(lambda _: answers(stage, message, "0 sources"))
    assert answers(stage, message, "Egypt.") == 1
    assert stage.parallel.runs == [run]


@pytest.mark.parametrize("method", ["auth.test", "apps.connections.open"])
async def test_the_bot_can_be_stopped_while_it_starts(
    stage: Stage, bots: Replicas, method: str
) -> None:
    gate = Gate()
    stage.slack.faults.next(method, gate=gate, times=100)
    bot = await bots.launch()
    await asyncio.wait_for(gate.reached.wait(), 60)
    assert await stopped(bot) < STOPS_WITHIN / 2
    gate.set()


async def test_an_unfinished_http_request_does_not_delay_shutdown(
    server: Valkey, tmp_path: Path
) -> None:
    async with staged("http", server.url) as stage, replicas(stage, tmp_path) as bots:
        bot = await bots.launch()
        reader, writer = await asyncio.open_connection(*await bots.address(bot))
        head = (
            "POST /slack/events HTTP/1.1",
            "Host: bot",
            "Content-Length: 9",
            "Expect: 100-continue",
        )
        writer.write("\r\n".join((*head, "", "")).encode())
        assert await reader.readline() == b"HTTP/1.1 100 Continue\r\n"
        assert await stopped(bot) < STOPS_WITHIN / 2
        writer.close()


async def test_a_question_during_shutdown_is_answered_by_the_next_bot(
    stage: Stage, bots: Replicas
) -> None:
    bot = await bots.start()
    await asked(stage, "who owns the Suez Canal?")
    bot.terminate()
    late = await stage.ada.says(stage.general, f"{stage.me} and the Panama Canal?")
    assert await asyncio.wait_for(bot.wait(), STOPS_WITHIN) == 0
    await bots.start()
    async with asyncio.timeout(60):
        while not (found := [r for r in stage.parallel.runs if "Panama" in r.input]):
            await asyncio.sleep(0.02)
    found[0].finishes("Panama.")
    thread = stage.slack.thread(late)
    await thread.until(lambda _: answers(stage, late, "Panama."))
    assert len(stage.texts(late)) == 2
    assert len(stage.parallel.runs) == 2
