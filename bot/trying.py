"""The playground put together: the real bot between a local Slack and a local Task API.

With `PARALLEL_API_KEY` set the research is the real one. No token of a real workspace is used.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from contextlib import AsyncExitStack

import handlers
from bot import log
from bot.app import serve
from bot.errors import Problem, SettingsError
from bot.playground.control import HELP, Control
from bot.playground.slack import LocalSlack
from bot.playground.task_api import LocalTaskApi, sample_research
from bot.settings import Settings

PORT = 8700
LOCAL_KEY = "playground"


async def try_out(environ: Mapping[str, str], stop: asyncio.Event) -> None:
    """Run the playground until `stop` is set. Raises SettingsError when it cannot start."""
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(LocalSlack())
        ada, bob = slack.person("ada"), slack.person("bob")
        for name in ("general", "random"):
            slack.channel(name, members=[ada, bob])
        slack.dm(ada)
        changes = {
            "SLACK_BOT_TOKEN": slack.app.bot_token,
            "SLACK_APP_TOKEN": slack.app.app_token,
            "SLACK_API_URL": slack.api_url,
        }
        real = bool(environ.get("PARALLEL_API_KEY"))
        if not real:
            research = await stack.enter_async_context(LocalTaskApi(keys={LOCAL_KEY}))
            research.automatic = sample_research
            changes |= {"PARALLEL_API_KEY": LOCAL_KEY, "PARALLEL_BASE_URL": research.url}
        settings = Settings.load({**environ, **changes})
        log.configure(settings)
        control = Control(slack)
        try:
            await control.start(PORT)
        except OSError as error:
            raise SettingsError([_taken(error)]) from error
        stack.push_async_callback(control.stop)
        kind = "real (each run is paid)" if real else "sample answers, made up on this machine"

        def started(_: object) -> None:
            print(HELP.format(url=control.url), file=sys.stderr)
            print(f"The research is {kind}. Ctrl-C stops it.", file=sys.stderr)

        await serve(settings, stop, handlers.register, started=started)


def _taken(error: OSError) -> Problem:
    return Problem(
        "the playground",
        f"cannot listen on port {PORT} ({error.strerror})",
        "stop what uses it (perhaps another playground)",
    )
