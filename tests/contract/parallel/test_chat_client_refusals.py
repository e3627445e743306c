"""What each refusal of the Chat API means, in every form that its body may have."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from email.utils import formatdate
from typing import Any

import pytest

from bot.domain.research import RunRequest
from bot.errors import AnswerLost, Cause, Refused, Unavailable
from bot.parallel.timeouts import Timeouts
from tests.contract.parallel.chat_helpers import (
    ASKED,
    FOLLOW_UP,
    Came,
    chat_api,
    read,
    then_silence,
)
from tests.contract.parallel.parallel_helpers import (
    KEY,
    QUESTION,
    error_of,
    refused,
)
from tests.raw_http import Handling, Request, reply

#: What each status means to a question that begins a chain, and to one that continues one.
MEANING: dict[int, tuple[Any, Any]] = {
    400: (Cause.INPUT, Cause.INPUT),
    401: (Cause.KEY, Cause.KEY),
    402: (Cause.CREDIT, Cause.CREDIT),
    403: (Cause.PROCESSOR, Cause.PROCESSOR),
    404: (Cause.INPUT, Cause.CHAIN),
    409: (Cause.INPUT, Cause.CHAIN),
    410: (Cause.INPUT, Cause.CHAIN),
    413: (Cause.INPUT, Cause.INPUT),
    422: (Cause.INPUT, Cause.INPUT),
    429: (Unavailable, Unavailable),
    408: (AnswerLost, AnswerLost),
    500: (AnswerLost, AnswerLost),
    502: (AnswerLost, AnswerLost),
    503: (AnswerLost, AnswerLost),
    504: (AnswerLost, AnswerLost),
}


def bodies(words: str) -> Iterator[tuple[Any, str]]:
    """The four forms of an error's body, and what of each is shown."""
    yield refused(words), words
    detail = {"message": words, "type": "invalid_request_error", "param": None, "code": None}
    yield {"error": detail}, words
    entry = {"loc": ["body", "messages", 1], "msg": words, "type": "value_error", "input": QUESTION}
    yield {"detail": [entry]}, f"messages.1: {words}"
    yield {"detail": words}, words


def in_turn(replies: list[Handling]) -> Handling:
    """Answer each request with the next reply."""
    left = iter(replies)

    async def handle(request: Request, writer: asyncio.StreamWriter) -> None:
        await next(left)(request, writer)

    return handle


def meaning(error: Refused | Unavailable | AnswerLost) -> Any:
    return error.cause if isinstance(error, Refused) else type(error)


@pytest.mark.parametrize("status", MEANING)
async def test_a_refusal_is_sorted_by_its_status_whatever_its_form(status: int) -> None:
    cases = [(*body, asked) for body in bodies("Come back") for asked in (ASKED, FOLLOW_UP)]
    replies = [reply(status, body) for body, _, _ in cases]
    async with chat_api(in_turn(replies)) as (api, server):
        for number, (_, shown, asked) in enumerate(cases, 1):
            error = await error_of(read(api, asked))
            assert meaning(error) is MEANING[status][asked is FOLLOW_UP]
            assert str(error).endswith(shown)
            assert QUESTION not in str(error)
            assert len(server.requests) == number


@pytest.mark.parametrize("status", [400, 403, 422])
async def test_a_refusal_that_names_the_interaction_is_one_of_the_chain(status: int) -> None:
    words = [body for body, _ in bodies("Unknown previous_interaction_id 'inter_0'")]
    words += [
        {"detail": [{"loc": ["body", "previous_interaction_id"], "msg": "unknown", "type": "t"}]},
        refused("This Interaction has expired"),
        {"error": "interaction not found"},
    ]
    cases = [(body, asked) for body in words for asked in (ASKED, FOLLOW_UP)]
    async with chat_api(in_turn([reply(status, body) for body, _ in cases])) as (api, _):
        for _, asked in cases:
            cause = Cause.CHAIN if asked is FOLLOW_UP else MEANING[status][0]
            assert meaning(await error_of(read(api, asked))) is cause


@pytest.mark.parametrize("status", MEANING)
async def test_a_refusal_without_words_names_its_status(status: int) -> None:
    wordless = ["", "No", "{", "[]", "null", '"No"', "{}", '{"error": null}', "7"]
    cases = [(body, asked) for body in wordless for asked in (ASKED, FOLLOW_UP)]
    async with chat_api(in_turn([reply(status, body) for body, _ in cases])) as (api, _):
        for _, asked in cases:
            error = await error_of(read(api, asked))
            assert meaning(error) is MEANING[status][asked is FOLLOW_UP]
            assert str(status) in str(error)


