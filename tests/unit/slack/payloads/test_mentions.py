"""The bot's own mention, taken off the question."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.payloads.mentions import text_without_mention
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
