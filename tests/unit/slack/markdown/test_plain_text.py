"""Plain text, mrkdwn, the gist of a report, and JSON that a person can read."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.slack.citations.verification import CitationPolicy
from bot.slack.markdown.json_tree import json_as_markdown
from bot.slack.markdown.plain_text import to_plain_text
from bot.slack.markdown.sanitizer import sanitize
from bot.slack.markdown.splitter import split_messages
from bot.slack.markdown.summary import summary
from bot.slack.text.escaping import escape_mrkdwn
from bot.slack.text.links import mrkdwn_link
from tests.unit.slack.markdown.markdown_examples import markdown as any_markdown

WJ = "\u2060"  # word joiner

REPORT = """\
# The Suez Canal

## 1. Background

Long before.

## 2. Executive Summary

Egypt owns it.

### Details

The SCA runs it.

## 3. Conclusion

Nothing else.
"""


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("# Title\n\nSome **bold** and *it* ~~x~~", "Title\n\nSome bold and it ~x~"),
        ("It costs ~~$100~~$50, `~~`", "It costs ~$100~$50, `~~`"),
        ("~~**a** [b](https://e.com)~~ c", "~a b (https://e.com)~ c"),
        ("[label](https://e.com/a?b=1&c=2)", "label (https://e.com/a?b=1&amp;c=2)"),
        ("[https://e.com](https://e.com) <https://e.org>", "https://e.com https://e.org"),
        ("<me@e.com> <ftp://e>", "me@e.com &lt;ftp://e&gt;"),
        ("![chart](https://e.com/c.png)", "chart (https://e.com/c.png)"),
        ("- a\n  - b\n- c\n\n3. d\n4. e", "• a\n  • b\n• c\n\n3. d\n4. e"),
        ("> quote\n> more", "&gt; quote\n&gt; more"),
        ("| a | **b** |\n|---|---|\n| `c` | d |", "a | b\n`c` | d"),
        ("```py\na < b\n  c\n```", "```\na &lt; b\n  c\n```"),
        ("~~~\n```\na```\n~~~", f"```\n``{WJ}`\na``{WJ}`\n```"),
        ("\\`\\`\\`\n\n```\na\n```", f"``{WJ}`\n\n```\na\n```"),
        ("````` ```` `````", f"``{WJ}``{WJ}``"),
        ("a\n\n---\n\nb", "a\n\n———\n\nb"),
        ("a<br>b & <!here> @here", f"a\nb &amp; &lt;!here&gt; @{WJ}here"),
        ("", ""),
    ],
)
def test_plain_text_says_the_same(source: str, text: str) -> None:
    assert to_plain_text(source, 1_000) == text
    assert to_plain_text(sanitize(source), 1_000) == text


@pytest.mark.parametrize(
    ("limit", "text"),
    [(100, "one two &lt;three&gt; four"), (25, "one two &lt;three&gt;…"), (21, "one two…"),
     (4, "one…"), (3, "on…"), (1, "…"), (0, "")],
)  # fmt: skip
def test_plain_text_is_cut_at_a_word(limit: int, text: str) -> None:
    assert to_plain_text("one two <three> four", limit) == text


def test_an_entity_is_not_cut() -> None:
    assert to_plain_text("<<<<", 10) == "&lt;&lt;…"


@settings(max_examples=40)
@given(any_markdown, st.integers(0, 300))
def test_plain_text_fits_and_is_safe(source: str, limit: int) -> None:
    text = to_plain_text(source, limit)
    assert len(text) <= limit
    assert not set("<>") & set(text)


def test_mrkdwn_escapes_what_slack_reads() -> None:
    assert escape_mrkdwn("<!here> & <@U1> *b*\n@channel\x00") == (
        f"&lt;!here&gt; &amp; &lt;@U1&gt; *b*\n@{WJ}channel"
    )


@pytest.mark.parametrize(
    ("url", "label", "written"),
    [
        ("https://e.com/a?b=1&c=2", "A & B", "<https://e.com/a?b=1&amp;c=2|A &amp; B>"),
        ("https://e.com/a|b> <c", "x|y\n> z", "<https://e.com/a%7Cb%3E%20%3Cc|x¦y &gt; z>"),
        ("https://e.com", " ", "<https://e.com>"),
        ("https://evil.example", "bank.de", "<https://evil.example|bank.de (evil.example)>"),
        ("javascript:alert(1)", "click <b>", "click &lt;b&gt;"),
        ("https://", "nowhere", "nowhere"),
    ],
)  # fmt: skip
def test_a_mrkdwn_link_cannot_be_broken_out_of(url: str, label: str, written: str) -> None:
    assert mrkdwn_link(url, label) == written


def test_the_summary_is_the_section_that_says_so() -> None:
    assert summary(REPORT, 1_000) == (
        "# The Suez Canal\n\n## 2. Executive Summary\n\nEgypt owns it.\n\n### Details\n\n"
        "The SCA runs it."
    )


@pytest.mark.parametrize(
    ("heading", "found"),
    [
        ("## TL;DR", True),
        ("**Key findings:**", True),
        ("## **Conclusion**", True),
        ("## Summary of sales in 1999", False),
    ],
)
def test_which_sections_are_a_gist(heading: str, found: bool) -> None:
    report = f"# Title\n\nBefore.\n\n{heading}\n\nThe gist.\n\n## After\n\nMore."
    gist = f"# Title\n\n{heading}\n\nThe gist."
    assert (summary(report, 1_000) == gist) is found


def test_a_summary_without_a_gist_section_is_the_beginning() -> None:
    report = "# Title\n\n" + "\n\n".join(f"## Part {n}\n\n{'Words. ' * 20}" for n in range(9))
    gist = summary(report, 400)
    words = ("Words. " * 20).strip()
    assert gist == f"# Title\n\n## Part 0\n\n{words}\n\n## Part 1\n\n{words}"


def test_a_summary_ends_with_a_whole_block_that_is_no_heading() -> None:
    report = f"First.\n\n{'Second. ' * 10}\n\n## Heading\n\n{'Third. ' * 40}"
    assert summary(report, 200) == f"First.\n\n{'Second. ' * 10}".strip()


@settings(max_examples=40)
@given(any_markdown, st.integers(200, 400))
def test_a_summary_fits_and_is_safe(source: str, limit: int) -> None:
    gist = summary(source, limit)
    assert len(gist) <= limit
    assert "<" not in gist
    assert bool(gist.strip()) == bool(sanitize(source).strip())


def test_json_is_readable() -> None:
    value: dict[str, object] = {
        "company_name": "Suez Canal Authority",
        "foundedIn": 1956,
        "state-owned": True,
        "revenue": None,
        "website": "https://www.suezcanal.gov.eg",
        "overview": "First paragraph.\n\nSecond *paragraph*.",
        "head_office": {"city": "Ismailia", "phones": ["1", "2"], "notes": []},
        "ships": [
            {"name": "Ever|Given", "length_m": 399.9},
            {"name": "Maersk", "flag": "DK\nsecond line"},
        ],
        "tags": ["a", {"deep": {"deeper": "x"}}],
    }
    assert json_as_markdown(value) == (
        "**Company name:** Suez Canal Authority\n\n"
        "**Founded In:** 1956\n\n"
        "**State owned:** yes\n\n"
        "**Revenue:** —\n\n"
        "**Website:** <https://www.suezcanal.gov.eg>\n\n"
        "**Overview**\n\nFirst paragraph.\n\nSecond *paragraph*.\n\n"
        "**Head office**\n\n"
        "- **City:** Ismailia\n- **Phones:**\n  - 1\n  - 2\n- **Notes:** _(none)_\n\n"
        "**Ships**\n\n"
        "| Name | Length m | Flag |\n| --- | --- | --- |\n"
        "| Ever\\|Given | 399.9 |  |\n| Maersk |  | DK second line |\n\n"
        "**Tags**\n\n- a\n- **Item 2**\n  - **Deep:**\n    - **Deeper:** x"
    )


def test_a_block_in_json_ends_where_its_text_ends() -> None:
    code = "```\na < b"
    value: dict[str, object] = {"a": code, "b": {"c": code, "d": "*e*\nf"}, "g": [code, "h\ni"]}
    for file, shown in ((False, "a &lt; b"), (True, "a < b")):
        assert sanitize(json_as_markdown(value), file=file) == (
            f"**A**\n\n```\n{shown}\n```\n\n"
            f"**B**\n\n- **C:**\n  ```\n  {shown}\n  ```\n- **D:** *e*\n  f\n\n"
            f"**G**\n\n- ```\n  {shown}\n  ```\n- h\n  i"
        )


def test_json_with_nothing_in_it_says_so() -> None:
    assert json_as_markdown({}) == "_(empty)_"
    assert json_as_markdown([]) == "_(empty)_"


def test_json_lists_become_tables_or_lists() -> None:
    assert json_as_markdown([{"a": 1}, {"b": "x"}]) == (
        "| A | B |\n| --- | --- |\n| 1 |  |\n|  | x |"
    )
    wide: list[object] = [{f"k{n}": n for n in range(21)}] * 2
    assert json_as_markdown(wide).startswith("- **Item 1**\n  - **K0:** 0\n")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | any_markdown,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=12,
)


@pytest.mark.slow
@settings(max_examples=40)
@given(st.dictionaries(st.text(max_size=9), _JSON, max_size=4))
def test_any_json_becomes_parts_that_fit(value: dict[str, object]) -> None:
    parts = split_messages(json_as_markdown(value), 300)
    assert parts
    assert all(len(part) <= 300 and "<" not in part for part in parts)


def test_deep_json_is_no_problem() -> None:
    value: dict[str, object] = {}
    for _ in range(300):
        value = {"a": value or 1}
    assert '{"a": 1}' in json_as_markdown(value)


@pytest.mark.parametrize(
    "source",
    [
        f"{root}{glue}evil.example"
        for root in ("https://example.org", "<https://example.org>", "[https://example.org](x:y)")
        for glue in (":@", ":x@", "_.", "-.", "\u2060.", "&#8288;.", "&.", "$.", "é.", "?@", "@")
    ]
    + [
        "https:&ZeroWidthSpace;//evil.example",
        "mailto:a@evil.&ZeroWidthSpace;example",
        "www&shy;.evil.example",
    ],
)
def test_no_address_in_it_leads_to_another_host_than_a_cited_one(source: str) -> None:
    may = CitationPolicy(frozenset({"https://example.org"}))
    for text in (source, sanitize(source, may)):
        shown = to_plain_text(text, 1_000, may)
        for address in re.findall(r"(?:https?://|www\.|mailto:(?=\w))\S+", shown):
            assert re.match(r"https://example\.org(?:[/?#]|[.,)]{0,3}$)", address), shown
