"""What is looked at before the bot starts: all mistakes at once, each with its fix.

Settings that can be judged alone are judged in `settings`; here the other sides are asked. Asking
Parallel costs nothing: a run that does not exist is asked for, and only the key is judged.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import re
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.configuration.settings import Settings
from bot.connections.network import Network
from bot.domain.thread import RunId, UserId
from bot.errors import Cause, Problem, Refused, Unavailable, Unreached
from bot.ports import TaskRuns
from bot.slack.api_errors import reading
from bot.slack.scopes import NEEDED_SCOPES, REACTION_SCOPES, USEFUL_SCOPES
from bot.store.connection import Connection

log = logging.getLogger(__name__)

#: Seconds before Slack is asked again when it could not answer: a deploy shall not fail for that.
PAUSES = (1.0, 2.0, 4.0)
LONGEST_PAUSE = 30.0  # seconds, should Slack ask for more
ASKED_WITHIN = 10.0  # seconds for one call, so that a start with a silent Slack ends
NO_SUCH_RUN = RunId("trun_00000000000000000000000000000000")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who we are in Slack, from `auth.test`."""

    user: UserId
    bot: str
    team: str
    team_name: str
    address: str


async def bot_token(
    client: AsyncWebClient, *, reactions: bool
) -> tuple[Identity | None, list[Problem]]:
    """Ask Slack who the bot token belongs to, and whether it may do what the bot needs.

    Args:
        client: with the token.
        reactions: whether a reaction is to be heard.
    """
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
    if problem := _no_workspace(answer):
        return None, [problem]
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
    if granted:
        _without(USEFUL_SCOPES | (REACTION_SCOPES if reactions else {}), granted)
    identity = Identity(
        UserId(answer["user_id"]),
        answer["bot_id"],
        answer["team_id"],
        str(answer.get("team") or ""),
        str(answer.get("url") or "https://app.slack.com/"),
    )
    return identity, problems


def _without(useful: Mapping[str, str], granted: set[str]) -> None:
    """Log what does not work for lack of scopes that the bot can do without."""
    lacking = [f"{scope} ({use})" for scope, use in sorted(useful.items()) if scope not in granted]
    if lacking:
        log.warning(
            "SLACK_BOT_TOKEN lacks %s. To do: add the scope under OAuth & Permissions (or paste "
            "manifest.yml again) and reinstall the app.",
            ", ".join(lacking),
        )


