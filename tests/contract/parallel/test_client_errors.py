"""Every call to Parallel, answered with errors of every shape: words arrive, and what they mean."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.domain.research import Answer, Progress, RunStatus
from bot.domain.thread import GroupId, TurnId
from bot.errors import AnswerLost, Cause, Intercepted, Refused, Unavailable
from bot.parallel.chat_client import ChatApi
from bot.parallel.client import TaskApi
from tests.contract.parallel.chat_helpers import read, trickling
from tests.contract.parallel.parallel_helpers import (
    ASKED,
    FOLLOW_UP,
    KEY,
    RUN,
    TASK_RUN,
    error_of,
    parallel,
    said,
    state,
    watched,
)
from tests.raw_http import Handling, Request, sending, serving

GROUP = GroupId("tgrp_1")
WORDS = "no credit left"
UNTYPED = json.dumps({"error": {"message": WORDS}})
HTML = f"<html><head><title>{WORDS}</title></head><body>nginx</body></html>"
CALLS: dict[str, Callable[[TaskApi], Awaitable[Any]]] = {
    "create": lambda api: api.create(ASKED),
    "follow up": lambda api: api.create(FOLLOW_UP),
    "look": lambda api: api.retrieve(RUN),
    "result": lambda api: api.result(RUN, 1),
    "events": watched,
    "open group": lambda api: api.create_group({}),
    "create in group": lambda api: api.add_run(GROUP, ASKED),
    "find in group": lambda api: api.find_run(GROUP, TurnId("T:C:1")),
}
READING = ("look", "result", "events", "find in group")
CHARSETS = (
    *("application/json", "application/json; charset=hex", "application/json; charset=zlib"),
    *("text/html; charset=rot13", "text/event-stream; charset=idna", "text/plain; charset=utf-16"),
    *("application/json; charset=undefined", "application/json; charset=", "no/type; charset=\xff"),
    *("application/json; charset=iso-8859-1", "image/png", ""),
)


def answering(status: int, body: bytes, kind: str = "application/json") -> Handling:
    """Answer with these bytes, and hang up."""
    head = f"HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\n\r\n"
    return sending(head.encode("latin-1") + body)


def meaning(error: Refused | Unavailable | AnswerLost) -> Any:
    return error.cause if isinstance(error, Refused) else type(error)


def expected(call: str, status: int, *, own: bool, page: bool = False) -> Any:
    """What a refusal means; `own`: it is the word of the API itself; `page`: it is a web page."""
    if page and status in (400, 401, 402, 403, 404, 422):
        if call in READING:
            return Intercepted
        if status == 404:
            return Cause.GATEWAY
        return Unavailable if call == "open group" else AnswerLost
    if call in READING:
        unknown = Cause.UNKNOWN_RUN if own else Unavailable
        return {401: Cause.KEY, 404: unknown}.get(status, Unavailable)
    if status == 429 or (status == 500 and (call == "open group" or own)):
        return AnswerLost if call == "create in group" and status == 500 else Unavailable
    if status == 500:
        return AnswerLost
    if status == 404:
        return Cause.CHAIN if call == "follow up" else Cause.INPUT
    return {401: Cause.KEY, 402: Cause.CREDIT, 403: Cause.PROCESSOR}.get(status, Cause.INPUT)


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 422, 429, 500])
@pytest.mark.parametrize("call", CALLS)
async def test_words_and_meaning_arrive_with_and_without_the_type(call: str, status: int) -> None:
    for body in (UNTYPED, HTML, WORDS):
        async with parallel(answering(status, body.encode())) as (api, server):
            error = await error_of(CALLS[call](api))
            assert meaning(error) is expected(
                call, status, own=body is UNTYPED, page=body is HTML
            ), body
            assert WORDS in str(error)
            assert len(server.requests) == 1


@pytest.mark.parametrize("kind", CHARSETS)
async def test_no_content_type_or_charset_hides_the_words(kind: str) -> None:
    for call in CALLS.values():
        async with parallel(answering(402, UNTYPED.encode(), kind)) as (api, _):
            assert WORDS in str(await error_of(call(api)))
    async with (
        serving(answering(402, UNTYPED.encode(), kind)) as server,
        ChatApi(server.url, KEY) as chat,
    ):
        error = await error_of(read(chat))
        assert meaning(error) is Cause.CREDIT
        assert WORDS in str(error)


@pytest.mark.parametrize(
    "body", [b"\xff\xfe\x00garbage\xc3(", b"\0" * 100, b"\x1f\x8b\x08\x00junk"]
)
@pytest.mark.parametrize("kind", CHARSETS)
async def test_garbage_is_a_refusal_like_any_other(kind: str, body: bytes) -> None:
    for name, call in CALLS.items():
        async with parallel(answering(402, body, kind)) as (api, _):
            error = await error_of(call(api))
            assert meaning(error) is expected(name, 402, own=False)
            assert str(error).isprintable()


async def test_a_huge_error_is_cut() -> None:
    body = json.dumps({"error": {"message": f"{WORDS} " + "and more " * 300_000}}).encode()
    for call in CALLS.values():
        async with parallel(answering(402, body)) as (api, _):
            error = await error_of(call(api))
            assert WORDS in str(error)
            assert len(str(error)) < 700


@pytest.mark.parametrize("kind", CHARSETS)
async def test_an_answer_is_utf_8_whatever_its_header_says(kind: str) -> None:
    run = json.dumps({**TASK_RUN, "status": "running"}).encode()
    async with parallel(answering(200, run, kind)) as (api, _):
        assert (await api.create(ASKED)).id == RUN
        assert (await api.retrieve(RUN)).status is RunStatus.RUNNING
    output = {"type": "text", "content": "Ägypten 日本", "basis": []}
    warned = {**TASK_RUN, "warnings": [{"type": "warning", "message": "Größe"}]}
    result = json.dumps({"run": warned, "output": output}, ensure_ascii=False).encode()
    async with parallel(answering(200, result, kind)) as (api, _):
        assert await api.result(RUN, 1) == Answer("Ägypten 日本", (), ("Größe",))
    chat = json.dumps({"choices": [{"message": {"content": "Ägypten"}}]}, ensure_ascii=False)
    if "event-stream" not in kind:
        async with (
            serving(answering(200, chat.encode(), kind)) as server,
            ChatApi(server.url, KEY) as api,
        ):
            assert (await read(api)).text == "Ägypten"


@pytest.mark.parametrize("charset", ["hex", "zlib", "rot13", "idna", "utf-16", "iso-8859-1", "x"])
async def test_a_stream_is_utf_8_whatever_its_header_says(charset: str) -> None:
    head = f"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset={charset}\r\n\r\n".encode()
    event = json.dumps(
        {"type": "task_run.progress_msg.plan", "message": "Größe 日本"}, ensure_ascii=False
    )
    stream = f"data: {event}\n\n".encode() + said("Plain") + state("completed")
    async with parallel(sending(head + stream)) as (api, _):
        assert await watched(api) == [
            Progress(message="Größe 日本"),
            Progress(message="Plain"),
            Progress(status=RunStatus.COMPLETED),
        ]
    chunk = json.dumps(
        {"choices": [{"index": 0, "delta": {"content": "Ägypten"}}]}, ensure_ascii=False
    )
    events = f"data: {chunk}\n\ndata: [DONE]\n\n".encode()
    async with serving(sending(head + events)) as server, ChatApi(server.url, KEY) as chat:
        assert (await read(chat)).text == "Ägypten"


@pytest.mark.parametrize("call", ["create", "create in group"])
async def test_an_error_with_status_200_leaves_a_doubt_and_its_words(call: str) -> None:
    async with parallel(answering(200, UNTYPED.encode())) as (api, _):
        error = await error_of(CALLS[call](api))
    assert isinstance(error, AnswerLost)
    assert WORDS in str(error)


STREAM_ERRORS = [
    f'data: {{"type": "error", "error": {{"message": "{WORDS}"}}}}',
    f'data: {{"type": "error", "error": "{WORDS}"}}',
    f"data: {UNTYPED}",
    f'data: {{"error": "{WORDS}"}}',
    f"event: error\ndata: {UNTYPED}",
    f"event: error\ndata: {WORDS}",
    f'event: error\ndata: "{WORDS}"',
]


@pytest.mark.parametrize("event", STREAM_ERRORS)
async def test_an_error_in_an_event_stream_breaks_it_off_with_its_words(event: str) -> None:
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"
    stream = head + state("running") + f"{event}\n\n".encode() + said("Not read")
    async with parallel(sending(stream)) as (api, _):
        error = await error_of(watched(api))
        assert isinstance(error, Unavailable)
        assert WORDS in str(error)


@pytest.mark.parametrize(
    "event",
    [
        *STREAM_ERRORS,
        f'data: {{"type": "error", "message": "{WORDS}"}}',
        f'data: {{"object": "error", "message": "{WORDS}", "code": 402}}',
    ],
)
async def test_an_error_in_a_chat_s_stream_breaks_it_off_with_its_words(event: str) -> None:
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"
    events = head + f"{event}\n\n".encode()
    async with serving(sending(events)) as server, ChatApi(server.url, KEY) as chat:
        error = await error_of(read(chat))
    assert isinstance(error, AnswerLost)
    assert WORDS in str(error)


@pytest.mark.parametrize("status", [200, 402])
async def test_a_key_that_is_echoed_in_an_error_is_not_spread(status: int) -> None:
    body = json.dumps({"error": {"message": f"Invalid key {KEY}!"}}).encode()
    for call in CALLS.values():
        async with parallel(answering(status, body)) as (api, _):
            await error_of(call(api))  # it looks for the key
    event = b'data: {"type": "error", "error": "Invalid key ' + KEY.encode() + b'!"}\n\n'
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"

    async def handle(request: Request, writer: Any) -> None:
        await sending(head + event)(request, writer)

    async with parallel(handle) as (api, _):
        assert "Invalid key …!" in str(await error_of(watched(api)))


@pytest.mark.slow
@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("status", [b"200 OK", b"500 X"])
@pytest.mark.parametrize("kind", [b"application/json", b"text/event-stream"])
async def test_an_endless_response_is_read_up_to_a_bound(
    call: str, status: bytes, kind: bytes
) -> None:
    head = b"HTTP/1.1 " + status + b"\r\ncontent-type: " + kind + b"\r\n\r\n"
    async with parallel(trickling(b"data: " + b"x" * 900_000, 0, head)) as (api, _):
        error = await error_of(CALLS[call](api))
    assert not isinstance(error, Refused)
    is_read = call != "events" or status != b"200 OK" or kind == b"text/event-stream"
    assert ("too long" if is_read else "SSEError") in str(error)
