"""The way to the real Task API: what passes, what is remembered, what is not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from bot.domain.research import Answer, RunRequest
from bot.errors import AnswerLost, Refused, Unavailable
from bot.parallel.client import TaskApi
from bot.playground.task_api import LocalTaskApi, Relay
from tests.contract.parallel.parallel_helpers import TASK_RUN
from tests.playground.task_api.task_api_caller import CHAT, chatting
from tests.raw_http import reply, serving

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
    started = await client.create(ASKED)
    run = await upstream.next_run()
    assert started.id == run.run_id
    run.progress(50, considered=8, read=3)
    async with client.events(started.id) as stream:
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
            await client.create(ASKED)
    assert busy.value.retry_after == 7
    async with TaskApi(relay.url, "another-key") as client:
        with pytest.raises(Refused):
            await client.create(ASKED)


async def test_a_lost_answer_stays_a_lost_answer(upstream: LocalTaskApi, client: TaskApi) -> None:
    upstream.faults.next("create", cut="after")
    with pytest.raises(AnswerLost):
        await client.create(ASKED)


async def test_where_nothing_could_be_sent_nothing_was_started() -> None:
    async with Relay("http://127.0.0.1:1") as relay, TaskApi(relay.url, KEY) as client:
        with pytest.raises(Unavailable):
            await client.create(ASKED)
        assert relay.requests[0].status == 503


@asynccontextmanager
async def asking_chat(relay: Relay, headers: dict[str, str]) -> AsyncIterator[httpx.Response]:
    """Ask for a streamed answer through the relay."""
    async with (
        httpx.AsyncClient(base_url=relay.url, headers=headers, verify=False, timeout=60) as client,
        client.stream("POST", CHAT, json=chatting(stream=True)) as answer,
    ):
        yield answer


@pytest.mark.parametrize(
    "headers", [{"x-api-key": KEY}, {"Authorization": f"Bearer {KEY}"}], ids=["key", "bearer"]
)
async def test_a_chat_passes_through_as_it_is_said(
    upstream: LocalTaskApi, relay: Relay, headers: dict[str, str]
) -> None:
    async with asking_chat(relay, headers) as answer:
        assert answer.status_code == 200  # before a word was said
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = answer.aiter_lines()
        chat = await upstream.next_chat()
        chat.says("Egypt")
        assert "Egypt" in await anext(lines)
        assert not chat.is_over
        chat.finishes(".")
        rest = [line async for line in lines if line]
    assert rest[-1] == "data: [DONE]"
    assert str(chat.interaction_id) in rest[-2]
    (request,) = relay.requests
    assert (request.kind, request.status, request.body) == ("chat", 200, chatting(stream=True))
    assert KEY not in repr(relay.requests)


async def test_a_chat_cut_in_the_middle_is_cut_here_too(
    upstream: LocalTaskApi, relay: Relay
) -> None:
    async with asking_chat(relay, {"x-api-key": KEY}) as answer:
        lines = answer.aiter_lines()
        chat = await upstream.next_chat()
        chat.says("Egypt")
        assert "Egypt" in await anext(lines)
        chat.breaks()
        with pytest.raises(httpx.RemoteProtocolError):
            [line async for line in lines]


async def test_hanging_up_on_a_chat_is_passed_on(upstream: LocalTaskApi, relay: Relay) -> None:
    async with asking_chat(relay, {"x-api-key": KEY}):
        chat = await upstream.next_chat()
    async with asyncio.timeout(60):
        await chat.disconnected.wait()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_the_key_goes_to_no_address_that_a_redirect_names(status: int) -> None:
    async with serving(reply(202, TASK_RUN)) as elsewhere:
        async with (
            serving(reply(status, "", location=f"{elsewhere.url}/v1/tasks/runs")) as there,
            Relay(there.url) as relay,
            TaskApi(relay.url, KEY) as client,
        ):
            with pytest.raises((Refused, AnswerLost)):
                await client.create(ASKED)
            assert len(there.requests) == 1
        assert elsewhere.requests == []
