"""Start the command line, `bot.command_line`, and end quietly.

Loading takes a second. Ctrl-C in the meantime ends the process at once, without a traceback: there
is nothing to clean up yet.
"""

from __future__ import annotations

import os
import signal
import sys

INTERRUPTED = 130  # the exit code after Ctrl-C, as shells give it: 128 and the signal's number


def main() -> None:
    """Load the command line, run it, and exit."""
    ctrl_c = signal.getsignal(signal.SIGINT)
    if ctrl_c is signal.default_int_handler:  # else whoever started us has it ignored
        signal.signal(signal.SIGINT, lambda *_: os._exit(INTERRUPTED))
    from bot import command_line  # noqa: PLC0415 - after Ctrl-C is taken care of

    try:
        signal.signal(signal.SIGINT, ctrl_c)
        command_line.main()
    except KeyboardInterrupt:  # before the bot's own signal handlers were installed
        raise SystemExit(INTERRUPTED) from None
    finally:
        _drop_unwritable_stderr()


def _drop_unwritable_stderr() -> None:
    """Close stderr where it cannot be written: Python would write once more, and exit with 120."""
    try:
        sys.stderr.flush()
    except (OSError, ValueError):
        sys.stderr = None


if __name__ == "__main__":
    main()
