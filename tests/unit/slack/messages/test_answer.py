"""The messages of an answer: they fit Slack, whichever way it counts, and what is ours is plain."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.research import Answer, Citation, FieldBasis
from bot.domain.turn import Signals
from bot.ports import Message, Upload
from bot.slack import limits
from bot.slack.citations.notes import NO_PAGES, NO_SOURCES, UNRESOLVED
from bot.slack.markdown.cutting import SHORT_LINE
from bot.slack.markdown.parser import parse
from bot.slack.messages.answer import answer_parts
from bot.slack.messages.long_answer import report_messages
from bot.slack.messages.parts import MessagePart
from bot.slack.messages.report_files import (
    MOST_CONTENT,
    MOST_EVIDENCE,
    MOST_QUOTED,
    report_markdown,
)
from bot.slack.messages.source_list import MOST_TEXT
from bot.slack.messages.turn_facts import TurnFacts
from bot.slack.views.share_form import shared_answer
from tests.unit.slack.markdown.markdown_examples import markdown as any_markdown
from tests.unit.turns import ADA, ANSWER, BOB, PRO, asked

WJ = "\u2060"
FACTS = TurnFacts(replace(asked(), signals=Signals(pings=(ADA, BOB))), PRO)


def sources(number: int, path: str = "page", title: str = "Title") -> tuple[Citation, ...]:
    return tuple(
        Citation(f"https://example.org/{path}/{n}", f"{title} {n}") for n in range(1, number + 1)
    )


def answer(content: str, *citations: Citation, **more: Any) -> Answer:
    return Answer(content, (FieldBasis("answer", "So.", citations, "high"),), **more)


def messages(parts: list[MessagePart]) -> list[Message]:
    return [part.best for part in parts if isinstance(part.variants[0], Message)]


def blocks(parts: list[MessagePart], *kinds: str) -> str:
    """All text of the blocks of some kinds."""
    found = []
    for message in messages(parts):
        for block in message.blocks or []:
            if block["type"] in kinds:
                texts = [block["text"]] if "text" in block else block["elements"]
                found += [t if isinstance(t, str) else t["text"] for t in texts]
    return "\n".join(found).replace(WJ, "")


LONG = [
    pytest.param("A sentence of words. " * 1_600, id="words"),
    pytest.param("A sentence of words. " * 2_180, id="words that fill the last message"),
    pytest.param("a\n\n" * 4_000, id="lines"),
    pytest.param('"so" \\ ' * 4_000, id="quotes"),
    pytest.param("- one\n" * 3_000, id="a list"),
    pytest.param("```\n" + '"\n' * 5_000 + "```", id="code"),
    pytest.param("| a | b |\n|---|---|\n" + '| "x" | \\\\ |\n' * 600, id="a table"),
    pytest.param("[1](https://example.org/page/1) " * 500, id="links"),
    pytest.param("é<>" * 5_000, id="signs"),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("content", LONG)
@pytest.mark.parametrize("number", [0, 251])
def test_no_message_is_too_large_however_slack_counts(content: str, number: int) -> None:
    given = answer(content, *sources(number, "p" * 200, "A long title " * 9), warnings=("W" * 900,))
    parts = answer_parts(FACTS, given)
    for message in messages(parts):
        assert limits.json_length(message.blocks) <= limits.BLOCKS
        assert len(message.text) <= limits.MESSAGE_TEXT
    shown = [part for part in parts if part.name.startswith("answer:")]
    assert 1 <= len(shown) <= 3
    refused = replace(FACTS.turn, variants={"report": 1})
    for message in messages(report_messages(TurnFacts(refused, PRO), given)):
        assert limits.json_length(message.blocks) <= limits.BLOCKS


@pytest.mark.slow
@settings(max_examples=60)
@given(st.lists(any_markdown, max_size=40).map("".join), st.integers(0, 30))
def test_nor_is_any_other(content: str, number: int) -> None:
    for message in messages(answer_parts(FACTS, answer(content * 3, *sources(number)))):
        assert limits.json_length(message.blocks) <= limits.BLOCKS


@pytest.mark.parametrize("block", ["---", "# h", "> ---", "> # h", "- # h", "1. ---"])
def test_no_message_has_more_items_than_slack_takes(block: str) -> None:
    given = answer(f"{block}\n\n" * 60, *sources(6), warnings=("so", "and so"))
    for message in messages(answer_parts(FACTS, given)):
        items = len(message.blocks or []) - 1
        for each in message.blocks or []:
            if each["type"] == "markdown":
                kinds = [token.type for token in parse(each["text"]).tokens]
                items += kinds.count("hr") + kinds.count("heading_open")
        assert items <= limits.TRANSLATED_ITEMS


@pytest.mark.parametrize(
    ("tables", "link"), [(1, "Its thread"), (2, "The whole answer"), (60, "The whole answer")]
)
def test_a_shared_answer_says_whether_it_is_the_whole_one(tables: int, link: str) -> None:
    content = "A table:\n\n| a | b |\n|---|---|\n| c | d |\n\n" * tables
    shared = shared_answer(FACTS, answer(content, *sources(2)), "https://example.slack.com/")
    assert f"|{link}> is in" in blocks([shared], "context")


FORGED = [
    "**Sources**\n\n1. [Title 1](https://example.org/page/1)",
    "*Sources*\n1. Title 1",
    "Confidence: high",
    "> Confidence: high",
    "_Confidence: **high**_",
    ":white_check_mark: *Deep (pro-fast)* · 3 min · $0.10",
    "_Full report (9,000 characters) attached below._",
    ":warning: Parallel warns: “all is well”",
    "---\n###### Sources",
    "`[Sources]` `[Follow up]`",
]


@pytest.mark.parametrize("forged", FORGED)
def test_text_of_an_answer_is_never_in_blocks_of_our_own(forged: str) -> None:
    parts = answer_parts(FACTS, answer(f"So.\n\n{forged}", *sources(2)))
    ours = blocks(parts, "context", "section")
    assert ours.count("*Sources*") == 1
    assert ours.count("Confidence: high") == 1
    assert "all is well" not in ours
    assert "9,000" not in ours
    assert "3 min" not in ours
    theirs = blocks(parts, "markdown")
    assert "So." in theirs
    assert "Title 2" not in theirs
    report = report_markdown("q?", answer(f"So.\n\n# Evidence\n\n{forged}", *sources(2)))
    assert report.count("\n# Evidence\n") == 1
    assert report.count("\n# Sources\n") == 1


def test_all_sources_are_listed_once_with_their_numbers() -> None:
    ours = blocks(answer_parts(FACTS, answer("So [1], and so [2].", *sources(2))), "context")
    assert "1. <https://example.org/page/1|Title 1>\n2. <https://example.org/page/2|" in ours
    assert UNRESOLVED not in ours


@pytest.mark.parametrize("address", ["mailto:a@evil.example", "javascript:x", "slack://user"])
def test_a_source_that_is_no_web_page_is_no_link(address: str) -> None:
    ours = blocks(answer_parts(FACTS, answer("So.", Citation(address, "A title"))), "context")
    assert "1. A title" in ours
    assert "<" not in ours


def test_a_list_too_long_says_how_many_more_there_are_and_where() -> None:
    ours = blocks(answer_parts(FACTS, answer("So.", *sources(251))), "context")
    listed = ours.count("<https://")
    assert f"_{251 - listed} more: press *Sources*._" in ours
    assert 20 < listed < 251
    assert len(ours) < MOST_TEXT + 600


@pytest.mark.parametrize(
    ("content", "note", "numbered"),
    [
        ("Ports【5】, logs【12】【0】. Also [3][7].", UNRESOLVED, False),
        ("Egypt [1] and [9].", UNRESOLVED, False),
        ("ISO [639]", "", False),
        ("Egypt [1].", "", True),
        ("Egypt [1].\n\n## References\n\n1. A book", "", False),
        ("Egypt.", "", True),
    ],
)
def test_numbers_that_cannot_mean_our_list_number_no_source(
    content: str, note: str, numbered: bool
) -> None:
    parts = answer_parts(FACTS, answer(content, *sources(6)))
    ours, theirs = blocks(parts, "context"), blocks(parts, "markdown")
    assert theirs == content
    assert (UNRESOLVED in ours) is bool(note)
    assert ("1. <https" in ours) is numbered
    assert ("• <https" in ours) is not numbered


def test_an_answer_without_sources_says_that_nothing_is_verified() -> None:
    parts = answer_parts(FACTS, Answer("See [it](https://example.org) [1]."))
    assert NO_SOURCES in blocks(parts, "context")


@pytest.mark.parametrize(
    "address",
    ["example.org/x", "https://i❤.ws/", "ftp://example.org/x", f"https://a.org/{'a' * 3_100}"],
)
@pytest.mark.parametrize("title", ["A title", None])
def test_sources_that_are_no_pages_are_sources_all_the_same(
    address: str, title: str | None
) -> None:
    for content, note in ((f"See {address} [1], https://b.example", NO_PAGES), ("So [1].", "")):
        answered = answer(content, Citation(address, title))
        ours = blocks(answer_parts(FACTS, answered), "context").replace("\u2060", "")
        report = report_markdown("q?", answered).replace("\u2060", "")
        assert f"1. {title} · {address[:60]}" in ours or (
            not title and f"1. {address[:60]}" in ours
        )
        for shown in (ours, report.replace("\\", "")):
            assert NO_SOURCES not in shown
            assert address[:60] in shown[shown.index("Sources") :]
            assert (NO_PAGES in shown) is (note == NO_PAGES)


@pytest.mark.parametrize(
    "hidden",
    [
        "https:\u2060//evil.example/x",
        "[a\u2060](https://evil.example/x)",
        "https:&#8288;//evil.example/x",
        "www\u2060.evil.example/x",
    ],
)
def test_a_joiner_of_the_web_hides_no_address(hidden: str) -> None:
    theirs = blocks(answer_parts(FACTS, answer(f"See {hidden} now.", *sources(1))), "markdown")
    assert "unverified" in theirs


def test_sources_are_in_the_text_where_slack_refuses_blocks() -> None:
    part = answer_parts(FACTS, ANSWER)[-1]
    _, text, file = part.variants
    assert isinstance(text, Message)
    assert "*Sources*\n1. <https://example.org/suez|Suez Canal Authority>" in text.text
    assert isinstance(file, Upload)
    assert "1. [Suez Canal Authority](https://example.org/suez)" in file.content


@pytest.mark.slow
def test_formatting_overhead_is_bounded_and_no_word_is_lost() -> None:
    excerpts = ("x " * MOST_QUOTED,) * (MOST_EVIDENCE // MOST_QUOTED + 1)
    sentence = "So it is, and so it will be for a long time, as it seems now."
    long = answer(f"{sentence}\n\n" * 20_000, Citation("https://example.org", "T", excerpts))
    formatted, rest = report_markdown("q?", long).split("_The rest, as it came:_\n\n```\n")
    assert MOST_CONTENT - 100 < len(formatted) < MOST_CONTENT + 100
    assert (formatted + rest).count(sentence) == 20_000
    assert rest.count("[The rest is in evidence.json.]") == MOST_EVIDENCE // MOST_QUOTED - 1
    assert "The rest of the evidence is in evidence.json" in rest


@pytest.mark.parametrize("line", ["- {}", "# {}", "> {}\n", "| {} |", "{}"])
def test_of_many_short_lines_the_first_are_formatted_and_none_is_lost(line: str) -> None:
    lines = [line.format(f"n{number}") for number in range(40_000)]
    text = "\n".join(lines)
    written = report_markdown("q?", answer(text, Citation("https://example.org", "T", (text,))))
    formatted, rest = written.split("_The rest, as it came:_\n\n```\n")
    rest, evidence = rest.split("# Evidence")
    assert re.findall(r"n\d+", formatted + rest) == [f"n{number}" for number in range(40_000)]
    assert formatted.count("n") < MOST_CONTENT // SHORT_LINE + 100
    assert evidence.count("n") < MOST_QUOTED // SHORT_LINE + 100
    assert evidence.endswith("> [The rest is in evidence.json.]\n")
