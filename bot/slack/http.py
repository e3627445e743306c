"""Slack's signed requests over HTTP, handed to Bolt."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.app.async_app import AsyncApp

log = logging.getLogger(__name__)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def slack_events(app: AsyncApp) -> Handler:
    """Return the handler for events, commands and interactivity.

    A timestamp that is no number is refused here: Bolt's verifier would raise on it and answer
    500, as if it were our fault. That Slack held events back (`app_rate_limited`, an outer type of
    its own) is logged: Bolt would answer 404 once it has verified that.
    """

    async def handle(request: web.Request) -> web.StreamResponse:
        if not request.headers.get("x-slack-request-timestamp", "0").isdigit():
            return web.json_response({"error": "invalid request"}, status=401)
        asked = await to_bolt_request(request)
        answer = await app.async_dispatch(asked)
        if answer.status == 404 and asked.body.get("type") == "app_rate_limited":
            log.error("Slack held events back: there were too many in an hour")
            return web.Response()
        return await to_aiohttp_response(answer)

    return handle
