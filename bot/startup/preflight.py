"""What the other sides say when the bot cannot start for a wrong setting: no mistake hides another.

Each setting that is right by itself is tried as at a start; a wrong one is not, and neither is what
could only be reached with it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from bot.configuration.settings import Settings
from bot.errors import Problem, SettingsError
from bot.parallel.client import TaskApi
from bot.slack.connection import http_session, web_client
from bot.startup import checks
from bot.store.connection import UNKNOWN_BOT, Connection
from bot.store.embedded import embedded


async def more_problems(settings: Settings, known: Sequence[Problem]) -> list[Problem]:
    """Try what is right in `settings`, of which `known` is wrong; return what else is wrong."""
    wrong = {problem.setting for problem in known}
    if any(name.upper().endswith("_PROXY") for name in wrong):  # nothing goes around a proxy
        wrong |= {"SLACK_API_URL", "PARALLEL_BASE_URL"}
    found = await asyncio.gather(
        _slack_and_redis(settings, wrong), _parallel(settings, wrong), _listening(settings, wrong)
    )
    problems = [problem for some in found for problem in some]
    return list(dict.fromkeys(problems + checks.certificates(settings.network)))


async def _slack_and_redis(settings: Settings, wrong: set[str]) -> list[Problem]:
    """Try Slack, then Redis, where a user's rights may be for the keys of one bot only."""
    bot = UNKNOWN_BOT
    problems: list[Problem] = []
    if "SLACK_API_URL" not in wrong:
        async with http_session(settings.lease_seconds, settings.network) as session:
            client = web_client(settings.slack_bot_token, settings.slack_api_url, session)
            if "SLACK_BOT_TOKEN" not in wrong:
                identity, problems = await checks.bot_token(
                    client, reactions=settings.research_reaction is not None
                )
                bot = identity.bot if identity else bot
            if "SLACK_APP_TOKEN" not in wrong:
                problems += await checks.app_token(settings, client)
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
    async with TaskApi(url, key, network=settings.network) as research:
        return await checks.parallel(research)
