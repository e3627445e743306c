"""Socket Mode as the app sees it: tickets, hello, many connections, and their ends."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from bot.playground.slack import Channel, LocalSlack, Person
from tests.slack_clients import ack, bolt, bolt_app, client, quiet, refusal, socket_client


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    """A Slack that tries again quickly."""
    async with LocalSlack(retry_delays=(0, 0.1, 0.2, 5), ack_timeout=0.3) as slack:
        yield slack


async def open_url(slack: LocalSlack) -> str:
    """Return a fresh WebSocket address."""
    answer = await client(slack).apps_connections_open(app_token=slack.app.app_token)
    url: str = answer["url"]
    return url


async def test_hello_and_the_ticket_is_good_for_once(slack: LocalSlack) -> None:
    url = await open_url(slack)
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(url) as socket:
            hello = json.loads((await socket.receive()).data)
            assert (hello["type"], hello["num_connections"]) == ("hello", 1)
            assert hello["debug_info"]["approximate_connection_time"] == 3600
            assert hello["connection_info"]["app_id"] == slack.app.app_id
            async with session.ws_connect(await open_url(slack)) as second:
                assert json.loads((await second.receive()).data)["num_connections"] == 2
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(url)
        quick = await open_url(slack) + "&debug_reconnects=true"
        async with session.ws_connect(quick) as socket:
            hello = json.loads((await socket.receive()).data)
            assert hello["debug_info"]["approximate_connection_time"] == 360


async def test_ten_connections_and_no_more(slack: LocalSlack) -> None:
    async with aiohttp.ClientSession() as session:
        sockets = [await session.ws_connect(await open_url(slack)) for _ in range(11)]
        last = json.loads((await sockets[10].receive()).data)
        assert (last["type"], last["reason"]) == ("disconnect", "too_many_websockets")
        assert (await sockets[10].receive()).type is aiohttp.WSMsgType.CLOSE
        assert slack.connections == 10
        for socket in sockets:
            await socket.close()


async def test_there_is_no_socket_for_an_app_on_http() -> None:
    async with LocalSlack("http") as slack:
        call = client(slack).apps_connections_open(app_token=slack.app.app_token)
        assert (await refusal(call))["error"] == "forbidden_team"


async def test_each_payload_goes_to_one_connection(
    slack: LocalSlack, ada: Person, general: Channel
) -> None:
    async with socket_client(slack, ack) as first, socket_client(slack, ack) as second:
        for n in range(30):
            await ada.says(general, str(n))
        await quiet(*slack.deliveries)
    assert len(first) + len(second) == 30
    assert first
    assert second


async def test_the_envelope_says_what_may_be_answered(
    slack: LocalSlack, ada: Person, general: Channel
) -> None:
    seen: list[dict[str, Any]] = []
    async with aiohttp.ClientSession() as session, session.ws_connect(await open_url(slack)) as ws:
        await ws.receive()
        await ada.says(general, "hi")
        command = asyncio.create_task(ada.command("/processor", "", general))
        for _ in range(2):
            envelope = json.loads((await ws.receive()).data)
            seen.append(envelope)
            await ws.send_json({"envelope_id": envelope["envelope_id"]})
        await command
        await quiet(*slack.deliveries)
    event, slash = seen
    assert (event["type"], event["accepts_response_payload"]) == ("events_api", False)
    assert (event["retry_attempt"], event["retry_reason"]) == (0, "")
    assert (slash["type"], slash["accepts_response_payload"]) == ("slash_commands", True)
    assert "retry_attempt" not in slash


async def test_nonsense_and_late_answers_are_ignored(
    slack: LocalSlack, ada: Person, general: Channel
) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(await open_url(slack)) as ws:
        await ws.receive()
        for nonsense in ("not JSON", "[]", '{"envelope_id": "unknown"}'):
            await ws.send_str(nonsense)
        await ada.says(general, "hi")
        first = json.loads((await ws.receive()).data)
        second = json.loads((await ws.receive()).data)  # the first went unanswered
        assert second["retry_attempt"] == 1
        await ws.send_json({"envelope_id": first["envelope_id"]})
        await ws.send_json({"envelope_id": second["envelope_id"]})
        await quiet(*slack.deliveries)
    assert [a.acked for a in slack.deliveries[0].attempts] == [False, True]


async def test_a_refreshed_client_comes_back_and_misses_nothing(
    slack: LocalSlack, ada: Person, general: Channel
) -> None:
    async with socket_client(slack, ack) as received:
        await slack.disconnect("refresh_requested")
        await ada.says(general, "in between")
        await slack.until(lambda: slack.connections == 1)
        await ada.says(general, "afterwards")
        await quiet(*slack.deliveries)
        texts = sorted(request.payload["event"]["text"] for request in received)
    assert texts == ["afterwards", "in between"]


async def test_a_warned_connection_gets_nothing_while_another_is_there(
    slack: LocalSlack, ada: Person, general: Channel
) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(await open_url(slack)) as ws:
        await ws.receive()
        await slack.disconnect("warning")
        assert json.loads((await ws.receive()).data)["reason"] == "warning"
        async with socket_client(slack, ack) as received:
            for n in range(10):
                await ada.says(general, str(n))
            await quiet(*slack.deliveries)
            assert slack.connections == 2
    assert len(received) == 10
    assert all(len(delivery.attempts) == 1 for delivery in slack.deliveries)


async def test_a_warned_client_comes_back(slack: LocalSlack, ada: Person, general: Channel) -> None:
    seen: list[int] = []
    async with socket_client(slack, ack) as received:
        slack.subscribe(lambda change: seen.append(slack.connections))
        await slack.disconnect("warning")
        await slack.until(lambda: seen[-2:] == [0, 1])
        await ada.says(general, "hi")
        await quiet(*slack.deliveries)
    assert len(received) == 1


async def test_connections_end_after_their_time() -> None:
    async with LocalSlack(connection_seconds=0.2) as slack, aiohttp.ClientSession() as session:
        async with session.ws_connect(await open_url(slack)) as ws:
            said = [json.loads((await ws.receive()).data) for _ in range(3)]
            assert [m["type"] for m in said] == ["hello", "disconnect", "disconnect"]
            assert [m["reason"] for m in said[1:]] == ["warning", "refresh_requested"]
            assert (await ws.receive()).type is aiohttp.WSMsgType.CLOSE
        await slack.until(lambda: slack.connections == 0)


async def test_link_disabled_ends_the_connection(slack: LocalSlack) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(await open_url(slack)) as ws:
        await ws.receive()
        await slack.disconnect("link_disabled")
        assert json.loads((await ws.receive()).data)["reason"] == "link_disabled"
        assert (await ws.receive()).type is aiohttp.WSMsgType.CLOSE


async def test_pings_are_answered_until_the_connection_dies_silently(slack: LocalSlack) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(await open_url(slack), autoping=False) as ws,
    ):
        await ws.receive()
        await ws.ping(b"1")
        assert (await ws.receive()).type is aiohttp.WSMsgType.PONG
        slack.drop_sockets()
        await ws.ping(b"2")
        with pytest.raises(TimeoutError):
            await ws.receive(timeout=0.1)
        assert slack.connections == 1  # Slack still believes in it


async def test_a_client_notices_a_silent_death_and_misses_nothing(
    slack: LocalSlack, ada: Person, general: Channel
) -> None:
    async with socket_client(slack, ack, ping_interval=0.2) as received:
        slack.drop_sockets()
        await ada.says(general, "into the void")
        await quiet(*slack.deliveries)
    assert [request.payload["event"]["text"] for request in received] == ["into the void"]
    first, *_, last = slack.deliveries[0].attempts
    assert (first.acked, first.reason) == (False, "timeout")
    assert last.acked


async def test_a_dead_connection_stays_registered_and_takes_payloads() -> None:
    async with LocalSlack(retry_delays=(0.02,) * 30, ack_timeout=0.05) as slack:
        ada = slack.person("ada")
        general = slack.channel("general", [ada])
        async with aiohttp.ClientSession() as session:
            async with session.ws_connect(await open_url(slack)) as ws:
                await ws.receive()
                slack.drop_sockets(registered_for=60)
            async with socket_client(slack, ack) as received:
                assert slack.connections == 2
                for n in range(8):
                    await ada.says(general, str(n))
                await quiet(*slack.deliveries)
        assert len({request.payload["event_id"] for request in received}) == 8
        lost = [each for each in slack.deliveries if each.attempts[0].reason == "timeout"]
        assert lost  # these went to the dead one first
        assert all(delivery.acked for delivery in lost)


async def test_a_dead_connection_is_forgotten_after_a_while(slack: LocalSlack) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(await open_url(slack)) as ws:
        await ws.receive()
        slack.drop_sockets(registered_for=0.2)
    await slack.until(lambda: slack.connections == 0)


async def test_a_dead_connection_may_go_on_speaking(
    slack: LocalSlack, ada: Person, general: Channel
) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(await open_url(slack), autoping=False) as ws,
    ):
        await ws.receive()
        slack.drop_sockets(still_sending=True)
        await ws.ping(b"1")
        await ada.says(general, "hi")
        first, second = [json.loads((await ws.receive()).data) for _ in range(2)]
        await ws.send_json({"envelope_id": first["envelope_id"]})
        assert (first["retry_attempt"], second["retry_attempt"]) == (0, 1)
        await slack.until(lambda: slack.deliveries[0].attempts)
        assert not slack.deliveries[0].acked


async def test_a_socket_is_refused_on_demand(slack: LocalSlack) -> None:
    slack.faults.next("socket", status=503)
    slack.faults.next("socket", ratelimited=7)
    slack.faults.next("socket", cut="before")
    slack.faults.next("socket", cut="after")
    slack.faults.next("*", error="internal_error")
    assert (await refusal(client(slack).auth_test()))["error"] == "internal_error"
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(await open_url(slack))
        assert refused.value.status == 503
        with pytest.raises(aiohttp.WSServerHandshakeError) as slower:
            await session.ws_connect(await open_url(slack))
        assert slower.value.status == 429
        assert slower.value.headers
        assert slower.value.headers["Retry-After"] == "7"
        with pytest.raises(aiohttp.ClientError):
            await session.ws_connect(await open_url(slack))
        async with session.ws_connect(await open_url(slack)) as ws:
            assert (await ws.receive()).type is aiohttp.WSMsgType.CLOSED
        async with session.ws_connect(await open_url(slack)) as ws:
            assert json.loads((await ws.receive()).data)["type"] == "hello"


@pytest.mark.parametrize(
    ("reason", "says"),
    [
        ("too_many_websockets", ["disconnect"]),
        ("refresh_requested", ["hello", "disconnect"]),
        ("link_disabled", ["hello", "disconnect"]),
    ],
)
async def test_a_socket_is_sent_away_on_demand(
    slack: LocalSlack, reason: str, says: list[str]
) -> None:
    slack.faults.next("socket", error=reason)
    async with aiohttp.ClientSession() as session, session.ws_connect(await open_url(slack)) as ws:
        said = [json.loads((await ws.receive()).data) for _ in says]
        assert [message["type"] for message in said] == says
        assert said[-1]["reason"] == reason
        assert (await ws.receive()).type is aiohttp.WSMsgType.CLOSE
    await slack.until(lambda: slack.connections == 0)


async def test_addresses_are_given_fifty_times_a_minute(slack: LocalSlack) -> None:
    for _ in range(50):
        await open_url(slack)
    refused = await refusal(client(slack).apps_connections_open(app_token=slack.app.app_token))
    assert refused["error"] == "ratelimited"
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert sum(call.method == "apps.connections.open" for call in slack.calls) == 51


async def test_bolt_works_over_it(slack: LocalSlack, ada: Person, general: Channel) -> None:
    app: AsyncApp = bolt_app(slack)

    @app.event("message")
    async def on_event(event: dict[str, Any], client: Any) -> None:
        if "bot_id" not in event:
            await client.chat_postMessage(
                channel=event["channel"], thread_ts=event["ts"], text=event["text"].upper()
            )

    async with bolt(slack, "socket", app):
        root = await ada.says(general, "hello")
        assert (await slack.thread(root).next()).text == "HELLO"
        await quiet(*slack.deliveries)


async def test_what_bolt_does_not_match_is_not_acknowledged(
    slack: LocalSlack, ada: Person, general: Channel
) -> None:
    async with bolt(slack, "socket", bolt_app(slack)):
        await ada.says(general, "hello")
        first = slack.deliveries[0]
        await slack.until(lambda: len(first.attempts) >= 2)
    assert not first.acked


async def test_commands_are_not_tried_again(
    slack: LocalSlack, ada: Person, general: Channel
) -> None:
    received: list[SocketModeRequest] = []

    def silent(request: SocketModeRequest) -> SocketModeResponse | None:
        received.append(request)
        return None

    async with socket_client(slack, silent):
        outcome = await ada.command("/processor", "", general)
        assert outcome.error == "operation_timeout"
        # An event sent later is tried a second time before a command would be.
        await ada.says(general, "hi")
        await slack.until(lambda: len(slack.deliveries[0].attempts) >= 2)
    assert [r.type for r in received][:3] == ["slash_commands", "events_api", "events_api"]
