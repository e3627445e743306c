"""What is written for Slack, read by other parsers of Markdown: they find no other link in it.

Slack does not say what parser it uses. So what one of them reads as a link must be one to all.
"""

from __future__ import annotations

import html
import itertools
import re
import string

import cmarkgfm
import mistune
import pytest
from cmarkgfm.cmark import Options
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.research import Answer, Citation, FieldBasis
from bot.slack.citations.verification import CitationPolicy
from bot.slack.markdown.answer_markdown import file_markdown
from bot.slack.markdown.sanitizer import sanitize
from bot.slack.markdown.splitter import split_messages
from bot.slack.messages.report_files import report_markdown
from bot.slack.text.urls import canonical_url
from tests.unit.slack.markdown.markdown_examples import markdown as any_markdown

CITED = "https://example.org/suez"
MAY = CitationPolicy(frozenset({CITED}))
EVIL = "[chase.com](https://evil.example/login)"

_PLUGINS = ["strikethrough", "table", "url", "footnotes", "task_lists", "def_list", "abbr", "mark"]
_PLUGINS += ["superscript", "subscript", "insert", "spoiler", "math"]
_TABLES = ["mistune.plugins.table.table_in_list", "mistune.plugins.table.table_in_quote"]
_MISTUNE = mistune.create_markdown(escape=False, plugins=[*_PLUGINS, *_TABLES])
_WITH_HTML = Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_FOOTNOTES
_HREF = re.compile(r"<(?:a|img)\b[^>]*?\b(?:href|src)=\"([^\"]*)\"")


def links_of(text: str) -> dict[str, set[str]]:
    """Return where the links and images of a text lead, as each of the other parsers reads it."""
    pages = {
        "cmark-gfm": cmarkgfm.github_flavored_markdown_to_html(text, options=_WITH_HTML),
        "commonmark": cmarkgfm.markdown_to_html(text, options=_WITH_HTML),
        "mistune": str(_MISTUNE(text)),
    }
    return {
        parser: {html.unescape(href) for href in _HREF.findall(page) if not href.startswith("#")}
        for parser, page in pages.items()
    }


def assert_only_cited(text: str) -> None:
    for parser, found in links_of(text).items():
        assert {canonical_url(href) for href in found} <= {CITED}, (parser, found, text)


# --- blocks in each other ---------------------------------------------------------------

_BEFORE = [
    "",
    "x\n",
    "> x\n",
    "> > x\n",
    "- x\n",
    "1. x\n",
    "```\nx\n",
    "    x\n",
    "# x\n",
    "| a |\n|-|\n",
]
_AROUND = ["", "    ", "\t", "> ", ">     ", "- ", "-     ", "1. ", "# ", "```\n", "~~~\n", "   > "]
_LAST = ["", "# ", "- ", "> ", "| ", "    "]
BLOCKS = ["".join(parts) for parts in itertools.product(_BEFORE, _AROUND, _LAST)]


@pytest.mark.parametrize("before", _BEFORE)
def test_no_parser_finds_a_link_in_blocks_within_blocks(before: str) -> None:
    for around, last in itertools.product(_AROUND, _LAST):
        source = f"{before}{around}{last}{EVIL}"
        assert_only_cited(sanitize(source, MAY))
        assert_only_cited(file_markdown(sanitize(source, MAY), MAY))
        for part in split_messages(source, 200, policy=MAY):
            assert_only_cited(part)


@pytest.mark.slow
def test_other_parsers_find_no_other_link_in_report_files() -> None:
    for source in BLOCKS:
        basis = FieldBasis(
            "answer", f"{source}{EVIL}", (Citation(CITED, "T", (source + EVIL,)),), None
        )
        text = report_markdown("Which?", Answer(source + EVIL, (basis,)))
        assert_only_cited(text)


# --- whatever comes ---------------------------------------------------------------------

