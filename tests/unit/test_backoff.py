"""How long what failed is left alone."""

from __future__ import annotations

from bot.concurrency.backoff import Backoff, grown_with


def test_delays_grow_to_the_longest_one() -> None:
    backoff = Backoff(1.0, 60.0)
    assert [backoff.next() for _ in range(8)] == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0]


def test_after_a_success_the_first_delay_is_the_next() -> None:
    backoff = Backoff(3.0, 60.0, factor=3.0)
    assert [backoff.next(), backoff.next()] == [3.0, 9.0]
    backoff.reset()
    assert backoff.next() == 3.0


def test_days_of_failures_do_not_overflow() -> None:
    """Slack away since Friday: thousands of attempts by Monday."""
    assert Backoff(1.0, 60.0, failures=10_000).next() == 60.0


def test_a_delay_is_no_shorter_than_retry_after() -> None:
    backoff = Backoff(1.0, 60.0, jitter=(0.8, 1.2))
    assert backoff.next(300.0) == 300.0
    assert backoff.next(0.1) >= 1.6


def test_jitter_stays_in_its_range() -> None:
    for _ in range(100):
        assert 8.0 <= Backoff(10.0, 60.0, jitter=(0.8, 1.2)).next() <= 12.0


def test_a_delay_grows_with_the_time_since_the_first_failure() -> None:
    delays = [grown_with(elapsed, first=5.0, longest=300.0) for elapsed in (0.0, 60.0, 9_000.0)]
    assert delays == [5.0, 30.0, 300.0]
