"""What an answer cites, against what its run really cited."""

from __future__ import annotations

import html
import re

import pytest

from bot.domain.research import Answer, Citation, FieldBasis
from bot.slack.citations.notes import has_citations
from bot.slack.citations.verification import citation_policy
from bot.slack.markdown.plain_text import to_plain_text
from bot.slack.markdown.sanitizer import sanitize

WJ = "\u2060"  # word joiner
SOURCES = (
    Citation("https://example.org/suez", "Suez Canal Authority"),
    Citation("https://example.com/a_(b)?utm_source=x"),
)


def answer(content: str, *citations: Citation) -> Answer:
    return Answer(content, (FieldBasis("output", "So they say.", citations, "high"),))


def checked(content: str, *citations: Citation) -> str:
    """Return the content as Slack gets it, without the invisible joiners."""
    may = citation_policy(answer(content, *citations), content)
    return sanitize(content, may).replace(WJ, "")


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        # what the basis has stays a link, in any spelling
        ("[Egypt](https://example.org/suez)", "[Egypt](https://example.org/suez)"),
        ("[Egypt](https://www.Example.org/suez/#x)", "[Egypt](https://www.Example.org/suez/#x)"),
        ("see https://example.org/suez.", "see https://example.org/suez."),
        (
            "see https://example.com/a_(b).",
            "see [https://example.com/a_(b)](https://example.com/a_%28b%29).",
        ),
        ("**https://example.org/suez**", "**[https://example.org/suez](https://example.org/suez)**"),
        # anything else is text, with its address for reading
        ("[Egypt](https://evil.example/x)", "Egypt (evil.example/x, unverified)"),
        ("[*the* `x`](https://evil.example)", "*the* `x` (evil.example, unverified)"),
        ("see https://evil.example/x.", "see evil.example/x (unverified)."),
        ("**https://evil.example/**", "**evil.example/ (unverified)**"),
        ("<https://evil.example/x>", "evil.example/x (unverified)"),
        ("[evil.example/x](https://evil.example/x)", "evil.example/x (unverified)"),
        ("![chart](https://evil.example/c.png)", "chart (evil.example/c.png, unverified)"),
        ("![](https://evil.example/c.png)", "evil.example/c.png (unverified)"),
        ("[a ![b](https://e.vil/i)](https://evil.example)", "a b (evil.example, unverified)"),
        ("[A](https://user@evil.example/x)", "A (user@evil.example/x, unverified)"),
        ("[A](ftp://evil.example/x)", "A (ftp://evil.example/x, unverified)"),
        ("[A](HTTPS://evil.example:99999/)", "A (evil.example:99999, unverified)"),
        ("[A](http://[2001:db8::5]/x)", "A ([2001:db8::5]/x, unverified)"),
        ("[](ftp://evil.example/x)", "ftp://evil.example/x (unverified)"),
        ("[ftp://evil.example](ftp://evil.example)", "ftp://evil.example (unverified)"),
        ("![A](https://2130706433/)", "A (2130706433, unverified)"),
        ("[A](/x), [B](#b), [C](javascript:a)", "A, B, C"),
        ("www.evil.example/x", "evil.example/x (unverified)"),
        ("ftp://evil.example/x", "ftp://evil.example/x (unverified)"),
        ("slack://user?id=U1", "slack://user?id=U1 (unverified)"),
        ("<me@evil.example>", "me@evil.example (unverified)"),
        ("# On https://evil.example/h", "# On evil.example/h (unverified)"),
        ("- [a](https://evil.example)\n- b", "- a (evil.example, unverified)\n- b"),
        ("> https://evil.example/q", "> evil.example/q (unverified)"),
        (
            "| a |\n|---|\n| [b](https://evil.example/t) |",
            "| a |\n| --- |\n| b (evil.example/t, unverified) |",
        ),
        (
            "[a][1] [b][2]\n\n[1]: https://example.org/suez\n[2]: https://evil.example\n",
            "[a](https://example.org/suez) b (evil.example, unverified)",
        ),
        ("[9]: https://evil.example 'T'\n", "9 (evil.example, unverified) T"),
        ("[# a]: https://evil.example", "\\# a (evil.example, unverified)"),
        ("[+ a]: https://evil.example", "\\+ a (evil.example, unverified)"),
        ("[a](https://example.org/SUEZ)", "a (example.org/SUEZ, unverified)"),
        # the label of a link that stays is no link of its own
        (
            "[https://evil.example](https://example.org/suez)",
            "[https://evil.example (example.org)](https://example.org/suez)",
        ),
        # code is left alone
        ("`https://evil.example`", "`https://evil.example`"),
        ("```\nhttps://evil.example [7]\n```", "```\nhttps://evil.example [7]\n```"),
    ],
)  # fmt: skip
def test_only_addresses_in_the_basis_are_links(content: str, shown: str) -> None:
    assert checked(content, *SOURCES) == shown


