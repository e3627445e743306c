"""Parallel's Chat API over HTTP (`bot.ports.ChatCompletions`).

There is nothing to ask afterwards: no id to poll, no list, no cancel. So a request is sent once, on
a fresh connection, and whatever goes wrong once its bytes may have left is `AnswerLost`.
https://docs.parallel.ai/chat-api/chat-quickstart
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import cast

import aiohttp
import httpx
from httpx_sse import EventSource, ServerSentEvent

from bot.domain.research import ChatChunk, RunRequest
from bot.errors import AnswerLost
from bot.parallel import api_errors
from bot.parallel.chat_wire import DONE, Reader, request_body
from bot.parallel.connection import Connection, silence_means
from bot.parallel.text import decoded

PATH = "/v1beta/chat/completions"
MOST_CHARACTERS = 20_000_000  # of one response, or bytes of one that is read whole


class ChatApi(Connection):
    """Parallel's Chat API."""

    @asynccontextmanager
    async def create(self, request: RunRequest) -> AsyncIterator[AsyncIterator[ChatChunk]]:
        """Ask, and stream the answer: one POST, whatever happens.

        Entering raises:
            Refused: nothing was started: KEY, CREDIT, PROCESSOR, CHAIN, INPUT.
            Unavailable: nothing was started; later.
            AnswerLost: it may have been started, and cannot be had any more.

        Iterating raises AnswerLost when the response breaks off, or takes too long.
        """
        deadline = asyncio.get_running_loop().time() + self.timeouts.chat
        async with self.posted(PATH, request_body(request), self.timeouts.first_byte) as response:
            if response.status_code != 200:
                chained = request.previous is not None
                status, wait = response.status_code, self.wait_asked_for(response)
                body = await self._refusal(response)
                raise api_errors.not_completed(status, body, wait, chained=chained)
            async with aclosing(self._chunks(response, deadline)) as chunks:
                yield chunks

    async def _refusal(self, response: httpx.Response) -> str:
        """Read what a refusal says; the status says the most, so it need not come."""
        try:
            async with asyncio.timeout(self.timeouts.first_byte):
                return self.discreet(await _whole(response))
        except (httpx.HTTPError, aiohttp.ClientError, OSError):  # TimeoutError is an OSError
            return ""

    async def _chunks(
        self, response: httpx.Response, deadline: float
    ) -> AsyncGenerator[ChatChunk, None]:
        reader = Reader()
        with silence_means(AnswerLost):
            if "text/event-stream" not in response.headers.get("content-type", "").lower():
                async with asyncio.timeout_at(deadline):
                    text = await _whole(response)
                yield reader.answer(self.discreet(text))
                return
            response.encoding = "utf-8"  # as all event streams, whatever the header says
            source = EventSource(cast("httpx.Response", _Text(response)))
            async with aclosing(source.aiter_sse()) as events:
                while event := await self._next(events, reader, deadline):
                    if event.data == DONE:
                        break
                    if event.data:
                        yield reader.event(event.event, self.discreet(event.data))
                        deadline = self._until(reader, deadline)
        if rest := reader.rest():
            yield ChatChunk(rest)

    def _until(self, reader: Reader, deadline: float) -> float:
        """Return until when more may come: after a `finish_reason` only the id and the basis."""
        if not reader.is_finished:
            return deadline
        return min(deadline, asyncio.get_running_loop().time() + self.timeouts.trailer)

    async def _next(
        self, events: AsyncIterator[ServerSentEvent], reader: Reader, deadline: float
    ) -> ServerSentEvent | None:
        """Wait for the next event; None when there is none, and nothing is missing without it."""
        silent = asyncio.get_running_loop().time() + self.timeouts.chunk
        try:
            async with asyncio.timeout_at(min(silent, deadline)):
                return await anext(events, None)
        except (httpx.HTTPError, aiohttp.ClientError, OSError):  # TimeoutError is an OSError
            if reader.is_finished:
                return None
            raise


class _Text:
    """The text of an event stream, as httpx-sse reads it of a response.

    A last event whose blank line never came is there all the same: it is whole, or a piece of JSON
    that shows that the stream was cut. What httpx-sse calls by case, and a mark of the byte order,
    are as it wants them. https://html.spec.whatwg.org/multipage/server-sent-events.html
    """

    def __init__(self, response: httpx.Response) -> None:
        self.headers = {"content-type": "text/event-stream"}
        self._response = response

    async def aiter_text(self) -> AsyncIterator[str]:
        """Yield the text as it comes. Raises AnswerLost when there is too much of it."""
        size = 0
        async for text in self._response.aiter_text():
            yield text if size else text.removeprefix("\ufeff")
            size += len(text)
            if size > MOST_CHARACTERS:
                raise AnswerLost("the answer is too long")
        yield "\n\n"


async def _whole(response: httpx.Response) -> str:
    """Read a response. Raises AnswerLost when it is too long."""
    raw = bytearray()
    async for piece in response.aiter_bytes():
        raw += piece
        if len(raw) > MOST_CHARACTERS:
            raise AnswerLost("the answer is too long")
    return decoded(bytes(raw), response.charset_encoding)
