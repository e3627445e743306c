"""The playground put together: the real bot between a local Slack and a local Task API.

The bot is a process of its own with its own bundled server for its records, which starts empty: a
local Slack forgets everything when it ends, so there would be nothing to go on with. With
`PARALLEL_API_KEY` the research is the real one. No token of a real workspace is used.
"""

from __future__ import annotations

import asyncio
import sys
import webbrowser
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.configuration.settings import Settings
from bot.connections.network import WITHOUT_PROXIES
from bot.errors import Problem, SettingsError, Unavailable
from bot.playground.bot_process import BotProcess
from bot.playground.page import Page
from bot.playground.page.server import help_text
from bot.playground.parts import JSON, Look, Playground
from bot.playground.slack import LocalSlack
from bot.playground.task_api import LocalTaskApi, Relay, sample_chat, sample_research
from bot.startup import checks
from bot.store.embedded import embedded
from bot.store.inspection import thread_records

PORT = 8700
LOCAL_KEY = (
    "local-key-of-the-playground"  # no words of an answer: the bot blots its key out of those
)
#: What is set for whom all that it talks to is on this machine.
STAYING_HERE = {**WITHOUT_PROXIES, "SSL_CERT_FILE": "", "SSL_CERT_DIR": ""}
COMMAND = (sys.executable, "-m", "bot", "run", "--until-eof")


@dataclass(frozen=True, slots=True)
class Trial:
    """A playground that runs, and the address of its page."""

    playground: Playground
    url: str


async def try_out(
    environ: Mapping[str, str], stop: asyncio.Event, known: Sequence[Problem] = ()
) -> None:
    """Run the playground until `stop` is set; `known`: mistakes in `.env`.

    Raises:
        SettingsError: it cannot start.
    """
    async with playground(environ, PORT, known) as trial:
        real = isinstance(trial.playground.research, Relay)
        kind = "real (each run is paid)" if real else "sample answers, made up on this machine"
        print(help_text(trial.url), file=sys.stderr)
        print(f"The research is {kind}. Ctrl-C stops it.", file=sys.stderr)
        print(f"\n  Open {trial.url}\n", file=sys.stderr, flush=True)
        if sys.stderr.isatty():
            webbrowser.open(trial.url)
        await stop.wait()


@asynccontextmanager
async def playground(
    environ: Mapping[str, str], port: int, known: Sequence[Problem] = ()
) -> AsyncIterator[Trial]:
    """Run a playground while the block runs; port 0 takes a free one.

    The local research plays each run by itself; set `automatic` to None to play it by hand.

    Raises:
        SettingsError: the port or the data folder is taken, or a setting is wrong.
    """
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(LocalSlack())
        ada, bob = slack.person("ada"), slack.person("bob")
        for name in ("general", "random"):
            slack.channel(name, members=[ada, bob])
        for person in (ada, bob):
            slack.dm(person)
        slack.mpim([ada, bob])
        given = {k: v for k, v in environ.items() if not k.startswith(("SLACK_", "REDIS_"))}
        real = environ.get("PARALLEL_API_KEY")
        if not real:
            given |= STAYING_HERE
        changes = {
            "SLACK_BOT_TOKEN": slack.app.bot_token,
            "SLACK_APP_TOKEN": slack.app.app_token,
            "SLACK_API_URL": slack.api_url,
            "SLACK_SIGNING_SECRET": "",
            "PORT": "",
            "REDIS_URL": "",
        }
        key = environ.get("PARALLEL_API_KEY") or LOCAL_KEY
        settings, problems = Settings.read({**given, "PARALLEL_API_KEY": key, **changes}, known)
        if problems := [*problems, *checks.certificates(settings.network)]:
            raise SettingsError(problems)
        changes |= STAYING_HERE  # the relay leaves for the bot
        research: LocalTaskApi | Relay
        if real:
            relay = Relay(settings.parallel_base_url, settings.network)
            research = await stack.enter_async_context(relay)
        else:
            research = await stack.enter_async_context(LocalTaskApi(keys={LOCAL_KEY}))
            research.automatic = sample_research
            research.automatic_chat = sample_chat
            changes["PARALLEL_API_KEY"] = LOCAL_KEY
        changes["PARALLEL_BASE_URL"] = research.url
        folder = Path(settings.data_dir) / "playground"
        changes["REDIS_URL"] = await stack.enter_async_context(embedded(folder))
        redis = await stack.enter_async_context(
            Redis.from_url(changes["REDIS_URL"], decode_responses=True)
        )
        await redis.flushall()
        bot = BotProcess(COMMAND, {**given, **changes})
        built = Playground(slack, research, bot, _look(slack, redis))
        page = Page(built)
        try:
            await page.start(port)
        except OSError as error:
            raise SettingsError([_taken(error, port)]) from error
        stack.push_async_callback(page.stop)
        stack.push_async_callback(bot.stop)
        await bot.start()
        await _listening(slack, bot)
        yield Trial(built, page.url)


def _look(slack: LocalSlack, redis: Redis) -> Look:
    async def look(channel: str, messages: Sequence[str]) -> tuple[JSON | None, list[JSON]]:
        try:
            return await thread_records(
                redis, slack.app.bot_id, slack.app.team_id, channel, messages
            )
        except RedisError as error:
            raise Unavailable(str(error)) from error

    return look


async def _listening(slack: LocalSlack, bot: BotProcess) -> None:
    """Wait until the bot has opened its socket. Raises SettingsError when it ends instead."""
    assert bot.ended
    opened = asyncio.create_task(slack.until(lambda: slack.connections > 0, timeout=60))
    try:
        await asyncio.wait((opened, bot.ended), return_when=asyncio.FIRST_COMPLETED)
        if not opened.done():
            raise SettingsError(
                [
                    Problem(
                        "the bot", "ended right after its start", "see what it said about it above"
                    )
                ]
            )
    finally:
        opened.cancel()


def _taken(error: OSError, port: int) -> Problem:
    return Problem(
        "the playground",
        f"cannot listen on port {port} ({error.strerror})",
        "stop what uses it (perhaps another playground)",
    )
