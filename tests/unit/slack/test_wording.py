"""Times, money, quotes and cuts, as people read them."""

from __future__ import annotations

import pytest

from bot.slack.wording import (
    clock,
    cut,
    day,
    duration,
    month,
    one_line,
    one_line_without_code,
    quoted,
)

AT = 1_795_000_000.5  # 2026-11-18 11:06:40 UTC


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "1 s"),
        (59.4, "59 s"),
        (60, "1 min"),
        (92, "1 min 32 s"),
        (3_599.6, "1 h"),
        (4_800, "1 h 20 min"),
        (90_000, "25 h"),
    ],
)
def test_durations_have_two_units_at_most(seconds: float, expected: str) -> None:
    assert duration(seconds) == expected


def test_times_are_written_for_each_readers_time_zone() -> None:
    assert clock(AT) == "<!date^1795000000^{time}|11:06 UTC>"
    assert day(AT) == "<!date^1795000000^{date_short_pretty}|2026-11-18>"


def test_months_have_their_names() -> None:
    assert month("2026-11") == "November 2026"


@pytest.mark.parametrize(
    ("text", "expected"), [("", ""), ("abcde", "abcde"), ("abcdef", "abcd…"), ("abc def", "abc…")]
)
def test_a_cut_text_ends_in_an_ellipsis_within_the_limit(text: str, expected: str) -> None:
    assert cut(text, 5) == expected


def test_lines_are_joined_before_the_cut() -> None:
    assert one_line(" a\n b\tc ", 5) == "a b c"
    assert one_line_without_code("`a`\nb", 5) == "'a' b"


def test_quotes_are_escaped_after_the_cut() -> None:
    assert quoted("<@U1> & `x`", 9) == "“&lt;@U1&gt; &amp;…”"
