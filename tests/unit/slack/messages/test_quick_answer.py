"""The one message of a quick answer: while it comes, when it has ended, and whatever it says."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.turn import EndingKind, Relation
from bot.errors import Cause
from bot.playground.slack.rules.message_rules import check_blocks, shown_texts
from bot.playground.slack.rules.text import pings_of
from bot.ports import Message, Upload
from bot.slack import action_ids, limits
from bot.slack.limits import EDITED_TEXT
from bot.slack.markdown.parser import parse
from bot.slack.messages import quick_answer
from bot.slack.messages.parts import MessagePart
from bot.slack.messages.quick_answer import NO_SOURCES, QUICK_ANSWER, is_visible
from bot.slack.messages.turn_facts import TurnFacts
from tests.unit.slack.markdown.markdown_examples import markdown as any_markdown
from tests.unit.turns import ADA, DRAFT, PRO, SPEED, based, edited, over, quickly

ANSWERED, CUT_OFF, STOPPED = EndingKind.ANSWERED, EndingKind.CUT_OFF, EndingKind.STOPPED
WITH_TEXT = [ANSWERED, CUT_OFF, STOPPED]


def ended(text: str = DRAFT, kind: EndingKind = ANSWERED, **details: Any) -> list[MessagePart]:
    """All parts of a quick answer that ended so."""
    facts = over(replace(quickly(), draft=text), kind, **details)
    return quick_answer.quick_parts(replace(facts, processor=SPEED), PRO)


def growing(text: str) -> MessagePart:
    return quick_answer.growing_message(TurnFacts(quickly(), SPEED), text)


def messages_of(parts: list[MessagePart]) -> list[Message]:
    return [form for part in parts for form in part.variants if isinstance(form, Message)]


def blocks_of(parts: list[MessagePart]) -> list[dict[str, Any]]:
    """The blocks of the best forms."""
    best = [part.variants[0] for part in parts]
    return list(chain(*(form.blocks or [] for form in best if isinstance(form, Message))))


def buttons_of(part: MessagePart) -> dict[str, dict[str, Any]]:
    elements = chain(*(block.get("elements", ()) for block in part.best.blocks or []))
    return {element["action_id"]: element for element in elements if "action_id" in element}


def shown(parts: list[MessagePart]) -> str:
    return "\n".join(shown_texts(blocks_of(parts)))


def check(parts: list[MessagePart]) -> None:
    """What Slack takes, without a ping, and without anything to click in what the model wrote."""
    for message in messages_of(parts):
        check_blocks(message.blocks or [])
        assert message.text
        assert len(message.text) <= limits.MESSAGE_TEXT - 1
        assert "<http" not in message.text
        assert not pings_of(message.text, message.blocks or [])
    assert "<http" not in shown(parts)
    for block in blocks_of(parts):
        if block["type"] == "markdown":
            assert "<" not in block["text"]
            document = parse(block["text"])
            inline = [token.content for token in document.tokens if token.type == "inline"]
            kinds = {child.type for text in inline for child in document.children(text)}
            assert kinds.isdisjoint({"link_open", "image"})


# --- while it comes ---------------------------------------------------------------------


def test_a_growing_answer_can_be_stopped_and_says_that_it_goes_on() -> None:
    part = growing(DRAFT)
    assert part.name == QUICK_ANSWER
    assert list(buttons_of(part)) == [action_ids.STOP]
    assert "Writing…" in shown([part])
    assert NO_SOURCES not in shown([part])
    assert [bool(message.blocks) for message in messages_of([part])] == [True, False]


def test_a_quick_answer_says_thinking_before_the_first_word() -> None:
    part = quick_answer.thinking_message(TurnFacts(quickly(), SPEED))
    check([part])
    assert part.name == QUICK_ANSWER
    assert "Still thinking" in shown([part])
    assert list(buttons_of(part)) == [action_ids.STOP]


def test_a_growing_answer_is_cut_to_the_limit_of_an_edit() -> None:
    part = growing("word " * 20_000)
    check([part])
    assert (
        limits.PART_TEXT - 200 < len(quick_answer.first_piece("word " * 20_000)) <= limits.PART_TEXT
    )
    assert len(part.best.text) <= EDITED_TEXT


# --- in the end -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "words", "offered"),
    [
        (
            ANSWERED,
            ":zap: *Quick (speed)*",
            [action_ids.LOOK_UP, action_ids.FOLLOW_UP, action_ids.MORE],
        ),
        (CUT_OFF, "The answer was cut off here", [action_ids.TRY_AGAIN, action_ids.LOOK_UP]),
        (STOPPED, "The answer was stopped here", [action_ids.TRY_AGAIN, action_ids.LOOK_UP]),
    ],
)
def test_the_footer_says_how_it_ended_and_has_its_buttons(
    kind: EndingKind, words: str, offered: list[str]
) -> None:
    [part] = ended(kind=kind, message=ADA if kind is STOPPED else None)
    check([part])
    context = next(b for b in part.best.blocks or [] if b["type"] == "context")
    [line] = shown_texts(context)
    assert words in line
    assert "$0.005" in line
    assert line.endswith(NO_SOURCES)
    assert list(buttons_of(part)) == offered
    assert part.best.text.endswith(line)


@pytest.mark.parametrize(
    ("kind", "words"),
    [(ANSWERED, NO_SOURCES), (CUT_OFF, "cut off here"), (STOPPED, "stopped here")],
)
@pytest.mark.parametrize("text", [DRAFT, DRAFT * 200])
def test_the_ending_is_in_the_text_without_blocks_too(
    kind: EndingKind, words: str, text: str
) -> None:
    last = messages_of(ended(text, kind)[-1:])
    assert [words in message.text for message in last] == [True, True]


@pytest.mark.parametrize("kind", [CUT_OFF, STOPPED])
def test_asking_again_has_its_price_on_the_button(kind: EndingKind) -> None:
    [part] = ended(kind=kind)
    button = buttons_of(part)[action_ids.TRY_AGAIN]
    assert button["text"]["text"] == "Try again · Quick (speed) · $0.005"


@pytest.mark.parametrize("kind", WITH_TEXT)
def test_the_lookup_confirmation_names_the_price(kind: EndingKind) -> None:
    [part] = ended(kind=kind)
    button = buttons_of(part)[action_ids.LOOK_UP]
    assert button["value"] == f"{PRO.name} {quickly().id}"
    assert PRO.price_words in button["confirm"]["text"]["text"]


def test_other_facts_stand_in_the_same_line() -> None:
    turn = edited(based(replace(quickly(), restated=True), Relation.BRANCH))
    facts = replace(over(turn, ANSWERED), processor=SPEED)
    [part] = quick_answer.quick_parts(facts, PRO)
    check([part])
    assert "edited in the meantime" in shown([part])
    assert "couldn't continue" in shown([part])
    assert "continues the answer" in shown([part])
    assert action_ids.EDITED_AGAIN in buttons_of(part)


@pytest.mark.parametrize(
    ("kind", "details"),
    [
        (EndingKind.UNCERTAIN, {}),
        (EndingKind.BUSY, {}),
        (EndingKind.REFUSED, {"cause": Cause.CREDIT, "message": "No. <!here> https://e.example"}),
        (EndingKind.TOO_LONG, {}),
        (EndingKind.WITHDRAWN, {}),
        (EndingKind.BROKEN, {}),
        *((kind, {}) for kind in WITH_TEXT if kind is not ANSWERED),
    ],
)
@pytest.mark.parametrize("text", ["", " \n"])
def test_the_message_says_why_no_answer_came(
    kind: EndingKind, details: dict[str, Any], text: str
) -> None:
    [part] = ended(text, kind, **details)
    check([part])
    assert part.name == QUICK_ANSWER
    assert NO_SOURCES not in shown([part])
    assert not [b for b in part.best.blocks or [] if b["type"] == "markdown"]


def test_an_answer_too_long_for_the_thread_comes_as_a_file() -> None:
    first, *others, report = ended("A sentence of a few words. " * 4_000)
    check([first, *others])
    upload = report.variants[0]
    assert isinstance(upload, Upload)
    assert len(upload.content) > 100_000
    assert "Full report" in shown([first, *others])


# --- any text ---------------------------------------------------------------------------

_SLOW = settings(max_examples=100)


@_SLOW
@given(any_markdown.filter(is_visible))
def test_slack_takes_any_growing_answer(text: str) -> None:
    check([growing(text)])


@_SLOW
@given(any_markdown.filter(is_visible), st.sampled_from(WITH_TEXT))
def test_slack_takes_any_answer_and_once_it_says_that_it_has_no_sources(
    text: str, kind: EndingKind
) -> None:
    parts = ended(text, kind)
    check(parts)
    assert shown(parts).count(NO_SOURCES) == 1
    assert parts[0].name == QUICK_ANSWER
    assert len({part.name for part in parts}) == len(parts)


LONG = [
    *("word ", "x", "<", "😀", "[a](https://e.example) ", "# Heading\n\nText\n\n"),
    *("| a | b |\n|---|---|\n| c | d |\n\n", "```py\nx = 1\n", "> a quote of some words\n"),
    "- [a](https://e.example) is an item of a list of many\n",
]


@pytest.mark.slow
@pytest.mark.parametrize("text", LONG)
def test_slack_takes_any_long_growing_answer(text: str) -> None:
    for size in (3_900, 4_001, 11_500, 100_000):
        check([growing((text * size)[:size])])


@pytest.mark.slow
@pytest.mark.parametrize("size", [3_900, 4_001, 11_500, 40_000, 100_000])
@pytest.mark.parametrize("text", LONG)
def test_slack_takes_any_long_answer(text: str, size: int) -> None:
    parts = ended((text * size)[:size], CUT_OFF)
    check(parts)
    assert shown(parts).count(NO_SOURCES) == shown(parts).count("cut off here") == 1


# --- what is wrong ----------------------------------------------------------------------


@pytest.mark.parametrize("text", ["\ufeff", "\u202e", "\x00"])
def test_a_growing_answer_without_a_visible_character_shows_something(text: str) -> None:
    check([growing(text)])


def test_a_long_answer_is_mentioned_in_the_text_without_blocks() -> None:
    """What an edit brings may have 3,900 characters."""
    [part] = ended("word " * 800, CUT_OFF)
    assert part.edited
    assert part.edited.text.endswith(NO_SOURCES)
    assert len(part.edited.text) <= EDITED_TEXT
    assert part.edited.blocks == part.best.blocks
