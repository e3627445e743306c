"""`bot.ports.ChatCompletions`: Parallel's Chat API over HTTP.

An answer cannot be fetched again: there is no id to poll, no list, no cancel. So a request is sent
once, on a new connection, and any error after its bytes may have left is `AnswerLost`.
https://docs.parallel.ai/chat-api/chat-quickstart
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager

import aiohttp
import httpx
from httpx_sse import ServerSentEvent

from bot.domain.research import ChatChunk, RunRequest
from bot.errors import AnswerLost
from bot.parallel import api_errors
from bot.parallel.bounded import event_source, read_whole
from bot.parallel.chat_wire import DONE, AnswerReader, request_body
from bot.parallel.connection import Connection, errors_raise

PATH = "/v1beta/chat/completions"


class ChatApi(Connection):
    """Parallel's Chat API."""

    @asynccontextmanager
    async def create(self, request: RunRequest) -> AsyncIterator[AsyncIterator[ChatChunk]]:
        """Ask, and stream the answer: one POST.

        Entering raises:
            Refused: nothing was started: KEY, CREDIT, PROCESSOR, CHAIN, INPUT.
            Unavailable: nothing was started; try later.
            AnswerLost: it may have been started; the answer is lost.

        Iterating raises AnswerLost when the response breaks off, or takes too long.
        """
        deadline = asyncio.get_running_loop().time() + self.timeouts.chat
        body, seconds = request_body(request), self.timeouts.first_byte
        async with self.stream_post(PATH, body, seconds) as response:
            if response.status_code != 200:
                chained = request.previous is not None
                status, wait = response.status_code, self.retry_after(response)
                text = await self._error_text(response)
                raise api_errors.not_completed(status, text, wait, chained=chained)
            async with aclosing(self._chunks(response, deadline)) as chunks:
                yield chunks

    async def _error_text(self, response: httpx.Response) -> str:
        """Read the body of an error; "" when it does not come, for the status says enough."""
        try:
            async with asyncio.timeout(self.timeouts.first_byte):
                return self.text(await read_whole(response))
        except (httpx.HTTPError, aiohttp.ClientError, OSError):  # TimeoutError is an OSError
            return ""

    async def _chunks(
        self, response: httpx.Response, deadline: float
    ) -> AsyncGenerator[ChatChunk, None]:
        reader = AnswerReader()
        with errors_raise(AnswerLost):
            if "text/event-stream" not in response.headers.get("content-type", "").lower():
                async with asyncio.timeout_at(deadline):
                    text = self.text(await read_whole(response))
                yield reader.answer(text)
                return
            async with aclosing(event_source(response).aiter_sse()) as events:
                while event := await self._next(events, reader, deadline):
                    if event.data == DONE:
                        break
                    yield reader.event(event.event, self.redact(event.data))
                    deadline = self._next_deadline(reader, deadline)
        if remaining := reader.remaining():
            yield ChatChunk(remaining)

    def _next_deadline(self, reader: AnswerReader, deadline: float) -> float:
        """Return the deadline; it is close after a `finish_reason`, when little may follow."""
        if not reader.is_finished:
            return deadline
        return min(deadline, asyncio.get_running_loop().time() + self.timeouts.trailer)

    async def _next(
        self, events: AsyncIterator[ServerSentEvent], reader: AnswerReader, deadline: float
    ) -> ServerSentEvent | None:
        """Wait for the next event; None at the end, or when the answer is complete without it."""
        silent = asyncio.get_running_loop().time() + self.timeouts.chunk
        try:
            async with asyncio.timeout_at(min(silent, deadline)):
                return await anext(events, None)
        except (httpx.HTTPError, aiohttp.ClientError, OSError):  # TimeoutError is an OSError
            if reader.is_finished:
                return None
            raise
