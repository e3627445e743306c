"""Streams of the Chat API, byte by byte: halves of characters, lines, comments, pieces, size."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import suppress
from typing import Any

import pytest

from bot.errors import AnswerLost
from bot.parallel.chat_client import ChatApi
from tests.contract.parallel.chat_helpers import (
    ASKED,
    BASIS,
    DONE,
    answered,
    chat_api,
    event,
    piece,
    read,
    then_silence,
)
from tests.contract.parallel.parallel_helpers import (
    KEY,
    STREAM,
    error_of,
)
from tests.raw_http import Request, sending

# --- characters -------------------------------------------------------------------------


def raw(escaped: str) -> bytes:
    """A chunk whose text is this JSON, escapes and all."""
    return f'data: {{"choices": [{{"delta": {{"content": "{escaped}"}}}}]}}\n\n'.encode()


@pytest.mark.parametrize(
    ("stream", "text"),
    [
        (raw(r"\ud83d") + raw(r"\ude00"), "😀"),
        (raw(r"a\ud83d") + raw(r"\ude00b"), "a😀b"),
        (raw(r"\ud83d") + raw("") + raw(r"\ude00"), "😀"),
        (raw(r"\ud83d") + event({"choices": []}) + raw(r"\ude00"), "😀"),
        (raw(r"\ud83d\ude00\ud83d") + raw(r"\ude01"), "😀😁"),
        (raw(r"\ud83d\ude00"), "😀"),
        (raw("😀"), "😀"),
        # a half that stays alone is replaced
        (raw(r"a\ud83d"), "a\ufffd"),
        (raw(r"a\ud83d") + piece("", "stop"), "a\ufffd"),
        (raw(r"\ud83d") + raw("b"), "\ufffdb"),
        (raw(r"\ud83d") + raw(r"\ud83d\ude00"), "\ufffd😀"),
        (raw(r"\ude00") + raw("b"), "\ufffdb"),
    ],
)
@pytest.mark.parametrize("end", [DONE, b""])
async def test_halves_of_a_character_make_one_and_a_lone_half_is_replaced(
    stream: bytes, text: str, end: bytes
) -> None:
    assert (await answered(STREAM + stream + end)).text == text


async def test_no_half_of_a_character_is_in_any_piece() -> None:
    came = await answered(STREAM + raw(r"a\ud83d") + raw(r"\ude00") + raw(r"\ud83d") + DONE)
    assert came.pieces == ["a", "😀", "\ufffd"]
    for each in came.pieces:
        each.encode()


async def test_a_whole_answer_has_its_lone_halves_replaced() -> None:
    body = rb'{"choices": [{"message": {"content": "\ud83d\ude00 \ud83d"}}]}'
    head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n"
    assert (await answered(head + body)).text == "😀 \ufffd"


async def test_halves_in_ids_and_sources_are_replaced() -> None:
    source = {"url": "https://example.org", "title": "\ud83d", "excerpts": None}
    basis = [{**BASIS[0], "reasoning": "\ud83d", "citations": [source]}]
    came = await answered(STREAM + piece("Egypt.", interaction_id="i\ud83d", basis=basis) + DONE)
    assert came.interaction == "i\ufffd"
    assert came.basis[0].reasoning == came.basis[0].citations[0].title == "\ufffd"


async def test_other_line_ends_within_a_text_end_no_line() -> None:
    text = "a\u2028b\u2029c\x85d\x0be\x0cf\x1cg"
    data = json.dumps({"choices": [{"delta": {"content": text}}]}, ensure_ascii=False)
    escaped = data.replace("\x0b", "\\u000b").replace("\x0c", "\\f").replace("\x1c", "\\u001c")
    assert (await answered(STREAM + f"data: {escaped}\n\n".encode() + DONE)).text == text


# --- lines ------------------------------------------------------------------------------

TEXT = piece("Egypt") + piece(" does.")


@pytest.mark.parametrize(
    "stream",
    [
        pytest.param(b": ping\n\n" + TEXT + b":\n\n" + DONE, id="comments"),
        pytest.param(b": hi\n" + TEXT, id="a comment before an event"),
        pytest.param(b"data:\n\n" + TEXT + b"data\n\n", id="empty data"),
        pytest.param(b"event: ping\n\n" + TEXT, id="an event without data"),
        pytest.param(b"event: message\n" + TEXT, id="a named message"),
        pytest.param(b"event: chat.completion.chunk\n" + TEXT, id="an unknown name"),
        pytest.param(b"id: 7\nretry: 100\nx: y\n" + TEXT + DONE, id="other fields"),
        pytest.param(b"\n\n" + TEXT + b"\n\n\n" + DONE, id="blank lines"),
        pytest.param(TEXT.replace(b"\n", b"\r\n") + DONE, id="CRLF"),
        pytest.param(TEXT.replace(b"\n", b"\r") + DONE, id="CR"),
        pytest.param((TEXT + DONE).replace(b"\n", b"\r\n"), id="CRLF throughout"),
        pytest.param(TEXT.replace(b"data: ", b"data:"), id="no space"),
        pytest.param(TEXT.replace(b', "delta"', b',\ndata: "delta"'), id="several data lines"),
        pytest.param(event({"choices": []}) + TEXT + event({}), id="chunks without choices"),
        pytest.param(event({"usage": {"total_tokens": 7}}) + TEXT, id="the usage alone"),
        pytest.param(event({"error": None}) + TEXT, id="an error that is none"),
        pytest.param(piece(None, role="assistant") + TEXT, id="no content"),
        pytest.param(event({"choices": [{"delta": None}, None, 7]}) + TEXT, id="no delta"),
        pytest.param(TEXT.replace(b'"index": 0', b'"index": null'), id="no index"),
        pytest.param(
            event({"choices": [{"index": 1, "delta": {"content": "No"}}]}) + TEXT, id="another one"
        ),
    ],
)
async def test_unknown_fields_of_a_stream_are_ignored(stream: bytes) -> None:
    assert (await answered(STREAM + stream)).text == "Egypt does."


async def test_a_byte_order_mark_is_passed_over() -> None:
    assert (await answered(STREAM + b"\xef\xbb\xbf" + TEXT + DONE)).text == "Egypt does."


@pytest.mark.parametrize("bad", [{"choices": 7}, {"choices": True}, {"choices": 0.5}])
async def test_choices_of_another_kind_are_a_lost_answer_or_none(bad: Any) -> None:
    with suppress(AnswerLost):
        assert (await answered(STREAM + event(bad) + TEXT + DONE)).text == "Egypt does."


@pytest.mark.parametrize("name", ["basis", "error"])
async def test_something_very_deep_is_a_lost_answer_or_none(name: str) -> None:
    deep = '{"detail": ' + "[" * 600 + "]" * 600 + "}"
    data = f'data: {{"{name}": {deep}}}\n\n'.encode()
    with suppress(AnswerLost):
        assert (await answered(STREAM + data + TEXT + DONE)).text == "Egypt does."


# --- pieces -----------------------------------------------------------------------------


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
async def test_pieces_arrive_when_they_are_sent_byte_by_byte(line_end: bytes) -> None:
    came = asyncio.Event()

    async def handle(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(STREAM)
        data = piece("größer").replace(b"\\u00f6", "ö".encode()).replace(b"\n", line_end)
        for byte in data + line_end:  # a CR alone may be the first half of a line's end
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0)
        await came.wait()
        writer.write(piece(" als") + DONE)

    async with chat_api(handle) as (api, _), api.create(ASKED) as chunks:
        assert (await anext(chunks)).text == "größer"
        came.set()
        assert [chunk.text async for chunk in chunks] == [" als"]


async def test_the_response_has_begun_before_the_first_word_comes() -> None:
    async with chat_api(then_silence(STREAM)) as (api, server), api.create(ASKED):
        assert len(server.requests) == 1


async def test_leaving_early_hangs_up_and_keeps_the_errors_of_the_block() -> None:
    async def leave(api: ChatApi) -> None:
        async with api.create(ASKED) as chunks:
            await anext(chunks)
            raise TimeoutError("mine")

    async with chat_api(then_silence(STREAM + piece("Egypt"))) as (api, server):
        with pytest.raises(TimeoutError, match="mine"):
            await leave(api)
        await asyncio.wait_for(server.left_alone.wait(), 60)


async def test_a_reader_that_is_cancelled_hangs_up() -> None:
    async with chat_api(then_silence(STREAM + piece("Egypt"))) as (api, server):
        received = asyncio.Event()

        async def listen() -> None:
            async with api.create(ASKED) as chunks:
                async for _ in chunks:
                    received.set()

        reading = asyncio.create_task(listen())
        await asyncio.wait_for(received.wait(), 60)
        reading.cancel()
        await asyncio.wait([reading])
        assert reading.cancelled()
        await asyncio.wait_for(server.left_alone.wait(), 60)


async def test_a_stream_that_repeats_the_key_does_not_leak_it() -> None:
    data = event({"error": {"message": f"Invalid key {KEY}!"}})
    async with chat_api(sending(STREAM + data)) as (api, _):
        await error_of(read(api))


# --- size -------------------------------------------------------------------------------


@pytest.mark.usefixtures("nothing_is_collected")
@pytest.mark.parametrize("at_once", [1_000, 10_000_000])
async def test_reading_five_megabytes_takes_time_by_length_only(at_once: int) -> None:
    """In many chunks and in one: four times as much takes about four times as long."""

    async def seconds(size: int) -> float:
        content = "Ünïcode 😀 " * (size // 10)
        parts = [content[at : at + at_once] for at in range(0, len(content), at_once)]
        data = STREAM + b"".join(map(piece, parts)) + DONE
        begun = time.process_time()
        assert (await answered(data)).text == content
        return time.process_time() - begun

    await seconds(100_000)  # what is loaded once
    quarter = min([await seconds(1_250_000) for _ in range(2)])
    # Twice: something else may have held the processor up.
    assert min([await seconds(5_000_000) for _ in range(2)]) < 8 * quarter + 0.1
