"""Whatever an answer writes, and however much: no link that its basis does not have."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.domain.research import Citation
from bot.slack import limits
from bot.slack.citations.addresses import marked_addresses
from bot.slack.citations.notes import has_citations
from bot.slack.citations.verification import CitationPolicy, citation_policy
from bot.slack.markdown.parser import parse
from bot.slack.markdown.plain_text import to_plain_text
from bot.slack.markdown.sanitizer import sanitize
from bot.slack.markdown.splitter import split_messages
from bot.slack.text.urls import canonical_url
from tests.unit.slack.citations.test_verification import SOURCES, answer, checked
from tests.unit.slack.markdown.markdown_examples import markdown as any_markdown

_LINKS = ["https://example.org/suez", "https://evil.example/x", "www.evil.example", "evil.example/"]
_LINKS += ["[a](https://evil.example)", "[b](https://example.org/suez)", "[1]", "[7]", "[2, 9]"]
_LINKS += [
    "https:",
    "//",
    "https\\://",
    "&#58;//",
    "References:\n",
    "1. a\n",
    "`",
    "**",
    "mailto:a@b.c",
]
citing_markdown = st.lists(
    st.one_of(any_markdown, st.sampled_from([*_LINKS, " ", "\n", "\n\n"] * 2)), max_size=12
).map("".join)
MAY = CitationPolicy(frozenset({"https://example.org/suez"}))


@pytest.mark.slow
@settings(max_examples=100)
@given(citing_markdown)
def test_no_link_survives_that_the_basis_does_not_have(source: str) -> None:
    for part in [sanitize(source, MAY), *split_messages(source, 200, policy=MAY)]:
        assert _links(part) <= {"https://example.org/suez"}
        text = to_plain_text(part, 10_000, MAY)
        if not re.search("`|~~~|    |\t", part):  # there is no code in it
            assert not re.search(r"https?://(?!example\.org/suez)[\w.]", text, re.IGNORECASE)


@pytest.mark.slow
@settings(max_examples=100)
@given(citing_markdown)
@example("alpha@https://x.com/@here/a")
@example("&#58;//evil.example/")
@example("alpha@---https://example.org/suezalpha")
@example("alpha@0https://example.org/suez")
@example("2.mailto:a@b.c")
def test_checked_text_is_not_changed_again(source: str) -> None:
    once = sanitize(source, MAY)
    assert sanitize(once, MAY) == once
    assert sanitize(once) == once
    written = sanitize(source, MAY, file=True)
    assert sanitize(written, MAY, file=True) == written


@settings(max_examples=60)
@given(citing_markdown)
def test_no_word_is_lost(source: str) -> None:
    for word in ("alpha", "beta", "gamma"):
        assert sanitize(source, MAY).count(word) == sanitize(source).count(word)


@pytest.mark.slow
@pytest.mark.parametrize(
    "block",
    [
        "https://evil.example/x ",
        "https://evil.example/",
        "https://))))((((",
        "a.a.a/",
        "a.",
        "ab.",
        "https://example.org/suez",
        "example.org/suez,",
        "www.",
        "&#58;",
        ":",
        "[1, 1, ",
        "[1]",
        "[a](https://evil.example) ",
        "abc+",
        "[1] https://",
        "References:\n",
    ],
)
@pytest.mark.usefixtures("nothing_is_collected")
def test_the_time_grows_with_the_length_and_not_with_its_square(block: str) -> None:
    def seconds(length: int) -> float:
        text = (block * (length // len(block) + 1))[:length]
        start = time.process_time()
        sanitize(text, citation_policy(answer(text, *SOURCES), text))
        has_citations(text)
        return time.process_time() - start

    seconds(500)
    # Ten times the length: a square would take a hundred times as long.
    small = seconds(10_000)
    assert min(seconds(100_000), seconds(100_000)) < 30 * small + 0.3


@pytest.mark.slow
def test_a_very_long_report_is_no_problem() -> None:
    line = "So [it](https://evil.example/x) is [7], see https://example.org/suez.\n\n"
    parts = split_messages(line * 4_000, policy=MAY)
    assert all(len(part) <= limits.PART_TEXT for part in parts)
    assert not any("](https://evil" in part for part in parts)


def test_hundreds_of_cited_addresses_may_stand_without_a_space() -> None:
    content = SOURCES[0].url * 600
    assert to_plain_text(content, 39_000, MAY) == content
    assert sanitize(content, MAY).count(f"]({SOURCES[0].url})") == 600


def test_a_cited_address_may_have_another_in_it() -> None:
    page = "https://web.archive.org/web/2020/https://example.org/suez"
    content = f"see {page},{page}so, {page}https://evil.example"
    assert checked(content, Citation(page)).count(f"]({page})") == 2
    assert "evil.example (unverified)" in checked(content, Citation(page))


def _links(text: str) -> set[str]:
    """Return where the links of a Markdown text lead, and which bare addresses it has."""
    document = parse(text)
    found: set[str] = set()
    for token in document.tokens:
        for child in document.children(token.content) if token.type == "inline" else []:
            if child.type == "link_open":
                href = str(child.attrs["href"])
                found.add(canonical_url(href) or href)
            elif child.type == "text":
                bare = re.findall(r"https?://[\w./]*\w", child.content)
                found |= {address.rstrip("_") for address in bare}
    return found


class Pages(frozenset[str]):
    """Cited pages, which count how often all of them are gone through."""

    reads = 0

    def __iter__(self) -> Iterator[str]:
        Pages.reads += 1
        return super().__iter__()


def test_no_address_is_compared_with_every_cited_page() -> None:
    pages = Pages(f"https://example.org/{n}" for n in range(100))
    policy = CitationPolicy(pages)
    before = Pages.reads
    text = " ".join(f"https://example.org/{n} [a](https://example.org/{n}b)," for n in range(1, 9))
    assert sanitize(text, policy).count("unverified") == 8
    assert Pages.reads == before


def test_marks_of_cited_pages_are_looked_up_by_the_length_of_the_page() -> None:
    found = marked_addresses(f"https://example.org/{n}_" for n in range(100, 999))
    assert sorted(found) == [len("://example.org/100_"), len("://www.example.org/100_")]
    assert "://example.org/123_" in found[len("://example.org/123_")]
