"""Logs: one line an event, and no secret in it."""

from __future__ import annotations

import json
import logging

from bot.log import Lines


def line(*, as_json: bool, message: str = "run started", error: bool = False) -> str:
    record = logging.LogRecord("bot.engine.execution", logging.INFO, "", 0, message, (), None)
    record.slack_thread = "T1:C1:1.000000"
    if error:
        try:
            raise ValueError("failed with xoxb-1-abc")
        except ValueError as caught:
            record.exc_info = (type(caught), caught, caught.__traceback__)
    return Lines(["key-abc"], as_json=as_json).format(record)


def test_a_plain_line_has_the_phrase_and_the_fields() -> None:
    assert line(as_json=False).endswith("INFO run started thread=T1:C1:1.000000")


def test_a_json_line_is_json() -> None:
    told = json.loads(line(as_json=True, error=True))
    assert told["message"] == "run started"
    assert told["thread"] == "T1:C1:1.000000"
    assert "ValueError" in told["error"]


def test_secrets_are_blotted_out_wherever_they_stand() -> None:
    for as_json in (True, False):
        told = line(as_json=as_json, message="sent key-abc with xapp-1-def", error=True)
        assert not [s for s in ("key-abc", "xapp-1", "xoxb-1") if s in told]
        assert told.count("[secret]") == 4


def test_whatever_it_tells_is_one_line() -> None:
    for odd in ("a\nERROR b", "a\r\nb", "a\x1b[2Jb", "a\u2028b", "a\x85b", "a\0b"):
        told = line(as_json=False, message=odd)
        assert len(told.splitlines()) == 1
        assert told.isprintable()
        assert json.loads(line(as_json=True, message=odd))["message"] == odd
