"""The command line, run to its end."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path


async def run(*arguments: str, cwd: Path, **environ: str) -> tuple[int | None, str]:
    """Run the command line to its end; returns its exit code and all it said."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *arguments,
        cwd=cwd,
        env={"PATH": os.environ["PATH"]} | environ,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await asyncio.wait_for(process.communicate(), 30)
    return process.returncode, out.decode()
