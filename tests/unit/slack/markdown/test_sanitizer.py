"""Markdown from the web, made safe for Slack's markdown block."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings

from bot.slack.markdown.parser import parse
from bot.slack.markdown.sanitizer import sanitize
from tests.unit.slack.markdown.markdown_examples import markdown as any_markdown

WJ = "\u2060"  # word joiner


@pytest.mark.parametrize(
    ("source", "safe"),
    [
        # a definition to some, behind which code is none
        (": a\n\n```\n\n: b\n```", "\\: a\n\n```\n\n: b\n```"),
        ("a\n~ b: c ~ d\n:e", "a\n\\~ b: c ~ d\n:e"),
        # Slack's tokens
        ("<!channel> and <@U123>", "&lt;!channel&gt; and &lt;@U123&gt;"),
        ("<https://evil.example", "&lt;https://evil.example"),
        ("a < b && c > d", "a &lt; b && c &gt; d"),
        ("\\<!here\\>", "&lt;!here&gt;"),
        ("`<!here>` and `a->b`", "`&lt;!here&gt;` and `a-&gt;b`"),
        ("```py\nif a < b: pass\n```", "```py\nif a &lt; b: pass\n```"),
        ("@here, @channel: x", f"@{WJ}here, @{WJ}channel: x"),
        ("\\@everyone", f"@{WJ}everyone"),
        ("mail me@here.com", "mail me@here.com"),
        ("https://x.com/@here/1", "https://x.com/%40here/1"),
        ("[@here](https://x.com)", f"[@{WJ}here](https://x.com)"),
        ("![@channel](https://x.com)", f"[@{WJ}channel](https://x.com)"),
        ("<https://x.com|@everyone>", f"[@{WJ}everyone](https://x.com)"),
        ("[*x @*here* y*](https://x.com)", f"[*x @{WJ}here y*](https://x.com)"),
        ("*x @*here* y*", f"*x @{WJ}here y*"),
        ("1\\@here \\@here", f"1@here @{WJ}here"),
        ("_@here_", f"_@{WJ}here_"),
        # quotes keep their markers
        ("> a > b\n> > c <d>", "> a &gt; b\n>\n> > c &lt;d&gt;"),
        ("- > quoted <b>\n  > more", "- > quoted &lt;b&gt;\n  > more"),
        ("text\n    > still text", "text\n&gt; still text"),
        # HTML
        ("a<br>b<br/>c", "a\nb\nc"),
        ("- a<br>b", "- a\n  b"),
        ("> a <br /> b", "> a\n> b"),
        ("> 1) a<br>b", "> 1. a\n>    b"),
        ("a<br># b", "a\n\\# b"),
        ("# a<br>b", "# a b"),
        ("a<br>\nb", "a\nb"),
        ("one\n\n<br>\n\ntwo", "one\n\ntwo"),
        ("<div>\n*a*\n</div>", "&lt;div&gt;\n*a*\n&lt;/div&gt;"),
        ("`<br>`", "`&lt;br&gt;`"),
        # invisible characters
        ("a\u202eb\x00c\r\nd\x1b[0m", "abc\nd[0m"),
        ("half \ud800", "half \ufffd"),
    ],
)
def test_slack_tokens_in_text_are_shown_literally(source: str, safe: str) -> None:
    assert sanitize(source) == safe


@pytest.mark.parametrize(
    ("source", "safe"),
    [
        ("[a *b*](https://e.com/x?a=1&b=2)", "[a *b*](https://e.com/x?a=1&b=2)"),
        ("[a](https://e.com/x?a=1&amp;b=2)", "[a](https://e.com/x?a=1&b=2)"),
        ('[a](<https://e.com/a (b)> "title")', "[a](https://e.com/a%20%28b%29)"),
        ("<https://e.com/a_b>", "[https://e.com/a_b](https://e.com/a_b)"),
        ("<me@e.com>", "[me@e.com](mailto:me@e.com)"),
        ("![chart](https://e.com/c.png)", "[chart](https://e.com/c.png)"),
        ("![](https://e.com/c.png)", "[image](https://e.com/c.png)"),
        ("[![badge](https://e.com/b.svg)](https://e.com)", "[badge](https://e.com)"),
        ("wow!<https://e.com>", "wow\\![https://e.com](https://e.com)"),
        ("[](https://e.com)", "[https://e.com](https://e.com)"),
        ("[two\nlines](https://e.com)", "[two lines](https://e.com)"),
        ("<https://e.com/a|label>", "[label](https://e.com/a)"),
        ("<https://e.com/a|two words>", "[two words](https://e.com/a)"),
        # only the web and mail
        ("[a](javascript:alert(1))", "a"),
        ("[a](/relative) [b](#anchor)", "a b"),
        ("[a](slack://user?id=U1)", "a"),
        ("![a](data:image/png;base64,xyz)", "a"),
        ("[a](https://bank.example@evil.example/)", "a"),
        ("[#](/x) not a heading", "\\# not a heading"),
        # a label that names another domain
        ("[bank.example](https://evil.example/x)", "[bank.example (evil.example)](https://evil.example/x)"),
        ("[log in at www.bank.example!](https://evil.example)",
         "[log in at www.bank.example! (evil.example)](https://evil.example)"),
        ("[b\u200bank&#46;example](https://evil.example)",
         "[bank.example (evil.example)](https://evil.example)"),
        ("[apple.com](https://аpple.com)", "[apple.com (xn--pple-43d.com)](https://аpple.com)"),
        ("[a@bank.example](mailto:a@evil.example)",
         "[a@bank.example (evil.example)](mailto:a@evil.example)"),
        ("[evil.example](https://www.evil.example)", "[evil.example](https://www.evil.example)"),
        ("[docs.e.com/a](https://e.com)", "[docs.e.com/a](https://e.com)"),
        ("[report.pdf, v1.2, e.g. this](https://e.com)", "[report.pdf, v1.2, e.g. this](https://e.com)"),
        # what is no link must not become one
        ("[bank.example](https://evil.example no)", "[bank.example]\\(https://evil.example no)"),
        ("[see <https://e.com/a> it](https://e.com)", "[see https://e.com/a it](https://e.com)"),
        ("[mail <a@e.com>](https://e.com)", "[mail a@e.com](https://e.com)"),
        ("![see <https://e.com/a>](https://e.com)", "[see https://e.com/a](https://e.com)"),
        ("[[a]](javascript:1)(https://evil.example)", "[a]\\(https://evil.example)"),
        ("[a]: https://evil.example/](\n\n[a]", "[a]\\: https://evil.example/]\\(\n\n[a]"),
        # what plugins of markdown-it for footnotes and superscript read
        ("x^[a](https://e.com) and y^[b]", "x\\^[a](https://e.com) and y\\^[b]"),
        ("^`a`^, 2^3", "\\^`a`\\^, 2\\^3"),
        # what marked does not read: brackets in brackets in brackets, emphasis around such a mark
        ("[a [b]](https://e.com)", "[a [b]](https://e.com)"),
        ("[[[b]]](https://e.com)", "[\\[\\[b\\]\\]](https://e.com)"),
        ("_[a [b]](https://e.com/a_(b))_", "*[a [b]](https://e.com/a_%28b%29)*"),
        ("_[a](https://e.com)_ __b__", "_[a](https://e.com)_ __b__"),
    ],
)  # fmt: skip
def test_links_lead_where_they_say_and_nowhere_else(source: str, safe: str) -> None:
    assert sanitize(source) == safe


def test_definitions_move_into_the_links_that_use_them() -> None:
    source = (
        "See [the report][1], [2] and ![chart][3].\n\n"
        "[1]: https://one.example 'One'\n"
        "[2]: <https://two.example/a b>\n"
        "[3]: https://three.example/c.png\n"
        '[4]: https://four.example "Not cited"\n'
        "[5]: javascript:alert(1)\n"
    )
    assert sanitize(source) == (
        "See [the report](https://one.example), [2](https://two.example/a%20b) and "
        "[chart](https://three.example/c.png).\n\n"
        "[4](https://four.example) Not cited\n\n"
        "[5]\\: javascript:alert(1)"
    )


@pytest.mark.parametrize(
    ("source", "safe"),
    [
        ("- [1]: https://e.com/a\n- [2]: https://e.com/b", "- [1](https://e.com/a)\n- [2](https://e.com/b)"),
        ("> [1]: https://e.com/a 'T'\n\nx", "> [1](https://e.com/a) T\n\nx"),
        ("1. a\n\n   [b]: https://e.com\n\n   c", "1. a\n\n   [b](https://e.com)\n\n   c"),
        ("- [b]\n\n  [b]: https://e.com", "- [b](https://e.com)"),
        ("[b]\n\n[b]: https://e.com\n[b]: https://f.com",
         "[b](https://e.com)\n\n[b](https://f.com)"),
        ("[Note]: important", "[Note]\\: important"),
        ("[# a]: javascript:x", "[# a]\\: javascript:x"),
        ("[+ a]: https://e.com", "[+ a](https://e.com)"),
        ("- [^1]: **Book**", "- [^1]\\: \\*\\*Book\\*\\*"),
    ],
)  # fmt: skip
def test_a_definition_stays_in_its_place_and_once(source: str, safe: str) -> None:
    assert sanitize(source) == safe
    assert sanitize(safe) == safe


@pytest.mark.parametrize(
    ("source", "safe"),
    [
        ("**a **b** c**", "**a b c**"),
        ("*a _b_ c*", "*a b c*"),
        ("**a *b* c**", "**a *b* c**"),
        ("****Egypt****Egypt**", "**Egypt**Egypt\\*\\*"),
    ],
)
def test_emphasis_in_emphasis_of_its_kind_is_one(source: str, safe: str) -> None:
    assert sanitize(source) == safe


def test_tables_and_code_keep_their_content() -> None:
    source = (
        "|Left|**Right**|\n|:-----|------:|\n| a \\| b | `x\\|y` |\n| [c](https://e.com) |\n\n"
        "~~~text\n\tTab, \\escape, [link](x:y), ![image](https://e.com/i.png)\n~~~\n\n"
        "    indented & code\n"
    )
    assert sanitize(source) == (
        "| Left | **Right** |\n| :--- | ---: |\n"
        "| a \\| b | `x\\|y` |\n| [c](https://e.com) |  |\n\n"
        "```text\n\tTab, \\escape, [link](x:y), ![image](https://e.com/i.png)\n```\n\n"
        "```\nindented & code\n```"
    )


@pytest.mark.parametrize(
    ("row", "cells"),
    [
        ("| a | `x|y` |", "| a | `x\\|y` |"),
        ("a | b | c", "| a | b\\| c |"),
        ("2019 | 5 | 6", "| 2019 | 5\\| 6 |"),
        ("+5. | b | c", "| +5. | b\\| c |"),
        ("| 2019 | 5 | 6", "| 2019 | 5\\| 6 |"),
        ("| a | b \\| c | d |", "| a | b \\| c\\| d |"),
    ],
)
def test_surplus_cells_of_a_row_stay_in_its_last_cell(row: str, cells: str) -> None:
    assert sanitize(f"| 1 | 2 |\n|---|---|\n{row}").splitlines()[2] == cells


def test_cells_are_safe_and_stay_on_one_line() -> None:
    source = "| a<br>b | ![i](https://e.com/i) |\n|-|-|\n| <!here> | [x](javascript:1) |"
    assert sanitize(source) == (
        "| a b | [i](https://e.com/i) |\n| --- | --- |\n| &lt;!here&gt; | x |"
    )


@pytest.mark.parametrize(
    ("source", "safe"),
    [
        ("```js\nlet a", "```js\nlet a\n```"),
        ("- ~~~~\n  code\n\nnext", "- ```\n  code\n  ```\n\nnext"),
        ("> ```\n> code\n\nnext", "> ```\n> code\n> ```\n\nnext"),
    ],
)
def test_a_fence_that_never_ends_is_closed(source: str, safe: str) -> None:
    assert sanitize(source) == safe


def test_very_deep_nesting_is_safe_too() -> None:
    deep = "> " * 400 + "<!here> [bank.example](https://evil.example)\n" + "[" * 2000
    safe = sanitize(deep)
    assert "<" not in safe
    assert "](" not in safe


@settings(max_examples=40)
@given(any_markdown)
def test_nothing_that_slack_reads_as_a_token_survives(source: str) -> None:
    safe = sanitize(source)
    assert "<" not in safe
    assert not re.search(r"(?<!\w)@(here|channel|everyone)\b", safe, re.IGNORECASE)
    assert not re.search(
        "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", safe
    )


@settings(max_examples=40)
@given(any_markdown)
def test_only_our_own_links_are_links(source: str) -> None:
    safe = sanitize(source)
    document = parse(safe)
    for token in document.tokens:
        if token.type != "inline":
            continue
        children = document.children(token.content)
        assert not any(child.type == "image" for child in children)
        for child in children:
            if child.type == "link_open":
                assert re.match(r"https?://[\w.-]+|mailto:", str(child.attrs["href"]))


@settings(max_examples=40)
@given(any_markdown)
def test_safe_markdown_stays_as_it_is(source: str) -> None:
    safe = sanitize(source)
    assert sanitize(safe) == safe
