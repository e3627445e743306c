"""The command line, run to its end."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from tests import forking


async def run(*arguments: str, cwd: Path, **environ: str) -> tuple[int, str]:
    """Run the command line to its end; returns its exit code and all it said."""
    with tempfile.TemporaryDirectory(prefix="tl") as folder:
        out = Path(folder) / "said"
        given = {"PATH": os.environ["PATH"]} | environ
        code = await forking.run(("bot", *arguments), cwd, given, out)
        return code, out.read_text()
