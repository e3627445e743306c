"""The page's server without a browser: who may come in, what is said, what is never shown."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Sequence
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.playground.bot_process import BotProcess
from bot.playground.page import PageServer
from bot.playground.page.actions import UserActions
from bot.playground.parts import Playground
from bot.playground.slack import LocalSlack, Prompt
from bot.playground.task_api import LocalTaskApi


async def nothing_written(channel: str, messages: Sequence[str]) -> tuple[None, list[Any]]:
    """Look at the records of a bot that has written nothing."""
    return None, []


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    async with LocalSlack() as local:
        ada, bob = local.person("ada"), local.person("bob")
        local.channel("general", members=[ada, bob])
        local.channel("secret", members=[bob], private=True)
        yield local


@pytest.fixture
async def url(slack: LocalSlack) -> AsyncIterator[str]:
    async with LocalTaskApi() as research:
        page = PageServer(Playground(slack, research, BotProcess(("false",), {}), nothing_written))
        await page.start(0)
        yield page.url
        await page.stop()


@pytest.fixture
async def http(url: str) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(url) as session:
        yield session


async def live(http: aiohttp.ClientSession, **query: str) -> dict[str, Any]:
    """Return what a page is first sent: its panes, or why it is lost."""
    async with http.get("/live", params=query) as response:
        assert response.content_type == "text/event-stream"
        event = (await response.content.readline()).decode().strip()
        data = json.loads((await response.content.readline()).decode().removeprefix("data: "))
    return data if event == "event: panes" else {"lost": data}


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "http://localhost:3000"},
        {"Origin": "null"},
        {"Host": "evil.example"},
        {"Host": "evil.example:8700"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_requests_from_other_origins_are_refused(
    http: aiohttp.ClientSession, slack: LocalSlack, headers: dict[str, str]
) -> None:
    said = {"who": "ada", "text": "injected"}
    async with http.post("/say", data=said, headers=headers) as response:
        assert response.status == 403
    async with http.get("/live", headers=headers) as response:
        assert response.status == 403
    assert not slack.channel("general").visible()


async def test_the_own_page_and_the_command_line_are_allowed(
    http: aiohttp.ClientSession, url: str
) -> None:
    own = {"Origin": url, "Sec-Fetch-Site": "same-origin"}
    for headers in (own, {}):
        async with http.post("/say", data={"text": "hello"}, headers=headers) as response:
            assert response.status == 200
    async with http.get("/transcript") as response:
        assert (await response.text()).count("ada: hello") == 2


async def test_the_content_security_policy_allows_only_own_resources(
    http: aiohttp.ClientSession,
) -> None:
    async with http.get("/") as response:
        policy = response.headers["Content-Security-Policy"]
        page = await response.text()
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "://" not in page.replace("http://www.w3.org/2000/svg", "")


async def test_what_people_type_becomes_what_slack_sends(
    http: aiohttp.ClientSession, slack: LocalSlack
) -> None:
    text = "@threadline ask @bob in #general, not someone@threadline.example <b>"
    async with http.post("/say", data={"who": "ada", "text": text}) as response:
        assert response.status == 200
    (said,) = slack.channel("general").visible()
    bot, bob = slack.app.bot_user_id, slack.person("bob").id
    general = slack.channel("general").id
    assert said.text == (
        f"<@{bot}> ask <@{bob}> in <#{general}>, not someone@threadline.example &lt;b&gt;"
    )


@pytest.mark.parametrize(
    ("act", "form", "reason"),
    [
        ("say", {"text": "  "}, "nothing to say"),
        ("say", {"text": "x", "channel": "nowhere"}, "there is no channel 'nowhere' for ada"),
        ("say", {"text": "x", "channel": "secret"}, "there is no channel 'secret' for ada"),
        ("say", {"text": "x", "thread": "1.0"}, "there is no message '1.0'"),
        ("command", {"text": "pro", "thread": "1.0"}, "does not allow slash commands in threads"),
        ("command", {"command": "/nonsense"}, "/nonsense is not a valid command"),
        ("press", {"message": "1.0", "action": "x"}, "there is no message '1.0'"),
        ("shortcut", {"message": "1.0", "shortcut": "x"}, "there is no message '1.0'"),
        ("stop", {"message": "1.0"}, "there is no message '1.0'"),
        ("close", {"view": "V1"}, "that view is not open"),
        ("trouble", {"name": "flood"}, "there is no such trouble"),
    ],
)
async def test_actions_that_slack_would_refuse_are_refused_with_the_reason(
    http: aiohttp.ClientSession, act: str, form: dict[str, str], reason: str
) -> None:
    async with http.post(f"/{act}", data={"who": "ada"} | form) as response:
        assert response.status == 400
        assert reason in await response.text()


async def posted(http: aiohttp.ClientSession, act: str, **form: str) -> tuple[int, str]:
    """Do something as Ada, and return the status and what is said to it."""
    async with http.post(f"/{act}", data={"who": "ada"} | form) as response:
        return response.status, (await response.text()).strip()


async def test_what_the_app_has_not_is_refused_with_what_it_has(
    http: aiohttp.ClientSession, slack: LocalSlack
) -> None:
    _, ts = await posted(http, "say", text="is this so?")
    status, said = await posted(http, "shortcut", message=ts, shortcut="nonsense")
    assert (status, said) == (400, "no shortcut 'nonsense'; there are: research_message")
    assert await posted(http, "stop", message=ts) == (400, "no session is processing there")
    assert "no Home tab" in (await live(http, who="ada", tab="home"))["lost"]
    slack.app.home = False
    assert await posted(http, "open", tab="home") == (400, "the app has no Home tab")


async def test_the_command_line_stops_work_and_opens_home(
    http: aiohttp.ClientSession, slack: LocalSlack
) -> None:
    _, ts = await posted(http, "say", text="who?")
    assert await posted(http, "open", tab="home") == (200, "nothing is published there yet")
    ada = slack.person("ada")
    home = {"type": "home", "blocks": [{"type": "divider"}]}
    working = {"channel_id": slack.channel("general").id, "thread_ts": ts, "status": "processing"}
    headers = {"Authorization": f"Bearer {slack.app.bot_token}"}
    async with aiohttp.ClientSession(slack.api_url, headers=headers) as bot:
        for method, sent in (
            ("agents.sessions.setStatus", working),
            ("views.publish", {"user_id": ada.id, "view": home}),
        ):
            async with bot.post(method, json=sent) as response:
                assert (await response.json())["ok"]
    published = slack.home(ada)
    assert published is not None
    assert await posted(http, "open", tab="home") == (200, published.id)
    assert await posted(http, "stop", message=ts) == (200, "the bot was told to stop")
    kinds = [sent.event["type"] for sent in slack.deliveries]
    assert kinds == ["message", "app_home_opened", "app_home_opened", "agent_session_stopped"]


async def test_what_an_app_calls_its_things_is_no_markup(
    http: aiohttp.ClientSession, slack: LocalSlack
) -> None:
    slack.app.shortcuts = {'"><h6>': "<i>Look</i>"}
    slack.app.suggest([Prompt("<u>Ask</u>", '"><s>')])
    empty = (await live(http, who="ada", channel="dm"))["channel-log"]
    await posted(http, "say", text="hello")
    drawn = empty + (await live(http, who="ada"))["channel-log"]
    assert "&lt;i&gt;Look" in drawn
    assert "&lt;u&gt;Ask" in drawn
    for mark in ("<h6>", "<i>", "<u>", "<s>"):
        assert mark not in drawn


async def test_a_bot_that_does_not_answer_is_reported(http: aiohttp.ClientSession) -> None:
    async with http.post("/command", data={"who": "ada", "text": "pro"}) as response:
        assert response.status == 409
        assert "dispatch_failed" in await response.text()


async def test_a_person_sees_only_what_is_theirs(
    http: aiohttp.ClientSession, slack: LocalSlack
) -> None:
    secret = slack.channel("secret", members=[slack.person("bob")], private=True)
    await slack.person("bob").says(secret, "for bob alone")
    assert "secret" in (await live(http, who="bob"))["channels"]
    assert "secret" not in (await live(http, who="ada"))["channels"]
    assert "for bob alone" in (await live(http, who="bob", channel=secret.id))["channel-log"]
    assert "no channel" in (await live(http, who="ada", channel=secret.id))["lost"]


async def test_no_token_is_shown(http: aiohttp.ClientSession, slack: LocalSlack) -> None:
    app = slack.app
    async with aiohttp.ClientSession(slack.api_url) as bot:
        sent = {"channel": slack.channel("general").id, "text": "hi"}
        headers = {"Authorization": f"Bearer {app.bot_token}"}
        async with bot.post("chat.postMessage", data=sent, headers=headers) as response:
            assert (await response.json())["ok"]
    await slack.person("ada").says(slack.channel("general"), f"<@{app.bot_user_id}> hi")
    panel = (await live(http, who="ada", panel="traffic"))["panel"]
    assert "chat.postMessage" in panel
    assert "event app_mention" in panel
    for secret in (app.bot_token, app.app_token, app.signing_secret, app.verification_token):
        assert secret not in panel


async def test_a_file_is_only_ever_a_download(
    http: aiohttp.ClientSession, slack: LocalSlack
) -> None:
    form = aiohttp.FormData({"who": "ada", "text": "look"})
    form.add_field("file", b"<script>alert(1)</script>", filename="page.html")
    async with http.post("/upload", data=form) as response:
        assert response.status == 200
    (file,) = slack.files
    async with http.get(f"/file/{file.id}") as response:
        assert response.headers["Content-Disposition"] == "attachment"
        assert response.content_type == "application/octet-stream"
        assert await response.read() == b"<script>alert(1)</script>"


async def test_the_help_lists_all_calls(http: aiohttp.ClientSession, slack: LocalSlack) -> None:
    async with LocalTaskApi() as research:
        app = web.Application()
        bot = BotProcess(("false",), {})
        UserActions(Playground(slack, research, bot, nothing_written)).add_to(app.router)
    acts = {route.resource.canonical for route in app.router.routes() if route.resource}
    async with http.get("/help") as response:
        listed = set(re.findall(rf"{response.url.origin()}(/[a-z]+)", await response.text()))
    assert listed == {*acts, "/transcript", "/file", "/help"}