def _no_workspace(answer: Any) -> Problem | None:
    """Look whether a token is good for one workspace, as everything here takes it to be.

    https://docs.slack.dev/enterprise/developing-for-enterprise-orgs: one for a whole organisation
    has `is_enterprise_install`, and an organisation's id where a workspace's would be.
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
    """Ask Slack whether the app-level token opens Socket Mode; nothing to ask over HTTP.

    Once: the socket asks again by itself, and all of these calls together are few in a minute
    (`bot.slack.transport.socket_pacing`).
    """
    token = settings.slack_app_token
    if token is None:
        return []
    try:
        async with asyncio.timeout(ASKED_WITHIN):
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


async def redis(connection: Connection) -> list[Problem]:
    """Ask Redis whether it can be used, and keeps what it is given; log what it does not tell."""
    found = await connection.examine()
    for what in found.unchecked:
        log.warning("not checked: %s", what)
    return list(found.problems)


async def parallel(research: TaskRuns) -> list[Problem]:
    """Ask Parallel whether it knows the key; anything else is settled when questions come.

    That it gives no answer is logged: the bot starts all the same, and says so in the threads.
    """
    try:
        await research.retrieve(NO_SUCH_RUN)
    except Refused as refused:
        if refused.cause is Cause.KEY:
            return [
                Problem(
                    "PARALLEL_API_KEY",
                    "is not accepted by Parallel",
                    "copy a valid key from platform.parallel.ai, Settings, API keys",
                )
            ]
    except Unreached as error:
        log.warning("%s. Questions are kept until it can be. To do: %s.", error, error.fix)
    except Unavailable as error:
        log.warning("Parallel gave no answer at the start: %s", error)
    return []


async def listening(settings: Settings) -> list[Problem]:
    """Look whether the HTTP server, if there is to be one, can listen where it shall."""
    if not settings.serves_http:
        return []
    loop = asyncio.get_running_loop()
    try:
        server = await loop.create_server(
            asyncio.Protocol, settings.host, settings.port, start_serving=False
        )
    except OSError as error:
        return [not_listening(settings, error)]
    server.close()
    return []


def not_listening(settings: Settings, error: OSError) -> Problem:
    """Say why the HTTP server cannot listen: for its address or for its port."""
    host, port = settings.host, settings.port
    elsewhere = "use 0.0.0.0, or an address of this machine"
    if isinstance(error, socket.gaierror):
        return Problem("HOST", "is a name that cannot be resolved", elsewhere)
    match error.errno:
        case errno.EADDRINUSE:
            return Problem(
                "PORT",
                f"{host}:{port} is already in use",
                "stop what uses it, or set another PORT",
            )
        case errno.EACCES:
            return Problem(
                "PORT",
                f"{port} is not allowed to the bot's user",
                "use a port from 1024 on, such as 3000, and pass on to it what comes to this one",
            )
        case errno.EADDRNOTAVAIL | errno.EAFNOSUPPORT | errno.EINVAL | errno.ENODEV | None:
            return Problem("HOST", f"isn't an address of this machine ({host})", elsewhere)
    why = os.strerror(error.errno)
    return Problem("PORT", f"{host}:{port} cannot be listened on ({why})", "set another PORT")


def certificates(network: Network) -> list[Problem]:
    """Look whether the certificates that the environment names can be read.

    A folder that is not there is only logged: images name some that they lack.
    """
    problems = []
    if network.ca_file:
        try:
            ssl.create_default_context(cafile=network.ca_file)
        except OSError as error:  # ssl.SSLError is one
            is_read = isinstance(error, ssl.SSLError)
            broken = "it holds no certificate in PEM form, or a broken one"
            why = broken if is_read else error.strerror or type(error).__name__
            problems.append(
                Problem(
                    "SSL_CERT_FILE",
                    f"cannot be used ({why})",
                    "use a file with certificates in PEM form (-----BEGIN CERTIFICATE-----), which "
                    "`openssl x509 -inform der -in ca.der -out ca.pem` makes of DER, or unset it",
                )
            )
    folders = network.ca_dir.split(os.pathsep) if network.ca_dir else []
    if folders and not any(map(os.path.isdir, folders)):
        log.warning("SSL_CERT_DIR isn't a folder. To do: use one prepared with `openssl rehash`.")
    return problems


async def _ask(
    setting: str, call: Callable[[], Awaitable[Any]], fix: str
) -> tuple[Any | None, list[Problem]]:
    """Ask Slack, patiently. Returns its answer, or None and the problem, with its `fix`."""
    trouble: Unavailable
    for pause in (*PAUSES, None):
        try:
            async with asyncio.timeout(ASKED_WITHIN):
                return await reading(call), []
        except TimeoutError:
            trouble = Unavailable(f"Slack does not answer within {ASKED_WITHIN:.0f} s")
            later = _SLACK_IN_TROUBLE
        except Refused as refused:
            return None, [Problem(setting, f"Slack refuses it{_named(refused)}", fix)]
        except Unreached as error:
            trouble, later = error, error.fix
        except Unavailable as error:
            trouble, later = error, _SLACK_IN_TROUBLE
        if pause is not None:
            wait = min(max(pause, trouble.retry_after or 0.0), LONGEST_PAUSE)
            log.warning("Slack gives no answer yet (%s); asked again in %.0f s", trouble, wait)
            await asyncio.sleep(wait)
    return None, [Problem("SLACK_API_URL", f"gives no answer ({trouble})", later)]


def _named(refused: Refused) -> str:
    """Return the name of Slack's error; nothing when it is none, for it might repeat the token."""
    return f" ({refused.message})" if re.fullmatch(r"[a-z_]{1,50}", refused.message) else ""


_SLACK_IN_TROUBLE = (
    "check the network and this address; if they are right, Slack is in trouble "
    "(https://slack-status.com): start again later"
)