_PARTS = [EVIL, f"[cited]({CITED})", CITED, "https://evil.example/x", "www.evil.example", "[a]"]
_PARTS += ["a@evil.example", "<https://evil.example/x>", "![i](https://evil.example/i.png)"]
_PARTS += [
    "[a]: https://evil.example\n",
    "[^1]",
    "[^1]: https://evil.example\n",
    "`",
    "``",
    "](",
    "![",
]
_PARTS += [
    f"<{CITED}|cited>",
    "<https://evil.example/x|bank>",
    "\\",
    "&#91;a&#93;(https://evil.example)",
]
_PARTS += [
    "> ",
    ">",
    "- ",
    "1. ",
    "    ",
    "\t",
    "\n",
    "\n\n",
    "```\n",
    "~~~\n",
    "# ",
    "| ",
    "|-|\n",
    "---\n",
]
_PARTS += [
    "**",
    "_",
    "*",
    "~~",
    "==",
    ": ",
    "<div>",
    "<a href='https://evil.example'>x</a>",
    "$$",
    "\\[",
    "[see <https://evil.example/in> it](https://evil.example/out)",
    "<1@evil.example>",
    "`~~ ** _ ^ ==`",
    ">! ",
    "^",
    "!",
    "]: ",
]
hostile = st.lists(st.sampled_from(_PARTS) | any_markdown, max_size=14).map("".join)


@pytest.mark.slow
@settings(max_examples=150)
@given(hostile)
def test_no_parser_finds_a_link_that_the_basis_does_not_have(source: str) -> None:
    assert_only_cited(sanitize(source, MAY))
    assert_only_cited(sanitize(source, MAY, file=True))


@pytest.mark.parametrize(
    "source",
    [
        # a mark in the text and one in code, where some parsers look for it
        f"~~`{EVIL} ~~`",
        f"**`{EVIL}**`",
        f"~~a `~~ {EVIL} ` b~~",
        f"x ~~~1 `~~~ {EVIL}`~~ y",
        f"^`^{EVIL}`",
        f"2^10, `x^{EVIL}`",
        f"$5 or `$x` and `{EVIL}$`",
        f"`a` $b `c$ {EVIL}`",
        f"$5 or `a $ {EVIL}`",
        f"==a `{EVIL}==`",
        f">! a `{EVIL} !<`",
        # emphasis that goes, and what it kept apart
        "*x *https:*//evil.example y*",
        "**x **https:**//evil.example/x y**",
        "_x _https:_//evil.example y_",
        "**a _b **https:**//evil.example c_ d**",
        "~~https:~~//evil.example `~~`",
        "*x *www.*evil.example y*",
        "| a |\n|-|\n| *x *https:*//evil.example y* |",
        f"[*x *https:*//evil.example y*]({CITED})",
        f"*see {CITED}<br>* x",
        # what is left of an address before a mark
        "www.*evil.example*/x",
        "www.`evil.example`",
        "https://www.**evil.example**",
        "https://evil.example/x_www.*evil.example*/x",
        # an address within one, in a bracket that ends nowhere
        f"[[{CITED}#mailto:a@evil.example",
        "a@.evil.example",
        # what is left of an address behind what stood before it
        "https:mailto://evil.example/x",
        "https:https:////evil.example/x",
        "https:mailto://evil/x",
        # a definition in a spoiler
        ">! [- y]: https://evil.example/x\n\n[- y]",
        # a line across, with the mark of its list
        "* a\n\n- **\n  b",
        "* a\n\n- ** **",
        # a table to some
        f"`a|{EVIL}`\n|",
        f"`a|{EVIL}`\n :",
        # the name of a definition, from a text into code
        "[\n\n```\n]: https://evil.example/x\n```",
        "- [a\n\n      b]: https://evil.example/x",
        # an address in brackets that is no link to ours
        "a <1@evil.example> <=b@evil.example>",
        "\\<1@evil.example>",
        # a link in a link
        "[see <https://evil.example/x> it](https://evil.example/y)",
        f"[see <https://evil.example/x>]({CITED})",
        f"[`[a](https://evil.example)`]({CITED})",
        f"[{CITED})(https://evil.example/x]({CITED})",
        # where an address ends
        f"{CITED}! {CITED}? {CITED}^x",
        f"{CITED}https://evil.example/x",
        f"{CITED}#https://evil.example/x",
        f"Source{CITED}",
    ],
)
def test_extensions_of_some_parsers_add_no_link(source: str) -> None:
    for file in (False, True):
        written = sanitize(source, MAY, file=file)
        assert_only_cited(written)
        assert sanitize(written, MAY, file=file) == written


