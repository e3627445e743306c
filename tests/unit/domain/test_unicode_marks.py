"""Texts with endless combining marks are normalized in linear time."""

from __future__ import annotations

import sys
import unicodedata
from random import Random

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


def test_no_character_brings_more_marks() -> None:
    """Some characters count as no marks, but decompose into them, such as U+0F73 and U+FF9E."""

    def marks(text: str) -> str:
        decomposed = unicodedata.normalize("NFKD", text)
        return "".join("m" if unicodedata.combining(each) else " " for each in decomposed)

    decomposing = [c for c in map(chr, range(sys.maxunicode + 1)) if "m" in marks(c)]
    assert {"\u0f73", "\uff9e"} <= {*decomposing}
    for character in decomposing:
        for unit in (character, f"{character}\u0327", f"\u0327{character}"):
            longest = max(map(len, marks(normalized("a" + unit * 60)).split()))
            assert longest <= MOST_MARKS, f"U+{ord(character):04X}"


@pytest.mark.parametrize("seed", range(20))
def test_what_has_few_marks_is_normalized_as_ever(seed: int) -> None:
    """Whatever characters follow one another."""
    drawn = Random(seed)
    characters = [chr(drawn.randrange(0xD800)) for _ in range(3_000)]
    marks = [chr(drawn.randrange(0x300, 0x370)) for _ in range(3_000)]
    text = "".join(c + m for c, m in zip(characters, marks, strict=True))
    assert normalized(text) == unicodedata.normalize("NFKC", text)
