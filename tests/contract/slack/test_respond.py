"""Answers through a response URL: the same words as Bolt's `respond`, over our own connections."""

from __future__ import annotations

from typing import Any

import pytest
from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.connections.network import WITHOUT_PROXIES, Network
from bot.connections.outgoing import NotReached
from bot.slack.connection import http_session
from bot.slack.transport.respond import Respond
from tests.raw_http import reply, serving

BLOCKS = [{"type": "divider"}]


@pytest.mark.parametrize(
    ("positional", "named"),
    [
        (("hello",), {}),
        ((), {"text": "hello"}),
        ((), {"text": "hello", "response_type": "ephemeral", "replace_original": False}),
        ((), {"text": "hello", "blocks": BLOCKS, "replace_original": True, "thread_ts": "1.2"}),
        ((), {"text": "hello", "blocks": [], "thread_ts": None}),
        (({"text": "hello", "delete_original": True},), {}),
    ],
)
async def test_respond_sends_what_bolt_sends(
    positional: tuple[Any, ...], named: dict[str, Any]
) -> None:
    async with serving(reply(200, "ok")) as server, http_session(5.0) as session:
        await AsyncRespond(response_url=server.url)(*positional, **named)
        response = await Respond(server.url, session)(*positional, **named)
    assert response.status_code == 200
    bolts, ours = server.requests
    assert ours.json() == bolts.json()


async def test_respond_uses_our_proxy_rule_not_the_environments(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in WITHOUT_PROXIES:
        monkeypatch.setenv(name, "" if name.lower() == "no_proxy" else "http://127.0.0.1:1")
    async with serving(reply(200, "ok")) as server, http_session(5.0) as session:
        await Respond(server.url, session)("hello")
    assert len(server.requests) == 1
    network, _ = Network.load({"HTTPS_PROXY": "http://127.0.0.1:1"})
    async with http_session(5.0, network) as session:
        with pytest.raises(NotReached, match=r"proxy 127\.0\.0\.1:1 cannot be connected to"):
            await Respond("https://hooks.slack.test/x", session)("hello")
