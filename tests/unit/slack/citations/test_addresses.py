"""Bare addresses: which texts need not be searched for one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.citations.addresses import ADDRESS, may_hold_address

MARKS = "aZ3.-_:/@?#&;\\( [\u0131\u017f\u2060"
WORDS = """www www. WwW\\. mailto: ma\u0131lto: https ftp:// :// xn-- example.org/page example.org
a@b.cd &colon; &sol; &#47; &#x2f; &period; &#46;"""
PIECES = st.sampled_from([*MARKS, *WORDS.split()])


@given(st.lists(PIECES, max_size=12).map("".join))
def test_a_text_with_an_address_is_searched(text: str) -> None:
    if ADDRESS.search(text):
        assert may_hold_address(text)


@pytest.mark.parametrize(
    "text",
    ["https://example.org", "www.example.org", "mailto:a@b.cd", "example.org/page", "www&period;a"],
)
def test_each_kind_of_address_is_found(text: str) -> None:
    assert may_hold_address(text)
    assert ADDRESS.search(text)


def test_most_sentences_are_not_searched() -> None:
    assert not may_hold_address("In 2024, 42.5 % went through the canal (see table [3]); e.g. oil.")
