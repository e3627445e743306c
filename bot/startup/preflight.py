"""Check the other sides although a setting is wrong, so that one mistake does not hide another.

Settings that are valid by themselves are tried as at a start; an invalid one is not, nor is
anything that needs it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from bot.configuration.settings import Settings
from bot.errors import Problem, SettingsError
from bot.parallel.client import TaskApi
from bot.slack.connection import http_session, web_client
from bot.startup import checks, slack_checks
from bot.store.connection import UNKNOWN_BOT, Connection
from bot.store.embedded import embedded


async def more_problems(settings: Settings, known: Sequence[Problem]) -> list[Problem]:
    """Try the valid ones of `settings`, given the `known` problems; return further problems."""
    wrong = {problem.setting for problem in known}
    if any(name.upper().endswith("_PROXY") for name in wrong):  # a wrong proxy blocks both
        wrong |= {"SLACK_API_URL", "PARALLEL_BASE_URL"}
    found = await asyncio.gather(
        _slack_and_redis(settings, wrong), _parallel(settings, wrong), _listening(settings, wrong)
    )
    problems = [problem for some in found for problem in some]
    return list(dict.fromkeys(problems + checks.certificates(settings.network)))


async def _slack_and_redis(settings: Settings, wrong: set[str]) -> list[Problem]:
    """Try Slack, then Redis, where a user's permissions may be for one bot's keys only."""
    bot = UNKNOWN_BOT
    problems: list[Problem] = []
    if "SLACK_API_URL" not in wrong:
        async with http_session(settings.lease_seconds, settings.network) as session:
            client = web_client(settings.slack_bot_token, settings.slack_api_url, session)
            if "SLACK_BOT_TOKEN" not in wrong:
                identity, problems = await slack_checks.bot_token(settings, client)
                bot = identity.bot if identity else bot
            if "SLACK_APP_TOKEN" not in wrong:
                problems += await slack_checks.app_token(settings, client)
    if "REDIS_URL" not in wrong:
        problems += await _redis(settings, wrong, bot)
    return problems


async def _redis(settings: Settings, wrong: set[str], bot: str) -> list[Problem]:
    if settings.redis_url is None:
        return [] if "DATA_DIR" in wrong else await _bundled(settings)
    url, days = settings.redis_url, settings.retention_days
    async with Connection(url, bot, retention=days) as connection:
        return await checks.redis(connection)


async def _bundled(settings: Settings) -> list[Problem]:
    try:
        async with embedded(Path(settings.data_dir)):
            return []
    except SettingsError as error:
        return error.problems


async def _listening(settings: Settings, wrong: set[str]) -> list[Problem]:
    return [] if wrong & {"HOST", "PORT"} else await checks.listening(settings)


async def _parallel(settings: Settings, wrong: set[str]) -> list[Problem]:
    if wrong & {"PARALLEL_API_KEY", "PARALLEL_BASE_URL"}:
        return []
    url, key = settings.parallel_base_url, settings.parallel_api_key
    async with TaskApi(url, key, network=settings.network) as task_runs:
        return await checks.parallel(task_runs)