@pytest.mark.parametrize(
    "link",
    [
        "[{}](#ref)",
        "[*{}*](https://evil.example/x)",
        "![{}](/x.png)",
        "<https://evil.example|{}>",
        "[{}][r]",
        "[{}](https://example.org/suez)",
    ],
)
@pytest.mark.parametrize(
    ("words", "label", "read"),
    [
        ("In 2023{} it grew", "1", "In 2023 (1)"),
        ("Up **12%**{}.", "4", "Up 12% (4)"),
        ("| a |\n| --- |\n| 8,804,190{} |", "3", "8,804,190 (3)"),
        ("It grew.{}", "2", "It grew. (2)"),
        ("2023年{}", "12", "2023年 (12)"),
        ("Windows{}", "11 Pro", "Windows (11 Pro)"),
        ("# In `2023`{}", "5", "`2023` (5)"),
        ("In 2023&#8203;{}", "1", "In 2023 (1)"),
        ("12€{} more", "5", "12€ (5)"),
        ("20°{}", "3", "20° (3)"),
        ('"so"{}', "1", '"so" (1)'),
        ("「q」{}", "5", "「q」 (5)"),
        ("売上高は{}", "2023年度", "売上高は2023年度"),
        ("Best:{}", "3 Best Hotels", "Best:3 Best Hotels"),
        ("In {} it grew", "2023", "In 2023"),
        ("COVID-{}", "19", "COVID-19"),
    ],
)
def test_the_number_of_a_link_does_not_run_on_from_a_figure(
    words: str, label: str, read: str, link: str
) -> None:
    content = words.format(link.format(label)) + "\n\n[r]: https://evil.example/r"
    policy = citation_policy(answer(content, *SOURCES), content)
    safe = sanitize(content, policy)
    stays = "example.org" in link
    assert read in re.sub(r"[*\u2060]", "", safe) or stays
    assert read in to_plain_text(safe, 1_000, policy).replace("\u2060", "")
    assert sanitize(safe, policy) == safe


@pytest.mark.parametrize(
    "form",
    ["See {}.", "<{}>", "**{}**", "_{}_", "- {}\n- b", "| a |\n|-|\n| {} |", "({})", "{}, so",
     "# {}", "{}<br>so", "<b>{}</b>", "[1] T. {}"],
)  # fmt: skip
@pytest.mark.parametrize("entities", [False, True])
def test_a_cited_address_with_angle_brackets_is_cited(form: str, entities: bool) -> None:
    doi = "https://doi.org/10.1002/(SICI)1097-4571(199806)49:8<693::AID-ASI4>3.0.CO;2-O"
    is_decoded = entities and form != "<{}>"  # within such brackets, entities are none
    written = doi.replace("<", "&lt;").replace(">", "&gt;") if is_decoded else doi
    safe = checked(form.format(written), Citation(doi), Citation("https://doi.org/10.1002"))
    assert "unverified" not in safe
    assert re.findall(r"\]\((https:[^)]*)\)", safe) == [
        "https://doi.org/10.1002/%28SICI%291097-4571%28199806%2949:8%3C693::AID-ASI4%3E3.0.CO;2-O"
    ]
    other = checked(form.format(written.replace("693", "694")), Citation(doi))
    assert "unverified" in other


def test_a_cited_source_that_cannot_be_linked_is_not_called_unverified() -> None:
    content = "[A](ftp://example.org/x) and [B](ftp://evil.example/x)"
    assert checked(content, *SOURCES, Citation("ftp://example.org/x")) == (
        "A (ftp://example.org/x) and B (ftp://evil.example/x, unverified)"
    )


