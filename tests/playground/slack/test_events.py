"""Which events an app gets, in which form, how often: the same in Socket Mode and over HTTP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from bot.playground.slack import Channel, LocalSlack, Person
from tests.slack_clients import Transport, client, http_app, quiet, socket_client

Json = dict[str, Any]


@dataclass
class App:
    """An app that keeps the payloads it receives, and acknowledges when `acks` says so."""

    acks: Callable[[Json], bool] = lambda payload: True
    received: list[Json] = field(default_factory=list)
    retries: list[tuple[int, str]] = field(default_factory=list)

    @property
    def events(self) -> list[Json]:
        """The inner events."""
        return [payload["event"] for payload in self.received]

    def over_socket(self, request: SocketModeRequest) -> SocketModeResponse | None:
        """Take an envelope."""
        self.received.append(request.payload)
        self.retries.append((request.retry_attempt or 0, request.retry_reason or ""))
        if not self.acks(request.payload):
            return None
        return SocketModeResponse(envelope_id=request.envelope_id)

    async def over_http(self, request: web.Request) -> web.Response:
        """Take a request."""
        payload = json.loads(await request.text())
        self.received.append(payload)
        number = request.headers.get("x-slack-retry-num", "0")
        self.retries.append((int(number), request.headers.get("x-slack-retry-reason", "")))
        return web.Response(status=200 if self.acks(payload) else 500)


@asynccontextmanager
async def listening(slack: LocalSlack, transport: Transport, app: App) -> AsyncIterator[None]:
    """Let the app listen."""
    if transport == "socket":
        async with socket_client(slack, app.over_socket):
            yield
    else:
        async with http_app(slack, app.over_http):
            yield


@pytest.fixture(params=["socket", "http"])
def transport(request: pytest.FixtureRequest) -> Transport:
    """Both transports."""
    either: Transport = request.param
    return either


@pytest.fixture
async def slack(transport: Transport) -> AsyncIterator[LocalSlack]:
    """A Slack that tries again quickly."""
    async with LocalSlack(
        transport, retry_delays=(0, 0.02, 0.04), ack_timeout=3.0 if transport == "http" else 0.5
    ) as slack:
        yield slack


@pytest.fixture
async def listener(slack: LocalSlack, transport: Transport) -> AsyncIterator[App]:
    """An app that listens and acknowledges everything."""
    app = App()
    async with listening(slack, transport, app):
        yield app


async def test_an_event_has_slacks_envelope(
    slack: LocalSlack, listener: App, ada: Person, general: Channel
) -> None:
    message = await ada.says(general, "a & b")
    await quiet(*slack.deliveries)
    (payload,) = listener.received
    assert payload["type"] == "event_callback"
    assert (payload["team_id"], payload["api_app_id"]) == (slack.app.team_id, slack.app.app_id)
    assert payload["event_id"].startswith("Ev")
    assert payload["authorizations"][0]["user_id"] == slack.app.bot_user_id
    assert payload["authorizations"][0]["is_bot"]
    assert payload["is_ext_shared_channel"] is False
    event = payload["event"]
    assert (event["type"], event["channel_type"], event["channel"]) == (
        "message",
        "channel",
        general.id,
    )
    assert (event["user"], event["text"], event["ts"]) == (ada.id, "a &amp; b", message.ts)
    assert event["event_ts"] == message.ts
    assert event["client_msg_id"]
    assert event["blocks"][0]["type"] == "rich_text"
    assert "thread_ts" not in event


@pytest.mark.parametrize("order", ["app_mention first", "message first"])
async def test_a_mention_is_two_events(transport: Transport, order: Any) -> None:
    kinds = ["app_mention", "message"]
    if order == "message first":
        kinds.reverse()
    app = App()
    async with LocalSlack(transport) as slack, listening(slack, transport, app):
        slack.mention_order = order
        ada = slack.person("ada")
        mention = f"<@{slack.app.bot_user_id}> who?"
        await ada.says(slack.channel("general", [ada]), mention)
        await quiet(*slack.deliveries)
    assert len({payload["event_id"] for payload in app.received}) == 2
    assert app.events[0]["ts"] == app.events[1]["ts"]
    assert "channel_type" not in next(e for e in app.events if e["type"] == "app_mention")
    assert [delivery.event["type"] for delivery in slack.deliveries] == kinds
    if transport == "socket":  # two requests over HTTP may overtake each other, as at Slack
        assert [event["type"] for event in app.events] == kinds


async def test_the_order_of_a_mentions_events_is_not_fixed(
    slack: LocalSlack, listener: App, ada: Person, general: Channel
) -> None:
    for _ in range(20):
        await ada.says(general, f"<@{slack.app.bot_user_id}> who?")
    await quiet(*slack.deliveries)
    firsts = {delivery.event["type"] for delivery in slack.deliveries[::2]}
    assert firsts == {"app_mention", "message"}


async def test_direct_messages_are_one_event_each(
    slack: LocalSlack, listener: App, ada: Person
) -> None:
    await ada.says(slack.dm(ada), f"<@{slack.app.bot_user_id}> who?")
    await ada.says(slack.mpim([ada, slack.person("bob")]), "we?")
    await ada.says(slack.channel("shut", [ada], private=True), "psst")
    await quiet(*slack.deliveries)
    kinds = sorted((event["type"], event["channel_type"]) for event in listener.events)
    assert kinds == [("message", "group"), ("message", "im"), ("message", "mpim")]


async def test_each_kind_of_change_is_an_event(
    slack: LocalSlack, listener: App, ada: Person, general: Channel
) -> None:
    root = await ada.says(general, "one")
    reply = await ada.replies(root, "two")
    await ada.replies(root, "three", broadcast=True)
    await ada.uploads(general, "notes.txt", thread=root)
    await ada.edits(reply, "zwei")
    await ada.deletes(reply)
    await slack.person("bob").joins(general)
    posted = await client(slack).chat_postMessage(channel=general.id, text="four")
    await client(slack).chat_update(channel=general.id, ts=posted["ts"], text="vier")
    await quiet(*slack.deliveries)
    received = {event.get("subtype", event.get("text")): event for event in listener.events}
    assert [d.event.get("subtype") for d in slack.deliveries] == [
        None,
        None,
        "thread_broadcast",
        "file_share",
        "message_changed",
        "message_deleted",
        "channel_join",
        None,
        None,
        "message_changed",
    ]
    assert received["two"]["thread_ts"] == root.ts
    assert received["two"]["parent_user_id"] == ada.id
    assert received["thread_broadcast"]["root"]["text"] == "one"
    assert received["file_share"]["files"][0]["name"] == "notes.txt"
    assert received["file_share"]["text"] == ""
    assert received["message_deleted"]["deleted_ts"] == reply.ts
    assert received["message_deleted"]["hidden"]
    assert received["channel_join"]["text"] == f"<@{slack.person('bob').id}> has joined the channel"
    assert received["four"]["bot_id"] == slack.app.bot_id
    assert received["four"]["user"] == slack.app.bot_user_id
    changed = [e for e in listener.events if e.get("subtype") == "message_changed"]
    said = sorted((e["previous_message"]["text"], e["message"]["text"]) for e in changed)
    assert said == [("four", "vier"), ("two", "zwei")]


async def test_only_subscribed_and_granted_events_are_delivered(
    slack: LocalSlack, listener: App, ada: Person, general: Channel
) -> None:
    mention = f"<@{slack.app.bot_user_id}> who?"
    slack.app.events.discard("message.channels")
    await ada.says(general, mention)
    slack.app.scopes.discard("app_mentions:read")
    await ada.says(general, mention)
    await ada.says(slack.channel("out", [ada], bot=False), mention)
    message = await ada.says(slack.dm(ada), "hi")
    await ada.reacts(message, "eyes")
    slack.app.events.add("reaction_added")
    slack.app.scopes.add("reactions:read")
    await ada.reacts(message, "wave")
    await quiet(*slack.deliveries)
    kinds = sorted((e["type"], e.get("reaction")) for e in listener.events)
    assert kinds == [("app_mention", None), ("message", None), ("reaction_added", "wave")]


async def test_an_unacknowledged_event_comes_again_under_its_id(
    slack: LocalSlack, transport: Transport, ada: Person, general: Channel
) -> None:
    app = App(acks=lambda payload: len(app.received) == 3)
    async with listening(slack, transport, app):
        await ada.says(general, "hello?")
        await quiet(*slack.deliveries)
    reason = "timeout" if transport == "socket" else "http_error"
    assert app.retries == [(0, ""), (1, reason), (2, reason)]
    assert len({payload["event_id"] for payload in app.received}) == 1
    (delivery,) = slack.deliveries
    assert [attempt.acked for attempt in delivery.attempts] == [False, False, True]
    assert delivery.acked


async def test_after_three_retries_slack_gives_up(
    slack: LocalSlack, transport: Transport, ada: Person, general: Channel
) -> None:
    app = App(acks=lambda payload: False)
    async with listening(slack, transport, app):
        await ada.says(general, "hello?")
        await quiet(*slack.deliveries)
    assert [number for number, _ in app.retries] == [0, 1, 2, 3]
    assert not slack.deliveries[0].acked


async def test_what_nobody_took_comes_when_somebody_listens(
    slack: LocalSlack, transport: Transport, ada: Person, general: Channel
) -> None:
    message = await ada.says(general, "hello?")
    await quiet(*slack.deliveries)
    app = App()
    async with listening(slack, transport, app):
        await slack.redeliver(message)
        await quiet(*slack.deliveries)
    assert [event["text"] for event in app.events] == ["hello?"]
    assert app.retries[0][0] == 1


async def test_a_redelivery_has_the_old_ids(
    slack: LocalSlack, listener: App, ada: Person, general: Channel
) -> None:
    message = await ada.says(general, f"<@{slack.app.bot_user_id}> who?")
    await quiet(*slack.deliveries)
    again = await slack.redeliver(message)
    await quiet(*again)
    ids = [payload["event_id"] for payload in listener.received]
    assert len(ids) == 4
    assert set(ids[:2]) == set(ids[2:])


async def test_any_event_can_be_delivered(slack: LocalSlack, listener: App) -> None:
    delivery = await slack.deliver({"type": "app_uninstalled"})
    await quiet(delivery)
    assert listener.events == [{"type": "app_uninstalled"}]


async def test_everything_can_be_watched(
    slack: LocalSlack, listener: App, ada: Person, general: Channel
) -> None:
    kinds: list[str] = []
    stop = slack.subscribe(lambda change: kinds.append(change.kind))
    message = await ada.says(general, "hi")
    await quiet(*slack.deliveries)
    where = {"channel": general.id, "timestamp": message.ts}
    await client(slack).api_call("reactions.add", json={"name": "eyes", **where})
    stop()
    await ada.edits(message, "ho")
    assert kinds == ["message posted", "event sent", "event acknowledged", "reaction", "call"]


async def test_waiting_in_vain_says_what_stands_there(
    slack: LocalSlack, listener: App, ada: Person, general: Channel
) -> None:
    root = await ada.says(general, "who?")
    with pytest.raises(TimeoutError, match=r"who\?"):
        await slack.thread(root).next(timeout=0.01)
    later = asyncio.create_task(slack.thread(root).until(lambda t: len(t.said) == 1))
    await client(slack).chat_postMessage(channel=general.id, text="me", thread_ts=root.ts)
    assert await later


@pytest.mark.parametrize(
    ("private", "scope", "expected"),
    [(False, "", 2), (True, "", 2), (False, "channels:read", 0), (True, "groups:read", 0)],
)
async def test_joins_are_delivered_to_apps_in_the_channel_with_the_scope(
    slack: LocalSlack, ada: Person, private: bool, scope: str, expected: int
) -> None:
    slack.app.scopes -= {scope}
    bob = slack.person("bob")
    place = slack.channel("place", [ada], private=private, bot=False)
    await slack.person("eve").joins(place)
    await ada.invites_app(place)
    await bob.joins(place)
    joined = [d.event for d in slack.deliveries if d.event["type"] == "member_joined_channel"]
    assert len(joined) == expected
    if joined:
        ours, theirs = joined
        assert (ours["user"], ours["inviter"]) == (slack.app.bot_user_id, ada.id)
        assert (theirs["user"], theirs["channel"]) == (bob.id, place.id)
        assert "inviter" not in theirs
