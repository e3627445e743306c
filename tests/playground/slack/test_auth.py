"""The local Slack knows whom it talks to: tokens, scopes, and how arguments may come."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.client import WebClient

from bot.playground.slack import LocalSlack
from tests.slack_clients import client, refusal


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    """A Slack with Ada in #general."""
    async with LocalSlack() as slack:
        slack.channel("general", [slack.person("ada")])
        yield slack


async def post(slack: LocalSlack, method: str, **request: Any) -> tuple[int, dict[str, Any]]:
    """Call a method without Slack's client, to break its rules."""
    async with (
        aiohttp.ClientSession() as session,
        session.post(slack.api_url + method, **request) as response,
    ):
        return response.status, await response.json()


def bearer(slack: LocalSlack) -> dict[str, str]:
    """Return the header that Slack's clients send."""
    return {"Authorization": f"Bearer {slack.app.bot_token}"}


async def test_auth_test_returns_the_apps_identity_and_scopes(slack: LocalSlack) -> None:
    answer = await client(slack).auth_test()
    assert answer["user_id"] == slack.app.bot_user_id
    assert answer["bot_id"] == slack.app.bot_id
    assert answer["team_id"] == slack.app.team_id
    assert set(answer.headers["x-oauth-scopes"].split(",")) == slack.app.scopes


async def test_the_blocking_client_works_as_well(slack: LocalSlack) -> None:
    blocking = WebClient(token=slack.app.bot_token, base_url=slack.api_url, retry_handlers=[])
    answer = await asyncio.to_thread(blocking.auth_test)
    assert answer["user_id"] == slack.app.bot_user_id


@pytest.mark.parametrize(
    ("token", "method", "error"),
    [
        ("xoxb-wrong", "auth.test", "invalid_auth"),
        ("xoxb-wrong", "chat.postMessage", "invalid_auth"),
        ("xapp-wrong", "apps.connections.open", "invalid_auth"),
        ("app", "chat.postMessage", "not_allowed_token_type"),
        ("bot", "apps.connections.open", "not_allowed_token_type"),
        ("bot", "chat.postNonsense", "unknown_method"),
    ],
)
async def test_a_wrong_token_or_method_is_refused(
    slack: LocalSlack, token: str, method: str, error: str
) -> None:
    tokens = {"app": slack.app.app_token, "bot": slack.app.bot_token}
    answer = await refusal(client(slack, tokens.get(token, token)).api_call(method))
    assert answer["error"] == error


async def test_a_token_counts_in_the_header_and_in_a_form_only(slack: LocalSlack) -> None:
    token = slack.app.bot_token
    assert (await post(slack, "auth.test"))[1]["error"] == "not_authed"
    assert (await post(slack, f"auth.test?token={token}"))[1]["error"] == "not_authed"
    assert (await post(slack, "auth.test", json={"token": token}))[1]["error"] == "not_authed"
    assert (await post(slack, "auth.test", data={"token": token}))[1]["ok"]


async def test_no_answer_and_no_record_repeats_a_token(slack: LocalSlack) -> None:
    token = slack.app.bot_token
    general = slack.channel("general")
    for data in ({"token": token}, {"token": token, "channel": general.id, "text": "hi"}):
        for method in ("auth.test", "chat.postMessage", "users.info", "nonsense"):
            _, body = await post(slack, method, data=data)
            assert token not in json.dumps(body)
    await post(slack, f"auth.test?token={token}")
    await post(slack, "auth.test", json={"token": token})
    assert len(slack.calls) == 10
    assert token not in repr(slack.calls)


@pytest.mark.parametrize(
    ("scope", "method", "arguments"),
    [
        ("chat:write", "chat.postMessage", {"text": "hi"}),
        ("chat:write", "chat.update", {"text": "hi", "ts": "1.000001"}),
        ("channels:history", "conversations.replies", {"ts": "1.000001"}),
        ("channels:history", "conversations.history", {}),
        ("channels:read", "conversations.info", {}),
        ("reactions:write", "reactions.add", {"name": "eyes", "timestamp": "1.000001"}),
        ("files:write", "files.getUploadURLExternal", {"filename": "a", "length": "1"}),
        ("users:read", "users.info", {"user": "U1"}),
        ("im:write", "conversations.open", {"users": "U1"}),
    ],
)
async def test_a_missing_scope_is_named(
    slack: LocalSlack, scope: str, method: str, arguments: dict[str, str]
) -> None:
    slack.app.scopes.discard(scope)
    given = {"channel": slack.channel("general").id, **arguments}
    answer = await refusal(client(slack).api_call(method, data=given))
    assert answer["error"] == "missing_scope"
    assert answer["needed"] == scope
    assert set(answer["provided"].split(",")) == slack.app.scopes


@pytest.mark.parametrize("error", ["token_revoked", "account_inactive"])
async def test_a_revoked_token_is_refused_everywhere(slack: LocalSlack, error: Any) -> None:
    await client(slack).auth_test()
    slack.revoke(error)
    for method in ("auth.test", "chat.postMessage"):
        assert (await refusal(client(slack).api_call(method)))["error"] == error


async def test_form_and_json_mean_the_same(slack: LocalSlack) -> None:
    general = slack.channel("general")
    blocks = [{"type": "divider"}]
    form = {"channel": general.id, "text": "hi", "blocks": json.dumps(blocks)}
    await post(slack, "chat.postMessage", headers=bearer(slack), data=form)
    body = {"channel": general.id, "text": "hi", "blocks": blocks}
    await post(slack, "chat.postMessage", headers=bearer(slack), json=body)
    first, second = general.visible()
    assert first.text == second.text == "hi"
    assert [b["type"] for b in first.blocks] == [b["type"] for b in second.blocks] == ["divider"]


@pytest.mark.parametrize(
    ("method", "body", "error"),
    [
        ("chat.postMessage", "{", "invalid_json"),
        ("chat.postMessage", "[]", "json_not_object"),
        ("chat.postMessage", '{"text": "hi"}', "invalid_arguments"),
        ("chat.postMessage", '{"channel": 5, "text": "hi"}', "invalid_arguments"),
        ("conversations.replies", '{"channel": "C1"}', "invalid_arguments"),
    ],
)
async def test_bodies_that_slack_does_not_take(
    slack: LocalSlack, method: str, body: str, error: str
) -> None:
    headers = bearer(slack) | {"content-type": "application/json"}
    _, answer = await post(slack, method, headers=headers, data=body)
    assert answer["error"] == error


async def test_unknown_arguments_are_ignored(slack: LocalSlack) -> None:
    general = slack.channel("general")
    await client(slack).chat_postMessage(channel=general.id, text="hi", colour="blue")
    assert [m.text for m in general.visible()] == ["hi"]
