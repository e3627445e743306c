"""The local Slack's bad days: rate limits by a clock that the test moves, and faults on demand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncConnectionErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack import Channel, LocalSlack
from tests.slack_clients import Clock, client, refusal


@pytest.fixture
def clock() -> Clock:
    """The time, as this test has it."""
    return Clock()


@pytest.fixture
async def slack(clock: Clock) -> AsyncIterator[LocalSlack]:
    """A Slack with rate limits and that clock."""
    async with LocalSlack(clock=clock) as slack:
        slack.app.scopes |= {"users:read", "reactions:read"}
        yield slack


@pytest.fixture
def general(slack: LocalSlack) -> Channel:
    """A channel with Ada and the app."""
    return slack.channel("general", [slack.person("ada")])


@pytest.mark.parametrize(
    ("method", "a_minute"),
    [
        ("reactions.remove", 20),
        ("chat.update", 50),
        ("conversations.replies", 50),
        ("reactions.add", 50),
        ("chat.postEphemeral", 100),
        ("users.info", 100),
        ("views.open", 100),
    ],
)
async def test_methods_are_limited_by_their_tier(
    slack: LocalSlack, clock: Clock, method: str, a_minute: int
) -> None:
    call = client(slack)
    errors = [(await refusal(call.api_call(method)))["error"] for _ in range(a_minute)]
    assert set(errors) == {"invalid_arguments"}  # refused for another reason, and counted
    clock.now += 20
    limited = await refusal(call.api_call(method))
    assert (limited.status_code, limited["error"]) == (429, "ratelimited")
    assert limited.headers["Retry-After"] == "40"
    await call.auth_test()  # other methods go on
    clock.now += 40
    assert (await refusal(call.api_call(method)))["error"] == "invalid_arguments"


async def test_app_tokens_are_limited_too(slack: LocalSlack) -> None:
    for _ in range(50):
        await client(slack).apps_connections_open(app_token=slack.app.app_token)
    limited = await refusal(client(slack).apps_connections_open(app_token=slack.app.app_token))
    assert limited["error"] == "ratelimited"


async def test_a_channel_takes_about_one_post_a_second(
    slack: LocalSlack, clock: Clock, general: Channel
) -> None:
    call = client(slack).chat_postMessage
    other = slack.channel("other")
    for _ in range(5):
        await call(channel=general.id, text="burst")
    limited = await refusal(call(channel=general.id, text="more"))
    assert (limited["error"], limited.headers["Retry-After"]) == ("ratelimited", "5")
    await call(channel=other.id, text="elsewhere")
    clock.now += 5
    await call(channel=general.id, text="later")
    assert [m.text for m in general.visible()] == ["burst"] * 5 + ["later"]


async def test_a_workspace_takes_three_hundred_posts_a_minute(
    slack: LocalSlack, clock: Clock
) -> None:
    call = client(slack).chat_postMessage
    channels = [slack.channel(f"c{n}") for n in range(61)]
    for channel in channels[:60]:
        for _ in range(5):
            await call(channel=channel.id, text="x")
    limited = await refusal(call(channel=channels[60].id, text="x"))
    assert limited["error"] == "ratelimited"
    clock.now += 60
    await call(channel=channels[60].id, text="x")


async def test_limits_can_be_switched_off() -> None:
    async with LocalSlack(rate_limits=False) as slack:
        general = slack.channel("general")
        for _ in range(8):
            await client(slack).chat_postMessage(channel=general.id, text="x")
        assert len(general.visible()) == 8


async def test_an_error_on_demand_has_no_effect(slack: LocalSlack, general: Channel) -> None:
    call = client(slack).chat_postMessage
    slack.faults.next("chat.postMessage", error="fatal_error", times=2)
    for _ in range(2):
        assert (await refusal(call(channel=general.id, text="x")))["error"] == "fatal_error"
    await call(channel=general.id, text="y")
    assert [m.text for m in general.visible()] == ["y"]
    assert [c.answer and c.answer["ok"] for c in slack.calls] == [False, False, True]


async def test_a_rate_limit_on_demand(slack: LocalSlack, general: Channel) -> None:
    slack.faults.next("chat.postMessage", ratelimited=7)
    limited = await refusal(client(slack).chat_postMessage(channel=general.id, text="x"))
    assert (limited.status_code, limited.headers["Retry-After"]) == (429, "7")


async def test_a_broken_server_on_demand(slack: LocalSlack, general: Channel) -> None:
    slack.faults.next("chat.postMessage", status=503)
    with pytest.raises(SlackApiError):
        await client(slack).chat_postMessage(channel=general.id, text="x")
    assert slack.calls[-1].status == 503
    assert general.visible() == []


@pytest.mark.parametrize(("cut", "stands"), [("before", []), ("after", ["x"])])
async def test_a_connection_cut_before_or_after_the_effect(
    slack: LocalSlack, general: Channel, cut: Any, stands: list[str]
) -> None:
    slack.faults.next("chat.postMessage", cut=cut)
    with pytest.raises(aiohttp.ClientError):
        await client(slack).chat_postMessage(channel=general.id, text="x")
    assert [m.text for m in general.visible()] == stands


async def test_slacks_default_client_posts_twice_after_a_cut(
    slack: LocalSlack, general: Channel
) -> None:
    handler = AsyncConnectionErrorRetryHandler(max_retry_count=1)
    default = AsyncWebClient(
        token=slack.app.bot_token, base_url=slack.api_url, retry_handlers=[handler]
    )
    slack.faults.next("chat.postMessage", cut="after")
    await default.chat_postMessage(channel=general.id, text="x")
    assert [m.text for m in general.visible()] == ["x", "x"]


async def test_a_call_is_held_until_the_gate_opens(slack: LocalSlack, general: Channel) -> None:
    gate = asyncio.Event()
    slack.faults.next("chat.postMessage", gate=gate)
    held = asyncio.create_task(client(slack).chat_postMessage(channel=general.id, text="x"))
    await client(slack).auth_test()
    assert not held.done()
    assert general.visible() == []
    gate.set()
    await held
    assert [m.text for m in general.visible()] == ["x"]


async def test_a_delayed_call_runs_into_the_clients_timeout(
    slack: LocalSlack, general: Channel
) -> None:
    slack.faults.next("chat.postMessage", delay=30)
    hasty = client(slack)
    hasty.timeout = 0.05  # type: ignore[assignment]
    with pytest.raises(TimeoutError):
        await hasty.chat_postMessage(channel=general.id, text="x")
    slack.faults.next("chat.postMessage", error="fatal_error")
    slack.faults.clear()
    await client(slack).chat_postMessage(channel=general.id, text="y")
    assert [m.text for m in general.visible()] == ["y"]
