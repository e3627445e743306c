"""When the next socket to Slack is opened."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.slack.transport.socket_pacing import PACING, Attempts, SocketEnd

ends = st.sampled_from(
    [
        SocketEnd("sent away"),
        SocketEnd("refreshed", requested=True),
        SocketEnd("slower", retry_after=20.0),
    ]
)


@given(st.lists(st.tuples(ends, st.sampled_from([0.0, 0.0, 1.0, 29.0, 31.0, 4000.0])), max_size=80))
def test_at_most_nine_tries_are_made_in_any_minute(story: list[tuple[SocketEnd, float]]) -> None:
    tries, now, began = Attempts(PACING), 0.0, list[float]()
    for end, lived in story:
        tries.begin(now)
        began.append(now)
        now += lived
        pause = tries.delay(end, lived, now)
        assert pause >= end.retry_after
        now += pause
    assert all(late - early > 59.999 for early, late in zip(began, began[9:], strict=False))


def test_pauses_grow_and_a_free_place_is_found_within_seconds() -> None:
    tries, now, pauses = Attempts(PACING), 0.0, list[float]()
    for _ in range(100):
        tries.begin(now)
        pauses.append(tries.delay(SocketEnd("too many"), 0.0, now))
        now += pauses[-1]
    assert pauses[0] < pauses[1] < pauses[2]
    assert max(pauses) < 15
    assert len({round(pause, 3) for pause in pauses}) > 50  # jitter


def test_a_long_lived_socket_is_replaced_at_once_and_resets_the_delay() -> None:
    tries = Attempts(PACING)
    for _ in range(3):
        tries.begin(0.0)
        tries.delay(SocketEnd("too many"), 0.0, 0.0)
    tries.begin(100.0)
    assert tries.delay(SocketEnd("refreshed", requested=True), 3600.0, 3700.0) == 0
    assert tries.delay(SocketEnd("closed"), 3600.0, 3700.0) < 2
