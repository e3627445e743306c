"""Marks such as `[3]` lead where the answer's own list says, and to nothing that is not cited."""

from __future__ import annotations

import html
import re

import cmarkgfm
import mistune
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.domain.research import Citation
from bot.ports import Message
from bot.slack import limits
from bot.slack.citations.verification import CitationPolicy, citation_policy
from bot.slack.markdown.sanitizer import sanitize
from bot.slack.markdown.splitter import with_mark_links
from bot.slack.messages.answer import answer_parts
from bot.slack.messages.answer_pieces import fitting_pieces
from bot.slack.text.urls import canonical_url
from tests.unit.slack.markdown.markdown_examples import markdown as any_markdown
from tests.unit.slack.markdown.test_other_parsers import hostile, links_of
from tests.unit.slack.messages.test_answer import FACTS, answer, messages, sources

PAGES = {1: "https://example.org/page/1", 2: "https://example.org/page/2"}
OTHER = "https://example.org/page/3"
MAY = CitationPolicy(frozenset((*PAGES.values(), OTHER)), own_references=PAGES)
ONE, TWO = (f"[[{number}]]({page})" for number, page in PAGES.items())


def linked(source: str, may: CitationPolicy = MAY, room: int = limits.PART_JSON) -> str:
    """The Markdown of a message in which marks are links."""
    return with_mark_links(sanitize(source, may), may, room)


# --- which marks ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("Egypt [1], 1956 [2].", f"Egypt {ONE}, 1956 {TWO}."),
        ("Egypt[1][2].", f"Egypt{ONE}{TWO}."),
        ("Egypt \\[2\\] [3][2][9].", f"Egypt {TWO} [3]{TWO}[9]."),
        ("Egypt 【1】【2†L3-L4】 ［1］", "Egypt [【1】]({1})[【2†L3-L4】]({2}) [［1］]({1})"),
        ("Egypt [^1] [^2^] [Source 2]", "Egypt [[\\^1]]({1}) [[\\^2\\^]]({2}) [[Source 2]]({2})"),
        ("# Egypt [1]", f"# Egypt {ONE}"),
        ("**Egypt [1]**[2]", f"**Egypt {ONE}**{TWO}"),
        ("| a |\n| --- |\n| [1] |", f"| a |\n| --- |\n| {ONE} |"),
        ("- Egypt [1]\n  > so [2]", f"- Egypt {ONE}\n  > so {TWO}"),
        (f"[a]({OTHER})[1], {OTHER} [1]", f"[a]({OTHER}){ONE}, {OTHER} {ONE}"),
        ("US$5 billion [1] and US$6 [2].", f"US$5 billion {ONE} and US$6 {TWO}."),
        ("So![1]", f"So\\!{ONE}"),
    ],
)  # fmt: skip
def test_a_mark_is_a_link(source: str, shown: str) -> None:
    shown = shown.replace("({1})", f"({PAGES[1]})").replace("({2})", f"({PAGES[2]})")
    assert linked(source) == shown
    assert sanitize(shown, MAY) == shown
    assert linked(shown) == shown


@pytest.mark.parametrize(
    "source",
    [
        "Egypt [3] [0] [12] [1956].",
        "Egypt [1, 2] [1-2] [1; 2] [1 and 2]",
        "`[1]`, `f`[1]",
        "```\na [1]\n```",
        "f[1] x1[2], *f*[1], **x**[1][2]",
        "Let $$a [1]$$ be so [2].",
        "Let $a_{[1]}$ be so",
        "Let \\(a [1]\\) be so",
        "\\[x_1 [2] + y\\]",
        f"[see [1]]({OTHER})",
        f"[1]({OTHER})",
        "[1] says so",
        "- [1] A title\n- **[2]** Another",
        "> [1] A title\n> [2] Another",
        "Egypt 【4:1†source】, [1](x), a \\\\[1]",
        "[1]: so it is",
    ],
)
def test_other_text_is_no_mark(source: str) -> None:
    assert linked(source) == sanitize(source, MAY)


