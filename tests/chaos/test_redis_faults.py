"""Redis hangs, dies, fails over, runs full: what cannot be kept is not acknowledged.

Each fault meets a bot that is asked something, and one that waits for a run whose end comes during
the fault. Afterwards everything goes on by itself, within seconds, with one run and one answer.
"""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import aiohttp
import pytest

from bot.errors import SettingsError
from tests.chaos.faults import promised
from tests.chaos.valkey import Valkey, valkey
from tests.e2e.stage import Stage, staged

RETRY = (0.2,) * 60  # seconds: Slack's are 0, 60 and 300
WITHIN = promised(5.0)  # seconds after a recovery
REFUSED_WITHIN = promised(2.3)  # seconds; Slack waits three


@dataclass(frozen=True, slots=True)
class Fault:
    """How Redis goes wrong, and how it comes back."""

    name: str
    begins: Callable[[Valkey], Awaitable[object]]
    ends: Callable[[Valkey], Awaitable[object]]


async def _hang(server: Valkey) -> None:
    server.signal(signal.SIGSTOP)


async def _go_on(server: Valkey) -> None:
    server.signal(signal.SIGCONT)


FAULTS = (
    Fault("hung", _hang, _go_on),
    Fault("dead, then back with its file", Valkey.kill, Valkey.start),
    Fault(
        "failed over: a replica that takes no writes",
        lambda server: server.command("REPLICAOF", "127.0.0.1", "1"),
        lambda server: server.command("REPLICAOF", "NO", "ONE"),
    ),
    Fault(
        "out of memory",
        lambda server: server.command("CONFIG", "SET", "maxmemory", "1"),
        lambda server: server.command("CONFIG", "SET", "maxmemory", "0"),
    ),
    Fault(
        "slow: writes wait",
        lambda server: server.command("CLIENT", "PAUSE", "60000", "WRITE"),
        lambda server: server.command("CLIENT", "UNPAUSE"),
    ),
    Fault(
        "dropping all connections",
        lambda server: server.command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"),
        lambda server: server.command("PING"),
    ),
)
LASTING = [fault for fault in FAULTS if not fault.name.startswith("dropping")]


@pytest.fixture
async def server() -> AsyncIterator[Valkey]:
    """A server of one's own."""
    async with valkey() as running:
        yield running


@pytest.fixture
async def stage(server: Valkey) -> AsyncIterator[Stage]:
    """A bot at work over HTTP, so that a refused event is seen at once."""
    async with staged("http", server.url, rate_limits=False, retry_delays=RETRY) as stage:
        await stage.start_bot()
        yield stage


@pytest.mark.parametrize("fault", LASTING, ids=lambda fault: fault.name)
async def test_a_question_that_redis_cannot_take_is_redelivered(
    stage: Stage, server: Valkey, fault: Fault
) -> None:
    await fault.begins(server)
    asked = await stage.ada.says(stage.general, f"{stage.me} who owns the Suez Canal?")
    mention = next(d for d in stage.slack.deliveries if d.event["type"] == "app_mention")
    async with asyncio.timeout(60):
        while not mention.attempts:
            await asyncio.sleep(0.01)
    assert not mention.attempts[0].acked
    assert mention.attempts[0].seconds < REFUSED_WITHIN
    assert stage.parallel.runs == []
    await fault.ends(server)
    thread = stage.slack.thread(asked)
    await thread.next(timeout=WITHIN)
    run = await stage.parallel.next_run(WITHIN)
    run.finishes("Egypt.")
    assert "Egypt." in (await thread.next()).text
    assert len(stage.texts(asked)) == 2
    assert stage.parallel.runs == [run]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
