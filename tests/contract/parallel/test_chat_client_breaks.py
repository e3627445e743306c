"""Answers of the Chat API that break off: each is lost, and asked for no second time."""

from __future__ import annotations

import sys
import time

import pytest

from bot.errors import AnswerLost, Cause, Refused, Unavailable
from bot.parallel.chat_client import ChatApi
from bot.parallel.timeouts import Timeouts
from tests.contract.parallel.chat_helpers import (
    CHUNKED,
    DONE,
    LAST_CHUNK,
    Came,
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
    STREAM,
    error_of,
)
from tests.raw_http import Handling, deaf, reply, sending, serving, silent

PIECES = [piece("It"), piece(" belongs"), piece(" to"), piece(" Egypt.")]
HALF_AN_EVENT = b'data: {"choices": [{"index": 0, "delta": {"content": " Egy'
HALF_A_CHARACTER = 'data: {"choices": [{"delta": {"content": "é'.encode()[:-1]


async def lost(handling: Handling, timeouts: Timeouts | None = None) -> tuple[AnswerLost, Came]:
    """The error of an answer that breaks off, and what came before it; nothing is repeated."""
    came = Came()
    async with chat_api(handling, timeouts) as (api, server):
        error = await error_of(read(api, came=came))
    assert isinstance(error, AnswerLost)
    assert len(server.requests) == 1
    return error, came


# --- the connection ---------------------------------------------------------------------


@pytest.mark.parametrize("reset", [False, True])
@pytest.mark.parametrize("number", range(len(PIECES) + 1))
async def test_a_stream_cut_after_any_chunk_is_lost(number: int, reset: bool) -> None:
    data = CHUNKED + in_chunks(*PIECES[:number])
    _, came = await lost(sending(data, reset=reset))
    if not reset:  # a reset may overtake what was sent before it
        assert came.text == "It belongs to Egypt."[: len(came.text)]
        assert len(came.pieces) == number


@pytest.mark.parametrize(
    "handling",
    [
        pytest.param(sending(b""), id="hung up"),
        pytest.param(sending(b"", reset=True), id="reset"),
        pytest.param(sending(b"HTTP/1.1 200 O"), id="cut in the head"),
        pytest.param(sending(b"SSH-2.0-OpenSSH_9.6\r\n"), id="no HTTP"),
        pytest.param(sending(CHUNKED + in_chunks(PIECES[0], HALF_AN_EVENT)), id="in an event"),
        pytest.param(sending(CHUNKED + in_chunks(HALF_A_CHARACTER)), id="in a character"),
        pytest.param(sending(CHUNKED + b"ff\r\n" + PIECES[0]), id="in an HTTP chunk"),
        pytest.param(sending(CHUNKED + b"zz\r\n" + PIECES[0]), id="no HTTP chunk"),
        pytest.param(sending(whole({"choices": []})[:-3]), id="in a whole answer"),
        pytest.param(
            sending(STREAM[:-2] + b"content-encoding: gzip\r\n\r\n" + PIECES[0]), id="no gzip"
        ),
    ],
)
async def test_a_broken_connection_means_a_lost_answer(handling: Handling) -> None:
    await lost(handling)


@pytest.mark.parametrize("begun", [HALF_AN_EVENT, HALF_A_CHARACTER])
@pytest.mark.parametrize("is_chunked", [True, False])
async def test_a_stream_closed_within_an_event_is_lost(begun: bytes, is_chunked: bool) -> None:
    """The last event must have its blank line, or a part of the text may be missing."""
    data = PIECES[0] + begun
    await lost(sending(CHUNKED + in_chunks(data) + LAST_CHUNK if is_chunked else STREAM + data))


# --- what comes instead of an answer ----------------------------------------------------


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(b"data: {oops\n\n", id="no JSON"),
        pytest.param(b"data: <html>\n\n", id="HTML"),
        pytest.param(b"data: [1, 2]\n\n", id="a list"),
        pytest.param(b"data: null\n\n", id="null"),
        pytest.param(b"data: " + b"[" * 100_000 + b"\n\n", id="too deep"),
        pytest.param(piece(["It"]), id="content that is a list"),
        pytest.param(piece({"text": "It"}), id="that is an object"),
        pytest.param(piece(7), id="that is a number"),
        pytest.param(event({"error": {"message": "Gone"}}), id="an error"),
        pytest.param(event({"error": "Gone"}), id="an error in words"),
        pytest.param(event({"error": True}), id="an error without words"),
        pytest.param(b'event: error\ndata: {"message": "Gone"}\n\n', id="a named error"),
        pytest.param(b"event: error\ndata: Gone\n\n", id="a named error in words"),
        pytest.param(b"event: error\n" + event({"error": {"message": "Gone"}}), id="both"),
        pytest.param(event({"type": "error", "error": {"message": "Gone"}}), id="an envelope"),
    ],
)
@pytest.mark.parametrize("end", [DONE, b""])
async def test_an_event_that_is_no_chunk_loses_the_answer(bad: bytes, end: bytes) -> None:
    _, came = await lost(sending(STREAM + PIECES[0] + bad + PIECES[1] + end))
    assert came.text == "It"