async def test_a_refusal_keeps_the_reference_for_parallels_support() -> None:
    async with chat_api(reply(422, refused("Too long"))) as (api, _):
        error = await error_of(read(api))
    assert isinstance(error, Refused)
    assert (error.message, error.ref_id) == ("Too long", "ref-1")


async def test_a_long_reason_is_cut() -> None:
    async with chat_api(reply(422, {"detail": "no " * 100_000})) as (api, _):
        assert len(str(await error_of(read(api)))) < 700


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ({}, None),
        ({"retry_after": "17"}, 17.0),
        ({"retry_after": "1.5"}, 1.5),
        ({"retry_after": "0"}, 0.0),
        ({"retry_after": "-5"}, 0.0),
        ({"retry_after": "99999"}, 3600.0),
        ({"retry_after": "Fri, 01 Jan 2100 00:00:00 GMT"}, 3600.0),
        ({"retry_after": "Fri, 01 Jan 1999 00:00:00 GMT"}, 0.0),
        ({"retry_after": "soon"}, None),
        ({"retry_after": "nan"}, None),
    ],
)
async def test_too_many_requests_may_say_when_to_come_again(
    header: dict[str, str], wait: float | None
) -> None:
    async with chat_api(reply(429, refused("Slow down"), **header)) as (api, server):
        error = await error_of(read(api))
    assert isinstance(error, Unavailable)
    assert error.retry_after == wait
    assert len(server.requests) == 1


async def test_a_date_to_come_again_at_is_counted_from_now() -> None:
    at = formatdate(time.time() + 100, usegmt=True)
    async with chat_api(reply(429, "", retry_after=at)) as (api, _):
        error = await error_of(read(api))
    assert isinstance(error, Unavailable)
    assert error.retry_after == pytest.approx(100, abs=5)


@pytest.mark.parametrize("status", MEANING)
async def test_a_refusal_that_repeats_the_key_does_not_leak_it(status: int) -> None:
    said = list(bodies(f"Invalid key {KEY}!"))
    async with chat_api(in_turn([reply(status, body) for body, _ in said])) as (api, _):
        for _, shown in said:
            assert KEY not in repr(api)
            assert str(await error_of(read(api))).endswith(shown.replace(KEY, "…"))


@pytest.mark.parametrize("status", [422, 500])
async def test_a_refusal_with_a_very_deep_detail_is_one_all_the_same(status: int) -> None:
    body = '{"detail": ' + "[" * 600 + "]" * 600 + "}"
    async with chat_api(reply(status, body)) as (api, _):
        assert meaning(await error_of(read(api))) is MEANING[status][0]


async def test_a_refusal_whose_words_never_come_is_one_all_the_same() -> None:
    handling = then_silence(b"HTTP/1.1 402 X\r\ncontent-length: 9\r\n\r\n{")
    async with chat_api(handling, Timeouts(first_byte=0.2)) as (api, _):
        refused = await error_of(read(api))
    assert isinstance(refused, Refused)
    assert refused.cause is Cause.CREDIT


async def test_a_refusal_in_the_form_of_a_stream_gives_no_text() -> None:
    stream = 'data: {"choices": [{"delta": {"content": "Egypt."}}]}\n\n'
    came = Came()
    async with chat_api(reply(422, stream, content_type="text/event-stream")) as (api, _):
        assert isinstance(await error_of(read(api, came=came)), Refused)
    assert came.pieces == []


async def test_a_question_may_be_asked_again_after_a_refusal() -> None:
    answer = {"choices": [{"message": {"content": "Egypt."}}]}
    replies = [reply(429, ""), reply(422, refused("interaction unknown")), reply(200, answer)]
    asked: list[RunRequest] = [FOLLOW_UP, FOLLOW_UP]
    async with chat_api(in_turn(replies)) as (api, server):
        causes = [meaning(await error_of(read(api, each))) for each in asked]
        assert (await read(api)).text == "Egypt."
    assert causes == [Unavailable, Cause.CHAIN]
    assert server.connections == len(server.requests) == 3
