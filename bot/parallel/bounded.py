"""Responses read up to a bound, so that none can fill the memory of the bot, or hold others up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import cast

import aiohttp
import httpx
from httpx_sse import EventSource, ServerSentEvent

MOST = 20_000_000  # bytes of a response that is read whole; characters of an event stream
PIECE = 4_000  # characters of an event stream between two turns of others: hundreds of events
_OF_TRANSFER = (b"content-encoding", b"content-length", b"transfer-encoding")


class TooLong(aiohttp.ClientError):
    """A response is longer than `MOST`."""

    def __init__(self) -> None:
        super().__init__("the answer is too long")


async def read_whole(response: httpx.Response) -> httpx.Response:
    """Return a response with its content, decompressed. Raises TooLong."""
    raw = bytearray()
    async for piece in response.aiter_bytes():
        raw += piece
        if len(raw) > MOST:
            raise TooLong
    kept = [(n, v) for n, v in response.headers.raw if n.lower() not in _OF_TRANSFER]
    return httpx.Response(response.status_code, headers=kept, content=bytes(raw))


def event_source(response: httpx.Response) -> EventSource:
    """Return the events of a response; to iterate over them raises TooLong, or SSEError."""
    response.encoding = "utf-8"  # like every event stream, whatever the header says
    return _Events(cast("httpx.Response", _EventStreamText(response)))


class _Events(EventSource):
    """The events that have data. httpx-sse makes one of every blank line after an id, too."""

    async def aiter_sse(self) -> AsyncGenerator[ServerSentEvent, None]:
        """Yield the events as they come."""
        async with aclosing(super().aiter_sse()) as events:
            async for event in events:
                if event.data:
                    yield event


class _EventStreamText:
    """The response as httpx-sse reads it, made to fit it.

    The content type is in lower case, and a byte order mark is removed. A blank line is added at
    the end, so that a last event without one is seen: it is complete, or a part of JSON that shows
    that the stream was cut off. https://html.spec.whatwg.org/multipage/server-sent-events.html
    """

    def __init__(self, response: httpx.Response) -> None:
        self.headers = {"content-type": response.headers.get("content-type", "").lower()}
        self._response = response

    async def aiter_text(self) -> AsyncIterator[str]:
        """Yield the text as it comes, in pieces of up to `PIECE` characters. Raises TooLong.

        What has come already would be read without a pause: after a break, Parallel sends all
        events of a run once more.
        """
        size = since = 0
        async for text in self._response.aiter_text():
            begun = text if size else text.removeprefix("\ufeff")
            size += len(text)
            if size > MOST:
                raise TooLong
            for start in range(0, len(begun), PIECE):
                piece = begun[start : start + PIECE]
                yield piece
                since += len(piece)
                if since >= PIECE:
                    since = 0
                    await asyncio.sleep(0)
        yield "\n\n"
