"""What people send with a message: forwarded messages, tables and the names of files."""

from __future__ import annotations

from typing import Any

import pytest

from bot.slack.payloads.message_text import MOST_FILES, files_of, sent_along, words_of
from tests.unit.slack.payloads.slack_messages import (
    APP_PREVIEW,
    LINK_PREVIEW,
    MESSAGE_PREVIEW,
    NO_PREVIEW,
    SHARED,
    TABLE,
    Json,
    by_person,
)


@pytest.mark.parametrize(
    "shared",
    [
        SHARED,
        SHARED | {"is_app_unfurl": True, "original_url": "x"},
        SHARED | {"message_blocks": []},
        SHARED | {"text": ""},
        SHARED | {"text": None, "blocks": SHARED["message_blocks"][0]["message"]["blocks"]},
        SHARED | {"text": "", "message_blocks": SHARED["message_blocks"][0]["message"]["blocks"]},
        SHARED | {"text": "", "message_blocks": None},
        {"is_share": True, "fallback": "France owns the Suez Canal"},
        {"is_share": True, "attachments": [{"text": "France owns the Suez Canal"}]},
        {"is_share": True, "title": "France owns the Suez Canal"},
        # Of an alert: its words are in the attachments of the message that is shown.
        SHARED
        | {
            "text": "",
            "fallback": NO_PREVIEW,
            "message_blocks": [
                {
                    "team": "T1",
                    "message": {
                        "text": "",
                        "attachments": [{"text": "France owns the Suez Canal"}],
                    },
                }
            ],
        },
        {"is_share": True, "message_blocks": [{"message": {"text": "France owns the Suez Canal"}}]},
        {"is_share": True, "is_reply_unfurl": True, "text": "France owns the Suez Canal"},
    ],
)
def test_a_forwarded_message_is_read_in_every_form(shared: Json) -> None:
    message = by_person("is this true?", attachments=[shared])
    assert sent_along(message) == "France owns the Suez Canal"
    assert words_of(message) == "is this true?\nForwarded message: France owns the Suez Canal"
    alone = by_person(attachments=[shared])
    assert words_of(alone) == "Forwarded message: France owns the Suez Canal"


def test_a_forwarded_message_becomes_plain_words() -> None:
    said = "<@U2|ann>: see <https://e.org|it> in <#C1|general> &amp; tell <!subteam^S1|@team>"
    message = by_person(attachments=[SHARED | {"text": said, "message_blocks": []}])
    assert sent_along(message) == "@ann: see it (https://e.org) in #general & tell @team"


def test_attachments_that_are_no_forwards_have_no_author() -> None:
    """The fallback of a forward begins with who said it when; other brackets are words."""
    shared = {"is_share": True, "fallback": "see [RFC 1] part two: it says so"}
    assert sent_along(by_person(attachments=[shared])) == "see [RFC 1] part two: it says so"
    said = shared | {"fallback": "[June 7th, 2017 2:21 PM] lev: it says so"}
    assert sent_along(by_person(attachments=[said])) == "it says so"


def test_several_messages_are_forwarded_in_their_order() -> None:
    shared = [SHARED | {"text": f"said {n}", "message_blocks": []} for n in range(3)]
    message = by_person("compare", attachments=[*shared[:2], LINK_PREVIEW, shared[2]])
    assert sent_along(message) == "said 0\n\nsaid 1\n\nsaid 2"


@pytest.mark.parametrize("preview", [LINK_PREVIEW, MESSAGE_PREVIEW, APP_PREVIEW])
@pytest.mark.parametrize("is_share", [{}, {"is_share": False}, {"is_share": None}])
def test_a_preview_of_a_link_is_no_forward(preview: Json, is_share: Json) -> None:
    message = by_person("see https://example.org", attachments=[preview | is_share])
    assert sent_along(message) == ""
    assert words_of(message) == "see https://example.org"


@pytest.mark.parametrize(
    "place",
    [{"attachments": [{"id": 1, "blocks": [TABLE], "fallback": NO_PREVIEW}]}, {"blocks": [TABLE]}],
)
def test_a_pasted_table_goes_along(place: Json) -> None:
    message = by_person("which is longer?", **place)
    assert sent_along(message) == "Canal | Owner\nSuez (https://e.org) | Egypt"
    assert words_of(message).endswith(sent_along(message))
    assert words_of(by_person(**place)).count("Egypt") == 1


@pytest.mark.parametrize(
    ("message", "names"),
    [
        ({}, ()),
        ({"files": [{"id": "F1", "name": "a.pdf", "title": "A"}]}, ("a.pdf",)),
        ({"files": [{"id": "F1", "title": "A  canvas\n"}]}, ("A canvas",)),
        ({"files": [{"id": "F1", "mode": "file_access", "file_access": "check_file_info"}]}, ("",)),
        ({"files": [{"id": "F1", "mode": "hidden_by_limit"}]}, ("",)),
        ({"files": [{"id": "F1", "mode": "tombstone"}]}, ()),
        ({"files": [{"name": 7, "title": " "}, "no file", None]}, ("",)),
        ({"files": {"name": "no list"}}, ()),
        (
            {
                "files": [{"name": "a"}],
                "attachments": [{"is_share": True, "files": [{"name": "b"}]}],
            },
            ("a", "b"),
        ),
        ({"attachments": [{"is_msg_unfurl": True, "files": [{"name": "b"}]}]}, ()),
        (
            {
                "attachments": [
                    {"is_share": True, "message_blocks": [{"message": {"files": [{"name": "c"}]}}]}
                ]
            },
            ("c",),
        ),
        ({"files": [{"name": "x" * 5_000}]}, ("x" * 80,)),
        ({"files": [{"name": "x"}] * 50}, ("x",) * MOST_FILES),
    ],
)
def test_files_are_named_those_of_forwarded_messages_too(message: Json, names: Any) -> None:
    assert files_of(message) == names