async def test_a_run_that_ends_during_the_fault_is_answered_once(
    stage: Stage, server: Valkey, fault: Fault
) -> None:
    asked = await stage.ada.says(stage.general, f"{stage.me} who owns the Suez Canal?")
    thread = stage.slack.thread(asked)
    await thread.next()
    run = await stage.parallel.next_run()
    await stage.waited_for(run)
    await fault.begins(server)
    run.finishes("Egypt.")
    await _result_was_read(stage)
    await fault.ends(server)
    recovered = time.monotonic()
    assert "Egypt." in (await thread.next(timeout=2 * WITHIN)).text
    assert time.monotonic() - recovered < WITHIN
    await stage.ada.replies(asked, "since when?")
    await thread.next()
    second = await stage.parallel.next_run()
    assert second.previous_interaction_id == run.interaction_id
    second.finishes("1956.")
    assert "1956." in (await thread.next()).text
    assert len(stage.texts(asked)) == 4
    assert stage.parallel.runs == [run, second]


@pytest.mark.parametrize(("status", "words"), [(402, "enough credit"), (429, "Egypt.")])
async def test_a_refusal_that_comes_during_the_fault_is_not_forgotten(
    stage: Stage, server: Valkey, status: int, words: str
) -> None:
    gate = asyncio.Event()
    stage.parallel.faults.next("create", status=status, gate=gate)
    asked = await stage.ada.says(stage.general, f"{stage.me} who owns the Suez Canal?")
    thread = stage.slack.thread(asked)
    await thread.next()
    async with asyncio.timeout(60):
        while not any(request.kind == "create" for request in stage.parallel.requests):
            await asyncio.sleep(0.01)
    await server.command("CONFIG", "SET", "maxmemory", "1")
    gate.set()
    await _refused_to_write(server)
    await server.command("CONFIG", "SET", "maxmemory", "0")
    if status == 429:
        (await stage.parallel.next_run(2 * WITHIN)).finishes("Egypt.")
    assert words in (await thread.next(timeout=2 * WITHIN)).text


async def test_a_redis_that_hangs_is_reported_at_startup(server: Valkey) -> None:
    async with staged("http", server.url) as empty:
        server.signal(signal.SIGSTOP)
        with pytest.raises(SettingsError) as caught:
            await empty.start_bot()
        server.signal(signal.SIGCONT)
    (problem,) = caught.value.problems
    assert problem.setting == "REDIS_URL"
    assert "cannot be reached" in problem.wrong


async def test_a_redis_that_evicts_keys_is_refused(server: Valkey) -> None:
    await server.command("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
    async with staged("http", server.url) as empty:
        with pytest.raises(SettingsError) as caught:
            await empty.start_bot()
        (problem,) = caught.value.problems
        assert problem.setting == "REDIS_URL"
        assert "allkeys-lru" in problem.wrong
        assert "noeviction" in problem.fix
        await server.command("CONFIG", "SET", "maxmemory-policy", "noeviction")
        await empty.start_bot()


async def test_the_health_page_reports_a_redis_outage(stage: Stage, server: Valkey) -> None:
    async with aiohttp.ClientSession(str(stage.url)) as http:

        async def wrong() -> list[str]:
            async with http.get("/health") as response:
                found: list[str] = (await response.json())["wrong"]
                assert response.status == (503 if found else 200)
                return found

        server.signal(signal.SIGSTOP)
        assert await wrong() == ["Redis does not answer"]
        server.signal(signal.SIGCONT)
        assert await wrong() == []
        await server.command("REPLICAOF", "127.0.0.1", "1")
        assert await wrong() == ["Redis takes no writes: it is a replica"]
        await server.command("REPLICAOF", "NO", "ONE")
        assert await wrong() == []


async def _refused_to_write(server: Valkey) -> None:
    """Wait until Redis has refused another two writes."""

    async def refused() -> int:
        found = await server.command("INFO", "errorstats")
        return int(found.get("errorstat_OOM", {}).get("count", 0))

    before = await refused()
    async with asyncio.timeout(60):
        while await refused() < before + 2:
            await asyncio.sleep(0.01)


async def _result_was_read(stage: Stage) -> None:
    async with asyncio.timeout(60):
        while not any(r.kind == "result" and r.status == 200 for r in stage.parallel.requests):
            await asyncio.sleep(0.01)
