"""What is looked at before the bot starts: all mistakes at once, each with its fix.

Settings that can be judged alone are judged in `settings`; here the other sides are asked. Asking
Parallel costs nothing: a run that does not exist is asked for, and only the key is judged.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import Cause, Problem, Refused, Unavailable
from bot.model import RunId, UserId
from bot.ports import Research
from bot.settings import Settings
from bot.slack.api_errors import reading
from bot.slack.scopes import NEEDED_SCOPES
from bot.store.client import Store

#: Seconds before Slack is asked again when it could not answer: a deploy shall not fail for that.
PAUSES = (1.0, 2.0, 4.0)
LONGEST_PAUSE = 30.0  # seconds, should Slack ask for more
NO_SUCH_RUN = RunId("trun_00000000000000000000000000000000")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who we are in Slack, from `auth.test`."""

    user: UserId
    bot: str
    team: str
    team_name: str
    address: str


async def bot_token(client: AsyncWebClient) -> tuple[Identity | None, list[Problem]]:
    """Ask Slack who the bot token belongs to, and whether it may do what the bot needs."""
    answer, problems = await _ask(
        "SLACK_BOT_TOKEN",
        client.auth_test,
        "copy the Bot User OAuth Token from your app's OAuth & Permissions page",
    )
    if answer is None:
        return None, problems
    if not answer.get("bot_id"):
        return None, [
            Problem(
                "SLACK_BOT_TOKEN",
                "belongs to a person, not to a bot",
                "use the Bot User OAuth Token (it begins with xoxb-)",
            )
        ]
    headers = {k.lower(): v for k, v in answer.headers.items()}
    granted = {s.strip() for s in str(headers.get("x-oauth-scopes", "")).split(",")} - {""}
    missing = sorted(set(NEEDED_SCOPES) - granted) if granted else []
    if missing:
        problems.append(
            Problem(
                "SLACK_BOT_TOKEN",
                "lacks " + ", ".join(f"{scope} ({NEEDED_SCOPES[scope]})" for scope in missing),
                "add them under OAuth & Permissions (or paste manifest.yml again under App "
                "Manifest) and reinstall the app",
            )
        )
    identity = Identity(
        UserId(answer["user_id"]),
        answer["bot_id"],
        answer["team_id"],
        str(answer.get("team") or ""),
        str(answer.get("url") or "https://app.slack.com/"),
    )
    return identity, problems


async def app_token(settings: Settings, client: AsyncWebClient) -> list[Problem]:
    """Ask Slack whether the app-level token opens Socket Mode; nothing to ask over HTTP."""
    token = settings.slack_app_token
    if token is None:
        return []
    _, problems = await _ask(
        "SLACK_APP_TOKEN",
        lambda: client.apps_connections_open(app_token=token),
        "create an App-Level Token with connections:write under Basic Information, and turn on "
        "Socket Mode",
    )
    return problems


async def redis(store: Store) -> list[Problem]:
    """Ask Redis whether it is there and keeps what it is given."""
    try:
        await store.check()
        policy = await store.eviction_policy()
    except Unavailable as error:
        return [
            Problem(
                "REDIS_URL",
                f"cannot be reached ({error})",
                "check the address and that the server runs; or unset it to use the bundled one",
            )
        ]
    if policy != "noeviction":
        return [
            Problem(
                "REDIS_URL",
                f"this server throws keys away when memory is short (maxmemory-policy {policy}), "
                "and questions would be lost",
                "set `maxmemory-policy noeviction` on it, or use another server",
            )
        ]
    return []


async def parallel(research: Research) -> list[Problem]:
    """Ask Parallel whether it knows the key; anything else is settled when questions come."""
    try:
        await research.look(NO_SUCH_RUN)
    except Refused as refused:
        if refused.cause is Cause.KEY:
            return [
                Problem(
                    "PARALLEL_API_KEY",
                    "is not accepted by Parallel",
                    "copy a valid key from platform.parallel.ai, Settings, API keys",
                )
            ]
    except Unavailable:
        pass
    return []


async def _ask(
    setting: str, call: Callable[[], Awaitable[Any]], fix: str
) -> tuple[Any | None, list[Problem]]:
    """Ask Slack, patiently. Returns its answer, or None and the problem, with its `fix`."""
    for pause in (*PAUSES, None):
        try:
            return await reading(call), []
        except Refused as refused:
            return None, [Problem(setting, f"Slack refuses it ({refused.message})", fix)]
        except Unavailable as error:
            trouble = error
        if pause is not None:
            await asyncio.sleep(min(max(pause, trouble.retry_after or 0.0), LONGEST_PAUSE))
    return None, [
        Problem(
            "SLACK_API_URL",
            f"gives no answer ({trouble})",
            "check the network and this address; if they are right, Slack is in trouble "
            "(https://slack-status.com): start again later",
        )
    ]
