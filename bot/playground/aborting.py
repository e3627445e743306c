"""Abort the connection of a request, as a crashed server or a broken network would."""

from __future__ import annotations

import asyncio

from aiohttp import web


def abort_connection(request: web.Request) -> web.Response:
    """Abort a request's connection. The handler must return this response, which is not sent."""
    if isinstance(request.transport, asyncio.WriteTransport):
        request.transport.abort()
    return web.Response(status=500)
