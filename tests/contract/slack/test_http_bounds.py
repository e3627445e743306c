"""Requests over HTTP: slow clients are cut off, and no bytes cause a server error."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from bot.slack.transport.http import MAX_BODY, MOST_READ
from tests.contract.slack.signed_http import (
    MESSAGE,
    WITHIN,
    Bot,
    exchange,
    listening,
    post,
    request,
    signed,
)

pytestmark = pytest.mark.usefixtures("no_traceback")


# --- how long and how much -----------------------------------------------------------------


def chunked(headers: list[tuple[str, bytes | str]]) -> bytes:
    """Write the headers of a request whose body comes in chunks."""
    head = request(b"", headers)
    return head.replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")


#: Written when they are sent: a signature is good for five minutes.
HALF_OPEN: dict[str, tuple[Callable[[], bytes], set[int]]] = {
    "nothing": (lambda: b"", {0}),
    "half a line": (lambda: b"POST /slack", {0}),
    "half the headers": (lambda: b"POST /slack/events HTTP/1.1\r\nHost: bot\r\nX-Sl", {0}),
    "no end of headers": (lambda: b"POST /slack/events HTTP/1.1\r\nHost: bot\r\n", {0}),
    "no body": (lambda: request(b"", signed(MESSAGE), length=len(MESSAGE)), {408}),
    "half a body": (lambda: request(MESSAGE[:20], signed(MESSAGE), length=len(MESSAGE)), {408}),
    "no chunk": (lambda: chunked(signed(MESSAGE)), {408}),
    "half a chunk": (lambda: chunked(signed(MESSAGE)) + b"5\r\nab", {408}),
    "half a body without a signature": (lambda: request(b"", [], length=10**6 - 1), {401}),
    "a chunk without a signature": (lambda: chunked([]) + b"5\r\nab", {401}),
    "a body for health": (lambda: request(b"", [], start="GET /health", length=100), {200}),
    "a body for nobody": (lambda: request(b"", [], start="POST /nowhere", length=100), {404}),
}  # fmt: skip


@pytest.mark.parametrize(("raw", "statuses"), HALF_OPEN.values(), ids=HALF_OPEN)
async def test_a_request_that_never_ends_is_ended(
    bot: Bot, raw: Callable[[], bytes], statuses: set[int]
) -> None:
    status, _ = await exchange(bot, raw())
    assert status in statuses
    assert bot.received == []


@pytest.mark.parametrize("raw", [raw for raw, _ in HALF_OPEN.values()], ids=HALF_OPEN)
async def test_a_client_that_hangs_up_early_leaves_no_error(
    bot: Bot, raw: Callable[[], bytes]
) -> None:
    healthy = request(b"", [], start="GET /health")
    for hang_up in (asyncio.StreamWriter.close, lambda writer: writer.transport.abort()):
        _, writer = await asyncio.open_connection(bot.host, bot.port)
        writer.write(raw())
        assert (await exchange(bot, healthy))[0] == 200  # what was sent before has been read
        hang_up(writer)
        assert (await exchange(bot, healthy))[0] == 200
    assert bot.received == []


DRIPS: dict[str, tuple[bytes, bytes]] = {
    "the line": (b"GET /", b"a"),
    "the headers": (b"GET /health HTTP/1.1\r\n", b"a: b\r\n"),
    "the second headers": (b"POST / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\n", b"a: b\r\n"),
    "one header": (b"GET /health HTTP/1.1\r\nA: ", b"a"),
    "the body": (request(b"", signed(MESSAGE), length=100_000), b"a"),
    "chunks": (b"POST /slack/events HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n"),
}  # fmt: skip


@pytest.mark.parametrize(("first", "drip"), DRIPS.values(), ids=DRIPS)
async def test_a_request_that_comes_in_drips_is_ended(bot: Bot, first: bytes, drip: bytes) -> None:
    reader, writer = await asyncio.open_connection(bot.host, bot.port)
    writer.write(first)
    reading = asyncio.create_task(reader.read())
    async with asyncio.timeout(60):
        while not reading.done():
            writer.write(drip)
            await asyncio.sleep(0.02)
    writer.close()
    with suppress(ConnectionResetError):
        assert b" 200 " not in reading.result()
    assert bot.received == []


async def test_a_connection_is_kept_for_the_next_request(bot: Bot) -> None:
    reader, writer = await asyncio.open_connection(bot.host, bot.port)
    for _ in range(3):
        writer.write(b"GET /health HTTP/1.1\r\nHost: bot\r\n\r\n")
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 60)
        assert head.startswith(b"HTTP/1.1 200")
        assert await reader.readexactly(len(b'{"ok": true}')) == b'{"ok": true}'
        await asyncio.sleep(WITHIN)
    writer.close()


async def test_a_body_that_is_too_big_is_refused(bot: Bot) -> None:
    big = b"x" * (MAX_BODY + 1)
    assert await post(bot, big, signed(big)) == 413
    assert await post(bot, big, []) == 401
    chunks = b"%x\r\n" % len(big) + big + b"\r\n0\r\n\r\n"
    assert (await exchange(bot, chunked(signed(big)) + chunks))[0] == 413
    declared = request(b"x", signed(b"x"), length=99_999_999_999)
    assert (await exchange(bot, declared))[0] in (408, 413)
    fits = json.dumps({"type": "event_callback", "event": {"type": "message", "text": "é" * 10**5}})
    assert await post(bot, fits.encode(), signed(fits.encode())) == 200


@pytest.mark.parametrize("length", [MAX_BODY, MAX_BODY // 10])
async def test_bodies_that_may_be_anybodys_are_read_a_few_at_once(length: int) -> None:
    """The oldest gives way, so one of Slack's is taken however many others never end."""
    large = json.dumps(
        {"type": "event_callback", "event": {"type": "message", "text": "é" * 10**5}}
    )
    async with listening(60) as bot:
        half = request(b"x" * 1000, signed(b""), length=length)
        slow = []
        for _ in range(MOST_READ // length + 2):
            slow.append(await asyncio.open_connection(bot.host, bot.port))
            slow[-1][1].write(half)
        for reader, _ in slow[:2]:
            assert b" 408 " in await asyncio.wait_for(reader.readline(), 30)
        for body in (MESSAGE, large.encode()):
            assert await post(bot, body, signed(body)) == 200
        for _, writer in slow:
            writer.transport.abort()


@pytest.mark.parametrize("second", [b"", b"GET /he", b"GET /health HTTP/1.1\r\nHost: b"])
async def test_a_connection_without_another_request_is_closed(second: bytes) -> None:
    async with listening(60, kept_alive=0.2) as bot:
        reader, writer = await asyncio.open_connection(bot.host, bot.port)
        writer.write(b"GET /health HTTP/1.1\r\nHost: bot\r\n\r\n" + second)
        head, _, rest = (await asyncio.wait_for(reader.read(), 30)).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200")
        assert rest == b'{"ok": true}'
        writer.close()


# --- other paths and methods, and what is no HTTP -------------------------------------------

STARTS = [
    "GET /slack/events", "PUT /slack/events", "DELETE /slack/events", "OPTIONS /slack/events",
    "HEAD /slack/events", "PATCH /slack/events", "TRACE /slack/events", "BREW /slack/events",
    "POST /health", "PUT /health", "HEAD /health", "GET /", "GET /nowhere", "POST /slack",
    "POST /slack/events/", "POST /slack/events?a=1", "POST //slack/events", "GET /%ff", "GET /%",
    "GET /%00", "GET /../../etc/passwd", "GET /é", "GET *", "OPTIONS *", "GET http://a/b",
    "GET http://[::1", "GET //", "GET /?%ff=%zz", "GET /health?" + "a" * 5_000,
]  # fmt: skip


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("body", [b"", b"[1]", b"\xff" * 50], ids=["empty", "list", "bytes"])
async def test_other_paths_and_methods_are_answered(bot: Bot, start: str, body: bytes) -> None:
    status, answer = await exchange(bot, request(body, [], start=start))
    assert status in ({200, 400, 401, 404, 405} if start != "HEAD /health" else {200}), answer
    assert bot.received == []


POST = b"POST /slack/events HTTP/1.1\r\n"
RAW: dict[str, bytes] = {
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 50, "garbage": b"\xff" * 500,
    "no version": b"GET /health\r\n\r\n", "HTTP/9": b"GET /health HTTP/9.9\r\n\r\n",
    "h2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "no host": b"GET /health HTTP/1.1\r\n\r\n",
    "bad header": b"GET /health HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n",
    "bad name": b"GET /health HTTP/1.1\r\nHost: a\r\nb d: 1\r\n\r\n",
    "control": b"GET /health HTTP/1.1\r\nHost: a\r\nb: \x00\x01\r\n\r\n",
    "long header": b"GET /health HTTP/1.1\r\nHost: a\r\nb: " + b"x" * 20_000 + b"\r\n\r\n",
    "long line": b"GET /" + b"x" * 20_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    "many headers": b"GET /health HTTP/1.1\r\n" + b"a: b\r\n" * 5_000 + b"\r\n",
    "bad length": POST + b"Host: a\r\nContent-Length: x\r\n\r\n",
    "negative length": POST + b"Host: a\r\nContent-Length: -5\r\n\r\n",
    "two lengths": POST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "both": POST + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    "bad coding": POST + b"Transfer-Encoding: x\r\n\r\n",
    "bad chunk": POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nab",
    "bad chunk elsewhere": b"POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab",
    "bad chunk later": b"POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\nzz\r\nab",
    "bad gzip": POST + b"Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
    "odd coding": POST + b"Content-Encoding: x\r\nContent-Length: 3\r\n\r\nabc",
    "odd expectation": POST + b"Expect: x\r\nContent-Length: 3\r\n\r\nabc",
    "upgrade": b"GET /health HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    "upgrade and more": POST + b"Connection: Upgrade\r\nUpgrade: x\r\n\r\n\xff",
    "connect": b"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n",
    "then garbage": b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n\xff\xff\xff\xff\r\n\r\n",
    "odd charset": POST + b"Content-Type: text/plain; charset=x\r\n"
    b"Content-Length: 3\r\n\r\nabc",
    "odd cookie": b"GET /health HTTP/1.1\r\nCookie: \xff=;;==\r\n\r\n",
}  # fmt: skip


@pytest.mark.parametrize("raw", RAW.values(), ids=RAW)
async def test_malformed_http_is_answered_or_disconnected(bot: Bot, raw: bytes) -> None:
    reader, writer = await asyncio.open_connection(bot.host, bot.port)
    writer.write(raw)
    writer.write_eof()
    async with asyncio.timeout(60):
        try:
            answer = await reader.read()
        except ConnectionResetError:
            answer = b""
    writer.close()
    assert b" 500 " not in answer.split(b"\r\n", 1)[0]
    assert bot.received == []
    assert (await exchange(bot, request(b"", [], start="GET /health")))[0] == 200


@given(st.data())
@settings(
    max_examples=50,
    phases=[Phase.reuse, Phase.generate],
)
def test_no_bytes_cause_a_server_error(data: st.DataObject) -> None:
    """Requests of Slack's with bytes changed, cut or put in anywhere."""
    raw = bytearray(request(MESSAGE, signed(MESSAGE)))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))

    async def play() -> None:
        async with listening() as bot:
            status, answer = await exchange(bot, bytes(raw))
            assert status != 500, answer
            assert len(bot.received) <= (1 if status == 200 else 0)

    asyncio.run(play())
