"""Slack's signed requests over HTTP, handed to Bolt."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.app.async_app import AsyncApp

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def slack_events(app: AsyncApp) -> Handler:
    """Return the handler for events, commands and interactivity.

    A timestamp that is no number is refused here: Bolt's verifier would raise on it and answer
    500, as if it were our fault.
    """

    async def handle(request: web.Request) -> web.StreamResponse:
        if not request.headers.get("x-slack-request-timestamp", "0").isdigit():
            return web.json_response({"error": "invalid request"}, status=401)
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    return handle
