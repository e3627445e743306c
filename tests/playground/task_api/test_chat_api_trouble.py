"""What goes wrong with an answer of the local Chat API, as OpenAI's official client meets it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import openai
import pytest
from openai import AsyncOpenAI

from bot.playground.task_api import LocalTaskApi, Status
from tests.playground.task_api.chat_caller import (
    chunks,
    ended,
    openai_client,
    streaming,
    text,
    whole,
)
from tests.playground.task_api.task_api_caller import CHAT, Caller, chatting

KEY = {"x-api-key": "local-key"}


@pytest.fixture
async def raw(api: LocalTaskApi) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=api.url, headers=KEY, verify=False, timeout=60) as made:
        yield made


# --- what the model does ----------------------------------------------------------------


@pytest.mark.parametrize("named", [True, False])
async def test_an_error_can_come_in_the_middle_of_a_stream(
    api: LocalTaskApi, client: AsyncOpenAI, named: bool
) -> None:
    stream = await streaming(client)
    chat = await api.next_chat()
    chat.says("Egypt")
    chat.errs("The model gave up.", named_event=named)
    assert (await anext(stream)).choices[0].delta.content == "Egypt"
    with pytest.raises(openai.APIError, match="The model gave up"):
        await anext(stream)
    assert (chat.status, chat.is_broken) == (Status.FAILED, False)


@pytest.mark.parametrize(("named", "name"), [(True, b"event: error\n"), (False, b"")])
async def test_an_error_event_closes_a_stream_without_done(
    api: LocalTaskApi, raw: httpx.AsyncClient, named: bool, name: bytes
) -> None:
    asked = asyncio.create_task(raw.post(CHAT, json=chatting(stream=True)))
    (await api.next_chat()).errs("No.", named_event=named)
    body = (await asked).content
    assert body.startswith(name + b'data: {"error": {"message": "No."')
    assert body.endswith(b"}}\n\n")


async def test_an_error_in_place_of_a_whole_answer_is_a_500(
    api: LocalTaskApi, client: AsyncOpenAI
) -> None:
    asked = asyncio.create_task(whole(client))
    (await api.next_chat()).errs("The model gave up.")
    with pytest.raises(openai.InternalServerError, match="The model gave up"):
        await asked
    assert api.requests[0].status == 500


async def test_a_stream_can_be_cut_in_the_middle(api: LocalTaskApi, client: AsyncOpenAI) -> None:
    stream = await streaming(client)
    chat = await api.next_chat()
    chat.says("Egy")
    chat.says("pt")
    chat.breaks()
    found = [await anext(stream), await anext(stream)]
    assert text(found) == "Egypt"
    with pytest.raises(openai.APIConnectionError):
        await anext(stream)
    assert (chat.status, chat.is_broken) == (Status.FAILED, True)
    assert not chat.disconnected.is_set()


async def test_a_whole_answer_can_be_cut(api: LocalTaskApi, client: AsyncOpenAI) -> None:
    asked = asyncio.create_task(whole(client))
    (await api.next_chat()).breaks()
    with pytest.raises(openai.APIConnectionError):
        await asked


async def test_a_stream_can_close_cleanly_without_done(
    api: LocalTaskApi, raw: httpx.AsyncClient
) -> None:
    asked = asyncio.create_task(raw.post(CHAT, json=chatting(stream=True)))
    chat = await api.next_chat()
    chat.finishes("Egypt.", done=False)
    body = (await asked).text
    assert body.count("data: ") == 2
    assert "[DONE]" not in body
    assert chat.status is Status.COMPLETED


async def test_any_bytes_can_be_sent_between_chunks(
    api: LocalTaskApi, raw: httpx.AsyncClient
) -> None:
    asked = asyncio.create_task(raw.post(CHAT, json=chatting(stream=True)))
    chat = await api.next_chat()
    chat.sends(b": a comment\n\n")
    chat.says("Egypt")
    chat.sends(b'data: {"half": "\xe2\x82')
    chat.breaks()
    with pytest.raises(httpx.TransportError):
        await asked
    asked = asyncio.create_task(raw.post(CHAT, json=chatting()))
    (await api.next_chat()).sends(b"<html>")
    api.chats[-1].finishes()
    assert (await asked).content.startswith(b'<html>{"id": ""')


async def test_a_comment_does_not_disturb_the_official_client(
    api: LocalTaskApi, client: AsyncOpenAI
) -> None:
    stream = await streaming(client)
    chat = await api.next_chat()
    chat.sends(b": still thinking\n\n")
    chat.finishes("Egypt.")
    assert text(await chunks(stream)) == "Egypt."


async def test_a_model_that_hangs_sends_headers_and_nothing_else(api: LocalTaskApi) -> None:
    async with openai_client(api) as client:
        stream = await streaming(client.with_options(timeout=0.2))
        with pytest.raises(openai.APITimeoutError):
            await anext(stream)
    chat = await api.next_chat()
    assert chat.text == ""
    assert not chat.is_over


async def test_all_open_chats_can_be_cut_at_once(api: LocalTaskApi, client: AsyncOpenAI) -> None:
    stream = await streaming(client)
    asked = asyncio.create_task(whole(client))
    streamed, waited_for = await api.next_chat(), await api.next_chat()
    assert api.drop_connections("retrieve") == 0
    assert api.drop_connections("chat") == 2
    with pytest.raises(openai.APIConnectionError):
        await anext(stream)
    with pytest.raises(openai.APIConnectionError):
        await asked
    async with asyncio.timeout(60):
        await asyncio.gather(streamed.disconnected.wait(), waited_for.disconnected.wait())


# --- faults on demand -------------------------------------------------------------------


@pytest.mark.parametrize("status", [401, 402, 403, 408, 422, 429, 500, 502, 503])
async def test_any_status_can_be_asked_for_and_has_no_effect(
    api: LocalTaskApi, client: AsyncOpenAI, status: int
) -> None:
    api.faults.next("chat", status=status)
    with pytest.raises(openai.APIStatusError) as met:
        await streaming(client)
    assert met.value.status_code == status
    assert "retry-after" not in met.value.response.headers
    assert api.chats == []
    await ended(api, client, "Egypt.")
    assert [r.status for r in api.requests] == [status, 200]


@pytest.mark.parametrize(
    "body",
    [
        b'{"type": "error", "error": {"ref_id": "r", "message": "Come back later"}}',
        b'{"error": {"message": "Come back later", "type": "server_error", "code": null}}',
        b'{"detail": "Come back later"}',
        b'{"detail": [{"loc": ["body"], "msg": "Come back later", "type": "value_error"}]}',
    ],
)
async def test_a_refusal_can_have_each_documented_form(
    api: LocalTaskApi, client: AsyncOpenAI, body: bytes
) -> None:
    api.faults.next("chat", status=503, body=body)
    with pytest.raises(openai.InternalServerError) as met:
        await streaming(client)
    assert met.value.response.content == body
    assert api.chats == []


async def test_a_refusal_can_say_when_to_come_again(api: LocalTaskApi, client: AsyncOpenAI) -> None:
    api.faults.next("chat", retry_after=7)
    api.faults.next("chat", error="Something broke")
    with pytest.raises(openai.RateLimitError) as busy:
        await streaming(client)
    assert busy.value.response.headers["retry-after"] == "7"
    with pytest.raises(openai.InternalServerError, match="Something broke"):
        await streaming(client)


@pytest.mark.parametrize("stream", [True, False])
async def test_a_garbled_answer_hides_a_chat_that_was_accepted(
    api: LocalTaskApi, raw: httpx.AsyncClient, stream: bool
) -> None:
    api.faults.next("chat", body=b"<html>")
    answer = await raw.post(CHAT, json=chatting(stream=stream))
    assert (answer.status_code, answer.content) == (200, b"<html>")
    (chat,) = api.chats
    assert chat.disconnected.is_set()


@pytest.mark.parametrize(("cut", "accepted"), [("before", 0), ("after", 1)])
async def test_a_whole_answer_can_be_lost_before_or_after(
    api: LocalTaskApi, client: AsyncOpenAI, cut: Any, accepted: int
) -> None:
    api.faults.next("chat", cut=cut)
    with pytest.raises(openai.APIConnectionError):
        await whole(client)
    assert len(api.chats) == accepted
    assert api.requests[0].status is None


async def test_a_stream_can_be_cut_before_anything_or_after_a_chunk(
    api: LocalTaskApi, client: AsyncOpenAI
) -> None:
    api.faults.next("chat", cut="before")
    with pytest.raises(openai.APIConnectionError):
        await streaming(client)
    assert api.chats == []
    api.faults.next("chat", cut="after")
    stream = await streaming(client)
    chat = await api.next_chat()
    chat.says("Egypt")
    assert (await anext(stream)).choices[0].delta.content == "Egypt"
    with pytest.raises(openai.APIConnectionError):
        await anext(stream)
    assert chat.disconnected.is_set()


async def test_an_answer_can_be_late_or_held_until_released(
    api: LocalTaskApi, client: AsyncOpenAI
) -> None:
    api.faults.next("chat", delay=0.2)
    gate = asyncio.Event()
    api.faults.next("chat", gate=gate)
    begun = time.perf_counter()
    await (await streaming(client)).close()
    assert time.perf_counter() - begun > 0.19
    await api.next_chat()
    asked = asyncio.create_task(streaming(client))
    chat = await api.next_chat()
    chat.finishes("Egypt.")
    assert not asked.done()
    gate.set()
    assert text(await chunks(await asked)) == "Egypt."


async def test_a_client_that_leaves_a_held_answer_is_noticed(
    api: LocalTaskApi, client: AsyncOpenAI
) -> None:
    api.faults.next("chat", gate=asyncio.Event())
    asked = asyncio.create_task(streaming(client))
    chat = await api.next_chat()
    asked.cancel()
    async with asyncio.timeout(60):
        await chat.disconnected.wait()


async def test_a_stop_ends_open_chats(client: AsyncOpenAI, api: LocalTaskApi) -> None:
    stream = await streaming(client)
    begun = time.perf_counter()
    await api.stop()
    assert time.perf_counter() - begun < 30  # the second that it gives them, and no minute
    with pytest.raises(openai.APIConnectionError):
        await anext(stream)
    assert (await api.next_chat()).disconnected.is_set()


async def test_a_fault_of_chats_leaves_runs_alone(api: LocalTaskApi) -> None:
    async with Caller(api) as caller:
        api.faults.next("chat", status=503)
        await caller.create()
        assert (await caller.post(CHAT, chatting())).status_code == 503
