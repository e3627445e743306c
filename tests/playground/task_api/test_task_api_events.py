"""Event streams of the local Task API: what they tell, tell again or keep, and how they end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from contextvars import Context
from typing import Any, TypeVarTuple

import httpx
import pytest

from bot.playground.task_api import LocalTaskApi
from tests.playground.task_api.task_api_caller import RUNS, Caller, until


def shown(events: list[Any]) -> list[str]:
    """Each event in a word: its status, its message or its percentage."""
    return [
        e["run"]["status"] if "run" in e else e.get("message") or f"{e['progress_meter']:.0f} %"
        for e in events
    ]


async def test_a_stream_sends_state_progress_and_end_as_they_happen() -> None:
    async with LocalTaskApi() as api, Caller(api) as caller:
        created = await caller.create(enable_events=True)
        run = await api.next_run()
        async with caller.stream(f"{RUNS}/{created['run_id']}/events") as events:
            first = await anext(events)
            assert first["run"]["status"] == "queued"
            assert first["output"] is None
            run.begins()
            assert (await anext(events))["run"]["status"] == "running"
            run.says("Searching for owners")
            message = await anext(events)
            assert message["type"] == "task_run.progress_msg.search"
            assert message["message"] == "Searching for owners"
            run.says("Something new", kind="new_kind")
            assert (await anext(events))["type"] == "task_run.progress_msg.new_kind"
            run.progress(40, considered=12, read=3, sample=["https://example.org"])
            stats = await anext(events)
            assert stats["progress_meter"] == 40
            assert stats["source_stats"] == {
                "num_sources_considered": 12,
                "num_sources_read": 3,
                "sources_read_sample": ["https://example.org"],
            }
            run.finishes("Egypt.", confidence="low")
            last = await anext(events)
            assert last["run"]["status"] == "completed"
            assert last["output"]["content"] == "Egypt."
            with pytest.raises(StopAsyncIteration):
                await anext(events)


@pytest.mark.parametrize("version", ["v1", "v1beta"])
async def test_every_stream_begins_with_all_that_was_said(version: str) -> None:
    async with LocalTaskApi() as api, Caller(api) as caller:
        created = await caller.create(enable_events=True)
        path = f"/{version}/tasks/runs/{created['run_id']}/events"
        run = await api.next_run()
        run.says("one")
        async with caller.stream(path) as events:
            assert shown([await anext(events) for _ in range(2)]) == ["running", "one"]
            run.progress(50)
            assert shown([await anext(events)]) == ["50 %"]
            assert api.drop_connections("events") == 1
            with pytest.raises(httpx.TransportError):
                await anext(events)
        async with caller.stream(path) as events:
            again = [await anext(events) for _ in range(3)]
            assert shown(again) == ["running", "one", "50 %"]
            run.says("two")
            assert shown([await anext(events)]) == ["two"]
            run.fails("No.")
            last = await anext(events)
            assert last["run"]["error"]["message"] == "No."
            assert last["output"] is None
        late = await caller.events(path)
        assert shown(late) == ["failed", "one", "50 %", "two", "failed"]


async def test_a_stream_is_closed_in_good_order_when_its_time_is_over() -> None:
    async with LocalTaskApi(stream_seconds=0.2) as api, Caller(api) as caller:
        created = await caller.create(enable_events=True)
        api.runs[0].says("one")
        begun = time.perf_counter()
        events = await caller.events(f"{RUNS}/{created['run_id']}/events")
        assert time.perf_counter() - begun > 0.15
        assert shown(events) == ["running", "one"]


@pytest.mark.parametrize(
    ("processor", "asked", "has_progress"),
    [
        ("core", True, True),
        ("core", None, False),
        ("core2x-fast", None, False),
        ("core", False, False),
        ("pro", None, True),
        ("ultra8x-fast", None, True),
        ("pro", False, False),
        ("lite", True, False),
        ("base-fast", True, True),
    ],
)
async def test_progress_comes_when_it_was_asked_for(
    processor: str, asked: bool | None, has_progress: bool
) -> None:
    silent = ("lite", "base")
    async with LocalTaskApi(silent_processors=silent) as api, Caller(api) as caller:
        created = await caller.create(processor=processor, enable_events=asked)
        run = await api.next_run()
        run.says("one")
        run.progress(50)
        run.finishes("Egypt.")
        events = await caller.events(f"{RUNS}/{created['run_id']}/events")
        expected = ["one", "50 %"] if has_progress else []
        assert shown(events) == ["completed", *expected, "completed"]
        assert events[-1]["output"]["content"] == "Egypt."


Args = TypeVarTuple("Args")


class CountingLoop(asyncio.SelectorEventLoop):
    """Counts what it is asked to call, at once or at a time.

    Attributes:
        asked: so many calls.
    """

    asked = 0

    def call_soon(
        self, callback: Callable[[*Args], object], *args: *Args, context: Context | None = None
    ) -> asyncio.Handle:
        self.asked += 1
        return super().call_soon(callback, *args, context=context)

    def call_at(
        self,
        when: float,
        callback: Callable[[*Args], object],
        *args: *Args,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        self.asked += 1
        return super().call_at(when, callback, *args, context=context)


def test_many_streams_cost_nothing_while_they_wait() -> None:
    """Looking again and again would show in what the event loop is asked to call."""
    with asyncio.Runner(loop_factory=CountingLoop) as runner:
        runner.run(_many_streams_wait())


async def _many_streams_wait() -> None:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, CountingLoop)
    async with AsyncExitStack() as stack:
        api = await stack.enter_async_context(LocalTaskApi())
        caller = await stack.enter_async_context(Caller(api))
        created = await caller.create(enable_events=True)
        path = f"{RUNS}/{created['run_id']}"
        readers = [await _reader(stack, api, f"{path}/events") for _ in range(300)]
        for reader in readers:
            await reader.readuntil(b'"queued"')
        assert api.open_requests == 300
        before = loop.asked
        assert (await caller.get(f"{path}/result", timeout=1)).status_code == 408
        assert loop.asked - before < len(readers)  # the call itself takes some dozens
        api.runs[0].finishes("Egypt.")
        for reader in readers:
            await reader.readuntil(b'"completed"')
        await until(lambda: not api.open_requests)


async def _reader(stack: AsyncExitStack, api: LocalTaskApi, path: str) -> asyncio.StreamReader:
    """Ask for a path on a connection of its own, which lasts as long as the stack."""
    host, port = api.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    stack.push_async_callback(writer.wait_closed)
    stack.callback(writer.close)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nx-api-key: local-key\r\n\r\n".encode())
    return reader