@pytest.mark.parametrize(
    "disguise",
    [
        "https\\://evil.example",
        "https&#58;//evil.example",
        "https&colon;&sol;/evil.example",
        "https:\\/\\/evil.example",
        "https:*/*/evil.example",
        "_https://evil.example_",
        "éhttps://evil.example",
        "https://example.org/suez,https://evil.example",
        "https://https://evil.example",
        "https://www.www.evil.example",
        "\\`https://evil.example\\`",
        "evil.example/login",
        "evil.example?login",
        "evil.example:80?login",
        "evil.example#login",
        "evil.xn--p1ai/login",
        "[x](javascript:'https://evil.example')",
        "[https://evil.example no link](",
        "<a href=https://evil.example>",
    ],
)
def test_no_disguise_leaves_an_address_that_slack_could_link(disguise: str) -> None:
    may = citation_policy(answer("", *SOURCES), "")
    safe = sanitize(disguise, may)
    text = to_plain_text(safe, 1_000, may)
    for found in (safe, text):
        assert "://evil.example" not in html.unescape(found).replace("\\", "")
        assert not re.search(r"\b(?:www\.)?evil\.(?:example|xn--p1ai)[/?#]", found)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        # addresses to linkify-it (markdown-it) and to mdast-util-gfm-autolink-literal (remark)
        ("a@evil.example", f"a{WJ}@{WJ}evil.{WJ}example"),
        ("&@evil.example, 1@a.^x", f"&{WJ}@{WJ}evil.{WJ}example, 1{WJ}@{WJ}a.^x"),
        ("<a@evil.example>", f"a{WJ}@{WJ}evil.{WJ}example (unverified)"),
        ("mailto:a@evil.example", f"a{WJ}@{WJ}evil.{WJ}example (unverified)"),
        ("a@www.evil.example", f"a{WJ}@{WJ}www{WJ}.{WJ}evil.{WJ}example{WJ}"),
        (".www.evil.example/x", f".www{WJ}.{WJ}evil.{WJ}example/x{WJ}"),
        ("/www.evil.example", f"/www{WJ}.{WJ}evil.{WJ}example{WJ}"),
        ("-www.evil.example", f"-www{WJ}.{WJ}evil.{WJ}example{WJ}"),
        ("a.www.evil.example", f"a.{WJ}www{WJ}.{WJ}evil.{WJ}example{WJ}"),
        ("see //evil.example", f"see {WJ}/{WJ}/{WJ}evil.{WJ}example"),
        ("(//evil.example/x)", f"({WJ}/{WJ}/{WJ}evil.{WJ}example/x)"),
        ("// a comment, a//b", "// a comment, a//b"),
        ("http://c.d/)//evil.example", f"c.{WJ}d/)/{WJ}/evil.{WJ}example (unverified)"),
        # they add http:// to this, which the basis does not have
        ("www.example.org/suez", "[www.example.org/suez](https://www.example.org/suez)"),
        # these take the colon for a part of the address
        ("{}: so", "[{0}]({0}): so"),
        # mistune takes the parenthesis off the end
        ("https://example.org/a?b=(1) so", "[{1}]({2}) so"),
    ],
)
def test_what_only_some_parsers_link_is_plain_to_all(written: str, shown: str) -> None:
    page, other = "https://example.org/suez", "https://example.org/a?b=(1)"
    content = written.format(page)
    may = citation_policy(answer(content, *SOURCES, Citation(other)), content)
    safe = sanitize(content, may)
    assert safe == shown.format(page, other, other.replace("(", "%28").replace(")", "%29"))
    assert sanitize(safe, may) == safe


#: What parsers that link addresses take for a host: letters behind a dot between words.
_HOST = re.compile(r"[^\s.]\.(?!js\b|pdf\b)[^\W\d_]{2}")


@pytest.mark.parametrize(
    "host",
    [
        "evil.com", "a.evil.co.uk", "EVIL.NET:80", "evil-1.example", "пример.рф", "evil.xn--p1ai",
        "evil\\.com", "evil&#46;com", "evil&period;com", "evil.com.", "me@evil.com", "💩.la",
        "_evil.com_", "main.py", "ASP.NET", "evil.js.com",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "written", ["{}", "see {}, so", "({})", "# {}", "- {}", "**{}**", "|a|\n|-|\n|{}|", "see…{}"]
)
@pytest.mark.parametrize("cited", [SOURCES, ()])
def test_a_host_that_is_just_named_is_no_link_to_any_parser(
    host: str, written: str, cited: tuple[Citation, ...]
) -> None:
    content = written.format(host)
    may = citation_policy(answer(content, *cited), content)
    for safe in (sanitize(content, may), sanitize(content, may, file=True)):
        assert not _HOST.search(html.unescape(safe).replace("\\", ""))
        assert sanitize(safe, may) == safe
        seen, before = (re.sub(f"[{WJ}\\\\]", "", text) for text in (safe, sanitize(content)))
        assert seen == before
    assert not _HOST.search(to_plain_text(content, 100, may))


@pytest.mark.parametrize(
    "content",
    [
        "node.js, e.g. this, at 3.5 m. So it is...", "1.2.3", "a report.pdf", "`evil.com`",
        "```\nevil.com\n```", "[evil.example.org](https://example.org/suez)", "晴れ。明日",
    ],
)  # fmt: skip
def test_what_is_no_host_keeps_all_its_characters(content: str) -> None:
    assert WJ not in sanitize(content, citation_policy(answer(content, *SOURCES), content))


@pytest.mark.parametrize(
    "content",
    [
        "Egypt [1], as of 1956 [2].", "Egypt [3].", "Egypt[1][7].", "Egypt [2, 7,9].",
        "Egypt [ 1 ; 9 ].", "Egypt [^2][^3].", "Egypt 【1】【9†L3-L4】.", "Egypt \\[7\\].",
        "Ports【5】, logs【12】【0】. Also [3][7].", "\\[x_1 [2] + y\\]", "f[1][2]", "ISO [639]",
        "In [1956], [3-5], [0], [x], [007], [3.5]", "- [ ] to do\n- [x] done", "`a[7]`",
        "[[7]](https://example.org/suez)", "| a |\n| --- |\n| [7] |",
    ],
)  # fmt: skip
def test_numbers_in_brackets_stay_as_they_are(content: str) -> None:
    assert checked(content, *SOURCES) == content


def test_links_are_unmarked_text_without_any_citation() -> None:
    content = "[a](https://evil.example/x), https://evil.example/y [1]"
    assert checked(content) == "a (evil.example/x), evil.example/y [1]"
    assert has_citations(content)
    assert has_citations("So it is [1].")
    assert not has_citations("In [1956] it was so.")
