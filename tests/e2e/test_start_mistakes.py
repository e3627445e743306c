"""No mistake hides another: what is right in the settings is tried beside what is wrong."""

from __future__ import annotations

import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.configuration.table import SETTINGS
from bot.errors import SettingsError
from tests.e2e.command_line import run
from tests.e2e.stage import Stage, staged

SETTING_NAMES = [setting.name for setting in SETTINGS]


@asynccontextmanager
async def started_with(
    redis_url: str, folder: Path, **changes: str
) -> AsyncIterator[tuple[Stage, int | None, str]]:
    """Run the command line to its end, between a local Slack and a local Task API."""
    async with staged("socket", redis_url) as stage:
        code, said = await run("run", cwd=folder, **stage.settings(**changes))
        assert "Traceback" not in said
        yield stage, code, said


WRONG_ALONE = {
    "SLACK_SIGNING_SECRET": "changeme",
    "PORT": "nowhere",
    "HOST": "http://0.0.0.0",
    "DEFAULT_PROCESSOR": "profast",
    "LEASE_SECONDS": "soon",
    "RETENTION_DAYS": "0",
    "LOG_LEVEL": "loud",
    "LOG_FORMAT": "xml",
    "FOLLOW_UPS": "sometimes",
    "ADMINS": "@ada",
    "DATA_DIR": "a\nb",
}


@pytest.mark.parametrize("name", WRONG_ALONE)
async def test_a_mistake_in_one_setting_hides_no_other(
    name: str, redis_url: str, tmp_path: Path
) -> None:
    async with started_with(
        redis_url,
        tmp_path,
        **{name: WRONG_ALONE[name]},
        SLACK_BOT_TOKEN="xoxb-1-Ge4heim",
        SLACK_APP_TOKEN="xapp-1-Ge4heim",
        PARALLEL_API_KEY="Ge4heim",
        REDIS_URL="redis://:Ge4heim@127.0.0.1:1",
    ) as (_, code, said):
        assert code == 2
        assert f"  {name} " in said
        assert "SLACK_BOT_TOKEN Slack refuses it (invalid_auth)" in said
        assert "SLACK_APP_TOKEN Slack refuses it (invalid_auth)" in said
        assert "PARALLEL_API_KEY is not accepted by Parallel" in said
        assert "REDIS_URL cannot be reached" in said
        assert "Ge4heim" not in said


WRONG_AND_TRIED = {
    "SLACK_BOT_TOKEN": ("'xoxb-1-Ge4heim'", "has quotes around it"),
    "SLACK_APP_TOKEN": ("xoxb-1-Ge4heim", "not an app-level token"),
    "PARALLEL_API_KEY": ("xoxb-1-Ge4heim", "a bot token of Slack's"),
    "REDIS_URL": ("redis://:Ge4heim/im1@h:6379/0", "in its password"),
    "SLACK_API_URL": ("http://[::1", "host cannot be read"),
    "PARALLEL_BASE_URL": ("http://Ge4heim@h", "user or password"),
}