async def test_an_error_in_the_stream_says_its_words() -> None:
    data = event({"error": {"message": "The model\ngave up", "type": "server_error"}})
    error, _ = await lost(sending(STREAM + PIECES[0] + data))
    assert "The model gave up" in str(error)


@pytest.mark.parametrize(
    "handling",
    [
        pytest.param(reply(200, "<html>Hello</html>", content_type="text/html"), id="HTML"),
        pytest.param(reply(200, "Hello", content_type="text/plain"), id="text"),
        pytest.param(reply(200), id="nothing"),
        pytest.param(reply(202, {"choices": []}), id="202"),
        pytest.param(reply(204), id="204"),
        pytest.param(reply(303, location="/v1beta/chat/completions"), id="303"),
    ],
)
async def test_an_undocumented_response_loses_the_answer(handling: Handling) -> None:
    _, came = await lost(handling)
    assert came.text == ""


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_is_not_followed_and_has_started_nothing(status: int) -> None:
    handling = reply(status, location="/v1beta/chat/completions")
    async with chat_api(handling) as (api, server):
        error = await error_of(read(api))
    assert isinstance(error, Refused)
    assert error.cause is Cause.GATEWAY
    assert len(server.requests) == 1


# --- silence ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("handling", "limit"),
    [
        pytest.param(silent, "first_byte", id="no answer"),
        pytest.param(then_silence(b"HTTP/1.1 200 OK\r\n"), "first_byte", id="half a head"),
        pytest.param(then_silence(STREAM), "chunk", id="no body"),
        pytest.param(then_silence(STREAM + PIECES[0]), "chunk", id="between two chunks"),
        pytest.param(then_silence(CHUNKED + in_chunks(HALF_AN_EVENT)), "chunk", id="in an event"),
        pytest.param(trickling(b": ping\n\n", 0.02), "chunk", id="pings alone"),
        pytest.param(trickling(b"x", 0.02), "chunk", id="a line without an end"),
        pytest.param(trickling(PIECES[1], 0.02), "chat", id="chunks without an end"),
        pytest.param(trickling(b"event: ping\n\n", 0.02), "chat", id="events without an end"),
        pytest.param(then_silence(whole({})[:-1]), "chat", id="half a whole answer"),
        pytest.param(trickling(b" ", 0.02, whole(b"x" * 99)[:-99]), "chat", id="in drops"),
    ],
)
async def test_silence_and_dawdling_are_borne_for_so_long(handling: Handling, limit: str) -> None:
    begun = time.monotonic()
    await lost(handling, Timeouts(**{limit: 0.3}))
    assert 0.2 < time.monotonic() - begun < 30


async def test_an_endless_or_oversized_answer_is_cut_off() -> None:
    """What does not end is given up at the latest when its time is over, or it is too long."""
    flood = trickling(piece("x" * 900_000), 0)
    error, came = await lost(flood)
    assert "too long" in str(error)
    assert len(came.text) < 25_000_000


# --- no connection ----------------------------------------------------------------------


async def test_a_refused_connection_means_later() -> None:
    async with serving(silent) as server:
        pass
    async with ChatApi(server.url, KEY) as api:
        assert isinstance(await error_of(read(api)), Unavailable)


async def test_a_name_that_does_not_resolve_means_later() -> None:
    async with ChatApi("http://parallel.invalid", KEY) as api:
        assert isinstance(await error_of(read(api)), Unavailable)


@pytest.mark.skipif(sys.platform != "linux", reason="how a full queue behaves is Linux's own")
async def test_the_time_to_connect_is_limited_and_nothing_was_sent() -> None:
    async with deaf() as url, ChatApi(url, KEY, timeouts=Timeouts(connect=0.3)) as api:
        begun = time.monotonic()
        assert isinstance(await error_of(read(api)), Unavailable)
        assert 0.2 < time.monotonic() - begun < 30


@pytest.mark.skipif(sys.platform != "linux", reason="how a full queue behaves is Linux's own")
async def test_a_connection_timeout_is_unavailable_by_default_too() -> None:
    usual = Timeouts()
    part = 0.3 / usual.connect
    hasty = Timeouts(connect=0.3, first_byte=usual.first_byte * part, chat=usual.chat * part)
    async with deaf() as url, ChatApi(url, KEY, timeouts=hasty) as api:
        assert isinstance(await error_of(read(api)), Unavailable)
