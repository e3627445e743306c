"""The log on a stderr that nobody reads: the program goes on, and no line is out of order."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import TextIO

import pytest

from bot.concurrency.stderr import MOST_WAITING, StderrHandler

LONG = "x" * 200_000  # more than a pipe holds

PROGRAM = """
import logging, os, signal, sys
from bot.concurrency.stderr import StderrHandler
log = logging.getLogger()
log.addHandler(StderrHandler(sys.stderr))
try:
    for number in range(300):
        log.warning("%d %s", number, "x" * int(sys.argv[1]))
    if sys.argv[2] == "crashes":
        raise RuntimeError("crashed")
    if sys.argv[2] == "is killed":
        os.kill(os.getpid(), signal.SIGKILL)
finally:
    logging.shutdown()
"""


@pytest.fixture
def pipe() -> Iterator[tuple[TextIO, TextIO]]:
    reader, writer = os.pipe()
    with os.fdopen(reader) as out, suppress(BrokenPipeError), os.fdopen(writer, "w") as into:
        yield out, into


def warn(handler: StderrHandler, words: str) -> None:
    handler.handle(logging.LogRecord("bot", logging.WARNING, "", 0, words, (), None))


def read(out: TextIO, last: str) -> list[str]:
    """Read lines up to the last one."""
    found = [out.readline().rstrip("\n")]
    while found[-1] != last:
        found.append(out.readline().rstrip("\n"))
    return found


def test_lines_that_nobody_reads_are_dropped_and_counted(pipe: tuple[TextIO, TextIO]) -> None:
    out, into = pipe
    handler = StderrHandler(into)
    first = [LONG, *(f"{number} {'x' * 100}" for number in range(MOST_WAITING + 1_000))]
    for line in first:  # would block here
        warn(handler, line)
    found = read(out, "1000 lines of the log dropped: nothing read stderr")
    assert found[:-1] == first[: len(found) - 1]
    assert len(found) - 1 + 1_000 == len(first)
    handler.flush()
    warn(handler, "read again")
    assert out.readline() == "read again\n"


def test_a_terminal_that_nobody_reads_stops_nothing() -> None:
    """It is called writable, although a line does not fit as a whole."""
    emulator, terminal = os.openpty()
    with os.fdopen(emulator) as out, os.fdopen(terminal, "w") as into:
        handler = StderrHandler(into)
        lines = [f"{number} {'x' * 100}" for number in range(MOST_WAITING)]
        for line in lines:  # would block here
            warn(handler, line)
        assert read(out, lines[-1]) == lines


def test_what_is_logged_after_a_stall_comes_after_the_note(pipe: tuple[TextIO, TextIO]) -> None:
    out, into = pipe
    handler = StderrHandler(into)
    for line in (LONG, *map(str, range(MOST_WAITING + 10))):
        warn(handler, line)
    out.readline()
    while len(handler._waiting) >= MOST_WAITING:
        out.readline()
    warn(handler, "later")
    found = read(out, "later")
    assert "lines of the log dropped" in found[-2]


@pytest.mark.parametrize("size", [10, 100_000])
@pytest.mark.parametrize("end", ["ends", "crashes"])
def test_nothing_is_lost_when_the_process_ends(size: int, end: str) -> None:
    program = (sys.executable, "-c", PROGRAM, str(size), end)
    ran = subprocess.run(program, stderr=subprocess.PIPE, text=True, check=False, timeout=60)
    lines = [line for line in ran.stderr.splitlines() if line.endswith("x")]
    assert [line.split()[0] for line in lines] == [str(number) for number in range(300)]
    assert {len(line.split()[1]) for line in lines} == {size}
    assert ("RuntimeError: crashed" in ran.stderr) is (end == "crashes")


def test_nothing_is_lost_when_the_process_is_killed() -> None:
    program = (sys.executable, "-c", PROGRAM, "10", "is killed")
    ran = subprocess.run(program, stderr=subprocess.PIPE, text=True, check=False, timeout=60)
    assert ran.returncode == -signal.SIGKILL
    assert len(ran.stderr.splitlines()) == 300


def test_the_process_ends_although_nobody_reads() -> None:
    reader, writer = os.pipe()
    try:
        program = (sys.executable, "-c", PROGRAM, "10000", "ends")
        assert subprocess.run(program, stderr=writer, check=False, timeout=60).returncode == 0
    finally:
        os.close(reader)
        os.close(writer)


FINALIZERS = """
import gc, logging, sys
from bot.concurrency.stderr import StderrHandler

log = logging.getLogger()
log.addHandler(StderrHandler(sys.stderr))


class Unclosed:
    def __init__(self):
        self.itself = self  # so that only the collector frees it, anywhere

    def __del__(self):
        log.warning("never closed")


gc.set_threshold(1)
for number in range(1_000):
    Unclosed()
    log.warning("%d", number)
logging.shutdown()
"""


def test_what_is_logged_while_a_line_is_written_stops_nothing() -> None:
    """As asyncio does where the collector finds a failed task that nobody awaited."""
    done = subprocess.run(
        [sys.executable, "-c", FINALIZERS], check=True, capture_output=True, text=True, timeout=50
    )
    lines = done.stderr.splitlines()
    assert [line for line in lines if line != "never closed"] == [str(n) for n in range(1_000)]
    assert lines.count("never closed") > 900
