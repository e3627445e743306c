"""The two files of a report."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.research import Answer, Citation, FieldBasis
from bot.domain.thread import RunId
from bot.slack.citations.notes import NO_SOURCES
from bot.slack.citations.verification import citation_policy
from bot.slack.markdown.answer_markdown import MOST_LISTED, file_markdown
from bot.slack.markdown.sanitizer import sanitize
from bot.slack.messages.report_files import basis_json, report_markdown
from tests.unit.slack.markdown.markdown_examples import markdown as any_markdown

WJ = "\u2060"  # word joiner
ANSWER = Answer(
    "# The canal\n\nIt is **Egypt's** [1], p < 0.05, see [a blog](https://evil.example).\n\n"
    "```c\n#include <stdio.h>\n```",
    (
        FieldBasis(
            "output",
            "The authority says so, and <script>so does</script> https://evil.example/x.",
            (
                Citation("https://example.org/suez", "Authority", ("Owned by\n# Egypt", "1956")),
                Citation("https://example.org/suez/", "The same"),
            ),
            "high",
        ),
    ),
)


def test_the_report_has_the_answer_its_sources_and_its_evidence() -> None:
    assert report_markdown("who owns\nthe canal?", ANSWER).replace(WJ, "") == (
        "# who owns the canal?\n\n"
        "## The canal\n\n"
        "It is **Egypt's** [1], p < 0.05, see a blog (evil.example, unverified).\n\n"
        "```c\n#include <stdio.h>\n```\n\n"
        "# Sources\n\n1. [Authority](https://example.org/suez)\n\n"
        "# Evidence\n\n"
        "## Answer\n\n"
        "Confidence: high\n\n"
        "> The authority says so, and &lt;script>so does&lt;/script> evil.example/x "
        "(unverified).\n\n"
        "- [Authority](https://example.org/suez)\n\n"
        "> Owned by\n>\n> ### Egypt\n\n"
        "> 1956\n\n"
        "- [The same](https://example.org/suez/)\n"
    )


def test_a_report_without_evidence_says_that_nothing_is_verified() -> None:
    report = report_markdown("who?", Answer("See [a blog](https://evil.example)."))
    assert report.replace(WJ, "") == f"# who?\n\nSee a blog (evil.example).\n\n{NO_SOURCES}\n"


def test_the_titles_of_sources_are_text_in_the_file_too() -> None:
    citation = Citation("javascript:x", "<a href=https://evil.example> https://evil.example")
    report = report_markdown("who?", Answer("Egypt.", (FieldBasis("output", "", (citation,)),)))
    assert "<a" not in report
    assert "https://evil" not in report


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/a\\_b", "https://example.org/a&copy;b", "https://example.org/a&#95;b",
        " https://example.org/a b", "https://example.org/a\nb", "https://example.org/a\u2028b",
        "https://example.org/a)(b", "https://example.org/a<b>|", "https://example.org/?a=1&amp;b=2",
        "ftp://example.org/a", "mailto:a@example.org", "https://ada@example.org/a",
        "www.example.org/a",
        "https://example.org:99999/a", f"https://example.org/{'a' * 4_000}", "a.pdf", "",
    ],
)  # fmt: skip
@pytest.mark.parametrize("title", ["# Title", None])
def test_no_list_of_sources_calls_one_unverified(url: str, title: str | None) -> None:
    others = (Citation(url, title), Citation("https://example.com", "B"))
    content = f"Egypt, see [it]({url}) and {url}, so."
    answer = Answer(content if "\n" not in url else "x", (FieldBasis("output", "", others),))
    report = report_markdown("who?", answer)
    assert "unverified" not in report[report.index("# Sources") :]
    assert re.findall("^# .*", report, re.MULTILINE) == ["# who?", "# Sources", "# Evidence"]
    if url.startswith(("ftp:", "www.", "https://ada", "https://example.org:")):
        assert "unverified" not in report


def test_no_heading_of_ours_holds_a_link() -> None:
    address = "https://evil.example/x www.evil.example a@evil.example"
    basis = FieldBasis(address, "", (), None)
    report = report_markdown(address, Answer({"a": "b"}, (basis, basis)))
    for heading in (line for line in report.splitlines() if line.startswith("#")):
        assert "://" not in heading
        assert "evil.example" not in heading
        assert "evil" in heading.replace(WJ, "") or heading == "# Evidence"


def test_only_our_own_headings_are_of_the_first_level() -> None:
    content = "# Evidence\n\nSources\n===\n\n> # Evidence\n\n- # Evidence"
    basis = FieldBasis("output", content, (Citation("https://e.com", "T", (content,)),))
    report = report_markdown("q", Answer(content, (basis,)))
    first = re.findall(r"^[> -]*# .*", report, re.MULTILINE)
    assert first == ["# q", "# Sources", "# Evidence"]


def test_a_fence_left_open_swallows_nothing() -> None:
    basis = FieldBasis("output", "```\nopen", (Citation("https://e.com", "T", ("~~~\nopen",)),))
    report = report_markdown("q", Answer("```\nopen", (basis,)))
    assert report.count("```") == 6
    assert "\n- [T](https://e.com)\n" in report
    assert report.endswith("> ```\n> open\n> ```\n")


def test_a_piece_of_an_answer_as_a_file_reads_as_it_was_written() -> None:
    source = "a < b & `x<y>` <b>\n\n```\nif a < b > c: pass\n```"
    may = citation_policy(Answer(source), source)
    assert file_markdown(sanitize(source, may), may) == source.replace("<b>", "&lt;b>")


def test_the_json_has_parallels_own_names() -> None:
    text = basis_json("who — ü?", RunId("trun_1"), "pro-fast", ANSWER)
    parsed = json.loads(text)
    assert parsed == {
        "question": "who — ü?",
        "run_id": "trun_1",
        "processor": "pro-fast",
        "output": ANSWER.content,
        "basis": [
            {
                "field": "output",
                "reasoning": ANSWER.basis[0].reasoning,
                "citations": [
                    {
                        "url": "https://example.org/suez",
                        "title": "Authority",
                        "excerpts": ["Owned by\n# Egypt", "1956"],
                    },
                    {"url": "https://example.org/suez/", "title": "The same", "excerpts": []},
                ],
                "confidence": "high",
            }
        ],
        "warnings": [],
    }
    assert "who — ü?" in text
    assert text.startswith('{\n  "question"')


def test_json_of_megabytes_is_whole_without_indentation() -> None:
    values = {"values": [{"a": [n]} for n in range(100_000)]}
    text = basis_json("q", None, "base", Answer(values, ANSWER.basis))
    assert json.loads(text)["output"] == values
    assert text.count("\n") == 1


def test_of_thousands_of_sources_the_first_are_listed() -> None:
    cited = tuple(Citation(f"https://example.org/{n}") for n in range(MOST_LISTED + 1_500))
    report = report_markdown("q", Answer("x", (FieldBasis("output", "", cited),)))
    listed, _, evidence = report.partition("# Evidence")
    assert f"\n{MOST_LISTED}. [" in listed
    assert f"\n{MOST_LISTED + 1}. [" not in listed
    assert listed.endswith("\n\n_1,500 more are left out here._\n\n")
    assert f"(https://example.org/{MOST_LISTED + 1})" in evidence


def test_values_unknown_to_json_are_replaced() -> None:
    deep: dict[str, Any] = {}
    for _ in range(900):
        deep = {"a": deep}
    answer = Answer({"nan": float("nan"), "far": float("-inf"), "deep": deep, "half": "\ud800"})
    text = basis_json("\udfff", None, "base", answer)
    text.encode()
    parsed = json.loads(text, parse_constant=lambda name: 1 / 0)
    assert (parsed["output"]["nan"], parsed["output"]["far"]) == (None, None)
    assert parsed["output"]["half"] == "\ud800"


def test_the_json_moves_nothing_about_on_a_terminal_and_loses_nothing() -> None:
    odd = "a\x9b31mred\u202egnp.exe\u2028x\x7f \U000e0041"
    basis = FieldBasis(odd, odd, (Citation("https://example.org/x", odd, (odd,)),))
    text = basis_json(odd, None, "base", Answer({odd: odd}, (basis,), (odd,)))
    assert text.replace("\n", "").isprintable()
    assert json.loads(text)["output"] == {odd: odd}
    assert json.loads(text)["basis"][0]["citations"][0]["excerpts"] == [odd]


@settings(max_examples=40)
@given(any_markdown, any_markdown, st.lists(any_markdown, max_size=3))
def test_no_file_holds_a_link_that_the_basis_does_not_have(
    content: str, reasoning: str, excerpts: list[str]
) -> None:
    citation = Citation("https://example.org/suez", None, tuple(excerpts))
    answer = Answer(content, (FieldBasis("output", reasoning, (citation,)),))
    report = report_markdown("q", answer)
    may = citation_policy(answer, content)
    assert "](https://e" not in report.replace("](https://example.org/suez)", "") or (
        "`" in report or "~~~" in report or "    " in report or "\t" in report
    )
    assert sanitize(report, may, file=True).count("unverified") == report.count("unverified")
    json.loads(basis_json("q", None, "base", answer))
