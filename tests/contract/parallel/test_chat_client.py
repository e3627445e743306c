"""The client of the Chat API: what it asks, how an answer ends, and where its id may be."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from bot.domain.research import FieldBasis
from bot.errors import AnswerLost
from bot.parallel.chat_client import ChatApi
from bot.parallel.timeouts import Timeouts
from bot.playground.task_api import contract
from tests.contract.parallel.chat_helpers import (
    ASKED,
    BASIS,
    CHUNKED,
    DONE,
    FOLLOW_UP,
    LAST_CHUNK,
    answered,
    chat_api,
    event,
    in_chunks,
    piece,
    read,
    then_silence,
    trickling,
    whole,
)
from tests.contract.parallel.parallel_helpers import (
    KEY,
    QUESTION,
    STREAM,
    error_of,
)
from tests.raw_http import sending, serving

READ = (FieldBasis("output", "It says so."),)

# --- the request ------------------------------------------------------------------------


async def test_a_question_is_one_post_in_the_documented_form() -> None:
    async with chat_api(sending(STREAM + piece("Egypt.") + DONE)) as (api, server):
        await read(api)
    [request] = server.requests
    assert (request.method, request.target) == ("POST", "/v1beta/chat/completions")
    assert request.headers["x-api-key"] == KEY
    assert request.headers["content-type"] == "application/json"
    assert "text/event-stream" in request.headers["accept"]
    body = request.json()
    contract.check("ChatCompletionRequest", body)
    assert body.keys() == {"model", "messages", "stream"}
    assert (body["model"], body["stream"]) == ("speed", True)
    assert [message["role"] for message in body["messages"]] == ["system", "user"]
    assert body["messages"][1] == {"role": "user", "content": QUESTION}


async def test_a_follow_up_names_the_interaction_before() -> None:
    async with chat_api(sending(STREAM + piece("Egypt.") + DONE)) as (api, server):
        await read(api, FOLLOW_UP)
    [request] = server.requests
    contract.check("ChatCompletionRequest", request.json())
    assert request.json()["previous_interaction_id"] == "inter_0"


async def test_every_question_has_a_fresh_connection() -> None:
    async with chat_api(sending(STREAM + piece("Egypt.") + DONE)) as (api, server):
        for _ in range(3):
            await read(api)
    assert server.connections == len(server.requests) == 3


@pytest.mark.parametrize("ending", ["", "/", "/proxy", "/proxy/"])
async def test_the_base_url_may_have_a_path_and_end_in_a_slash(ending: str) -> None:
    handling = sending(STREAM + piece("Egypt.") + DONE)
    async with serving(handling) as server, ChatApi(server.url + ending, KEY) as api:
        await read(api)
    [request] = server.requests
    assert request.target == f"{ending.rstrip('/')}/v1beta/chat/completions"


# --- how it ends ------------------------------------------------------------------------

TEXT = piece("Egypt") + piece(" does.")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(STREAM + TEXT + DONE, id="done"),
        pytest.param(STREAM + TEXT + DONE + piece(" Or not."), id="what follows done"),
        pytest.param(STREAM + TEXT, id="closed"),
        pytest.param(CHUNKED + in_chunks(TEXT) + LAST_CHUNK, id="last chunk"),
        pytest.param(CHUNKED + in_chunks(TEXT, DONE), id="done, and no last chunk"),
        pytest.param(STREAM + TEXT + piece("", "stop") + DONE, id="finish reason and done"),
        pytest.param(
            CHUNKED + in_chunks(TEXT, piece(None, "stop")), id="cut after the finish reason"
        ),
    ],
)
async def test_an_answer_has_several_good_ends(data: bytes) -> None:
    assert (await answered(data)).text == "Egypt does."


@pytest.mark.parametrize("begun", [STREAM, CHUNKED])
async def test_silence_after_a_finish_reason_is_an_end(begun: bytes) -> None:
    data = TEXT + piece("", "stop")
    handling = then_silence(begun + (in_chunks(data) if begun is CHUNKED else data))
    async with chat_api(handling, Timeouts(trailer=0.2)) as (api, server):
        started = time.monotonic()
        assert (await read(api)).text == "Egypt does."
        assert 0.15 < time.monotonic() - started < 30
        await asyncio.wait_for(server.left_alone.wait(), 60)
    assert len(server.requests) == 1


async def test_a_reset_after_a_finish_reason_is_an_end() -> None:
    data = CHUNKED + in_chunks(TEXT, piece("", "stop"))
    hung_up = asyncio.Event()

    async def handle(request: Any, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await hung_up.wait()
        await sending(b"", reset=True)(request, writer)

    async with chat_api(handle) as (api, _), api.create(ASKED) as chunks:
        text = (await anext(chunks)).text + (await anext(chunks)).text
        assert (await anext(chunks)).text == ""
        hung_up.set()
        assert [chunk async for chunk in chunks] == []
    assert text == "Egypt does."


async def test_a_finished_answer_ends_in_time_also_with_pings_without_end() -> None:
    handling = trickling(b": ping\n\n", 0.05, STREAM + TEXT + piece("", "stop"))
    async with chat_api(handling, Timeouts(trailer=0.2)) as (api, _):
        started = time.monotonic()
        assert (await read(api)).text == "Egypt does."
        assert time.monotonic() - started < 30


async def test_a_finished_answer_counts_at_the_latest_when_its_time_is_over() -> None:
    handling = trickling(b"event: ping\n\n", 0.05, STREAM + TEXT + piece("", "stop"))
    async with chat_api(handling, Timeouts(trailer=0.2, chat=1.0)) as (api, _):
        assert (await read(api)).text == "Egypt does."


@pytest.mark.parametrize("end", [b"", DONE, piece("", "stop"), piece(None) + DONE])
async def test_an_answer_can_be_empty(end: bytes) -> None:
    assert (await answered(STREAM + end)).text == ""


# --- the id and the basis ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("stream", "interaction"),
    [
        (piece("Egypt", interaction_id="i1") + piece(" does."), "i1"),
        (piece("Egypt") + piece(" does.", interaction_id="i1"), "i1"),
        (piece("Egypt", interaction_id="i1") + piece(" does.", interaction_id="i1"), "i1"),
        (piece("Egypt", interaction_id="i1") + piece(" does.", interaction_id="i2"), "i2"),
        (piece("Egypt", interaction_id="i1") + piece(" does.", interaction_id=None), "i1"),
        (piece("Egypt", interaction_id="i1") + piece(" does.", interaction_id=""), "i1"),
        (TEXT + event({"choices": [], "interaction_id": "i1"}), "i1"),
        (TEXT + event({"interaction_id": "i1"}), "i1"),
        (event({"choices": None, "interaction_id": "i1"}) + TEXT, "i1"),
        (TEXT + piece(None, "stop") + event({"choices": [], "interaction_id": "i1"}), "i1"),
        (TEXT + piece(None, "stop", interaction_id="i1"), "i1"),
        (TEXT + piece("", "stop", interaction_id="i1") + piece(None, interaction_id="i2"), "i2"),
        (TEXT, None),
        (TEXT + event({"choices": [], "interaction_id": 7}), None),
    ],
)
@pytest.mark.parametrize("end", [DONE, b""])
async def test_the_last_id_of_all_chunks_counts(
    stream: bytes, interaction: str | None, end: bytes
) -> None:
    came = await answered(STREAM + stream + end)
    assert (came.text, came.interaction) == ("Egypt does.", interaction)


@pytest.mark.parametrize(
    "stream",
    [
        piece("Egypt", basis=BASIS) + piece(" does."),
        piece("Egypt") + piece(" does.", basis=BASIS),
        piece("Egypt", basis=[]) + piece(" does.", basis=BASIS) + piece("", basis=[]),
        piece("Egypt", basis=[{"field": "x", "reasoning": "y"}]) + piece(" does.", basis=BASIS),
        TEXT + event({"choices": [], "basis": BASIS}),
        event({"basis": BASIS}) + TEXT + piece(None, "stop", basis=None),
        TEXT + piece(None, "stop") + event({"choices": [], "basis": BASIS}),
    ],
)
async def test_the_last_basis_of_all_chunks_counts(stream: bytes) -> None:
    came = await answered(STREAM + stream + DONE)
    assert (came.text, came.basis) == ("Egypt does.", READ)


# --- whole answers ----------------------------------------------------------------------


def choices(**parts: Any) -> dict[str, Any]:
    named = {name: {"role": "assistant", "content": text} for name, text in parts.items()}
    return {"choices": [{"index": 0, **named}], "interaction_id": "i1", "basis": BASIS}


@pytest.mark.parametrize(
    "body",
    [
        choices(message="Egypt does."),
        choices(delta="Egypt does."),
        choices(message="Egypt does.", delta="Egypt does."),
        choices(message="Egypt does.", delta="Egypt"),
        choices(message=None, delta="Egypt does."),
    ],
)
async def test_a_whole_answer_is_its_message_else_its_delta(body: dict[str, Any]) -> None:
    came = await answered(whole(body))
    assert (came.text, came.interaction, came.basis) == ("Egypt does.", "i1", READ)


async def test_a_whole_answer_may_take_the_whole_time() -> None:
    """Nothing comes before its end, so what holds between two chunks does not hold for it."""
    ended = asyncio.Event()

    async def handle(request: Any, writer: asyncio.StreamWriter) -> None:
        data = whole(choices(message="Egypt does."))
        writer.write(data[:80])
        await ended.wait()
        await sending(data[80:])(request, writer)

    async with chat_api(handle, Timeouts(chunk=0.05)) as (api, _):
        reading = asyncio.create_task(read(api))
        done, _ = await asyncio.wait([reading], timeout=0.2)
        assert not done
        ended.set()
        assert (await reading).text == "Egypt does."


async def test_an_empty_message_hides_no_text_of_a_delta() -> None:
    assert (await answered(whole(choices(message="", delta="Egypt does.")))).text == "Egypt does."


async def test_a_stream_is_known_by_its_type_in_any_case() -> None:
    head = b"HTTP/1.1 200 OK\r\ncontent-type: Text/Event-Stream\r\n\r\n"
    assert (await answered(head + TEXT + DONE)).text == "Egypt does."


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"null", b'{"choices": [{"delta"'])
async def test_a_whole_answer_without_sense_is_lost(body: bytes) -> None:
    async with chat_api(sending(whole(body))) as (api, server):
        assert isinstance(await error_of(read(api)), AnswerLost)
    assert len(server.requests) == 1