# --- what they lead to ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("listed", "pages"),
    [
        ("1. *A*. {1}\n2. [B]({2})", {1: 1, 2: 2}),
        ("[1] A, {1}\n[2] B. <{2}>.", {1: 1, 2: 2}),
        ("- \\[2\\]: **B** ({1})", {2: 1}),
        ("[^1]: A. {1}", {1: 1}),
        ("7. *A*.\n   {1}\n8. B\n{2}\n", {7: 1, 8: 2}),
        ("7. *A*.\n\n   {1}\n\n8. B", {7: 1}),
        ("1. [{1}]({1}), http://www.example.org/page/2", {}),
        ("1. {1} {2}", {}),
        ("1. {1}, https://evil.example/x", {}),
        ("1. [{2}]({1})", {}),
        ("1. https://evil.example/x\n2. A book", {}),
        ("1. {1}\n\n## Sources\n\n1. {2}", {}),
        ("1. {1}\n\n## Sources\n\n1. {1}#part", {1: 1}),
        ("2. A book\n\nSee {1}", {}),
        ("2. A book\r\n\r\nSee {1}", {}),
        ("1. {1}\n1. {2}", {2: 2}),
        ("3. {1}\n3. {2}\n4. A book", {}),
        ("1. [A](mailto:a@example.org) {1}", {}),
        ("0. {1}\n1. {2}", {0: 1, 1: 2}),
        ("0. {1}", {0: 1}),
    ],
)
def test_marks_lead_to_the_entries_of_the_answers_own_list(
    listed: str, pages: dict[int, int]
) -> None:
    content = "Egypt [1].\n\n## References\n\n" + listed.replace("{1}", PAGES[1]).replace(
        "{2}", PAGES[2]
    )
    found = citation_policy(answer(content, *sources(3)), content).own_references
    assert {number: canonical_url(page) for number, page in found.items()} == {
        number: PAGES[page] for number, page in pages.items()
    }


@pytest.mark.parametrize("more", ["!", "[a]", "{id}", "|b", "'s"])
def test_an_entry_leads_to_its_whole_address_where_its_beginning_is_cited_too(more: str) -> None:
    content = f"Egypt [1].\n\n## References\n\n1. {PAGES[1]}{more}\n2. {PAGES[1]}"
    cited = (*sources(3), Citation(PAGES[1] + more))
    found = citation_policy(answer(content, *cited), content).own_references
    assert [canonical_url(found[number]) for number in (1, 2)] == [
        canonical_url(PAGES[1] + more),
        PAGES[1],
    ]


@pytest.mark.parametrize(
    "content",
    ["Egypt [1] [2].", "Egypt [7].", f"Egypt [1], [2]({PAGES[2]}).", "1. Go [1]\n2. Stop"],
)
def test_an_answer_without_a_list_has_no_references_of_its_own(content: str) -> None:
    assert not citation_policy(answer(content, *sources(3)), content).own_references
    assert not citation_policy(answer(content), content).own_references


# --- in messages ------------------------------------------------------------------------


def own_list(number: int, path: str) -> str:
    listed = (f"{n}. *Title*. https://example.org/{path}/{n}" for n in range(1, number + 1))
    return "## References\n\n" + "\n".join(listed)


def texts(found: list[Message]) -> list[str]:
    return [b["text"] for each in found for b in each.blocks or [] if b["type"] == "markdown"]


