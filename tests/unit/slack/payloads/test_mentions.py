"""The bot's own mention, taken off the question."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ports import Addressing
from bot.slack.payloads.mentions import text_without_mention
from bot.slack.payloads.message_events import parse_message
from bot.slack.payloads.message_intents import QuestionAsked
from bot.slack.text.plain_words import plain_words
from tests.unit.slack.payloads.slack_events import ME, ROOT, asked, body
from tests.unit.slack.payloads.slack_messages import NO_TEXT, part, rich, span


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("<@U0BOT> who?", "who?"),
        ("<@U0BOT>: who?", "who?"),
        ("<@U0BOT|threadline>, who?", "who?"),
        ("who? <@U0BOT>", "who?"),
        ("tell <@U0BOT> who", "tell who"),
        ("<@U0BOT> <@U0BOT> who?", "who?"),
        ("<@U0BOT>\n> quoted\n\n    code", "> quoted\n\n    code"),
        ("hey <@U0BOT> is <@U2BOB> right?", "hey is @someone right?"),
    ],
)
def test_our_own_mention_is_taken_off_and_nothing_else(raw: str, text: str) -> None:
    assert asked(body(raw.replace("> quoted", "&gt; quoted"))).text == text


@pytest.mark.parametrize("said", ["", " ", None, NO_TEXT])
@pytest.mark.parametrize("place", [{"channel_type": "im"}, {"thread_ts": ROOT}])
def test_words_that_are_only_in_blocks_are_read(said: str | None, place: dict[str, str]) -> None:
    words = rich(part("rich_text_section", span("text", text="!pro who owns the canal?")))
    event = body(blocks=[words], **place)
    event["event"]["text"] = said
    assert asked(event).text == "who owns the canal?"
    assert asked(event).processor == "pro"


US, BOB = span("user", user_id=ME), span("user", user_id="U2BOB")


@pytest.mark.parametrize("kind", ["app_mention", "message"])
@pytest.mark.parametrize("said", ["", None, NO_TEXT, "who owns the canal?"])
@pytest.mark.parametrize("place", [{}, {"thread_ts": ROOT}])
@pytest.mark.parametrize("within", ["rich_text_section", "rich_text_quote"])
def test_a_mention_that_is_only_in_blocks_asks(
    kind: str, said: str | None, place: dict[str, str], within: str
) -> None:
    words = rich(part(within, US, span("text", text=" who owns the canal?")))
    event = body(kind=kind, blocks=[words], **place)
    event["event"]["text"] = said
    found = parse_message(event, ME)
    assert isinstance(found, QuestionAsked)
    assert found.addressing is Addressing.ADDRESSED
    assert found.question.text == "who owns the canal?"


@pytest.mark.parametrize(
    ("elements", "text"),
    [
        ([US, span("text", text=": is "), BOB, span("text", text=" right?")], "is @someone right?"),
        ([span("text", text="tell "), US, span("text", text=" who")], "tell who"),
        ([US, span("text", text=" !pro who?")], "who?"),
        ([US, span("text", text=" a < b &amp; c?")], "a < b &amp; c?"),
        ([US, span("usergroup", usergroup_id="S1"), span("text", text=" who?")], "@a-group who?"),
    ],
)
def test_the_words_around_a_mention_in_blocks_are_kept(elements: list[Any], text: str) -> None:
    assert asked(body("", blocks=[rich(part("rich_text_section", *elements))])).text == text


@pytest.mark.parametrize(
    "elements",
    [
        [part("rich_text_section", span("text", text="<@U0BOT> who?"))],
        [part("rich_text_section", span("user", user_id="U2BOB"), span("text", text=" who?"))],
        [part("rich_text_preformatted", span("user", user_id=ME))],
        [part("rich_text_section", span("user", user_id=7), span("user"))],
    ],
)
@pytest.mark.parametrize("said", ["", "&lt;@U0BOT&gt; who?"])
def test_what_only_looks_like_a_mention_in_blocks_asks_nothing(
    elements: list[Any], said: str
) -> None:
    assert parse_message(body(said, "app_mention", blocks=[rich(*elements)]), ME) is None


def test_a_reply_whose_blocks_begin_with_somebody_else_is_theirs() -> None:
    words = rich(part("rich_text_section", BOB, span("text", text=" who owns it?")))
    assert parse_message(body("", blocks=[words], thread_ts=ROOT), ME) is None


_PIECES = ["<@U0BOT>", "<@U0BOT|bot>", "<@U0BOTS>", "<@U2>", *"<>| \t\n:,xé"]


@given(st.lists(st.sampled_from(_PIECES), max_size=12).map("".join))
def test_our_mention_is_removed_with_the_blanks_around_it(raw: str) -> None:
    mention = r"[ \t]*<@U0BOT(?:\|[^<>]*)?>[:,]?[ \t]*"
    assert text_without_mention({"text": raw}, ME) == plain_words(re.sub(mention, " ", raw))


@pytest.mark.parametrize("before", ["", "x"])
@pytest.mark.parametrize("blank", [" ", "\t", " \t", "\n"])
def test_a_great_many_blanks_are_only_blanks(before: str, blank: str) -> None:
    blanks = blank * (39_990 // len(blank))
    assert asked(body(f"{before}{blanks}<@U0BOT>{blanks}who?")).text.split() == [
        *before,
        "who?",
    ]
