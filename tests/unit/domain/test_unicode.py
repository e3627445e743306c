"""Surrogates: replaced, joined or escaped, so that every text can be written as UTF-8."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.unicode import escape_unseen, join_surrogates, replace_lone_surrogates

#: Text in which surrogates are common, alone and in pairs.
TEXTS = st.text(st.sampled_from("a\n\u00e9\u2028\U0001f600\ud83d\ude00\ud800\udfff"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("plain, é, 😀", "plain, é, 😀"),
        ("half \ud83d and \udc00", "half \ufffd and \ufffd"),
        ("\ud83d\ude00", "\ufffd\ufffd"),
    ],
)
def test_each_surrogate_is_replaced(text: str, expected: str) -> None:
    assert replace_lone_surrogates(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain, é, 😀", "plain, é, 😀"),
        ("\ud83d\ude00", "😀"),
        ("\ud83d\ud83d\ude00", "\ufffd😀"),
        ("\ude00\ud83d", "\ufffd\ufffd"),
    ],
)
def test_pairs_are_joined_and_lone_surrogates_replaced(text: str, expected: str) -> None:
    assert join_surrogates(text) == expected


@given(TEXTS)
def test_joined_and_replaced_texts_can_be_written_as_utf_8(text: str) -> None:
    replaced = replace_lone_surrogates(text)
    replaced.encode()
    assert len(replaced) == len(text)
    join_surrogates(text).encode()


@given(
    st.text(st.sampled_from('a\n"\\\x7f\x9b\u202e\u2028\U0001f600\U000e0041\ud83d\udfff')).filter(
        lambda text: "\ud83d\udfff" not in text
    )
)
def test_escaped_json_is_utf_8_without_unseen_characters_and_means_the_same(text: str) -> None:
    for indent in (None, 2):
        written = escape_unseen(json.dumps([text], ensure_ascii=False, indent=indent))
        assert written.replace("\n", "").isprintable()
        assert json.loads(written.encode()) == [text]
        assert written.count("\U0001f600") == text.count("\U0001f600")
