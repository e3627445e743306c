"""Parallel's event streams, byte by byte: pieces, breaks, silence, size, number."""

from __future__ import annotations

import asyncio
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.domain.research import Progress, RunStatus
from bot.errors import Unavailable
from bot.parallel.client import TaskApi, Timeouts
from tests.contract.parallel.parallel_helpers import (
    RUN,
    STREAM,
    error_of,
    event,
    parallel,
    said,
    state,
    watched,
)
from tests.raw_http import Handling, Request, reply, sending, silent


async def test_a_stream_from_beginning_to_end_and_again() -> None:
    stats = {"num_sources_considered": 12, "num_sources_read": 3, "sources_read_sample": []}
    stream = [
        state("running"),
        b": a comment\r\nid: 7\r\nretry: 100\r\n\r\n",
        said("Sücht …"),
        b"event: x\r\ndata: no JSON\r\n\r\n",
        event({"type": "task_run.state"}),
        event({"type": "task_run.from_the_future"}),
        event({"type": "task_run.progress_stats", "source_stats": stats, "progress_meter": 30}),
        state("completed", output={"type": "text", "content": "Egypt", "basis": []}),
    ]
    expected = [
        Progress(status=RunStatus.RUNNING),
        Progress(message="Sücht …"),
        Progress(percent=30.0, considered=12, read=3),
        Progress(status=RunStatus.COMPLETED),
    ]
    async with parallel(sending(STREAM + b"".join(stream))) as (api, server):
        assert await watched(api) == expected
        assert await watched(api) == expected
    assert server.requests[0].target == "/v1/tasks/runs/trun_1/events"
    assert server.requests[0].headers["accept"] == "text/event-stream"
    assert server.requests[0].headers["accept-encoding"] == "identity"


async def test_events_arrive_when_they_are_sent_in_whatever_pieces() -> None:
    read = asyncio.Event()

    async def handle(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(STREAM)
        for byte in said("größer").replace(b"\\u00f6", "ö".encode()):
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0)
        await read.wait()
        writer.close()

    async with parallel(handle) as (api, _), api.events(RUN) as stream:
        assert await anext(stream) == Progress(message="größer")
        read.set()
        assert [progress async for progress in stream] == []


async def test_a_last_event_of_five_megabytes_is_quick() -> None:
    output = {"type": "text", "content": "x" * 5_000_000, "basis": []}
    data = STREAM + state("running") + state("completed", output=output)
    async with parallel(sending(data)) as (api, _):
        begun = time.monotonic()
        assert (await watched(api))[-1] == Progress(status=RunStatus.COMPLETED)
        assert time.monotonic() - begun < 30  # 0.1 s; reading it quadratically would take minutes


@pytest.mark.parametrize(
    "handling",
    [
        pytest.param(
            sending(STREAM + event({"type": "error", "error": {"message": "Lost"}})), id="error"
        ),
        pytest.param(
            sending(STREAM[:-2] + b"transfer-encoding: chunked\r\n\r\n5\r\ndata:\r\n"), id="cut"
        ),
        pytest.param(
            sending(STREAM[:-2] + b"transfer-encoding: chunked\r\n\r\n5\r\ndata:\r\n", reset=True),
            id="reset",
        ),
        pytest.param(reply(200, "<html>", content_type="text/html"), id="no stream"),
    ],
)
async def test_a_broken_stream_is_unavailable(handling: Handling) -> None:
    async with parallel(handling) as (api, _):
        assert isinstance(await error_of(watched(api)), Unavailable)


async def test_a_silent_stream_is_given_up_in_the_end() -> None:
    async def handle(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(STREAM + state("running"))
        await silent(request, writer)

    async with parallel(handle, Timeouts(silence=0.3)) as (api, _), api.events(RUN) as stream:
        assert await anext(stream) == Progress(status=RunStatus.RUNNING)
        begun = time.monotonic()
        assert isinstance(await error_of(anext(stream)), Unavailable)
        assert 0.2 < time.monotonic() - begun < 30


async def test_leaving_early_closes_the_stream_and_keeps_the_blocks_errors() -> None:
    async def handle(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(STREAM + state("running"))

    async def leave(api: TaskApi) -> None:
        async with api.events(RUN) as stream:
            await anext(stream)
            raise TimeoutError("mine")

    async with parallel(handle) as (api, server):
        with pytest.raises(TimeoutError, match="mine"):
            await leave(api)
        await asyncio.wait_for(server.left_alone.wait(), 60)


@pytest.fixture
def many_files() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 4096)), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.usefixtures("many_files")
async def test_five_hundred_streams_at_once() -> None:
    everybody, finished = asyncio.Event(), asyncio.Event()

    async def handle(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(STREAM + state("running"))
        if server.open == 500:
            everybody.set()
        await finished.wait()
        writer.write(said("Done") + state("completed"))
        await writer.drain()
        writer.close()

    async with parallel(handle) as (api, server), asyncio.TaskGroup() as group:
        tasks = [group.create_task(watched(api)) for _ in range(500)]
        await asyncio.wait_for(everybody.wait(), 60)
        finished.set()
    assert {tuple(task.result()) for task in tasks} == {
        (
            Progress(status=RunStatus.RUNNING),
            Progress(message="Done"),
            Progress(status=RunStatus.COMPLETED),
        )
    }


@pytest.mark.skipif(sys.platform != "linux", reason="reads the kernel's table")
async def test_a_silent_stream_is_kept_under_watch_by_tcp() -> None:
    async def handle(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(STREAM + state("running"))
        await silent(request, writer)

    async with parallel(handle) as (api, server), api.events(RUN) as stream:
        await anext(stream)
        [(_, port)] = server.peers
        table = await asyncio.to_thread(Path("/proc/net/tcp").read_text)
    rows = [line.split() for line in table.splitlines()[1:]]
    ends = f":{port:04X}", f":{int(server.url.rsplit(':', 1)[1]):04X}"
    [timer] = [row[5] for row in rows if row[1].endswith(ends[0]) and row[2].endswith(ends[1])]
    kind, left = timer.split(":")
    assert kind == "02"  # keepalive
    assert int(left, 16) <= 30 * 100  # ticks of 10 ms
