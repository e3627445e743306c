"""A client of the Chat API, the bytes of streamed answers, and what the client makes of them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from bot.domain.research import FieldBasis, RunRequest
from bot.domain.thread import InteractionId
from bot.parallel.chat_client import ChatApi
from bot.parallel.timeouts import Timeouts
from tests.contract.parallel.parallel_helpers import KEY, QUESTION, STREAM
from tests.raw_http import Handling, Request, Server, sending, serving

ASKED = RunRequest(QUESTION, "speed", None, {"turn": "T1:C1:1.2"})
FOLLOW_UP = replace(ASKED, previous=InteractionId("inter_0"))
CHUNKED = STREAM[:-2] + b"transfer-encoding: chunked\r\n\r\n"
DONE = b"data: [DONE]\n\n"
LAST_CHUNK = b"0\r\n\r\n"
BASIS: list[dict[str, Any]] = [
    {"field": "output", "reasoning": "It says so.", "citations": [], "confidence": None}
]


@dataclass(slots=True)
class Came:
    """What came of an answer, with the last id and the last basis."""

    pieces: list[str] = field(default_factory=list)
    interaction: InteractionId | None = None
    basis: tuple[FieldBasis, ...] = ()

    @property
    def text(self) -> str:
        return "".join(self.pieces)


@asynccontextmanager
async def chat_api(
    handling: Handling, timeouts: Timeouts | None = None
) -> AsyncIterator[tuple[ChatApi, Server]]:
    """A client, and the server it talks to."""
    async with serving(handling) as server, ChatApi(server.url, KEY, timeouts=timeouts) as api:
        yield api, server


async def read(api: ChatApi, request: RunRequest = ASKED, came: Came | None = None) -> Came:
    """Read an answer to its end; what came before an error is in `came`."""
    came = Came() if came is None else came
    async with api.create(request) as chunks:
        async for chunk in chunks:
            came.pieces += [chunk.text] if chunk.text else []
            came.interaction = chunk.interaction or came.interaction
            came.basis = chunk.basis or came.basis
    return came


async def answered(data: bytes) -> Came:
    """Read the answer that a server sends with these bytes before it hangs up; one POST."""
    async with chat_api(sending(data)) as (api, server):
        came = await read(api)
    assert len(server.requests) == 1
    return came


def event(data: Any) -> bytes:
    return f"data: {json.dumps(data)}\n\n".encode()


def piece(text: Any = None, finish: str | None = None, **more: Any) -> bytes:
    """One event of a stream with this text."""
    delta = {} if text is None else {"content": text}
    return event({"choices": [{"index": 0, "delta": delta, "finish_reason": finish}], **more})


def in_chunks(*pieces: bytes) -> bytes:
    """Put pieces into HTTP's chunked encoding, without its last chunk."""
    return b"".join(b"%x\r\n%s\r\n" % (len(each), each) for each in pieces)


def then_silence(data: bytes) -> Handling:
    """Send these bytes, then nothing more, without hanging up."""

    async def handle(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()

    return handle


def trickling(data: bytes, seconds: float, begun: bytes = STREAM) -> Handling:
    """Send these bytes again and again, every so many seconds, for as long as anybody listens."""

    async def handle(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(begun)
        while True:
            writer.write(data)
            await writer.drain()
            await asyncio.sleep(seconds)  # the pace of the other side

    return handle


def whole(body: Any) -> bytes:
    """The response that is an answer in one piece."""
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(text)}"
    return head.encode() + b"\r\n\r\n" + text
