"""Time grows with the length of what comes from outside, and not with its square.

Everything that reads words from outside (people, Slack, Parallel, the web) is given texts that trip
parsers, four times as long each time, until they are `LONGEST` or take `ENOUGH`. What is linear
takes four times as long for four times as much; the square would be sixteen. The event loop waits
for most of it, so it also has a bound.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from tests.unit.readers import ANSWERS, FROM_PARALLEL, FROM_PEOPLE, WORDS_OF_THE_WEB, Reads
from tests.unit.tripping import PAIRS, TEXTS, Texts

LONGEST = 40_000  # characters; Slack's longest message, nearly
SHORTEST = LONGEST // 4**3
GROWTH = 9  # times the time for four times the text: between 4 and 16
NOISE = 0.004  # seconds; a time below it says nothing
ENOUGH = GROWTH * NOISE  # seconds of processor time that show the square: no longer text is needed
AGAIN = 3  # times that what seems wrong is measured once more


pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("nothing_is_collected")]


def measured(read: Callable[[str], object], texts: Texts) -> list[tuple[int, float]]:
    """Return how long ever longer texts are, and the seconds of processor time that each takes."""
    found: list[tuple[int, float]] = []
    size = SHORTEST
    while size <= LONGEST and (not found or found[-1][1] < ENOUGH):
        text = texts(size)
        began = time.process_time()
        read(text)
        found.append((len(text), time.process_time() - began))
        size *= 4
    return found


def wrong_with(reads: Reads, times: list[tuple[int, float]]) -> str:
    """Say what is wrong with the time that something takes; "" for nothing."""
    said = ", ".join(f"{size:,}: {1000 * seconds:.1f} ms" for size, seconds in times)
    size, last = times[-1]
    if len(times) > 1 and last > GROWTH * max(times[-2][1], NOISE):
        return f"grows with the square ({said})"
    if size >= LONGEST // 2 and last > 3 * reads.most:  # other work may hold the processor up
        return f"takes too long ({said})"
    return ""


@pytest.mark.parametrize(
    ("name", "reads"),
    [
        pytest.param(name, reads, id=name)
        for all_of_them in (FROM_PEOPLE, FROM_PARALLEL, WORDS_OF_THE_WEB, ANSWERS)
        for name, reads in all_of_them.items()
    ],
)
def test_time_grows_with_the_length(name: str, reads: Reads) -> None:
    titles = {*list(TEXTS)[len(name) % reads.every :: reads.every], *PAIRS}
    times = {title: measured(reads.read, TEXTS[title]) for title in titles}
    slowest = max(seconds / size for each in times.values() for size, seconds in each[-1:])
    print(f"{name}: {1e6 * slowest:.2f} µs a character at most")  # noqa: T201 - asked for by -rP
    wrong = {title: why for title in titles if (why := wrong_with(reads, times[title]))}
    for _ in range(AGAIN):  # something else may have held the processor up
        again = {title: wrong_with(reads, measured(reads.read, TEXTS[title])) for title in wrong}
        wrong = {title: why for title, why in again.items() if why}
    assert wrong == {}
