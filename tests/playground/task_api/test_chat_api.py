"""The local Chat API, asked by OpenAI's official client: answers, chains, ids, and the contract."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from openai import AsyncOpenAI

from bot.playground.task_api import LocalChat, LocalTaskApi, Status
from bot.playground.task_api.chat_admission import IGNORED
from bot.playground.task_api.operations import ALL_ROUTES
from tests.playground.task_api.chat_caller import chunks, ended, ids, streaming, text, whole
from tests.playground.task_api.task_api_caller import (
    CHAT,
    QUESTION,
    SPEC,
    Caller,
    asking,
    chatting,
    until,
)

BASIS = [
    {
        "field": "output",
        "reasoning": "It says so.",
        "citations": [{"url": "https://example.org", "title": "Canals", "excerpts": None}],
        "confidence": None,
    }
]


# --- answers ----------------------------------------------------------------------------


def test_all_of_the_contract_is_served() -> None:
    declared = {(m.upper(), path) for path, methods in SPEC["paths"].items() for m in methods}
    assert {(method, path) for method, path, _ in ALL_ROUTES} == declared


async def test_a_streamed_answer_arrives_as_it_is_said(
    api: LocalTaskApi, client: AsyncOpenAI
) -> None:
    stream = await streaming(client)
    chat = await api.next_chat()
    assert (chat.model, chat.question, chat.system) == ("speed", QUESTION, "")
    chat.says("Egypt")
    first = await anext(stream)
    assert first.choices[0].delta.to_dict() == {"role": "assistant", "content": "Egypt"}
    assert not chat.is_over
    chat.says(" does")
    chat.finishes(" — since 1956.", finish_reason="stop")
    rest = await chunks(stream)
    assert text([first, *rest]) == chat.text == "Egypt does — since 1956."
    assert (chat.status, chat.is_over) == (Status.COMPLETED, True)
    assert (first.id, first.model) == ("", "")
    assert rest[-1].choices[0].finish_reason == "stop"
    assert ids(rest)[-1] == chat.interaction_id
    assert not chat.disconnected.is_set()
    assert [(r.kind, r.status, r.body["stream"]) for r in api.requests] == [("chat", 200, True)]


async def test_events_have_data_alone_and_done_ends_them(api: LocalTaskApi) -> None:
    async def echo(chat: LocalChat) -> None:
        chat.says(chat.question)
        chat.finishes()

    api.automatic_chat = echo
    async with httpx.AsyncClient(base_url=api.url, verify=False) as raw:
        answer = await raw.post(
            CHAT, json=chatting(stream=True), headers={"x-api-key": "local-key"}
        )
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert re.fullmatch(r"(data: \{.*\}\n\n){2}data: \[DONE\]\n\n", answer.text)


async def test_a_whole_answer_has_its_text_as_message_and_delta(
    api: LocalTaskApi, client: AsyncOpenAI
) -> None:
    asked = asyncio.create_task(whole(client, model="core"))
    chat = await api.next_chat()
    chat.says("Egypt")
    chat.attaches(basis=BASIS)
    chat.finishes(".")
    answer = await asked
    assert answer.choices[0].message.content == "Egypt."
    sent: dict[str, Any] = answer.to_dict()
    assert sent["choices"][0]["delta"]["content"] == "Egypt."
    assert (sent["id"], sent["model"], sent["usage"]) == ("", "", None)
    assert (sent["basis"], sent["interaction_id"]) == (BASIS, chat.interaction_id)


@pytest.mark.parametrize("stream", [True, False])
async def test_an_answer_can_be_empty(api: LocalTaskApi, client: AsyncOpenAI, stream: bool) -> None:
    if stream:
        answering = await streaming(client)
        (await api.next_chat()).finishes()
        assert text(await chunks(answering)) == ""
        return
    asked = asyncio.create_task(whole(client))
    (await api.next_chat()).finishes()
    assert (await asked).choices[0].message.content == ""


async def test_openais_other_fields_are_ignored(api: LocalTaskApi, client: AsyncOpenAI) -> None:
    tool = {"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}
    more = {
        "temperature": 0.2,
        "top_p": 1,
        "n": 2,
        "stop": ["."],
        "seed": 7,
        "max_tokens": 5,
        "max_completion_tokens": 5,
        "presence_penalty": 0.1,
        "frequency_penalty": 0.1,
        "logprobs": True,
        "logit_bias": {"50256": -100},
        "tools": [tool],
        "tool_choice": "auto",
        "parallel_tool_calls": True,
        "stream_options": {"include_usage": True},
        "metadata": {"turn": "T1"},
        "store": True,
        "user": "ada",
        "service_tier": "auto",
        "reasoning_effort": "low",
        "modalities": ["text"],
        "prediction": {"type": "content", "content": "Egypt."},
    }
    assert more.keys() == IGNORED
    stream = await streaming(client, **more)
    chat = await api.next_chat()
    assert more.items() <= chat.body.items()
    chat.finishes("Egypt. Since 1956, and longer than five tokens.")
    assert text(await chunks(stream)) == chat.text


async def test_a_schema_for_the_answer_is_accepted(api: LocalTaskApi, client: AsyncOpenAI) -> None:
    """Taken literally, the contract lets none pass: its `schema` may have no property."""
    schema = {"type": "object", "properties": {"owner": {"type": "string"}}}
    wanted = {"type": "json_schema", "json_schema": {"name": "owner", "schema": schema}}
    chat = await ended(api, client, '{"owner": "Egypt"}', model="lite", response_format=wanted)
    assert chat.body["response_format"] == wanted


async def test_both_documented_ways_of_sending_the_key_are_accepted(api: LocalTaskApi) -> None:
    async with httpx.AsyncClient(base_url=api.url, verify=False) as raw:
        for name, value in (("x-api-key", "local-key"), ("Authorization", "bearer local-key")):
            asked = asyncio.create_task(raw.post(CHAT, json=chatting(), headers={name: value}))
            (await api.next_chat()).finishes("Egypt.")
            assert (await asked).status_code == 200


# --- what the one who plays can rely on -------------------------------------------------


async def test_any_coroutine_can_play_the_model(api: LocalTaskApi, client: AsyncOpenAI) -> None:
    async def shout(chat: LocalChat) -> None:
        chat.finishes(chat.question.upper())

    api.automatic_chat = shout
    assert (await whole(client)).choices[0].message.content == QUESTION.upper()
    assert [chat.question for chat in api.chats] == [QUESTION]


async def test_a_basis_must_keep_to_the_contract(api: LocalTaskApi, client: AsyncOpenAI) -> None:
    await streaming(client)
    chat = await api.next_chat()
    with pytest.raises(ValueError, match="reasoning"):
        chat.attaches(basis=[{"field": "output"}])


@pytest.mark.parametrize(
    "act",
    [
        lambda chat: chat.says("More"),
        lambda chat: chat.attaches(interaction_id="interaction_1"),
        lambda chat: chat.finishes(),
        lambda chat: chat.breaks(),
        lambda chat: chat.errs("No."),
        lambda chat: chat.sends(b"more"),
    ],
)
async def test_a_chat_that_is_over_says_nothing_more(
    api: LocalTaskApi, client: AsyncOpenAI, act: Callable[[LocalChat], None]
) -> None:
    chat = await ended(api, client, "Egypt.")
    with pytest.raises(RuntimeError, match="completed speed> is over"):
        act(chat)


async def test_a_client_that_hangs_up_is_noticed(api: LocalTaskApi, client: AsyncOpenAI) -> None:
    stream = await streaming(client)
    chat = await api.next_chat()
    chat.says("Egypt")
    await anext(stream)
    assert not chat.disconnected.is_set()
    await stream.close()
    await left(api, chat)
    chat.says(" and so on, to nobody")
    chat.finishes()
    assert chat.status is Status.COMPLETED


async def test_nobody_waiting_for_a_whole_answer_is_noticed(
    api: LocalTaskApi, client: AsyncOpenAI
) -> None:
    asked = asyncio.create_task(whole(client))
    chat = await api.next_chat()
    asked.cancel()
    await left(api, chat)


async def left(api: LocalTaskApi, chat: LocalChat) -> None:
    """Return once a chat's client has left."""
    async with asyncio.timeout(60):
        await chat.disconnected.wait()
    await until(lambda: not api.open_requests)


async def test_a_chat_does_not_become_a_run(api: LocalTaskApi, client: AsyncOpenAI) -> None:
    await ended(api, client, "Egypt.")
    assert api.runs == []
    with pytest.raises(TimeoutError):
        await api.next_run(timeout=0.01)
    async with Caller(api) as caller:
        await caller.create(**asking())
    assert len(api.chats) == 1
    with pytest.raises(TimeoutError):
        await api.next_chat(timeout=0.01)
