"""Run the playground: the real bot between a local Slack and a local Task API.

The bot is a separate process with a Redis server of its own, bundled, which starts empty: the local
Slack forgets everything when it ends, so old records would match nothing. With `PARALLEL_API_KEY`
the research is real. No token of a real workspace is used.
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
from bot.playground.page import PageServer
from bot.playground.page.server import help_text
from bot.playground.parts import JSON, Playground, ReadRecords
from bot.playground.slack import LocalSlack
from bot.playground.slack.administration import PARTNER
from bot.playground.task_api import LocalTaskApi, Relay, sample_chat, sample_research
from bot.startup import checks
from bot.store.embedded import embedded
from bot.store.inspection import thread_records

PORT = 8700
LOCAL_KEY = (
    "local-key-of-the-playground"  # no words of an answer: the bot removes its key from answers
)
#: Settings for a process that only connects to this machine.
LOCAL_NETWORK = {**WITHOUT_PROXIES, "SSL_CERT_FILE": "", "SSL_CERT_DIR": ""}
BOT_COMMAND = (sys.executable, "-m", "bot", "run", "--until-eof")
CONNECT_TIMEOUT = 60  # seconds


@dataclass(frozen=True, slots=True)
class RunningPlayground:
    """A playground that runs, and the address of its page."""

    playground: Playground
    url: str


async def run_playground(
    environ: Mapping[str, str], stop: asyncio.Event, problems: Sequence[Problem] = ()
) -> None:
    """Run the playground until `stop` is set, and open its page in the browser.

    Args:
        environ: the settings.
        stop: ends it.
        problems: mistakes found in `.env`, reported together with those in the settings.

    Raises:
        SettingsError: it cannot start.
    """
    async with playground(environ, PORT, problems) as running:
        real = isinstance(running.playground.research, Relay)
        kind = "real (each run is paid)" if real else "sample answers, made up on this machine"
        print(help_text(running.url), file=sys.stderr)
        print(f"The research is {kind}. Ctrl-C stops it.", file=sys.stderr)
        print(f"\n  Open {running.url}\n", file=sys.stderr, flush=True)
        if sys.stderr.isatty():
            webbrowser.open(running.url)
        await stop.wait()


@asynccontextmanager
async def playground(
    environ: Mapping[str, str], port: int, problems: Sequence[Problem] = ()
) -> AsyncIterator[RunningPlayground]:
    """Run a playground while the block runs; port 0 takes a free one.

    The local Task API completes each run by itself; set its `automatic` to None to do it by hand.

    Raises:
        SettingsError: the port or the data folder is in use, or a setting is wrong.
    """
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(LocalSlack())
        _populate(slack)
        real = bool(environ.get("PARALLEL_API_KEY"))
        bot_environ = _bot_environ(environ, slack)
        settings = _read_settings(bot_environ, problems)
        bot_environ |= LOCAL_NETWORK  # the relay connects to the outside in place of the bot
        research = await _start_research(stack, settings, real=real)
        bot_environ["PARALLEL_BASE_URL"] = research.url
        folder = Path(settings.data_dir) / "playground"
        bot_environ["REDIS_URL"] = await stack.enter_async_context(embedded(folder))
        redis = await stack.enter_async_context(
            Redis.from_url(bot_environ["REDIS_URL"], decode_responses=True)
        )
        await redis.flushall()
        bot = BotProcess(BOT_COMMAND, bot_environ)
        parts = Playground(slack, research, bot, read_records=_record_reader(slack, redis))
        page = PageServer(parts)
        try:
            await page.start(port)
        except OSError as error:
            raise SettingsError([_port_problem(error, port)]) from error
        stack.push_async_callback(page.stop)
        stack.push_async_callback(bot.stop)
        await bot.start()
        await _wait_until_connected(slack, bot)
        yield RunningPlayground(parts, page.url)


def _populate(slack: LocalSlack) -> None:
    """Have two colleagues, a guest, and somebody of another company in a channel shared with it."""
    ada, bob = slack.person("ada"), slack.person("bob")
    gil, eve = slack.person("gil"), slack.person("eve", team=PARTNER)
    gil.user.guest = "multi-channel"
    slack.channel("general", members=[ada, bob, gil])
    slack.channel("random", members=[ada, bob])
    slack.channel("partners", members=[ada, bob, eve])
    for person in (ada, bob, gil, eve):
        slack.dm(person)
    slack.mpim([ada, bob])


def _bot_environ(environ: Mapping[str, str], slack: LocalSlack) -> dict[str, str]:
    """Return the bot's environment, with the local Slack in place of a real one.

    Ada is an admin, unless others are named.
    """
    given = {k: v for k, v in environ.items() if not k.startswith(("SLACK_", "REDIS_"))}
    if not environ.get("PARALLEL_API_KEY"):
        given |= {**LOCAL_NETWORK, "PARALLEL_API_KEY": LOCAL_KEY}
    ada = next(user.id for user in slack.workspace.users.values() if user.name == "ada")
    return (
        {"ADMINS": ada}
        | given
        | {
            "SLACK_BOT_TOKEN": slack.app.bot_token,
            "SLACK_APP_TOKEN": slack.app.app_token,
            "SLACK_API_URL": slack.api_url,
            "SLACK_SIGNING_SECRET": "",
            "PORT": "",
            "REDIS_URL": "",
        }
    )


def _read_settings(environ: Mapping[str, str], problems: Sequence[Problem]) -> Settings:
    settings, found = Settings.read(environ, problems)
    if found := [*found, *checks.certificates(settings.network)]:
        raise SettingsError(found)
    return settings


async def _start_research(
    stack: AsyncExitStack, settings: Settings, *, real: bool
) -> LocalTaskApi | Relay:
    if real:
        relay = Relay(settings.parallel_base_url, settings.network)
        return await stack.enter_async_context(relay)
    api = await stack.enter_async_context(LocalTaskApi(keys={LOCAL_KEY}))
    api.automatic = sample_research
    api.automatic_chat = sample_chat
    return api


def _record_reader(slack: LocalSlack, redis: Redis) -> ReadRecords:
    async def read(channel: str, messages: Sequence[str]) -> tuple[JSON | None, list[JSON]]:
        try:
            return await thread_records(
                redis, slack.app.bot_id, slack.app.team_id, channel=channel, messages=messages
            )
        except RedisError as error:
            raise Unavailable(str(error)) from error

    return read


async def _wait_until_connected(slack: LocalSlack, bot: BotProcess) -> None:
    """Wait until the bot has opened its socket. Raises SettingsError when it exits first."""
    assert bot.ended
    opened = asyncio.create_task(slack.until(lambda: slack.connections > 0, CONNECT_TIMEOUT))
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


def _port_problem(error: OSError, port: int) -> Problem:
    return Problem(
        "the playground",
        f"cannot listen on port {port} ({error.strerror})",
        "stop what uses it (perhaps another playground)",
    )
