"""Real Slack clients for the tests of the local Slack."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Literal

import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.playground.slack import Channel, LocalSlack, Message, Person

Transport = Literal["socket", "http"]
Json = dict[str, Any]


def client(slack: LocalSlack, token: str | None = None) -> AsyncWebClient:
    """Return Slack's own client for the local Slack, one that never repeats a call."""
    return AsyncWebClient(
        token=token or slack.app.bot_token, base_url=slack.api_url, retry_handlers=[]
    )


async def refusal(call: Awaitable[Any]) -> AsyncSlackResponse:
    """Return the answer of a call that must be refused."""
    with pytest.raises(SlackApiError) as refused:
        await call
    answer = refused.value.response
    assert isinstance(answer, AsyncSlackResponse)
    return answer


class Clock:
    """A clock that a test moves; in seconds."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@asynccontextmanager
async def socket_client(
    slack: LocalSlack,
    answer: Callable[[SocketModeRequest], SocketModeResponse | None],
    *,
    ping_interval: float = 5.0,
) -> AsyncIterator[list[SocketModeRequest]]:
    """Connect Slack's own Socket Mode client; `answer` says how it acknowledges, if at all.

    Yields all that it receives, growing.
    """
    received: list[SocketModeRequest] = []

    async def listen(socket: Any, request: SocketModeRequest) -> None:
        received.append(request)
        if response := answer(request):
            await socket.send_socket_mode_response(response)

    connected = slack.connections
    socket = SocketModeClient(
        app_token=slack.app.app_token, web_client=client(slack), ping_interval=ping_interval
    )
    socket.socket_mode_request_listeners.append(listen)
    await socket.connect()  # type: ignore[no-untyped-call]
    await slack.until(lambda: slack.connections == connected + 1)
    try:
        yield received
    finally:
        await socket.close()  # type: ignore[no-untyped-call]


def ack(request: SocketModeRequest) -> SocketModeResponse:
    """Acknowledge."""
    return SocketModeResponse(envelope_id=request.envelope_id)


@asynccontextmanager
async def http_app(
    slack: LocalSlack, answer: Callable[[web.Request], Awaitable[web.Response]]
) -> AsyncIterator[None]:
    """Serve the request URL with `answer`."""
    application = web.Application()
    application.router.add_post("/slack/events", answer)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    slack.events_url = f"http://127.0.0.1:{port}/slack/events"
    try:
        yield
    finally:
        await runner.cleanup()


@asynccontextmanager
async def bolt(slack: LocalSlack, transport: Transport, app: AsyncApp) -> AsyncIterator[None]:
    """Run a Bolt app on the local Slack over either transport."""
    if transport == "socket":
        handler = AsyncSocketModeHandler(app, slack.app.app_token)
        await handler.connect_async()  # type: ignore[no-untyped-call]
        await slack.until(lambda: slack.connections == 1)
        try:
            yield
        finally:
            await handler.close_async()  # type: ignore[no-untyped-call]
        return
    server = app.server(port=0, path="/slack/events")
    runner = web.AppRunner(server.web_app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.events_url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    try:
        yield
    finally:
        await runner.cleanup()


def bolt_app(slack: LocalSlack) -> AsyncApp:
    """Return a Bolt app that answers only after its listeners have run."""
    return AsyncApp(
        name="app.py",
        client=client(slack),
        signing_secret=slack.app.signing_secret,
        process_before_response=True,
    )


async def quiet(*deliveries: Any) -> None:
    """Wait until these events are acknowledged or given up."""
    async with asyncio.timeout(60):
        for delivery in deliveries:
            await delivery.over.wait()


@dataclass
class World:
    """A Slack on one of the transports with its own clock, a Bolt app, Ada, and #general.

    The app gets no events: only commands and interactions are sent.
    """

    slack: LocalSlack
    transport: Transport
    clock: Clock

    def __post_init__(self) -> None:
        self.slack.app.events.clear()
        self.app: AsyncApp = bolt_app(self.slack)
        self.ada: Person = self.slack.person("ada")
        self.general: Channel = self.slack.channel("general", [self.ada])

    def running(self) -> AbstractAsyncContextManager[None]:
        """Run the app."""
        return bolt(self.slack, self.transport, self.app)

    async def posted(self, **more: Any) -> Message:
        """Post a message with a button and menus."""
        answer = await client(self.slack).chat_postMessage(
            channel=self.general.id, text="choose", blocks=BLOCKS, **more
        )
        return self.general.messages[answer["ts"]]


def plain(text: str) -> Json:
    """A plain_text object."""
    return {"type": "plain_text", "text": text}


def option(value: str) -> Json:
    """An option of a menu."""
    return {"text": plain(value), "value": value}


BLOCKS = [
    {
        "type": "actions",
        "block_id": "row",
        "elements": [
            {"type": "button", "action_id": "stop", "text": plain("Stop"), "value": "run-1"},
            {
                "type": "static_select",
                "action_id": "depth",
                "options": [option("lite"), option("ultra")],
                "initial_option": option("lite"),
            },
            {"type": "overflow", "action_id": "more", "options": [option("a"), option("b")]},
        ],
    }
]


def modal(title: str = "T", **more: Any) -> Json:
    """A modal with one input."""
    text_input = {"type": "plain_text_input", "action_id": "a"}
    block = {"type": "input", "block_id": "b", "label": plain("Name"), "element": text_input}
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain(title),
        "submit": plain("Go"),
        "blocks": [block],
        **more,
    }
