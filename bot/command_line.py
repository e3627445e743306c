"""The command line: `python -m bot run` for a workspace, `python -m bot` to try it out.

`export --user U…` and `erase --user U… --yes` are for what is stored about a person: see
`bot.data_requests`.

`run` exits with 2 when it cannot start, after printing every mistake with its fix; with 0 after
SIGTERM or Ctrl-C. The playground exits with 2 where it is not installed: the Docker image leaves it
out.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

import handlers
from bot import data_requests, log
from bot.app import Wiring, serve
from bot.concurrency.stderr import is_read
from bot.configuration import env_file
from bot.configuration.env_file import EnvFile
from bot.configuration.settings import Settings
from bot.configuration.table import SETTINGS
from bot.connections.network import NETWORK_SETTINGS
from bot.errors import SettingsError
from bot.listening import Running
from bot.startup import preflight

SLACK_SETTINGS = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET")
#: What to say when the playground cannot be loaded, by the module that is missing.
_NO_PLAYGROUND = {
    "bot.playground": "This image has no playground, the local Slack for trying Threadline out.\n"
    "To run in your workspace, set its tokens: README, Connect it to Slack.\n"
    "To try it out without Slack: `make run` in its source code.",
    "jsonschema": "The playground needs jsonschema, which is not installed.\n"
    "To install it: pip install 'threadline[playground]'.",
}


def main() -> None:
    """Read the command line and the settings, run, and exit."""
    parser = argparse.ArgumentParser(
        prog="python -m bot",
        description="Threadline: web research in Slack threads. Without a command and without any "
        "Slack token it starts the playground, a local Slack to try it out.",
    )
    parser.add_argument("command", nargs="?", choices=("run", "playground", "export", "erase"))
    parser.add_argument("--user", help="of export and erase: a Slack user ID, such as U012AB3CD")
    parser.add_argument("--yes", action="store_true", help="of erase: really do it")
    # For the playground's bot, which must end when the playground does, however that ends.
    parser.add_argument("--until-eof", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    command = given.command
    if command in ("export", "erase") and not data_requests.is_user(given.user):
        parser.error(f"{command} needs --user with a Slack user ID, such as U012AB3CD")
    file = env_file.load(
        Path(".env"),
        [*(s.name for s in SETTINGS), *NETWORK_SETTINGS],
        [s.name for s in SETTINGS if s.secret],
    )
    if not given.until_eof:  # the playground has printed them
        for warning in file.warnings:
            _tell(f"Warning: {warning}.")
    with_slack = any(os.environ.get(name) for name in SLACK_SETTINGS)
    try:
        if command == "run" or (command is None and with_slack):
            asyncio.run(run(file, until_eof=given.until_eof))
        elif command in ("export", "erase"):
            raise SystemExit(asyncio.run(_data_request(file, given)))
        else:
            asyncio.run(_playground(file))
    except SettingsError as error:
        _tell(_explain(error))
        raise SystemExit(2) from None


async def run(
    file: EnvFile | None = None,
    *,
    until_eof: bool = False,
    wiring: Wiring | None = None,
) -> None:
    """Run the bot with the settings of the environment until SIGTERM or Ctrl-C.

    Args:
        file: the contents of `.env`.
        until_eof: also stop at the end of standard input.
        wiring: see `serve`.

    Raises:
        SettingsError: it cannot start. What is right in the settings was checked, too.
    """
    settings, problems = Settings.read(os.environ, file.problems if file else ())
    log.configure(settings)
    _allow_many_connections()
    if problems:
        raise SettingsError([*problems, *await preflight.more_problems(settings, problems)])

    def started(running: Running) -> None:
        _tune_garbage_collection()
        where = f", health at {running.url}/health" if running.url else ""
        _tell(f"Threadline is running{where}. Ctrl-C stops it.")

    stop = _stop_signal()
    if until_eof:
        _stop_at_eof(stop)
    try:
        await serve(settings, stop, handlers.register, started=started, wiring=wiring)
    except SettingsError as error:
        if settings.redis_url or {p.setting for p in error.problems} - {"DATA_DIR", "REDIS_URL"}:
            raise
        # The bundled server is started first: nothing else was checked.
        more = await preflight.more_problems(settings, error.problems)
        raise SettingsError([*error.problems, *more]) from error


async def _data_request(file: EnvFile, given: argparse.Namespace) -> int:
    """Export or erase what is stored about a person, and return the exit code."""
    settings, problems = Settings.read(os.environ, file.problems)
    log.configure(settings)
    if problems:
        raise SettingsError(problems)
    erases = given.command == "erase"
    return await data_requests.answer(settings, given.user, erases=erases, confirmed=given.yes)


async def _playground(file: EnvFile) -> None:
    try:
        from bot.playground.run import run_playground  # noqa: PLC0415 - not needed by `run`
    except ModuleNotFoundError as error:
        if error.name not in _NO_PLAYGROUND:
            raise
        print(_NO_PLAYGROUND[error.name], file=sys.stderr)
        raise SystemExit(2) from None
    print("No Slack token is set, so this is the playground: a local Slack.", file=sys.stderr)
    print("To run in your workspace: README, Connect it to Slack.\n", file=sys.stderr)
    await run_playground(os.environ, _stop_signal(), file.problems)


def _allow_many_connections() -> None:
    """Raise the soft limit of open files to the hard one, as Go's runtime does.

    Each run that is waited for holds a connection. Most systems begin with a limit of 1,024, for
    the sake of programs that use select(), and allow hundreds of thousands.
    """
    with suppress(ImportError, ValueError, OSError):  # not every system has it, or allows it
        import resource  # noqa: PLC0415 - not on Windows

        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _tune_garbage_collection() -> None:
    """Keep garbage collection from holding up the event loop.

    A full collection visits every object; with a thousand runs in flight that takes 0.1 s, during
    which Slack waits for its acknowledgement. What is loaded by now is frozen, so it is not visited
    again; full collections are rare, and the others have little to visit. They are needed, though:
    what has waited for a run (its execution, its HTTP response) is in the oldest generation by
    then, and refers to itself. Under load there is one in about 1,500 questions, and only when that
    generation has grown by a quarter since the last one (CPython's own rule).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 5, 20)


def _stop_signal() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop


def _stop_at_eof(stop: asyncio.Event) -> None:
    """Stop when standard input is closed."""
    loop, source = asyncio.get_running_loop(), sys.stdin.fileno()

    def read() -> None:
        if not os.read(source, 1024):
            loop.remove_reader(source)
            stop.set()

    loop.add_reader(source, read)


def _tell(text: str) -> None:
    """Print to stderr; as with the log, neither a full disk nor a full pipe stops anything."""
    if is_read(sys.stderr):
        with suppress(OSError):
            print(text, file=sys.stderr)


def _explain(error: SettingsError) -> str:
    lines = ["Threadline cannot start:"]
    for problem in error.problems:
        lines += [f"  {problem.setting} {problem.wrong}.", f"    → {problem.fix}."]
    return "\n".join(lines)
