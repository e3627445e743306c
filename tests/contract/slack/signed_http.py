"""The bot's HTTP server with Slack's signed requests behind it, and requests written by hand."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bot.slack.transport.http import KEPT_ALIVE, served, site, slack_events

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
JSON_TYPE = "application/json"
FORM_TYPE = "application/x-www-form-urlencoded"
WITHIN = 0.3  # seconds that a request may take


@dataclass
class Bot:
    """Where it listens, and what got as far as a listener."""

    host: str
    port: int
    received: list[dict[str, Any]]


def bolt_app(received: list[dict[str, Any]]) -> AsyncApp:
    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None, team_id="T1", bot_user_id="U1", bot_id="B1", bot_token="xoxb-1"
        )

    app = AsyncApp(
        name="app.py",
        signing_secret=SECRET,
        authorize=authorize,
        process_before_response=True,
        attaching_conversation_kwargs_enabled=False,
    )

    @app.event("message")
    async def message(body: dict[str, Any]) -> None:
        received.append(body)

    @app.command("/processor")
    async def command(ack: Any, body: dict[str, Any]) -> None:
        received.append(body)
        await ack()

    @app.action("stop")
    async def action(ack: Any, body: dict[str, Any]) -> None:
        received.append(body)
        await ack()

    return app


@asynccontextmanager
async def listening(within: float = WITHIN, kept_alive: float = KEPT_ALIVE) -> AsyncIterator[Bot]:
    async def health(_: web.Request) -> web.Response:
        return web.json_response({"ok": True})

    received: list[dict[str, Any]] = []
    events = slack_events(bolt_app(received), SECRET, read_within=within)
    application = site(health, events)
    async with served(
        application, "127.0.0.1", 0, read_within=within, kept_alive=kept_alive
    ) as url:
        where = urlsplit(url)
        yield Bot(where.hostname or "", where.port or 0, received)


def now() -> str:
    return str(int(time.time()))


def sign(body: bytes, timestamp: str, secret: str = SECRET) -> str:
    said = f"v0:{timestamp}:".encode() + body
    return "v0=" + hmac.new(secret.encode(), said, hashlib.sha256).hexdigest()


def signed(body: bytes, content_type: str = JSON_TYPE) -> list[tuple[str, bytes | str]]:
    timestamp = now()
    return [
        ("Content-Type", content_type),
        ("X-Slack-Request-Timestamp", timestamp),
        ("X-Slack-Signature", sign(body, timestamp)),
    ]


def request(
    body: bytes,
    headers: list[tuple[str, bytes | str]],
    *,
    start: str = "POST /slack/events",
    length: int | None = None,
) -> bytes:
    """Write a request as it goes over the line."""
    lines = [f"{start} HTTP/1.1".encode(), b"Host: bot", b"Connection: close"]
    lines.append(f"Content-Length: {len(body) if length is None else length}".encode())
    for name, value in headers:
        lines.append(f"{name}: ".encode() + (value.encode() if isinstance(value, str) else value))
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


async def exchange(bot: Bot, raw: bytes) -> tuple[int, bytes]:
    """Send bytes as they are; returns the status (0 when hung up on) and the answer's body."""
    reader, writer = await asyncio.open_connection(bot.host, bot.port)
    try:
        writer.write(raw)
        async with asyncio.timeout(60):
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"(?i)content-length: (\d+)", head)
            has_body = length and not raw.startswith(b"HEAD ")
            body = await reader.readexactly(int(length[1])) if length and has_body else b""
    except (ConnectionResetError, asyncio.IncompleteReadError):
        return 0, b""
    finally:
        writer.close()
    return int(head.split(b" ", 2)[1]), body


async def post(bot: Bot, body: bytes, headers: list[tuple[str, bytes | str]]) -> int:
    return (await exchange(bot, request(body, headers)))[0]


MESSAGE = json.dumps(
    {"type": "event_callback", "team_id": "T1", "event": {"type": "message", "user": "U2"}}
).encode()