@pytest.mark.slow
@pytest.mark.parametrize("marks", [10, 120, 250, 700])
@pytest.mark.parametrize("cell", [False, True])
def test_an_answer_needs_no_more_messages_with_links(marks: int, cell: bool) -> None:
    path = "p" * 70
    between = " |\n| a [{}]" if cell else " It is so [{}], they say.\n\nAnd"
    prose = "And" + "".join(between.format(n % 30 + 1) for n in range(marks))
    content = f"| a |\n|---|\n| {prose} |\n\n" if cell else f"{prose}\n\n"
    content += own_list(30, path)
    parts = answer_parts(FACTS, answer(content, *sources(30, path)))
    # Numbers in parentheses are no marks, and as long.
    unmarked = re.sub(r"\[(\d+)\]", r"(\1)", content)
    without = answer_parts(FACTS, answer(unmarked, *sources(30, path)))
    assert [part.name for part in parts] == [part.name for part in without]
    with_links = texts(messages(parts))
    seen = [re.sub(r"\[\[(\d+)\]\]\([^)]*\)|\[(\d+)\]", r"(\1\2)", text) for text in with_links]
    assert seen == texts(messages(without))
    for message, text in zip(messages(parts), with_links, strict=True):
        assert limits.json_length(message.blocks) <= limits.BLOCKS
        assert len(text) <= limits.PART_TEXT
        assert len(re.findall(r"\[\[", text)) >= min(10, len(set(re.findall(r"\[\d+\]", text))))
        assert f"] ({PAGES[1][:-6]}" not in message.text  # the words for reading stay as they are


def test_invisible_spaces_make_no_further_piece() -> None:
    paragraph = "It is so [1], they say. " * 15
    for spaces in (0, 40, 400):
        content = "\n\n".join([paragraph + " " * spaces] * 31)
        assert len(fitting_pieces(content, MAY, limits.PART_JSON)) == 1


def test_the_first_mark_of_each_number_is_a_link_if_not_all_fit() -> None:
    source = "So [1], [2], [1], [2]."
    whole = len(linked(source))
    room = limits.json_length([{"type": "markdown", "text": linked(source)}])
    assert linked(source, room=room) == f"So {ONE}, {TWO}, {ONE}, {TWO}."
    assert linked(source, room=room - 1) == f"So {ONE}, {TWO}, [1], [2]."
    assert linked(source, room=room - whole // 2) == f"So {ONE}, [2], [1], [2]."
    assert linked(source, room=0) == source


# --- whatever comes ---------------------------------------------------------------------

_MARKS = st.sampled_from(
    ["[1]", "[2][1]", "\\[1\\]", "【2】", "[^1]", "[1](", "![1]", "[[2]]", "|[1]|"]
)
marked = st.lists(_MARKS | hostile | any_markdown | st.sampled_from(["a", " "]), max_size=6)


def read(text: str) -> dict[str, str]:
    """What a reader sees of a text, as each of the other parsers reads it."""
    pages = {
        "cmark-gfm": cmarkgfm.github_flavored_markdown_to_html(text),
        "commonmark": cmarkgfm.markdown_to_html(text),
        "mistune": str(mistune.html(text)),
    }
    return {parser: html.unescape(re.sub("<[^>]*>", "", page)) for parser, page in pages.items()}


@pytest.mark.slow
@settings(max_examples=120)
@given(marked.map("".join))
@example("^[^1][1]")
@example("$[1] a$[2]")
@example("0@[1]")
@example("https://x.com/@here/a¡@here<https://evil.example|bank.example>")
def test_links_lead_to_cited_pages_and_what_is_read_stays(source: str) -> None:
    plain = sanitize(source, MAY)
    text = linked(source)
    for parser, found in links_of(text).items():
        assert {canonical_url(href) for href in found} <= MAY.source_urls, (parser, found, text)
    assert read(text) == read(plain)
    assert sanitize(text, MAY) == text


@settings(max_examples=60)
@given(
    st.lists(
        _MARKS | st.sampled_from(["It is *so*", " ", ".", "**old**", "\n\n", "`a`"]), max_size=9
    )
)
def test_a_link_is_one_to_every_parser(pieces: list[str]) -> None:
    text = linked("".join(pieces))
    written = {canonical_url(href) for href in re.findall(r"\]\((https://[^)]*)\)", text)}
    for parser, found in links_of(text).items():
        assert {canonical_url(href) for href in found} == written, (parser, text)