@pytest.mark.parametrize("name", WRONG_AND_TRIED)
async def test_only_well_formed_settings_are_tried(
    name: str, redis_url: str, tmp_path: Path
) -> None:
    value, problem = WRONG_AND_TRIED[name]
    others = {
        "SLACK_BOT_TOKEN": "xoxb-1-other",
        "SLACK_APP_TOKEN": "xapp-1-other",
        "PARALLEL_API_KEY": "other",
        "REDIS_URL": "redis://127.0.0.1:1",
    }
    async with started_with(redis_url, tmp_path, **(others | {name: value})) as (stage, code, said):
        assert code == 2
        assert f"  {name} " in said
        assert problem in said
        assert "Ge4heim" not in said
        expected = {"SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "PARALLEL_API_KEY", "REDIS_URL", name}
        if name == "SLACK_API_URL":
            expected -= {"SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"}
        if name == "PARALLEL_BASE_URL":
            expected -= {"PARALLEL_API_KEY"}
        assert {one for one in SETTING_NAMES if f"  {one} " in said} == expected
        assert not [call for call in stage.slack.workspace.calls if call.answer is None]


async def test_an_unusable_folder_is_reported_with_the_other_mistakes(
    redis_url: str, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    for log_format in ("xml", "plain"):
        changes = {"REDIS_URL": "", "DATA_DIR": "file", "LOG_FORMAT": log_format}
        async with started_with(redis_url, tmp_path, **changes, PARALLEL_API_KEY="no") as (
            _,
            code,
            said,
        ):
            assert code == 2
            assert "  DATA_DIR " in said
            assert "  PARALLEL_API_KEY " in said
            assert ("  LOG_FORMAT " in said) == (log_format == "xml")


NOT_LISTENING = {
    "a name that nobody knows": ("HOST", {"HOST": "nobody.invalid"}),
    "an address of another machine": ("HOST", {"HOST": "192.0.2.1"}),
    "an address that needs its interface": ("HOST", {"HOST": "fe80::1"}),
    "an interface that is not there": ("HOST", {"HOST": "fe80::1%nope"}),
    "a port that is in use": ("PORT", {}),
}


@pytest.mark.parametrize("wrong", [{}, {"PARALLEL_API_KEY": "no"}, {"LOG_FORMAT": "xml"}])
@pytest.mark.parametrize("kind", NOT_LISTENING)
async def test_an_unusable_port_is_reported_with_the_other_mistakes(
    kind: str, wrong: dict[str, str], redis_url: str, tmp_path: Path
) -> None:
    name, changes = NOT_LISTENING[kind]
    with socket.create_server(("127.0.0.1", 0)) as used:
        port = str(used.getsockname()[1] if name == "PORT" else 0)
        given = {"PORT": port, **changes, **wrong}
        async with started_with(redis_url, tmp_path, **given) as (_, code, said):
            assert code == 2
            assert {one for one in SETTING_NAMES if f"  {one} " in said} == {name, *wrong}


async def test_correct_settings_are_not_reported(redis_url: str, tmp_path: Path) -> None:
    async with started_with(redis_url, tmp_path, LOG_FORMAT="xml") as (_, code, said):
        assert code == 2
        assert [one for one in SETTING_NAMES if f"  {one} " in said] == ["LOG_FORMAT"]


ORGANISATIONS: dict[str, dict[str, Any]] = {
    "flagged": {"is_enterprise_install": True, "enterprise_id": "E012AB3CD"},
    "without a workspace": {"enterprise_id": "E012AB3CD", "team_id": None},
    "with the organisation as its workspace": {"team_id": "E012AB3CD"},
}


@pytest.mark.parametrize("kind", ORGANISATIONS)
async def test_an_installation_for_a_whole_organisation_is_refused(
    kind: str, redis_url: str
) -> None:
    async with staged("socket", redis_url, middlewares=[answering(**ORGANISATIONS[kind])]) as stage:
        with pytest.raises(SettingsError) as caught:
            await stage.start_bot()
        (problem,) = caught.value.problems
        assert problem.setting == "SLACK_BOT_TOKEN"
        assert "whole organization" in problem.wrong
        assert "single workspace" in problem.fix


async def test_a_workspace_of_an_organisation_is_served(redis_url: str) -> None:
    grid = answering(enterprise_id="E012AB3CD", is_enterprise_install=False)
    async with staged("socket", redis_url, middlewares=[grid]) as stage:
        await stage.start_bot()


@pytest.mark.parametrize("name", ["team_id", "user_id", "bot_id"])
@pytest.mark.parametrize("value", [None, "", 7, ["T1"], {"id": "T1"}])
async def test_a_response_that_is_not_slacks_is_reported(
    name: str, value: object, redis_url: str
) -> None:
    async with staged("socket", redis_url, middlewares=[answering(**{name: value})]) as stage:
        with pytest.raises(SettingsError) as caught:
            await stage.start_bot()
        assert caught.value.problems


async def test_an_error_that_repeats_the_token_is_not_quoted(redis_url: str) -> None:
    echo = answering(ok=False, error="no_such_token_ge4heim")
    async with staged("socket", redis_url, middlewares=[echo]) as stage:
        with pytest.raises(SettingsError) as caught:
            await stage.start_bot()
        assert "SLACK_BOT_TOKEN" in {problem.setting for problem in caught.value.problems}
        assert "ge4heim" not in repr(caught.value.problems)


def answering(**changes: object) -> Middleware:
    """Have `auth.test` answered with some fields changed, or left out (None)."""

    @web.middleware
    async def change(request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await handler(request)
        if request.path != "/api/auth.test" or not isinstance(response, web.Response):
            return response
        answer = json.loads(response.text or "") | changes
        body = {name: value for name, value in answer.items() if value is not None}
        scopes = response.headers.get("x-oauth-scopes", "")
        return web.json_response(body, headers={"x-oauth-scopes": scopes})

    return change
