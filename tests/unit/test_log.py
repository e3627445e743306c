"""Logs: one line an event, and no secret in it."""

from __future__ import annotations

import asyncio
import errno
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot import log
from bot.configuration.settings import Settings
from bot.log import (
    NOISY,
    ONCE_A_MINUTE,
    ContextFilter,
    Lines,
    RepetitionFilter,
    log_context,
)

ALL = ("", *NOISY)


#: What would begin a line, or what a terminal obeys.
ODD = (
    "a\nERROR b",
    "a\r\nb",
    "a\x1b[2Jb",
    "a\u2028b",
    "a\x85b",
    "a\0b",
    "a\x9b31mb",
    "\u202eb\u2066a",
)


def line(
    *, as_json: bool, message: str = "run started", error: bool = False, said: str = ""
) -> str:
    record = logging.LogRecord("bot.engine.execution", logging.INFO, "", 0, message, (), None)
    record.slack_thread = "T1:C1:1.000000"
    if error:
        try:
            raise ValueError(f"failed with xoxb-1-abc {said}")
        except ValueError as caught:
            record.exc_info = (type(caught), caught, caught.__traceback__)
    return Lines(["key-abc"], as_json=as_json).format(record)


def test_a_plain_line_has_the_phrase_and_the_fields() -> None:
    assert line(as_json=False).endswith("INFO run started thread=T1:C1:1.000000")


def test_a_json_line_is_json() -> None:
    written = json.loads(line(as_json=True, error=True))
    assert written["message"] == "run started"
    assert written["thread"] == "T1:C1:1.000000"
    assert "ValueError" in written["error"]


def test_secrets_are_redacted_everywhere_in_a_line() -> None:
    for as_json in (True, False):
        written = line(as_json=as_json, message="sent key-abc with xapp-1-def", error=True)
        assert not [s for s in ("key-abc", "xapp-1", "xoxb-1") if s in written]
        assert written.count("[secret]") == 4


@pytest.mark.parametrize("secret", ["key-abc", "schlüssel", 'a"b\\c', "xoxb-1-abc"])
def test_no_line_end_and_no_escape_beside_a_secret_hides_it(secret: str) -> None:
    record = logging.LogRecord("bot", logging.INFO, "", 0, f"({secret}\n{secret}\té", (), None)
    for as_json in (True, False):
        written = Lines(["key-abc", "schlüssel", 'a"b\\c'], as_json=as_json).format(record)
        assert written.count("[secret]") == 2


def test_every_log_record_is_one_line() -> None:
    for odd in ODD:
        written = line(as_json=False, message=odd)
        assert len(written.splitlines()) == 1
        assert written.isprintable()
        as_json = line(as_json=True, message=odd)
        assert as_json.isascii()
        assert as_json.isprintable()
        assert json.loads(as_json)["message"] == odd


@pytest.mark.parametrize("odd", ODD)
def test_a_traceback_moves_nothing_about_on_a_terminal(odd: str) -> None:
    written = line(as_json=False, error=True, said=odd)
    assert written.count("\n") == line(as_json=False, error=True).count("\n") + odd.count("\n")
    assert written.replace("\n", "").isprintable()
    assert json.loads(line(as_json=True, error=True, said=odd))["error"].endswith(odd)


def logged(**extra: str) -> logging.LogRecord:
    """A record with these fields of its own, after the filter."""
    record = logging.LogRecord("bot.engine.execution", logging.INFO, "", 0, "run started", (), None)
    record.__dict__.update(extra)
    assert ContextFilter().filter(record)
    return record


def plain(record: logging.LogRecord) -> str:
    return Lines([], as_json=False).format(record)


def test_a_line_has_the_fields_of_the_context_it_is_logged_in() -> None:
    fields = {"slack_thread": "T1:C1:1.000000", "turn": "T1:C1:1.000000"}
    with log_context(lambda: fields):
        assert plain(logged()).endswith("started thread=T1:C1:1.000000 turn=T1:C1:1.000000")
        fields["run"] = "trun_1"  # a turn gets its run while it is executed
        assert plain(logged()).endswith(" run=trun_1")
    assert plain(logged()).endswith("INFO run started")


def test_fields_that_the_call_names_win() -> None:
    with log_context(lambda: {"slack_thread": "T1:C1:1.000000", "turn": "T1:C1:1.000000"}):
        assert plain(logged(turn="T1:C1:2.000000")).endswith(" turn=T1:C1:2.000000")


async def test_a_task_keeps_the_context_it_was_created_in() -> None:
    async def line() -> str:
        return plain(logged())

    with log_context(lambda: {"run": "trun_1"}):
        task = asyncio.create_task(line())
    assert (await task).endswith(" run=trun_1")


@contextmanager
def configured() -> Iterator[None]:
    root = logging.getLogger()
    handlers, levels = root.handlers[:], {name: logging.getLogger(name).level for name in ALL}
    try:
        log.configure(Settings.read({"LOG_LEVEL": "INFO"})[0])
        yield
    finally:
        root.handlers[:] = handlers
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)


def test_the_programs_log_carries_the_context(capsys: pytest.CaptureFixture[str]) -> None:
    with configured(), log_context(lambda: {"run": "trun_1"}):
        logging.getLogger("bot.engine").info("run started")
    assert capsys.readouterr().err.endswith("INFO run started run=trun_1\n")


async def test_the_limit_of_open_files_is_said_once_and_without_a_traceback(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """asyncio logs each connection that it cannot accept, again and again."""
    loop = asyncio.get_running_loop()
    with configured():
        for number in (errno.EMFILE, errno.ENFILE, errno.EMFILE, errno.ENOSPC):
            error = OSError(number, "no")
            loop.call_exception_handler({"message": "socket.accept()", "exception": error})
    written = capsys.readouterr().err
    assert written.count("too many open files") == 1
    assert written.count("socket.accept()") == 1
    assert written.count(f"OSError: [Errno {errno.ENOSPC}]") == 1


def test_what_lasts_is_written_once_a_minute() -> None:
    now = 0.0
    repeats = RepetitionFilter(lambda: now)

    def passes(at: float, *args: str, **extra: object) -> bool:
        nonlocal now
        now = at
        record = logging.LogRecord("bot", logging.ERROR, "", 0, "refused: %s", args, None)
        # The machine's clock may be set back.
        record.__dict__.update(extra, created=1e9 - at)
        return repeats.filter(record)

    assert [passes(at, "a", **ONCE_A_MINUTE) for at in (0, 59, 60, 61)] == [
        True,
        False,
        True,
        False,
    ]
    assert passes(61, "b", **ONCE_A_MINUTE)
    assert passes(61, "a")
    assert passes(122, "a", **ONCE_A_MINUTE)
