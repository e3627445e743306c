"""A small Bolt app for the page to show, and the payloads that it receives."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.bot_process import BotProcess
from bot.playground.page import PageServer
from bot.playground.parts import Playground
from bot.playground.run import RunningPlayground
from bot.playground.slack import LocalSlack
from bot.playground.task_api import LocalTaskApi


class ReceivedPayloads:
    """The payloads that the app has received, in order: a name and a value of each."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()

    async def next(self) -> tuple[str, Any]:
        """Return the next one, waiting for it. Raises TimeoutError after 60 seconds."""
        async with asyncio.timeout(60):
            return await self.queue.get()


def text(content: str) -> dict[str, str]:
    """Return a plain text object."""
    return {"type": "plain_text", "text": content}


def options(*values: str) -> list[dict[str, Any]]:
    """Return options with these values, each with its title as text."""
    return [{"text": text(value.title()), "value": value} for value in values]


def bolt_app(slack: LocalSlack) -> AsyncApp:
    """Return an app without listeners."""
    client = AsyncWebClient(slack.app.bot_token, base_url=slack.api_url)
    return AsyncApp(name="app.py", client=client)


async def _no_records(channel: str, messages: Sequence[str]) -> tuple[None, list[Any]]:
    """Return the records of an app that keeps none."""
    return None, []


@asynccontextmanager
async def served(slack: LocalSlack, app: AsyncApp) -> AsyncIterator[str]:
    """Run the app and a page for its Slack; yields the page's address."""
    handler = AsyncSocketModeHandler(app, slack.app.app_token)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    async with LocalTaskApi() as research, paged(slack, research) as running:
        yield running.url
    await handler.close_async()  # type: ignore[no-untyped-call]


@asynccontextmanager
async def paged(slack: LocalSlack, research: LocalTaskApi) -> AsyncIterator[RunningPlayground]:
    """Serve a page for a local Slack whose app runs in this process."""
    playground = Playground(slack, research, BotProcess(("false",), {}), read_records=_no_records)
    server = PageServer(playground)
    await server.start(0)
    yield RunningPlayground(playground, server.url)
    await server.stop()
