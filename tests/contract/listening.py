"""A real Bolt app with our listeners, a mailbox in memory, and payloads as Slack sends them."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

import handlers
from bot import lifecycle
from bot.model import (
    ChannelId,
    Choices,
    MessageTs,
    Question,
    TeamId,
    ThreadKey,
    Turn,
    TurnId,
    UserId,
)
from bot.ports import Accepted, Channel, Mailbox, Person, Reach, Scope

ME = UserId("U0BOT")
SECRET = "signing-secret"
TS, ROOT = "1700000000.000100", "1699999999.000900"
HERE = Channel(TeamId("T1"), ChannelId("C1"))
ADA = Person(TeamId("T1"), UserId("U1ADA"))
THREAD = ThreadKey(TeamId("T1"), ChannelId("C1"), MessageTs(ROOT))


class Memory:
    """A mailbox in memory that keeps the port's promises.

    `failing` is raised by the next calls, one each.
    """

    def __init__(self) -> None:
        self.turns: dict[TurnId, Turn] = {}
        self.reaches: list[Reach] = []
        self.ours: set[ThreadKey] = set()
        self.chosen: dict[Scope, str] = {}
        self.failing: list[Exception] = []

    @property
    def questions(self) -> list[Question]:
        return [turn.question for turn in self.turns.values()]

    async def put(self, question: Question, reach: Reach) -> Accepted:
        self._fail()
        self.reaches.append(reach)
        return self._append(lifecycle.received(question, 0), reach)

    async def put_again(self, turn: TurnId, message: MessageTs, *, look: bool) -> Accepted | None:
        self._fail()
        if turn not in self.turns:
            return None
        again = lifecycle.asked_again(self.turns[turn], message, 0, look=look)
        return self._append(again, Reach.ADDRESSED)

    async def choose(self, scope: Scope, processor: str | None) -> None:
        self._fail()
        self.chosen.pop(scope, None)
        if processor:
            self.chosen[scope] = processor

    async def choices(
        self, team: TeamId, channel: ChannelId, person: UserId, thread: ThreadKey | None
    ) -> Choices:
        self._fail()
        return Choices(
            thread=self.chosen.get(thread) if thread else None,
            person=self.chosen.get(Person(team, person)),
            channel=self.chosen.get(Channel(team, channel)),
        )

    def _append(self, turn: Turn, reach: Reach) -> Accepted:
        thread = turn.question.thread
        if turn.id in self.turns:
            return Accepted.KNOWN
        if reach is Reach.REPLY and thread not in self.ours:
            return Accepted.NOT_OURS
        if reach is Reach.ADDRESSED:
            self.ours.add(thread)
        self.turns[turn.id] = turn
        return Accepted.NEW

    def _fail(self) -> None:
        if self.failing:
            raise self.failing.pop(0)


def bolt_app(mailbox: Mailbox, *, me: UserId = ME, **more: Any) -> AsyncApp:
    """An app built as the bot builds its own, without a network."""

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None, team_id="T1", bot_user_id=me, bot_id="B0BOT", bot_token="xoxb-1"
        )

    options: dict[str, Any] = {"signing_secret": SECRET, "client": AsyncWebClient(), **more}
    app = AsyncApp(
        authorize=authorize,
        process_before_response=True,
        attaching_conversation_kwargs_enabled=False,
        **options,
    )
    handlers.register(app, mailbox, me, "core-fast")
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
    told = {"type": kind, "user": "U1ADA", "ts": TS, "channel": "C1", "event_ts": TS, **inner}
    if kind == "message":
        told.setdefault("channel_type", "channel")
    return {
        "token": "verification",
        "team_id": "T1",
        "api_app_id": "A1",
        "type": "event_callback",
        "event_id": f"Ev{kind}",
        "event_time": 1700000000,
        "authorizations": [{"team_id": "T1", "user_id": ME, "is_bot": True}],
        "event": told,
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
