"""Export and erase what is stored about one person, from the command line.

`export` writes one line of JSON for each thing to standard output. `erase` counts them; with
``--yes`` it deletes them, or takes the person out of what is also others'. Both walk over the same
keys, and may be run while the bot runs. Exit codes: 0 done; 1 the store was not reached, or the
output not written; 2 nothing was done; 3 something was left, because a question is in progress: run
it again later.
"""

from __future__ import annotations

import os
import re
import sys
from contextlib import AsyncExitStack
from pathlib import Path

from bot.configuration.settings import Settings
from bot.domain.thread import UserId
from bot.errors import SettingsError, Unavailable
from bot.slack.connection import http_session, web_client
from bot.startup import checks, slack_checks
from bot.store.connection import Connection
from bot.store.embedded import shared
from bot.store.personal_data import PersonalData

DONE, UNREACHED, NOT_DONE, LEFT = range(4)
_USER = re.compile(r"[UW][A-Z0-9]{2,30}")


def is_user(text: str | None) -> bool:
    """Whether this is a Slack user ID."""
    return bool(text and _USER.fullmatch(text))


async def answer(settings: Settings, user: str, *, erases: bool, confirmed: bool) -> int:
    """Export or erase, and return the exit code.

    Raises:
        SettingsError: Slack or the store is not as it must be.
    """
    async with AsyncExitStack() as stack:
        data = await _connect(stack, settings)
        person = UserId(user)
        try:
            if erases:
                code = await _erase(data, person, confirmed=confirmed)
            else:
                code = await _export(data, person)
            print(end="", flush=True)
        except Unavailable as error:
            print(f"Not finished, run it again: {error}.", file=sys.stderr)
            return UNREACHED
        except OSError as error:  # of print
            # Else Python writes what is left once more when it ends, and fails again.
            # https://docs.python.org/3/library/signal.html#note-on-sigpipe
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            print(f"Not all was printed: {error.strerror}.", file=sys.stderr)
            return UNREACHED
        return code


async def _export(data: PersonalData, person: UserId) -> int:
    async for finding in data.find(person):
        print(finding.line())
    return DONE


async def _erase(data: PersonalData, person: UserId, *, confirmed: bool) -> int:
    """Erase, and print what was erased and what was left; only count what is not `confirmed`."""
    if not confirmed:
        number = len([finding async for finding in data.find(person)])
        print(f"{number} things are stored about {person}. To erase them, add --yes.")
        return NOT_DONE
    result = await data.erase(person)
    for kind, number in sorted(result.erased.items()):
        print(f"{kind}: {number} erased")
    if not result.erased:
        print("Nothing was erased.")
    if not result.in_progress:
        return DONE
    print("Left, because a question is in progress there (run this again when it has ended):")
    for key in sorted(result.in_progress):
        print(f"  {key}")
    return LEFT


async def _connect(stack: AsyncExitStack, settings: Settings) -> PersonalData:
    """Reach the store of the bot that the token belongs to. Raises SettingsError."""
    session = await stack.enter_async_context(
        http_session(settings.lease_seconds, settings.network)
    )
    client = web_client(settings.slack_bot_token, settings.slack_api_url, session)
    identity, problems = await slack_checks.bot_token(settings, client)
    if identity is None:
        raise SettingsError(problems)
    url = settings.redis_url
    if url is None:
        url = await stack.enter_async_context(shared(Path(settings.data_dir)))
    connection = Connection(url, identity.bot, retention=settings.retention_days)
    await stack.enter_async_context(connection)
    if problems := await checks.redis(connection):
        raise SettingsError(problems)
    return PersonalData(connection)
