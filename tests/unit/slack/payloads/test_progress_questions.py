"""What asks how far a run is: only as a whole, and what is small talk anyway is not listed."""

from __future__ import annotations

import pytest

from bot.slack.payloads.keywords import match_keyword
from bot.slack.payloads.progress_questions import _ASKS, asks_progress


@pytest.mark.parametrize(
    "text", ["done?", "Is it done?", "is it still running??", "fertig?", "C’est fini ?", "готово?"]
)
def test_what_only_asks_how_far_a_run_is(text: str) -> None:
    assert asks_progress(text)


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
    assert not asks_progress(text)


def test_nothing_is_listed_that_is_small_talk_in_any_thread() -> None:
    assert [entry for entry in _ASKS if match_keyword(f"{entry}?")] == []
