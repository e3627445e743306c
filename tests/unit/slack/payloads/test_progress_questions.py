"""What asks how far a run is: only as a whole, and what is small talk anyway is not listed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.thread import ChannelId, MessageTs, TeamId, ThreadKey, UserId
from bot.domain.turn import Question
from bot.slack.payloads.keywords import match_keyword
from bot.slack.payloads.progress_questions import _ASKS, asks_progress


def asked(text: str) -> Question:
    thread = ThreadKey(TeamId("T1"), ChannelId("C1"), MessageTs("1.0"))
    return Question(thread, MessageTs("1.1"), UserId("U1"), text)


@pytest.mark.parametrize(
    "text", ["done?", "Is it done?", "is it still running??", "fertig?", "C’est fini ?", "готово?"]
)
def test_what_only_asks_how_far_a_run_is(text: str) -> None:
    assert asks_progress(asked(text))


@pytest.mark.parametrize(
    "text",
    [
        "is it done by Egypt?",
        "how long does it take?",
        "how long will the repair take?",
        "",
        "why?",
        "?",
    ],
)
def test_what_asks_something_else(text: str) -> None:
    assert not asks_progress(asked(text))


@pytest.mark.parametrize(
    "more", [{"processor": "lite"}, {"along": "> a table"}, {"files": ("a.pdf",)}]
)
def test_what_comes_with_more_than_that(more: dict[str, Any]) -> None:
    assert not asks_progress(replace(asked("done?"), **more))


def test_nothing_is_listed_that_is_small_talk_in_any_thread() -> None:
    assert [entry for entry in _ASKS if match_keyword(f"{entry}?")] == []
