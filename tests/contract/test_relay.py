"""The way to the real Task API: what passes, what is remembered, what is not."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.errors import AnswerLost, Refused, Unavailable
from bot.model import Answer, RunRequest
from bot.parallel.client import TaskApi
from bot.playground.task_api import LocalTaskApi, Relay

KEY = "a-real-key"
ASKED = RunRequest("who?", "lite", None, {"turn": "T:C:1.0"})


@pytest.fixture
async def upstream() -> AsyncIterator[LocalTaskApi]:
    async with LocalTaskApi(keys={KEY}) as api:
        yield api


@pytest.fixture
async def relay(upstream: LocalTaskApi) -> AsyncIterator[Relay]:
    async with Relay(upstream.url) as between:
        yield between


@pytest.fixture
async def client(relay: Relay) -> AsyncIterator[TaskApi]:
    async with TaskApi(relay.url, KEY) as asking:
        yield asking


async def test_a_run_is_created_watched_and_fetched_through_it(
    upstream: LocalTaskApi, relay: Relay, client: TaskApi
) -> None:
    started = await client.start(ASKED)
    run = await upstream.next_run()
    assert started.id == run.run_id
    run.progress(50, considered=8, read=3)
    async with client.watch(started.id) as stream:
        async for progress in stream:
            if progress.read == 3:
                run.finishes("She.")
            if progress.status and progress.status.is_over:
                break
    answer = await client.result(started.id, 5)
    assert isinstance(answer, Answer)
    assert answer.content == "She."
    assert [(r.kind, r.status) for r in relay.requests] == [
        ("create", 202),
        ("events", 200),
        ("result", 200),
    ]
    assert relay.requests[0].body["metadata"] == {"turn": "T:C:1.0"}
    assert KEY not in repr(relay.requests)


async def test_refusals_come_through_as_they_are(upstream: LocalTaskApi, relay: Relay) -> None:
    upstream.faults.next("create", retry_after=7)
    async with TaskApi(relay.url, KEY) as client:
        with pytest.raises(Unavailable) as busy:
            await client.start(ASKED)
    assert busy.value.retry_after == 7
    async with TaskApi(relay.url, "another-key") as client:
        with pytest.raises(Refused):
            await client.start(ASKED)


async def test_a_lost_answer_stays_a_lost_answer(upstream: LocalTaskApi, client: TaskApi) -> None:
    upstream.faults.next("create", cut="after")
    with pytest.raises(AnswerLost):
        await client.start(ASKED)


async def test_where_nothing_could_be_sent_nothing_was_started() -> None:
    async with Relay("http://127.0.0.1:1") as relay, TaskApi(relay.url, KEY) as client:
        with pytest.raises(Unavailable):
            await client.start(ASKED)
        assert relay.requests[0].status == 503
