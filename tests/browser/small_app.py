"""A small Bolt app to show on the page, and what it hears."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.bot_process import BotProcess
from bot.playground.page import Page as PageServer
from bot.playground.parts import Playground
from bot.playground.run import RunningPlayground
from bot.playground.slack import LocalSlack
from bot.playground.task_api import LocalTaskApi


class Heard:
    """What the app has heard, in order."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()

    async def next(self) -> tuple[str, Any]:
        """Return the next thing, waiting for it."""
        async with asyncio.timeout(60):
            return await self.queue.get()


def text(words: str) -> dict[str, str]:
    """Return a plain text object."""
    return {"type": "plain_text", "text": words}


def options(*values: str) -> list[dict[str, Any]]:
    """Return options, each of the value that it shows."""
    return [{"text": text(value.title()), "value": value} for value in values]


def bolt_app(slack: LocalSlack) -> AsyncApp:
    """Return an app without listeners."""
    client = AsyncWebClient(slack.app.bot_token, base_url=slack.api_url)
    return AsyncApp(name="app.py", client=client)


async def _no_records(channel: str, messages: Sequence[str]) -> tuple[None, list[Any]]:
    """Look at what an app writes down that writes nothing down."""
    return None, []


@asynccontextmanager
async def served(slack: LocalSlack, app: AsyncApp) -> AsyncIterator[str]:
    """Run the app and a page of its Slack, whose address this gives."""
    handler = AsyncSocketModeHandler(app, slack.app.app_token)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    async with LocalTaskApi() as research, paged(slack, research) as running:
        yield running.url
    await handler.close_async()  # type: ignore[no-untyped-call]


@asynccontextmanager
async def paged(slack: LocalSlack, research: LocalTaskApi) -> AsyncIterator[RunningPlayground]:
    """Serve a page of a local Slack whose app runs in this process."""
    playground = Playground(slack, research, BotProcess(("false",), {}), _no_records)
    server = PageServer(playground)
    await server.start(0)
    yield RunningPlayground(playground, server.url)
    await server.stop()
