"""Processes that have loaded what a bot imports when they start, so that dozens are soon there.

Loading takes most of a second of computing. This module, run as a program, has done so: it forks
for each line on standard input, and the child runs a Python module as `python -m` does. A line is
JSON: `module`, `arguments`, `cwd`, `environ` (all of it), `out` (the file for what is said), and
`waits`. The answer is a line, too: the exit code of one that is waited for, else its number.
"""

from __future__ import annotations

import asyncio
import atexit
import functools
import gc
import json
import os
import runpy
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import bot.app
import bot.startup.preflight
import handlers

LOADED = (bot.app, bot.startup.preflight, handlers)  # nearly all that `bot.__main__` imports
ROOT = Path(__file__).parents[1]
_one_at_a_time = threading.Lock()


class Forked:
    """A process that was started so."""

    def __init__(self, pid: int) -> None:
        self._pid = pid

    def kill(self) -> None:
        """Kill it as `kill -9` does, if it is alive."""
        with suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)

    async def wait(self) -> None:
        """Wait until it is gone."""
        with suppress(ProcessLookupError):
            while True:
                os.kill(self._pid, 0)
                await asyncio.sleep(0.01)


async def start(command: Sequence[str], environ: Mapping[str, str], out: Path) -> Forked:
    """Start a module with its arguments; what it says goes to the end of the file."""
    return Forked(await asyncio.to_thread(_asked, command, ROOT, environ, out, waits=False))


async def run(command: Sequence[str], cwd: Path, environ: Mapping[str, str], out: Path) -> int:
    """Run a module with its arguments to its end, for 30 s at most; returns the exit code."""
    try:
        async with asyncio.timeout(30):
            return await asyncio.to_thread(_asked, command, cwd, environ, out, waits=True)
    except TimeoutError:
        _server().kill()  # it waits, too: the next one must not wait for it
        _server.cache_clear()
        raise


def _asked(
    command: Sequence[str], cwd: Path, environ: Mapping[str, str], out: Path, *, waits: bool
) -> int:
    module, *arguments = command
    said = {"module": module, "arguments": arguments, "environ": dict(environ), "waits": waits}
    with _one_at_a_time:
        server = _server()
        assert server.stdin
        assert server.stdout
        server.stdin.write(json.dumps({**said, "cwd": str(cwd), "out": str(out)}) + "\n")
        server.stdin.flush()
        return int(server.stdout.readline())


@functools.cache
def _server() -> subprocess.Popen[str]:
    """Start what forks, once for all tests of this process."""
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.forking"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(server.communicate)
    return server


def serve() -> None:
    """Fork for each line until standard input ends."""
    gc.freeze()
    for line in sys.stdin:
        asked = json.loads(line)
        # Nobody waits for the others: the system forgets them as soon as they are dead.
        signal.signal(signal.SIGCHLD, signal.SIG_DFL if asked["waits"] else signal.SIG_IGN)
        child = os.fork()
        if not child:
            _become(asked)
            return
        answer = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) if asked["waits"] else child
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()


def _become(asked: dict[str, Any]) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.chdir(asked["cwd"])
    os.environ.clear()
    os.environ.update(asked["environ"])
    said = os.open(asked["out"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, source in enumerate((nothing, said, said)):
        os.dup2(source, number)
    sys.argv = [asked["module"], *asked["arguments"]]
    runpy.run_module(asked["module"], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    serve()