@settings(max_examples=80)
@given(hostile)
def test_other_parsers_find_no_other_link_in_long_answers(source: str) -> None:
    for part in split_messages(source, 200, policy=MAY):
        assert_only_cited(part)


@pytest.mark.slow
@settings(max_examples=80)
@given(hostile)
def test_what_is_written_stays_as_it_is(source: str) -> None:
    for file in (False, True):
        once = sanitize(source, MAY, file=file)
        assert sanitize(once, MAY, file=file) == once
    assert sanitize(sanitize(source)) == sanitize(source)


@pytest.mark.parametrize(
    "source",
    [
        f"[cited]({CITED})",
        f"**[cited]({CITED})**, [*it*]({CITED})",
        f"- [a [1] b]({CITED})",
        f"> [`code` and [brackets]]({CITED})",
        f"| a |\n|-|\n| [cell | bar]({CITED}) |",
        f"# [title]({CITED})",
        f"出典は{CITED}です",
        f"({CITED}) and {CITED}, so",
        f"- <{CITED}|GitLab #1>",
        f"<{CITED}|GitLab>",
        f"![chart]({CITED})",
        f"`a==b==c^d^e` {CITED}#x=1==^2",
        f"*see {CITED})<br>* x",
    ],
)
def test_a_cited_link_is_one_to_every_parser(source: str) -> None:
    found = links_of(sanitize(source, MAY))
    pages = {parser: {canonical_url(href) for href in hrefs} for parser, hrefs in found.items()}
    assert pages["cmark-gfm"] == pages["mistune"] == {CITED}


@pytest.mark.parametrize(
    "page", ["__main__.html", "*a*b_", "a~~b~~c", "Yahoo!", "D.C.", "a)", "a...", "?f=A|B", "a[1]"]
)
def test_a_cited_address_that_is_odd_leads_nowhere_else(page: str) -> None:
    address = f"https://example.org/{page}"
    may = CitationPolicy(frozenset({canonical_url(address) or ""}))
    for written in ("see {} now", "{}", "**{}**", "({}).", "| a |\n|-|\n| {} |"):
        for parser, found in links_of(sanitize(written.format(address), may)).items():
            assert {canonical_url(href) for href in found} <= may.source_urls, (parser, found)


@pytest.mark.parametrize("char", string.punctuation)
@pytest.mark.parametrize("form", ["see {} x", "{}", "| a |\n|-|\n| {} |", "# {}, so"])
def test_no_backslash_is_part_of_a_cited_address(char: str, form: str) -> None:
    within = f"https://example.org/a{char}b"
    may = CitationPolicy(frozenset(filter(None, (canonical_url(within), CITED))))
    places = (f"https://example.org/a\\{char}b", *(f"{CITED}{at}\\{char}" for at in ("", ".", " ")))
    for written in places:
        safe = sanitize(form.format(written), may)
        for parser, found in links_of(safe).items():
            assert {canonical_url(href) for href in found} <= may.source_urls, (parser, safe)
        assert sanitize(safe, may) == safe


@pytest.mark.parametrize("mark", ["$", "^", "==", "~", "*"])
def test_no_mark_in_code_changes_a_cited_address(mark: str) -> None:
    address = f"https://example.org/a{mark}b{mark}c"
    may = CitationPolicy(frozenset({canonical_url(address) or ""}))
    safe = sanitize(f"{address} and `{mark}x` {mark}y", may)
    for parser, found in links_of(safe).items():
        assert {canonical_url(href) for href in found} <= may.source_urls, (parser, safe)
    assert sanitize(safe, may) == safe


@pytest.mark.parametrize("mark", ["~~", "**", "__"])
def test_no_mark_reaches_from_a_text_into_the_label_of_a_link(mark: str) -> None:
    for source in (
        f"[{mark}evil.com[{mark} `{mark}`]({CITED})",
        f"[{mark}a]({CITED}) evil.com [b{mark}]({CITED})",
        f"[a {mark}b]({CITED}) evil.com{mark} x",
    ):
        page = str(_MISTUNE(sanitize(source, MAY)))
        for label in re.findall(r"<a\b[^>]*>(.*?)</a>", page):
            assert "evil.com" not in label or "example.org" in label
