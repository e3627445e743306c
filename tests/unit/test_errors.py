"""Retry-After, as servers send it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import LONGEST_RETRY_AFTER, retry_after_seconds

NOW = 1_700_000_000.0  # Tue, 14 Nov 2023 22:13:20 GMT


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("nan", None),
        ("1_0", None),
        ("٣", None),
        ("0x10", None),
        ("0", 0.0),
        ("-5", 0.0),
        ("+5", 5.0),
        ("2", 2.0),
        ("3.0", 3.0),
        ("30.", 30.0),
        (" 1.5 ", 1.5),
        ("86400", 3600.0),
        ("inf", 3600.0),
        ("1e400", 3600.0),
        ("Tue, 14 Nov 2023 22:13:50 GMT", 30.0),
        ("Tue, 14 Nov 2023 22:13:50 -0000", 30.0),
        ("Tue, 14 Nov 2023 20:00:00 GMT", 0.0),
        ("Fri, 01 Jan 2100 00:00:00 GMT", 3600.0),
        ("Fri, 31 Dec 9999 23:59:59 -2359", 3600.0),
        ("Tue, 14 Nov 0001 22:13:50 +2359", 0.0),
        ("Tue, 99 Nov 2023 22:13:50 GMT", None),
        ("Wed, 21 Oct 2099", None),
        ("Tue, 14 Nov 2023 22:13:50 +99999999999999", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    assert retry_after_seconds(header, NOW) == seconds


@given(st.text() | st.from_regex(r"\w{3}, \d\d? \w{3} \d{2,6} \d\d:\d\d:\d\d [+-]\d{1,12}"))
def test_any_retry_after_is_an_hour_at_most_or_none(header: str) -> None:
    seconds = retry_after_seconds(header, NOW)
    assert seconds is None or 0 <= seconds <= LONGEST_RETRY_AFTER
