"""Start the command line, `bot.command_line`, and end quietly.

Loading takes a second. Ctrl-C or SIGTERM in the meantime ends the process at once, without a
traceback: there is nothing to clean up yet. As the first process of a container it would otherwise
not get SIGTERM at all.
"""

from __future__ import annotations

import logging
import os
import signal
import sys

#: Exit codes as shells give them: 128 and the signal's number.
INTERRUPTED, TERMINATED = 130, 143


def main() -> None:
    """Load the command line, run it, and exit."""
    ctrl_c = signal.getsignal(signal.SIGINT)
    if ctrl_c is signal.default_int_handler:  # else whoever started us has it ignored
        signal.signal(signal.SIGINT, lambda *_: os._exit(INTERRUPTED))
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, lambda *_: os._exit(TERMINATED))
    from bot import command_line  # noqa: PLC0415 - after these signals are taken care of

    try:
        signal.signal(signal.SIGINT, ctrl_c)
        command_line.main()
    except KeyboardInterrupt:  # before the bot's own signal handlers were installed
        raise SystemExit(INTERRUPTED) from None
    finally:
        logging.shutdown()  # before a traceback, which would stand in the middle of a line
        _drop_unwritable_stderr()


def _drop_unwritable_stderr() -> None:
    """Close stderr where it cannot be written: Python would write once more, and exit with 120."""
    try:
        sys.stderr.flush()
    except (AttributeError, OSError, ValueError):  # the first: it was closed at the start
        sys.stderr = None


if __name__ == "__main__":
    main()
