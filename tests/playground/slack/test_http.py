"""HTTP delivery as the app sees it: the challenge, signatures, retries, and saying no to them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

import pytest
from aiohttp import web
from slack_sdk.signature import SignatureVerifier

from bot.playground.slack import Channel, LocalSlack, Person
from tests.slack_clients import bolt, bolt_app, http_app, quiet

Answer = Callable[[web.Request], Awaitable[web.Response]]


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    """A Slack that tries again quickly."""
    async with LocalSlack("http", retry_delays=(0, 0.02, 0.04), ack_timeout=0.5) as slack:
        yield slack


def always(status: int, **more: Any) -> Answer:
    """Answer everything alike."""

    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=status, **more)

    return answer


async def test_slacks_verifier_accepts_the_signature(
    slack: LocalSlack, ada: Person, general: Channel
) -> None:
    verdicts: list[tuple[bool, bool]] = []
    right = SignatureVerifier(slack.app.signing_secret)
    wrong = SignatureVerifier("another secret")

    async def answer(request: web.Request) -> web.Response:
        body, headers = await request.text(), dict(request.headers)
        verdicts.append(
            (right.is_valid_request(body, headers), wrong.is_valid_request(body, headers))
        )
        return web.Response()

    async with http_app(slack, answer):
        await ada.says(general, "hé")
        await quiet(*slack.deliveries)
        await ada.command("/processor", "a b", general)
    assert verdicts == [(True, False)] * 2


async def test_the_url_verification_challenge_is_answered(slack: LocalSlack) -> None:
    async def plain(request: web.Request) -> web.Response:
        return web.Response(text=(await request.json())["challenge"])

    async def as_json(request: web.Request) -> web.Response:
        return web.json_response({"challenge": (await request.json())["challenge"]})

    assert not await slack.verify_url()  # no URL yet
    for answer, verdict in ((plain, True), (as_json, True), (always(200, text="hi"), False)):
        async with http_app(slack, answer):
            assert await slack.verify_url() is verdict
    async with bolt(slack, "http", bolt_app(slack)):
        assert await slack.verify_url()


async def test_commands_come_as_a_form(slack: LocalSlack, ada: Person, general: Channel) -> None:
    bodies: list[dict[str, list[str]]] = []

    async def answer(request: web.Request) -> web.Response:
        assert request.content_type == "application/x-www-form-urlencoded"
        bodies.append(parse_qs(await request.text()))
        return web.Response(text="at your service")

    async with http_app(slack, answer):
        outcome = await ada.command("/processor", "me & ultra", general)
    (form,) = bodies
    assert (form["command"], form["text"]) == (["/processor"], ["me & ultra"])
    assert (form["user_id"], form["channel_id"]) == ([ada.id], [general.id])
    assert form["response_url"][0].startswith("http://127.0.0.1:")
    assert form["trigger_id"]
    assert "thread_ts" not in form
    assert [m.text for m in outcome.messages] == ["at your service"]
    assert slack.ephemerals(ada) == outcome.messages


async def test_a_response_after_three_seconds_does_not_count(
    slack: LocalSlack, ada: Person, general: Channel
) -> None:
    release, retries = asyncio.Event(), []

    async def answer(request: web.Request) -> web.Response:
        retries.append(request.headers.get("x-slack-retry-reason"))
        if len(retries) == 1:
            await release.wait()
        return web.Response()

    async with http_app(slack, answer):
        await ada.says(general, "hi")
        await quiet(*slack.deliveries)
        release.set()
    assert retries == [None, "http_timeout"]


@pytest.mark.parametrize(
    ("answer", "reason", "attempts"),
    [
        (always(404), "http_error", 4),
        (always(503), "http_error", 4),
        (always(302, headers={"location": "/slack/events"}), "http_error", 4),
        (always(500, headers={"x-slack-no-retry": "1"}), "http_error", 1),
        (always(204), "", 1),
    ],
)
async def test_what_counts_as_acknowledged(
    slack: LocalSlack, answer: Answer, reason: str, attempts: int
) -> None:
    ada = slack.person("ada")
    general = slack.channel("general", [ada])
    async with http_app(slack, answer):
        await ada.says(general, "hi")
        await quiet(*slack.deliveries)
    made = slack.deliveries[0].attempts
    assert len(made) == attempts
    assert made[0].reason == reason
    assert slack.deliveries[0].acked is (reason == "")


async def test_an_unreachable_request_url_is_an_undelivered_event(
    slack: LocalSlack, ada: Person, general: Channel
) -> None:
    async with http_app(slack, always(200)):
        pass
    await ada.says(general, "hi")
    await quiet(*slack.deliveries)
    assert {a.reason for a in slack.deliveries[0].attempts} == {"connection_failed"}
    assert (await ada.command("/processor", "", general)).error == "dispatch_failed"


async def test_bolt_refuses_what_is_not_signed_with_its_secret(
    slack: LocalSlack, ada: Person, general: Channel
) -> None:
    app = bolt_app(slack)

    @app.event("message")
    async def on_event(event: dict[str, Any]) -> None:
        pass

    async with bolt(slack, "http", app):
        await ada.says(general, "hi")
        await quiet(*slack.deliveries)
        slack.app.signing_secret = "rotated"
        await ada.says(general, "ho")
        await quiet(*slack.deliveries)
    assert [d.acked for d in slack.deliveries] == [True, False]


async def test_an_error_in_bolt_makes_slack_ask_again(
    slack: LocalSlack, ada: Person, general: Channel
) -> None:
    app, tries = bolt_app(slack), []

    @app.event("message")
    async def on_event(event: dict[str, Any]) -> None:
        tries.append(event["text"])
        if len(tries) == 1:
            raise RuntimeError("the store is down")

    async with bolt(slack, "http", app):
        await ada.says(general, "hi")
        await quiet(*slack.deliveries)
    assert tries == ["hi", "hi"]
