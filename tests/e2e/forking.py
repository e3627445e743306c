"""The command line, loaded once: each line on standard input starts it in a process of its own.

Loading what it imports takes most of a second of computing, and dozens of tests only ask what it
says of a mistake. A line is JSON: `arguments`, `cwd`, `environ` (all of it), and `out`, the file
for what is said. The answer is a line, too: the exit code.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from typing import Any

from bot.__main__ import main


def serve() -> None:
    """Start one after the other until standard input ends."""
    gc.freeze()
    for line in sys.stdin:
        child = os.fork()
        if not child:
            _become(json.loads(line))
            main()
            return
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def _become(asked: dict[str, Any]) -> None:
    os.chdir(asked["cwd"])
    os.environ.clear()
    os.environ.update(asked["environ"])
    sys.argv[1:] = asked["arguments"]
    said = os.open(asked["out"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, source in enumerate((nothing, said, said)):
        os.dup2(source, number)


if __name__ == "__main__":
    serve()
