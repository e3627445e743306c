"""The HTTP server: it authorizes requests, calls the operations and sends their responses.

A request passes, in this order: faults on demand, the API key, the operation (rate limit, form,
then state: processors, interactions, credit). The operation returns a Reply, a Stream or a
LocalChat, which is sent here, whole or aborted as the fault says.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Collection, Sequence
from contextlib import aclosing, suppress
from functools import partial
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Middleware

from bot.playground.aborting import abort_connection
from bot.playground.task_api import contract
from bot.playground.task_api.chats import LocalChat
from bot.playground.task_api.faults import Fault, Faults
from bot.playground.task_api.operations import ALL_ROUTES, Handler, Operations, Reply, Stream
from bot.playground.task_api.protocol import JSON, Kind, Refusal, Request, Status, json_or_none
from bot.playground.task_api.requests import api_key

MOST_BODY_BYTES = 50_000_000
_EVENT_STREAM = {"Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-cache"}


class Web:
    """Serves the operations over HTTP.

    Attributes:
        requests: all requests received, oldest first.
    """

    def __init__(
        self,
        operations: Operations,
        faults: Faults,
        *,
        keys: Collection[str],
        clock: Callable[[], float],
        middlewares: Sequence[Middleware] = (),
    ) -> None:
        """Serve `operations` to clients with one of the keys."""
        self.requests: list[Request] = []
        self._operations = operations
        self._faults = faults
        self._keys = keys
        self._clock = clock
        self._middlewares = middlewares
        self._open: dict[asyncio.Task[Any], tuple[Kind, web.Request]] = {}

    def application(self) -> web.Application:
        """Return the aiohttp application, for one start."""
        application = web.Application(
            client_max_size=MOST_BODY_BYTES, middlewares=self._middlewares
        )
        router = application.router
        for method, path, kind in ALL_ROUTES:
            handler: Handler = getattr(self._operations, kind)
            router.add_route(method, path, partial(self._serve, kind, handler))
        router.add_route("*", "/{any:.*}", partial(self._serve, "unknown", _unknown_path))
        return application

    @property
    def open_requests(self) -> int:
        """The number of requests whose response is not complete."""
        return len(self._open)

    def drop(self, kind: Kind | None = None) -> int:
        """Abort the connections of open requests, all or of one kind. Returns how many."""
        dropped = [request for each, request in self._open.values() if kind in (None, each)]
        for request in dropped:
            abort_connection(request)
        return len(dropped)

    async def close(self) -> None:
        """Cancel every open request."""
        ending = list(self._open)
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)

    async def _serve(
        self, kind: Kind, handler: Handler, request: web.Request
    ) -> web.StreamResponse:
        record = Request(method=request.method, path=request.path_qs, kind=kind, at=self._clock())
        self.requests.append(record)
        fault = self._faults.take(kind)
        task = asyncio.current_task()
        assert task
        self._open[task] = (kind, request)
        try:
            record.body = json_or_none(await request.read())
            return await self._answer(handler, request, record, fault=fault)
        finally:
            del self._open[task]

    async def _answer(
        self, handler: Handler, request: web.Request, record: Request, fault: Fault
    ) -> web.StreamResponse:
        if fault.cut == "before":
            return abort_connection(request)
        if fault.replaces_response:
            await fault.wait()
            refusal = fault.refusal()
            body = fault.error_response() if fault.body is None else fault.body
            return _error(record, refusal, body)
        answer: Reply | Stream | LocalChat | Refusal
        try:
            self._authorize(request, record.kind)
            answer = await handler(request)
        except Refusal as refusal:
            answer = refusal
        if isinstance(answer, LocalChat):
            return await _chat(request, answer, record, fault=fault)
        await fault.wait()
        if isinstance(answer, Stream):
            record.status = 200
            return await _stream(request, answer, fault)
        if fault.cut == "after":
            return abort_connection(request)
        if isinstance(answer, Refusal):
            return _error(record, answer, _error_body(request, answer))
        record.status = answer.status
        return _json(answer.status, answer.body if fault.body is None else fault.body)

    def _authorize(self, request: web.Request, kind: Kind) -> None:
        if api_key(request, kind) not in self._keys:
            raise Refusal(401)


async def _unknown_path(request: web.Request) -> Reply:
    raise Refusal(404)


def _error(record: Request, refusal: Refusal, body: JSON | bytes) -> web.Response:
    record.status = refusal.status
    response = _json(refusal.status, body)
    response.headers.update(refusal.headers)
    return response


def _json(status: int, body: JSON | bytes) -> web.Response:
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    return web.Response(status=status, body=sent, content_type="application/json")


async def _stream(request: web.Request, stream: Stream, fault: Fault) -> web.StreamResponse:
    if fault.body is not None:
        return web.Response(body=fault.body, headers=_EVENT_STREAM)
    response = web.StreamResponse(headers=_EVENT_STREAM)
    with suppress(ConnectionResetError):  # the client has left
        await response.prepare(request)
        with suppress(TimeoutError):
            async with asyncio.timeout(stream.seconds), aclosing(stream.events) as events:
                async for event in events:
                    await response.write(_event(event))
                    if fault.cut == "after":
                        return abort_connection(request)
        await response.write_eof()
    return response


def _event(event: dict[str, Any]) -> bytes:
    """Return an event; its cursor, if it has one, is its id, as streams may have."""
    cursor = f"id: {event['event_id']}\n" if event.get("event_id") else ""
    return f"{cursor}event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode()


async def _chat(
    request: web.Request, chat: LocalChat, record: Request, fault: Fault
) -> web.StreamResponse:
    """Send a chat's response. Sets `chat.disconnected` when the connection ends first."""
    try:
        await fault.wait()
        if chat.is_streamed:
            record.status = 200
            return await _stream_chat(request, chat, fault)
        if fault.cut == "after":
            return abort_connection(request)
        body = fault.body
        if body is None:
            body = b"".join([piece async for piece in chat.pieces()])
        if chat.is_broken:
            return abort_connection(request)
        record.status = 500 if chat.status is Status.FAILED else 200
        return _json(record.status, body)
    finally:
        if not chat.is_over:
            chat.disconnected.set()


async def _stream_chat(request: web.Request, chat: LocalChat, fault: Fault) -> web.StreamResponse:
    if fault.body is not None:
        return web.Response(body=fault.body, headers=_EVENT_STREAM)
    response = web.StreamResponse(headers=_EVENT_STREAM)
    with suppress(ConnectionResetError):  # the client has left
        await response.prepare(request)  # the headers are sent before the model says anything
        async with aclosing(chat.pieces()) as pieces:
            async for piece in pieces:
                await response.write(piece)
                if fault.cut == "after":
                    return abort_connection(request)
        if chat.is_broken:
            return abort_connection(request)
        await response.write_eof()
    return response


def _error_body(request: web.Request, refusal: Refusal) -> JSON:
    """Return a refusal in the form that the OpenAPI file has for this path and status."""
    resource = request.match_info.route.resource
    path = resource.canonical if resource else ""
    if contract.error_schema(request.method, path, refusal.status) == "HTTPValidationError":
        return refusal.validation_error()
    return refusal.error_response()
