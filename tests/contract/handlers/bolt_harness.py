"""A real Bolt app with our listeners, and payloads as Slack sends them."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

from aiohttp import web
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

import handlers
from bot.concurrency.background_tasks import BackgroundTasks
from bot.domain.thread import ChannelId, MessageTs, TeamId, ThreadKey, UserId
from bot.ports import DEADLINES, AnswerSource, Channel, Deadlines, HandlerContext, Person
from bot.ports.gate import Gate
from bot.slack.client import SlackMessenger
from bot.slack.views_client import SlackViews
from tests.contract.handlers.admin_memory import MemoryPolicies, administration_in_memory
from tests.contract.handlers.memory import Forgetful, Known, Memory, OpenGate, SameIds

ME = UserId("U0BOT")
SECRET = "signing-secret"
TS, ROOT = "1700000000.000100", "1699999999.000900"
HERE = Channel(TeamId("T1"), ChannelId("C1"))
ADA = Person(TeamId("T1"), UserId("U1ADA"))
THREAD = ThreadKey(TeamId("T1"), ChannelId("C1"), MessageTs(ROOT))


def nowhere() -> AsyncWebClient:
    """A client for a Slack that is not there."""
    return AsyncWebClient(base_url="http://127.0.0.1:9/", retry_handlers=[])


def bolt_app(
    mailbox: Memory,
    *,
    me: UserId = ME,
    answers: AnswerSource | None = None,
    admins: Sequence[str] = (),
    deadlines: Deadlines = DEADLINES,
    gate: Gate | None = None,
    policies: MemoryPolicies | None = None,
    **more: Any,
) -> AsyncApp:
    """An app built as the bot builds its own, without a network unless `client` has one."""

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None, team_id="T1", bot_user_id=me, bot_id="B0BOT", bot_token="xoxb-1"
        )

    options: dict[str, Any] = {"signing_secret": SECRET, "client": nowhere(), **more}
    app = AsyncApp(
        name="app.py",
        authorize=authorize,
        process_before_response=True,
        attaching_conversation_kwargs_enabled=False,
        **options,
    )
    context = HandlerContext(
        mailbox=mailbox,
        choices=mailbox,
        history=mailbox,
        answer_source=answers or Known(),
        messenger=SlackMessenger(options["client"]),
        views=SlackViews(options["client"]),
        gate=gate or OpenGate(),
        channel_ids=SameIds(),
        administration=administration_in_memory(policies),
        thread_records=Forgetful(),
        background=BackgroundTasks(),
        me=me,
        workspace="https://local.slack.com/",
        default_processor="core-fast",
        admins=frozenset(map(UserId, admins)),
        deadlines=deadlines,
    )
    handlers.register(app, context)
    return app


async def tell(app: AsyncApp, body: dict[str, Any]) -> BoltResponse:
    """Dispatch as Socket Mode does."""
    return await app.async_dispatch(AsyncBoltRequest(mode="socket_mode", body=body))


async def tell_signed(app: AsyncApp, body: dict[str, Any]) -> BoltResponse:
    """Dispatch as HTTP does."""
    if "event" in body:
        raw, kind = json.dumps(body), "application/json"
    else:
        fields = body if "command" in body else {"payload": json.dumps(body)}
        raw, kind = urlencode(fields), "application/x-www-form-urlencoded"
    now = str(int(time.time()))
    signature = SignatureVerifier(SECRET).generate_signature(timestamp=now, body=raw) or ""
    headers: dict[str, str | Sequence[str]] = {
        "content-type": kind,
        "x-slack-request-timestamp": now,
        "x-slack-signature": signature,
    }
    return await app.async_dispatch(AsyncBoltRequest(body=raw, headers=headers))


ASKS = "<@U0BOT> who owns the Suez Canal?"


def event(kind: str, **inner: Any) -> dict[str, Any]:
    """An event as Slack delivers it; each has its own id."""
    inner_event = {
        "type": kind,
        "user": "U1ADA",
        "ts": TS,
        "channel": "C1",
        "event_ts": TS,
        **inner,
    }
    if kind == "message":
        inner_event.setdefault("channel_type", "channel")
    return {
        "token": "verification",
        "team_id": "T1",
        "api_app_id": "A1",
        "type": "event_callback",
        "event_id": f"Ev{kind}",
        "event_time": 1700000000,
        "authorizations": [{"team_id": "T1", "user_id": ME, "is_bot": True}],
        "event": inner_event,
    }


def command(text: str) -> dict[str, str]:
    return {
        "token": "verification",
        "team_id": "T1",
        "channel_id": "C1",
        "channel_name": "general",
        "user_id": "U1ADA",
        "command": "/processor",
        "text": text,
        "api_app_id": "A1",
        "response_url": "http://127.0.0.1:9/response",
        "trigger_id": "1.2.3",
    }


class ResponseUrl:
    """A response URL: keeps what is posted to it, and answers with `status` behind its gate."""

    def __init__(self) -> None:
        self.said: list[dict[str, Any]] = []
        self.status = 200
        self.url = ""
        self.gate = asyncio.Event()
        self.gate.set()

    async def answer(self, request: web.Request) -> web.Response:
        await self.gate.wait()
        self.said.append(await request.json())
        return web.Response(text="ok", status=self.status)


@asynccontextmanager
async def response_address() -> AsyncIterator[ResponseUrl]:
    """Serve a response URL."""
    response_url = ResponseUrl()
    site = web.Application()
    site.router.add_post("/response", response_url.answer)
    runner = web.AppRunner(site)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    response_url.url = f"http://127.0.0.1:{runner.addresses[0][1]}/response"
    try:
        yield response_url
    finally:
        response_url.gate.set()
        await runner.cleanup()


def press(action_id: str, value: str, url: str, **changes: Any) -> dict[str, Any]:
    """A button pressed on a message of the bot's in the thread."""
    return {
        "type": "block_actions",
        "team": {"id": "T1", "domain": "t"},
        "user": {"id": "U1ADA", "team_id": "T1"},
        "api_app_id": "A1",
        "token": "verification",
        "container": {
            "type": "message",
            "message_ts": TS,
            "channel_id": "C1",
            "is_ephemeral": False,
            "thread_ts": ROOT,
        },
        "channel": {"id": "C1", "name": "general"},
        "message": {"ts": TS, "thread_ts": ROOT, "team": "T1", "bot_id": "B0BOT", "text": "…"},
        "response_url": url,
        "actions": [{"action_id": action_id, "type": "button", "value": value}],
        **changes,
    }


def choose(action_id: str, value: str, url: str, **changes: Any) -> dict[str, Any]:
    """An option chosen in a menu of the bot's in the thread."""
    option = {"text": {"type": "plain_text", "text": value}, "value": value}
    chosen = {"action_id": action_id, "type": "static_select", "selected_option": option}
    return press(action_id, "", url, actions=[chosen], **changes)


def private(body: dict[str, Any]) -> dict[str, Any]:
    """The same on an ephemeral message in the channel, where Slack sends no `message`."""
    container = {"type": "message", "message_ts": TS, "channel_id": "C1", "is_ephemeral": True}
    return {k: v for k, v in body.items() if k != "message"} | {"container": container}
