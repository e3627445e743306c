"""What is written for Markdown files: nothing in it is TeX, or attributes of HTML, to any parser.

Pandoc, Python-Markdown and kramdown know more than CommonMark does, and make HTML or a PDF of it:
braces with attributes (``{onclick=…}``), raw passages (`` `…`{=html} ``), commands of TeX.
"""

from __future__ import annotations

import html
import re

import cmarkgfm
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.research import Answer, Citation, FieldBasis
from bot.slack.markdown.answer_markdown import file_markdown
from bot.slack.markdown.sanitizer import sanitize
from bot.slack.messages.report_files import report_markdown
from tests.unit.slack.markdown.test_other_parsers import CITED, MAY, assert_only_cited, hostile

_CODE = re.compile(r"(?ms)^[> ]*(`{3,}|~{3,})[^\n`]*$.*?^[> ]*\1`*$|^ {4}.*?$")
_SPAN = re.compile(r"(\\.)|(`+)(?!`).*?(?<!`)\2(?!`)|\]\([^)\s]*\)", re.DOTALL)
_LIVE = re.compile(r"\\[A-Za-z]|^[> ]*:::|\{")
_ESCAPED = re.compile(r"\\[^\w\s]")
_TAG = re.compile(r"<[^>]*>")

SOURCES = [
    # raw passages
    "`<a href='https://evil.example/login'>chase.com</a>`{=html}",
    "`<script>alert(1)</script>`{=html} and `\\input{/etc/passwd}`{=latex}",
    "```{=html}\n<script>alert(1)</script>\n```",
    "`<b>`**{=html}**",
    "`<b>`\\{=html}",
    "`<b>`&#123;=html}",
    "{::nomarkdown}<b>{:/}",
    # attributes
    f"[Suez]({CITED}){{href=http:evil.example}}",
    f"[Suez {{onclick=alert(1)}}]({CITED})",
    f"[*Suez*{{onclick=alert(1)}}]({CITED})",
    "[chase.com]{onclick=alert(1)}",
    "# T {onclick=alert(1)}",
    "T {onclick=alert(1)}\n===",
    "a paragraph\n{: onclick='alert(1)' }",
    "*a*{onclick=alert(1)} **b**{onclick=alert(1)} ~~c~~{onclick=alert(1)}",
    "- a {onclick=alert(1)}\n- b\n  {onclick=alert(1)}",
    "> a\n> {onclick=alert(1)}",
    "| a {onclick=alert(1)} |\n|---|\n| {onclick=alert(1)} |",
    "::: {onclick=alert(1)}\na\n:::",
    ":::: warning\na\n::::",
    # TeX
    "\\href{http:evil.example}{chase.com}",
    "\\\\href{http:evil.example}{chase.com}",
    "\\begin{equation}\\href{http:evil.example}{chase.com}\\end{equation}",
    "**\\input{/etc/passwd}**",
    "$\\href{http:evil.example}{chase.com}$",
    "$$\n\\href{http:evil.example}{chase.com}\n$$",
    "$`\\href{http:evil.example}{chase.com}`$",
    "It costs $5, or $6 with `{}`.",
]


def outside_code(text: str) -> str:
    """Return what is not code in a text of ours, nor the address of a link."""
    return _SPAN.sub(lambda match: match[1] or match[2] or "]", _CODE.sub("", text))


def shown(text: str) -> str:
    """Return the words that a reader sees of Markdown."""
    page = cmarkgfm.github_flavored_markdown_to_html(text)
    return " ".join(html.unescape(_TAG.sub("", page)).split()).replace("\u2060", "")


def assert_nothing_is_live(text: str) -> None:
    rest = outside_code(text)
    assert not _LIVE.search(_ESCAPED.sub("x", rest)), text
    assert not re.search(r"\$`|`\$", _ESCAPED.sub("x", rest)), text
    assert_only_cited(text)


@pytest.mark.parametrize("source", SOURCES)
def test_a_file_holds_no_attributes_no_raw_passages_and_no_tex(source: str) -> None:
    written = sanitize(source, MAY, file=True)
    assert_nothing_is_live(written)
    assert sanitize(written, MAY, file=True) == written
    assert_nothing_is_live(file_markdown(sanitize(source, MAY), MAY))
    basis = FieldBasis(source, source, (Citation(CITED, source, (source,)),))
    assert_nothing_is_live(report_markdown(source, Answer(source, (basis, basis), (source,))))


@pytest.mark.parametrize("source", SOURCES)
def test_readers_of_a_file_see_the_same_words_as_those_of_the_messages(source: str) -> None:
    for_slack = html.unescape(shown(sanitize(source, MAY)))  # which reads entities in code, too
    assert shown(sanitize(source, MAY, file=True)) == for_slack


_HOSTILE = st.lists(st.sampled_from([*SOURCES, *"{}$\\`*_[]:\n "]) | hostile, max_size=8)


@pytest.mark.slow
@settings(max_examples=100)
@given(_HOSTILE.map("".join))
def test_whatever_comes_is_no_tex_and_no_attribute_in_a_file(source: str) -> None:
    assert_nothing_is_live(sanitize(source, MAY, file=True))


@pytest.mark.parametrize("language", ["mermaid", "math", "Mermaid", "geojson"])
def test_code_that_viewers_draw_is_shown_as_code_in_a_file(language: str) -> None:
    source = f'```{language}\nclick A href "https://evil.example"\n```'
    assert sanitize(source, MAY, file=True) == source.replace(language, "")
    assert sanitize(source, MAY).startswith(f"```{language}\n")


def test_braces_and_dollars_stay_as_they_are_where_nobody_reads_marks_in_them() -> None:
    for source in (
        "It costs $5, or $6.",
        "Let $x^2$ be.",
        "`{a: $b}`",
        "```python\nprint({1: '\\d'})\n```",
    ):
        assert sanitize(source, MAY, file=True) == source
    assert sanitize("a {b} \\frac c", MAY) == "a {b} \\frac c"
