"""The command line, run to its end."""

from __future__ import annotations

import asyncio
import atexit
import functools
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]


async def run(*arguments: str, cwd: Path, **environ: str) -> tuple[int, str]:
    """Run the command line to its end; returns its exit code and all it said."""
    with tempfile.TemporaryDirectory(prefix="tl") as folder:
        out = Path(folder) / "said"
        asked = {
            "arguments": arguments,
            "cwd": str(cwd),
            "environ": {"PATH": os.environ["PATH"]} | environ,
            "out": str(out),
        }
        try:
            async with asyncio.timeout(30):
                code = await asyncio.to_thread(_started, json.dumps(asked))
        except TimeoutError:
            _server().kill()  # it waits, too: the next one must not wait for it
            _server.cache_clear()
            raise
        return code, out.read_text()


def _started(line: str) -> int:
    server = _server()
    assert server.stdin
    assert server.stdout
    server.stdin.write(f"{line}\n")
    server.stdin.flush()
    return int(server.stdout.readline())


@functools.cache
def _server() -> subprocess.Popen[str]:
    """Start what forks (see `forking`), once for all tests of this process."""
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.e2e.forking"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(server.communicate)
    return server
