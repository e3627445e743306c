"""Bare addresses: which texts need not be searched for one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.citations.addresses import (
    ADDRESS,
    find_address,
    may_hold_address,
    possible_ends,
    whole_match,
)

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


PAGE = "https://example.org/suez"


def read_for_each(count: int, between: str) -> float:
    """How many characters are read for each of many cited addresses without a space."""
    text = (PAGE + between) * count
    at = read = 0
    while match := find_address(text, at):
        read += len(match[0])
        at = match.start() + len(PAGE)
    return read / count


@pytest.mark.parametrize("between", ["", ",", "?", "(so)", "#"])
def test_what_is_read_for_each_of_many_addresses_does_not_grow(between: str) -> None:
    assert read_for_each(8_000, between) < 1.2 * read_for_each(2_000, between)
    ends = list(possible_ends((PAGE + between) * 30, has_nested=False))
    assert max(ends) <= len(PAGE + between)


@pytest.mark.parametrize("length", [10, 5_999, 6_000, 6_001, 50_000])
def test_an_address_of_any_length_is_found_to_its_end(length: int) -> None:
    address = f"{PAGE}/{'a' * length}"
    match = find_address(f"see {address} so")
    assert match
    assert whole_match(match)[0] == address


def test_an_address_behind_many_signs_is_found() -> None:
    match = find_address(":" * 20_000 + PAGE)
    assert match
    assert match[0] == PAGE
