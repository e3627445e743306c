"""The modal that shows what an answer rests on."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.research import Answer, Citation, FieldBasis
from bot.playground.slack.rules.message_rules import check_view, shown_texts
from bot.playground.slack.rules.text import pings_in
from bot.slack import action_ids
from bot.slack.views.evidence_modal import (
    MOST_BLOCKS,
    MOST_BYTES,
    MOST_TEXT,
    evidence_modal,
    loading_modal,
    unavailable_modal,
)

SUEZ = Citation("https://example.org/suez", "Suez Canal Authority", ("It is owned\nby Egypt.",))
RATING = "Was this answer helpful?"
ANSWER = Answer("Egypt.", (FieldBasis("output", "Both say so.", (SUEZ,), "high"),))


def lines(view: dict[str, Any]) -> list[str]:
    """Check a modal as Slack does, and return the words in it above the rating, text by text."""
    words = list(shown_texts(check_view(view, "modal")["blocks"]))
    return words[: words.index(RATING)] if RATING in words else words


def buttons(view: dict[str, Any]) -> dict[str, str]:
    """Return what can be pressed besides the rating, with the value of each."""
    found = [b for block in view["blocks"] if block["type"] == "actions" for b in block["elements"]]
    values = {button["action_id"]: button["value"] for button in found}
    assert values.pop(action_ids.EVIDENCE_GOOD) == action_ids.GOOD
    assert values.pop(action_ids.EVIDENCE_BAD) == action_ids.BAD
    return values


def test_a_text_has_one_field_with_its_reasons_and_sources() -> None:
    view = evidence_modal(ANSWER, "who owns the Suez Canal?", "T1:C1:1:2")
    assert lines(view) == [
        "1 source · Confidence: high\nwho owns the Suez Canal?",
        "Answer",
        "Confidence: high",
        "> Both say so.",
        "*1.* <https://example.org/suez|Suez Canal Authority> · example.\u2060org",
        "> It is owned\n> by Egypt.",
    ]
    assert view["private_metadata"] == "T1:C1:1:2"
    assert buttons(view) == {}
    assert "submit" not in view


def test_json_is_shown_field_by_field() -> None:
    answer = Answer(
        {"owner": "Egypt", "length": None},
        (
            FieldBasis("owner", "It says so.", (SUEZ,), "medium"),
            FieldBasis("length", "Nothing found.", (), "low"),
            FieldBasis("output", "A field of that name.", (SUEZ,), "very sure"),
        ),
    )
    words = lines(evidence_modal(answer, "?", "t"))
    assert words[1:5:3] == [
        "owner",
        "*1.* <https://example.org/suez|Suez Canal Authority> · example.\u2060org",
    ]
    assert words[6:10] == [
        "length",
        "Confidence: low",
        "> Nothing found.",
        "_No source is cited for this._",
    ]
    assert words[10:12] == ["output", "> A field of that name."]


A, B, C = (Citation(f"https://{site}.example/", site.upper()) for site in "abc")
OTHER_A = Citation("https://www.a.example", None, ("Said there.",))


def test_a_source_is_listed_once_with_its_number_in_the_thread() -> None:
    basis = (FieldBasis("output", "", (A, OTHER_A, B)), FieldBasis("more", "", (B, C)))
    words = "\n".join(lines(evidence_modal(Answer("It is [1, 3].", basis), "?", "t")))
    assert re.findall(r"\*(\d)\.\* <[^|]*\|(\w)", words) == [
        ("1", "A"),
        ("2", "B"),
        ("2", "B"),
        ("3", "C"),
    ]
    assert "> Said there." in words


def test_sources_have_no_numbers_where_the_answer_lists_its_own() -> None:
    answer = Answer(
        "It is [2].\n\n## References\n1. One\n2. Two", (FieldBasis("output", "", (A,)),)
    )
    words = lines(evidence_modal(answer, "?", "t"))
    assert words[-1].startswith("• <https://a.example/|A")


def test_an_answer_without_evidence_says_so() -> None:
    (_, words) = lines(evidence_modal(Answer("Egypt."), "who?", "t"))
    assert "returned no sources" in words


def test_text_from_the_web_stays_text() -> None:
    citations = (
        Citation("javascript:alert(1)", "Click <!here>", ("```code",)),
        Citation(
            "https://evil.example/", "bank.example", ("<@U1> @channel\n<https://e.vil|bank>",)
        ),
        Citation("https://e.com/" + "x" * 2_900, "Long | title\n> quote"),
        Citation("https://e.com/no-title"),
    )
    basis = FieldBasis("<!channel> *name*", "<https://evil.example|bank> & <!everyone>", citations)
    view = evidence_modal(Answer({"a": 1}, (basis,)), "<!here> ask", "t")
    (header,) = [b for b in view["blocks"] if b["type"] == "header"]
    assert header["text"] == {"type": "plain_text", "text": "<!channel> *name*"}  # nothing is read
    words = "\n".join(lines(view)).replace("<!channel> *name*", "")
    assert pings_in(words) == set()
    assert re.findall(r"<[^>]*>", words) == [
        "<https://evil.example/|bank.example (evil.example)>",
        "<https://e.com/no-title|https://e.com/no-title>",
    ]
    assert "*1.* Click &lt;!here&gt; · javascript:alert(1) (no web page)" in words
    assert "too long to be linked" in words
    assert "```" not in words


def test_cut_evidence_is_marked_as_cut() -> None:
    long = FieldBasis("output", "Because. " * 500, (Citation("https://e.com", "T", ("x&" * 900,)),))
    words = lines(evidence_modal(Answer("x", (long,)), "why " * 100, "t"))
    assert words[0].endswith("why…")
    for cut in (words[2], words[4]):
        assert cut.endswith("… _(shortened; *Download full report* has the rest)_")
        assert not re.search(r"&[a-z]*…", cut)


def test_an_excerpt_with_more_blanks_than_are_read_is_marked_as_cut() -> None:
    words = "Header. " + "\n" * 18_000 + "It is not true."
    basis = FieldBasis("output", "", (Citation("https://e.com", "T", (words,)),))
    shown = "\n".join(lines(evidence_modal(Answer("x", (basis,)), "why", "t")))
    assert "It is not true." in shown or "has the rest" in shown


def test_much_evidence_is_paged() -> None:
    citations = tuple(
        Citation(f"https://e.com/{n}", f"Source {n}", (f"Excerpt {n}. " * 20,)) for n in range(100)
    )
    answer = Answer("x", (FieldBasis("output", "So.", citations, "high"),))
    pages = [evidence_modal(answer, "why?", "t", page) for page in range(7)]
    seen = [re.findall(r"\*(\d+)\.\*", "\n".join(lines(page))) for page in pages]
    numbers = [int(number) for page in seen[:6] for number in page]
    assert numbers == list(range(1, 101))
    assert "Page 1 of 6" in lines(pages[0])[0]
    assert "Page 6 of 6" in lines(pages[5])[0]
    assert lines(pages[1])[1] == "Answer (continued)"
    assert pages[6] == pages[5]  # out of range
    assert evidence_modal(answer, "why?", "t", -3) == pages[0]
    assert buttons(pages[0]) == {action_ids.EVIDENCE_PAGE_ON: "1"}
    assert buttons(pages[1]) == {
        action_ids.EVIDENCE_PAGE_BACK: "0",
        action_ids.EVIDENCE_PAGE_ON: "2",
    }
    assert buttons(pages[5]) == {action_ids.EVIDENCE_PAGE_BACK: "4"}


def test_the_modal_shows_that_it_loads_or_that_loading_failed() -> None:
    (words,) = lines(loading_modal())
    assert "Getting the evidence" in words
    reason, advice = lines(unavailable_modal("Parallel is <!here> down."))
    assert reason == ":warning: I couldn't get the evidence. Parallel is &lt;!here&gt; down."
    assert "try again in a minute" in advice
    lines(unavailable_modal(""))


_text = st.text(max_size=20) | st.sampled_from(
    [
        "<!here>",
        "@channel",
        "&" * 3_000,
        "😀" * 3_000,
        "a\n" * 2_000,
        "\x00",
        " ",
        "*",
        "```",
        "\ud800",
    ]
)
_url = _text | st.sampled_from(
    [
        "https://e.com",
        "https://e.com/" + "é" * 900,
        "javascript:x",
        "https://" + "a" * 300,
        "mailto:a@b.c",
    ]
)
_citation = st.builds(Citation, _url, st.none() | _text, st.lists(_text, max_size=5).map(tuple))
_basis = st.builds(
    FieldBasis, _text, _text, st.lists(_citation, max_size=30).map(tuple), st.none() | _text
)


@pytest.mark.slow
@settings(max_examples=60)
@given(st.lists(_basis, max_size=8).map(tuple), _text, st.integers(-2, 30))
def test_slack_takes_any_evidence(basis: tuple[FieldBasis, ...], question: str, page: int) -> None:
    view = evidence_modal(Answer({"x": 1}, basis), question, "turn", page)
    words = lines(view)
    assert len(view["blocks"]) <= MOST_BLOCKS
    assert sum(map(len, words)) <= MOST_TEXT
    assert len(json.dumps(view)) <= MOST_BYTES
    mrkdwn = [b["text"]["text"] for b in view["blocks"] if b["type"] == "section"]
    assert pings_in("\n".join(mrkdwn), plain_words=True) == set()


@pytest.mark.parametrize("page", [0, 40])
def test_megabytes_of_evidence_are_no_problem(page: int) -> None:
    citations = tuple(Citation(f"https://e.com/{n}", "T", ("x" * 5_000,) * 3) for n in range(300))
    lines(
        evidence_modal(
            Answer("x", (FieldBasis("output", "y" * 1_000_000, citations),)), "?", "t", page
        )
    )
