"""Whatever Slack sends: no message is too odd, too deep or too long to be read."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.payloads.message_text import (
    LONGEST_WORDS,
    MOST_FILES,
    files_of,
    sent_along,
    words_of,
)
from tests.unit.slack.payloads.slack_messages import SHARED, Json, by_app, by_person, text

_KEYS = st.sampled_from(
    [
        *("type", "text", "title", "fields", "elements", "blocks", "attachments", "message_blocks"),
        *("message", "is_share", "files", "name", "rows", "fallback", "subtype", "bot_id"),
        *("pretext", "value", "url", "user_id", "range", "child_blocks", "title_link"),
    ]
)
_VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(alphabet="<>@#!|&;lt ()[]:\ud800é\n", max_size=20),
    st.sampled_from(
        [
            *("rich_text", "rich_text_list", "rich_text_section", "table", "section", "context"),
            *("link", "date", "mrkdwn"),
        ]
    ),
)
_ANYTHING = st.recursive(
    _VALUES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=5),
    max_leaves=40,
)


@pytest.mark.slow
@given(_ANYTHING | st.dictionaries(_KEYS, _ANYTHING, max_size=8))
def test_nothing_that_slack_could_send_is_too_odd(message: Any) -> None:
    for read in (words_of, sent_along):
        words = read(message)
        assert isinstance(words, str)
        assert len(words) <= LONGEST_WORDS
        words.encode()  # no half of a character is left
    names = files_of(message)
    assert len(names) <= MOST_FILES
    "".join(names).encode()


@pytest.mark.parametrize(
    "key", ["elements", "child_blocks", "blocks", "attachments", "rows", "message"]
)
@pytest.mark.parametrize("kind", ["section", "rich_text", "rich_text_list", "table"])
def test_blocks_within_blocks_may_be_as_deep_as_they_like(key: str, kind: str) -> None:
    inner: Any = text("deep")
    for _ in range(900):
        inner = {"type": kind, key: [inner]}
    for holder in ("blocks", "attachments", "message_blocks"):
        words_of(by_app("", **{holder: [inner]}))
        words_of(by_person(attachments=[inner | {"is_share": True, holder: [inner]}]))


@pytest.mark.slow
@pytest.mark.parametrize(
    "grown",
    [
        lambda n: by_app("<" * n),
        lambda n: by_app("x" + " " * n + "x"),
        lambda n: by_app(
            "<@U1>" * (n // 5), blocks=[{"type": "section", "text": text("<a|" * (n // 3))}]
        ),
        lambda n: by_app("a" * n, blocks=[{"type": "section", "text": text("a" * (n // 2) + "b")}]),
        lambda n: by_app(blocks=[{"type": "section", "fields": [text("a b")] * (n // 3)}]),
        lambda n: by_app(attachments=[{"text": "a"}] * (n // 10)),
        lambda n: by_person(
            attachments=[SHARED | {"text": "", "message_blocks": [], "fallback": "[" * n}]
        ),
        lambda n: by_person(attachments=[{"is_share": True, "fallback": "[a] " + "b" * n}]),
        lambda n: by_person(attachments=[{"is_share": True, "text": "a"}] * (n // 10)),
        lambda n: by_person(
            attachments=[{"is_share": True, "message_blocks": [{"message": text("a")}] * (n // 10)}]
        ),
        lambda n: by_person(files=[{"name": " " * n}]),
        lambda n: by_person(files=[{"name": "a"}] * (n // 10)),
    ],
)
@pytest.mark.usefixtures("nothing_is_collected")
def test_the_time_it_takes_grows_with_the_message_and_not_faster(
    grown: Callable[[int], Json],
) -> None:
    def taken(size: int) -> float:
        message = grown(size)
        began = time.process_time()
        for _ in range(3):
            words_of(message)
            sent_along(message)
            files_of(message)
        return time.process_time() - began

    taken(1_000)
    small = min(taken(8_000) for _ in range(3))
    large = min(taken(80_000) for _ in range(2))
    assert large < 40 * max(small, 0.002)
