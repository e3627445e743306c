"""Errands that cannot be run now come again."""

from __future__ import annotations

from bot.engine.jobs import LONGEST_PAUSE, pause_after


def test_pauses_grow_to_the_longest_one() -> None:
    assert [pause_after(tries, 1.0) for tries in (0, 1, 2)] == [1.0, 2.0, 4.0]
    assert pause_after(7, 1.0) == LONGEST_PAUSE


def test_an_errand_that_could_not_be_run_for_days_is_still_tried_again() -> None:
    """Slack away since Friday: thousands of tries by Monday."""
    assert pause_after(10_000, 1.0) == LONGEST_PAUSE


def test_who_asks_for_patience_gets_it() -> None:
    assert pause_after(0, 1.0, 300.0) == 300.0
