"""Texts with endless combining marks are normalized in linear time."""

from __future__ import annotations

import unicodedata

import pytest

from bot.domain.unicode import MOST_MARKS, normalized


@pytest.mark.parametrize(
    "text", ["abc", "Zürich", "e\u0301\u0323", "ﬁ１", "가", "a" + "\u0301" * 30]
)
def test_ordinary_texts_are_normalized_as_ever(text: str) -> None:
    assert normalized(text) == unicodedata.normalize("NFKC", text)


def test_more_marks_than_a_letter_can_have_are_dropped() -> None:
    """A hundred thousand of two classes would take Python minutes."""
    text = "a" + "\u0345" * 50_000 + "\u0327" * 50_000 + "b"
    found = normalized(text)
    assert len(found) <= MOST_MARKS + 2
    assert found[-1] == "b"
