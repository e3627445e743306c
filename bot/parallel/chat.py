"""Parallel's Chat API over HTTP (`bot.ports.ChatCompletions`).

There is nothing to ask afterwards: no id to poll, no list, no cancel. So a request is sent once, on
a fresh connection, and whatever goes wrong once its bytes may have left is `AnswerLost`.
https://docs.parallel.ai/chat-api/chat-quickstart
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager

import aiohttp
import httpx
from httpx_sse import EventSource, ServerSentEvent

from bot.errors import AnswerLost
from bot.model import ChatChunk, RunRequest
from bot.parallel import refusal
from bot.parallel.chat_wire import DONE, Reader, request_body
from bot.parallel.connection import Connection, silence_means

PATH = "/v1beta/chat/completions"
MOST_BYTES = 20_000_000  # of one response


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
                with silence_means(AnswerLost):
                    async with asyncio.timeout(self.timeouts.first_byte):
                        await response.aread()
                status, body, wait = self.said(response)
                chained = request.previous is not None
                raise refusal.not_completed(status, body, wait, chained=chained)
            async with aclosing(self._chunks(response, deadline)) as chunks:
                yield chunks

    async def _chunks(
        self, response: httpx.Response, deadline: float
    ) -> AsyncGenerator[ChatChunk, None]:
        reader = Reader()
        with silence_means(AnswerLost):
            if "text/event-stream" not in response.headers.get("content-type", ""):
                async with asyncio.timeout_at(deadline):
                    await response.aread()
                yield reader.answer(response.text)
                return
            async with aclosing(EventSource(response).aiter_sse()) as events:
                while event := await self._next(events, reader, deadline):
                    if response.num_bytes_downloaded > MOST_BYTES:
                        raise AnswerLost("the answer is too long")
                    if event.data == DONE:
                        break
                    if event.data:
                        yield reader.event(event.event, event.data)
        if rest := reader.rest():
            yield ChatChunk(rest)

    async def _next(
        self, events: AsyncIterator[ServerSentEvent], reader: Reader, deadline: float
    ) -> ServerSentEvent | None:
        """Wait for the next event; None when there is none.

        After a `finish_reason` nothing must follow, though the id and the basis may.
        """
        now = asyncio.get_running_loop().time()
        silence = self.timeouts.trailer if reader.is_finished else self.timeouts.chunk
        try:
            async with asyncio.timeout_at(min(now + silence, deadline)):
                return await anext(events, None)
        except (httpx.HTTPError, aiohttp.ClientError, OSError):  # TimeoutError is an OSError
            if reader.is_finished:
                return None
            raise
