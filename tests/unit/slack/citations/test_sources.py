"""The sources of an answer, merged over the spellings of their addresses."""

from __future__ import annotations

import pytest

from bot.concurrency.offload import AT_ONCE, SHORT
from bot.domain.research import Answer, Citation, FieldBasis
from bot.slack.citations.sources import overall_confidence, size_of, sources
from bot.slack.text.urls import canonical_url


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("HTTPS://Example.ORG", "https://example.org/"),
        ("https://www.example.org/a", "https://example.org/a/"),
        ("http://example.org:80/a", "http://example.org/a"),
        ("https://example.org:443/a", "https://example.org/a#part"),
        ("https://example.org/%61%c3%bc%28", "https://example.org/aü("),
        ("https://example.org/a?utm_source=x&b=1&UTM_id=2", "https://example.org/a?b=1"),
        ("https://example.org/?utm_source=x", "https://example.org"),
        ("https://пример.рф/x", "https://xn--e1afmkfd.xn--p1ai/x"),
    ],
)
def test_the_same_page_in_two_spellings(one: str, other: str) -> None:
    assert canonical_url(one) == canonical_url(other) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/a", "https://example.org/A"),
        ("https://example.org/a", "http://example.org/a"),
        ("https://example.org/a", "https://example.com/a"),
        ("https://example.org/a", "https://sub.example.org/a"),
        ("https://example.org/a", "https://example.org:8443/a"),
        ("https://example.org/a?b=1", "https://example.org/a?b=2"),
        ("https://example.org/a%2Fb", "https://example.org/a/b"),
        ("https://example.org/a%3Fb", "https://example.org/a?b"),
        ("https://example.org@evil.example", "https://evil.example"),
    ],
)
def test_different_pages_have_different_addresses(one: str, other: str) -> None:
    assert canonical_url(one) != canonical_url(other)


def test_sources_are_merged_over_their_spellings() -> None:
    answered = Answer(
        "x",
        (
            FieldBasis("a", "", (Citation("https://example.org/a/", None, ("one", "two")),)),
            FieldBasis("b", "", (Citation("https://www.example.org/a", "A", ("two", "three")),)),
            FieldBasis("c", "", (Citation("https://example.org/a#x", "Other"), Citation("no url"))),
        ),
    )
    assert sources(answered) == [
        Citation("https://example.org/a/", "A", ("one", "two", "three")),
        Citation("no url"),
    ]


EXCERPT = "The canal is 193 km long. " * 40
CITED = tuple(Citation(f"https://example.org/{n}", "A", (EXCERPT,)) for n in range(100))
MUCH_EVIDENCE = (FieldBasis("output", EXCERPT, CITED),)


@pytest.mark.parametrize(
    ("answer", "least", "most"),
    [
        pytest.param(Answer("Egypt."), 0, AT_ONCE, id="a line"),
        pytest.param(Answer({"owner": "Egypt", "km": 193}), 0, AT_ONCE, id="small JSON"),
        pytest.param(Answer("x" * 9_000, MUCH_EVIDENCE), AT_ONCE, SHORT, id="much evidence"),
        pytest.param(Answer("x" * 30_000), SHORT, 10**9, id="a report"),
        pytest.param(Answer({"x": "y" * 30_000}), SHORT, 10**9, id="a report in JSON"),
        pytest.param(Answer({"x": [{"y": [1, 2]}] * 2_000}), SHORT, 10**9, id="many values"),
        pytest.param(Answer({str(n): None for n in range(5_000)}), SHORT, 10**9, id="many keys"),
        pytest.param(Answer("x", MUCH_EVIDENCE * 50), SHORT, 10**9, id="megabytes of evidence"),
    ],
)
def test_the_size_of_an_answer_tells_short_work_from_long(
    answer: Answer, least: int, most: int
) -> None:
    assert least < size_of(answer) <= most


@pytest.mark.parametrize(
    ("levels", "shown"),
    [
        (["high"] * 3, "high"),
        (["HIGH", "high"], "high"),
        (["low", "high", "low"], "high (1), low (2)"),
        (["high", *[None] * 9], "high (1), not given (9)"),
        (["medium", "very low", ""], "medium (1), not given (2)"),
        ([None, "unknown"], None),
        ([], None),
    ],
)
def test_a_level_stands_for_an_answer_only_if_all_its_fields_have_it(
    levels: list[str | None], shown: str | None
) -> None:
    basis = tuple(FieldBasis(str(at), "", (), level) for at, level in enumerate(levels))
    assert overall_confidence(Answer("x", basis)) == shown
