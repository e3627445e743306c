"""Check both of Slack's tokens, and learn from `auth.test` who we are."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.concurrency.backoff import Backoff
from bot.configuration.settings import Settings
from bot.domain.thread import UserId
from bot.errors import Problem, Refused, Unavailable, Unreached
from bot.slack.api_errors import reading
from bot.slack.scopes import NEEDED_SCOPES, REACTION_SCOPES, USEFUL_SCOPES

log = logging.getLogger(__name__)

ATTEMPTS = 4  # while Slack cannot answer, so that a deploy does not fail for that
FIRST_PAUSE = 1.0  # seconds between the first two attempts
LONGEST_PAUSE = 30.0  # seconds, even if Slack asks for more
CALL_TIMEOUT = 10.0  # seconds for one call, so that a start ends when Slack is silent


@dataclass(frozen=True, slots=True)
class Identity:
    """Who we are in Slack, from `auth.test`."""

    user: UserId
    bot: str
    team: str
    team_name: str
    address: str
    enterprise: str | None = None


async def bot_token(
    settings: Settings, client: AsyncWebClient
) -> tuple[Identity | None, list[Problem]]:
    """Ask Slack who the bot token belongs to, and which scopes it has.

    Args:
        settings: `research_reaction` needs a scope of its own.
        client: with the bot token.

    Returns:
        Who we are, None if Slack did not say; and what keeps the bot from starting.
    """
    answer, problems = await _ask(
        "SLACK_BOT_TOKEN",
        client.auth_test,
        "copy the Bot User OAuth Token from your app's OAuth & Permissions page",
    )
    if answer is None:
        return None, problems
    if problem := _not_a_bot(answer) or _no_workspace(answer):
        return None, [problem]
    identity = Identity(
        user=UserId(answer["user_id"]),
        bot=answer["bot_id"],
        team=answer["team_id"],
        team_name=str(answer.get("team") or ""),
        address=str(answer.get("url") or "https://app.slack.com/"),
        enterprise=answer.get("enterprise_id") or None,
    )
    useful = USEFUL_SCOPES | (REACTION_SCOPES if settings.research_reaction else {})
    return identity, _lacking_scopes(answer, useful)


def _not_a_bot(answer: Any) -> Problem | None:
    if answer.get("bot_id"):
        return None
    return Problem(
        "SLACK_BOT_TOKEN",
        "belongs to a person, not to a bot",
        "use the Bot User OAuth Token (it begins with xoxb-)",
    )


def _lacking_scopes(answer: Any, useful: Mapping[str, str]) -> list[Problem]:
    """Return a problem for needed scopes that the token lacks; log the useful ones it lacks.

    Slack lists the token's scopes in the header X-OAuth-Scopes; without it nothing is checked.
    """
    headers = {name.lower(): value for name, value in answer.headers.items()}
    granted = {s.strip() for s in str(headers.get("x-oauth-scopes", "")).split(",")} - {""}
    if not granted:
        return []
    lacking = [f"{scope} ({use})" for scope, use in sorted(useful.items()) if scope not in granted]
    missing = sorted(set(NEEDED_SCOPES) - granted)
    if lacking:
        log.warning(
            "SLACK_BOT_TOKEN lacks %s. To do: add the scope under OAuth & Permissions (or paste "
            "manifest.yml again) and reinstall the app.",
            ", ".join(lacking),
        )
    if not missing:
        return []
    return [
        Problem(
            "SLACK_BOT_TOKEN",
            "lacks " + ", ".join(f"{scope} ({NEEDED_SCOPES[scope]})" for scope in missing),
            "add them under OAuth & Permissions (or paste manifest.yml again under App Manifest) "
            "and reinstall the app",
        )
    ]


def _no_workspace(answer: Any) -> Problem | None:
    """Return the problem that the token is not for exactly one workspace, if it is not.

    For a whole organization, `is_enterprise_install` is set, and the organization's id stands in
    place of a workspace's: https://docs.slack.dev/enterprise/developing-for-enterprise-orgs
    """
    team = str(answer.get("team_id") or "")
    of_all = answer.get("is_enterprise_install") is True or team.startswith("E")
    if of_all or (answer.get("enterprise_id") and not team):
        return Problem(
            "SLACK_BOT_TOKEN",
            "belongs to an installation for a whole organization, which is not supported: every "
            "question is kept with its one workspace",
            "install the app in a single workspace (its Install App page, not the organization's), "
            "and use the Bot User OAuth Token that is shown there",
        )
    ids = [answer.get(name) for name in ("team_id", "user_id", "bot_id")]
    if not all(isinstance(one, str) and one for one in ids):
        return Problem(
            "SLACK_API_URL",
            "is answered by something that is not Slack: it names no workspace",
            "use https://slack.com/api/, or unset it",
        )
    return None


async def app_token(settings: Settings, client: AsyncWebClient) -> list[Problem]:
    """Ask Slack whether the app-level token opens Socket Mode; without one there is no question.

    It is asked once, for the socket retries by itself, and Slack allows few of these calls a minute
    (`bot.slack.transport.socket_pacing`).
    """
    token = settings.slack_app_token
    if token is None:
        return []
    try:
        async with asyncio.timeout(CALL_TIMEOUT):
            await reading(lambda: client.apps_connections_open(app_token=token))
    except TimeoutError:
        log.warning("not checked: SLACK_APP_TOKEN (Slack does not answer)")
    except Refused as refused:
        fix = (
            "create an App-Level Token with connections:write under Basic Information, and turn on "
            "Socket Mode"
        )
        return [Problem("SLACK_APP_TOKEN", f"Slack refuses it{_named(refused)}", fix)]
    except Unavailable as error:
        log.warning("not checked: SLACK_APP_TOKEN (%s)", error)
    return []


async def _ask(
    setting: str, call: Callable[[], Awaitable[Any]], fix: str
) -> tuple[Any | None, list[Problem]]:
    """Call Slack, up to `ATTEMPTS` times while it is unavailable.

    Returns:
        Slack's answer; or None and the problem, with this `fix` if Slack refused the call.
    """
    unavailable: Unavailable
    backoff = Backoff(FIRST_PAUSE, LONGEST_PAUSE)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            async with asyncio.timeout(CALL_TIMEOUT):
                return await reading(call), []
        except TimeoutError:
            unavailable = Unavailable(f"Slack does not answer within {CALL_TIMEOUT:.0f} s")
            to_do = _SLACK_IN_TROUBLE
        except Refused as refused:
            return None, [Problem(setting, f"Slack refuses it{_named(refused)}", fix)]
        except Unreached as error:
            unavailable, to_do = error, error.fix
        except Unavailable as error:
            unavailable, to_do = error, _SLACK_IN_TROUBLE
        if attempt < ATTEMPTS:
            wait = min(backoff.next(unavailable.retry_after), LONGEST_PAUSE)
            log.warning("Slack gives no answer yet (%s); asked again in %.0f s", unavailable, wait)
            await asyncio.sleep(wait)
    return None, [Problem("SLACK_API_URL", f"gives no answer ({unavailable})", to_do)]


def _named(refused: Refused) -> str:
    """Return Slack's error code in parentheses; nothing if it might repeat the token."""
    return f" ({refused.message})" if re.fullmatch(r"[a-z_]{1,50}", refused.message) else ""


_SLACK_IN_TROUBLE = (
    "check the network and this address; if they are right, Slack is in trouble "
    "(https://slack-status.com): start again later"
)
