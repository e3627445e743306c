"""What an answer cites, against what its run really cited."""

from __future__ import annotations

import html
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.research import Answer, Citation, FieldBasis
from bot.slack import limits
from bot.slack.citations.references import References, entries, references
from bot.slack.citations.sources import sources
from bot.slack.citations.verification import CitationPolicy, citation_policy, has_citations
from bot.slack.markdown.parser import parse
from bot.slack.markdown.plain_text import to_plain_text
from bot.slack.markdown.sanitizer import sanitize
from bot.slack.markdown.splitter import split_messages
from bot.slack.messages.source_list import source_lines
from bot.slack.text.urls import canonical_url
from tests.unit.slack.markdown.markdown_examples import markdown as any_markdown

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
def test_only_what_the_basis_has_is_a_link(content: str, shown: str) -> None:
    assert checked(content, *SOURCES) == shown


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
        ("出典は{}です", "出典は[{0}]({0})です"),
        ("{}、と", "[{0}]({0})、と"),
        ("{}—so", "[{0}]({0})—so"),
        ("{}…", "[{0}]({0})…"),
        ("{},and", "[{0}]({0}),and"),
        ("{};and", "[{0}]({0});and"),
        ("{}.Then", "[{0}]({0}).Then"),
        ("{}(so)", "[{0}]({0})(so)"),
        ("{}'s", "[{0}]({0})'s"),
        ("{}!!", "[{0}]({0})!!"),
        ("{}, so", "{0}, so"),
        ("({}).", "({0})."),
        ('"{}"', '"[{0}]({0})"'),
        ("[{}]", "[[{0}]({0})]"),
        ("{}`x`", "[{0}]({0})`x`"),
        ("a|{}|b", "a|[{0}]({0})|b"),
        ("{}\\", "[{0}]({0})\\\\"),
        ("- <{}|GitLab #1>", "- [GitLab #1]({0})"),
        ("<{}|GitLab>", "[GitLab]({0})"),
        ("<{}|>", "[{0}]({0})"),
        ("https://example.org/su\\ez", "https://example.org/su\\ez"),
    ],
)
def test_a_cited_address_is_a_link_whatever_follows_it(written: str, shown: str) -> None:
    address = "https://example.org/suez"
    if "{" not in written:
        assert "unverified" in checked(written, *SOURCES)
        return
    assert checked(written.format(address), *SOURCES) == shown.format(address)


@pytest.mark.parametrize(
    "other", [*" \t!\"#$&'()*+,-.:;<=>?@[\\]^_`{|}~/", *"éの。：）」»”…—★😀\u3000"]
)
@pytest.mark.parametrize(
    "written", ["{0}{1}", "{1}{0}", "{0}{1}{0}", "x{1}{0}", "{0} {1} x", "**{0}{1}**", "({0}{1})"]
)
def test_no_character_before_or_after_it_makes_a_cited_address_another(
    written: str, other: str
) -> None:
    shown = checked(written.format("https://example.org/suez", other), *SOURCES)
    assert "unverified" not in shown
    assert "https://example.org/suez" in shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Source{}", "Source[{0}]({0})"),
        ("x.{}", "x.{0}"),
        ("git+{}", "git+{0}"),
        ("{}https://evil.example/x", "[{0}]({0})https://evil.example/x (unverified)"),
        ("{}#https://evil.example/x", "[{0}#]({0}#)evil.example/x (unverified)"),
        ("{}%of", "[{0}]({0})%of"),
        ("Seehttps://evil.example/x", "Seehttps://evil.example/x (unverified)"),
    ],
)
def test_where_an_address_begins_and_ends_without_a_space(written: str, shown: str) -> None:
    address = "https://example.org/suez"
    assert checked(written.format(address), *SOURCES) == shown.format(address)


@pytest.mark.parametrize(
    "page",
    [
        "__main__.html", "_foo_/b", "_foo_", "*a*b", "a~~b~~c", "**a**/b", "?a=_b_&c=_d_",
        "Yahoo!", "Washington,_D.C.", "a...", "a…", "What?", "?q=", "a,", "a;", "a'", "a_", "a)",
        "?a[]=1&b[c]=2", "a[1]", "a{b}", "?f=A|B", 'a"b"', "東京。", "a（b）", "《a》", "a，b",
        "?a=1&amp;b=2",
    ],
)  # fmt: skip
def test_marks_and_punctuation_of_a_cited_address_are_part_of_it(page: str) -> None:
    address = f"https://example.org/{page}"
    for written in (
        "see {} now",
        "{}",
        "see {}.",
        "- {}",
        "[a]({}) and <{}>",
        "出典は{}。",
        "**a** {} b",
    ):
        if "[a]" in written and page in ("a)", "?f=A|B"):
            continue
        content = written.format(address, address)
        may = citation_policy(answer(content, Citation(address)), content)
        shown = sanitize(content, may)
        assert "unverified" not in shown
        assert {canonical_url(href) for href in re.findall(r"\]\(([^()\s]*)\)", shown)} <= {
            canonical_url(address)
        }
        assert sanitize(shown, may) == shown


@pytest.mark.parametrize(
    "written", ["**{}**です", "*see {}*, so", "~~{}~~", "_{}_", "*{}*.", "**{}**"]
)
def test_emphasis_around_an_address_is_none_of_it(written: str) -> None:
    address = "https://example.org/suez"
    assert checked(written.format(address), *SOURCES).replace(
        f"[{address}]({address})", address
    ) == (written.format(address))


@pytest.mark.parametrize(
    "other",
    [
        "https://example.org/suez2", "https://example.org/suezcanal", "https://example.org/suez/b",
        "https://example.org/suez-b", "https://example.org/suez_b", "https://example.org/suez.html",
        "https://example.org/suez?a=b", "https://example.org/suez%20b", "https://example.org/suez=b",
        "https://example.org:8443/suez", "https://example.org/", "https://example.org/sue",
    ],
)  # fmt: skip
def test_a_longer_address_is_another_page(other: str) -> None:
    assert checked(f"see {other} now", *SOURCES).endswith(" (unverified) now")


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


@pytest.mark.parametrize(
    ("content", "sources", "what"),
    [
        ("Egypt.", 2, References.NONE),
        ("In [1956], [3-5], [x], [3.5], a[0], `a[7]`", 2, References.NONE),
        ("```\na [7]\n```", 2, References.NONE),
        ("see [7](https://e.com)", 2, References.OWN),
        ("see [[2]](https://e.com), [\\[1\\]](https://f.com)", 2, References.OWN),
        ("see [7 days](https://e.com) and [2019](https://e.com)", 2, References.NONE),
        ("see [7](#page)", 2, References.NONE),
        ("f[1][2]", 1, References.NONE),
        ("\\[x_1 [2] + y\\]", 1, References.NONE),
        ("Egypt [1], as of 1956 [2].", 2, References.OURS),
        ("tower[1][2].", 2, References.OURS),
        ("Egypt [1, 2] and \\[2\\]", 2, References.OURS),
        ("Egypt 【1】【2†L3-L4】 [^1]", 2, References.OURS),
        ("Ports【5】, logs【12】【0】. Also [3][7].", 6, References.UNKNOWN),
        ("Egypt [1] and [0].", 2, References.UNKNOWN),
        ("Egypt 【3】.", 2, References.UNKNOWN),
        ("Egypt [1][2, 3].", 2, References.UNKNOWN),
        ("Egypt [7].", 2, References.UNKNOWN),
        ("Egypt [1-3, 9], [1, 7–9]", 6, References.UNKNOWN),
        ("Egypt [1–3, 5], [2, 4-6]", 6, References.OURS),
        ("[2-5] [1–9]", 2, References.NONE),
        ("``[9]`` and ``a ` [7]``, ```[8]```", 2, References.NONE),
        ("` [9]", 2, References.UNKNOWN),
        ("ISO [639]", 1, References.OTHER),
        ("Egypt ［1］, 【2】", 2, References.OURS),
        ("Egypt ［7］", 2, References.UNKNOWN),
        ("Egypt ［７］ [９]", 2, References.UNKNOWN),
        ("Egypt [^7^]", 2, References.UNKNOWN),
        ("Egypt [cite: 7, 12] [citation:3]", 2, References.UNKNOWN),
        ("Egypt [Source 7], [Refs. 1 and 9]", 2, References.UNKNOWN),
        ("Egypt [1, 2, and 9] [1 & 2]", 2, References.UNKNOWN),
        ("Egypt [source 1] [1 and 2] [^2^]", 2, References.OURS),
        ("Egypt 【4:1†source】", 6, References.UNKNOWN),
        ("Egypt [[7]] in the EU[1]", 2, References.UNKNOWN),
        ("as in[7]", 2, References.UNKNOWN),
        ("95% CI [3, 7], a scale of [1, 5], x = [2, 4], within [0, 1]", 1, References.NONE),
        ("Egypt [7].\n\n## References\n\n7. A book", 2, References.OWN),
        ("Egypt.\n\n12. *A*. https://a.example\n13. *B*. https://b.example", 2, References.OWN),
        ("Egypt.\n\n[1] A. www.a.example", 2, References.OWN),
        ("Egypt [1].\n\n## Sources\n- A. https://a.example\n- B. b", 2, References.OWN),
        ("## Sources\n\n| # | Page |\n|-|-|\n| 1 | www.a.example |", 2, References.OWN),
        ("**Sources:**\n\nA: <https://a.example>", 2, References.OWN),
        ("## Sources\n- A\n- B", 2, References.NONE),
        ("1. Go\n2. Stop", 2, References.NONE),
    ],
)
def test_what_numbers_in_brackets_refer_to(content: str, sources: int, what: References) -> None:
    assert references(content, sources) is what


def test_an_answer_with_its_own_list_of_references_is_read_by_that() -> None:
    content = (
        "It is old [3], and long [4].\n\n## References\n\n"
        "1. [The authority](https://example.org/suez)\n"
        "2. [A blog](https://evil.example/blog)\n"
        "3. *A book*. https://example.org/suez"
    )
    assert checked(content, *SOURCES) == (
        "It is old [3], and long [4].\n\n## References\n\n"
        "1. [The authority](https://example.org/suez)\n"
        "2. A blog (evil.example/blog, unverified)\n"
        "3. *A book*. https://example.org/suez"
    )
    may = citation_policy(answer(content, *SOURCES), content)
    # Our own list has no numbers then, so that no number means two things.
    assert not may.numbered
    assert [line[:2] for line in source_lines(answer(content, *SOURCES), may.numbered)] == [
        "• "
    ] * 2


@pytest.mark.parametrize(
    ("content", "numbers"),
    [
        ("## References\n1. a\n2. b\n", {1, 2}),
        ("## 7. References\n\n1. a\n1. b\n1. c", {1, 2, 3}),
        ("**Sources:**\n\n- [1] a\n- [4] b", {1, 4}),
        ("Sources:\n[2]: https://e.com", {2}),
        ("Text [5].\n\n[5] A title, https://e.com/x", {5}),
        ("Works cited:\n\\[1\\] a", {1}),
        ("## References\n1. a\n## Annex\n2. b", {1}),
        ("x\n\n3. *T*. https://a.example\n4. *U*. https://b.example\n", {3, 4}),
        ("x\n\n3. *T*.\n   https://a.example\n4. *U*.\n   https://b.example\n", {3, 4}),
        ("x\n\n3. T\nhttps://a.example\n\n4. U\nURL: https://b.example\n5. V", {3, 4, 5}),
        ("x\n\n3. T\n4. U\n5. V\n6. https://b.example\n7. www.c.example", set()),
        ("x\n\n[^3]: A book, 1956", {3}),
        ("x\n\n[3] A book\nhttps://a.example", set()),
        ("## Quellen\n1. a\n2. b", {1, 2}),
        ("## 参考文献\n［1］ a\n［2］ b", {1, 2}),
        ("**Références :**\n- [4] a", {4}),
        ("Fuentes consultadas：\n\n4) a", {4}),
        ("References\n==========\n4. a", {4}),
        ("Sources\n---\n4. a", {4}),
        ("> ## *Источники* (2)\n> 4. a", {4}),
        ("### 📚 Key references and further reading\n4. a", {4}),
        ("## 出典\n【4】 a", {4}),
        ("## Sources of error\n1. a", set()),
        ("## Open sources\n1. a", set()),
        ("x\n\n(3) T https://a.example\n(4) U https://b.example", {3, 4}),
        ("x\n\n3\\. T https://a.example\n4\\. U https://b.example", {3, 4}),
        ("x\n\n¹ T https://a.example\n² U https://b.example", {1, 2}),
        ("x\n\n① T https://a.example\n② U https://b.example", {1, 2}),
        ("x\n\nSource 3: T https://a.example\nSource 4: https://b.example", {3, 4}),
        ("x\n\n【3】T https://a.example\n【4】U https://b.example", {3, 4}),
        ("x\n\n[[3]] T https://a.example\n[[4]] U https://b.example", {3, 4}),
        ("x\n\n`[3]` T https://a.example\n`[4]` https://b.example", {3, 4}),
        ("x\n\n- 3: https://a.example\n- 4: https://b.example", {3, 4}),
        ("<sup>3</sup> https://a.example\n<sup>4</sup> https://b.example", {3, 4}),
        ("| # | T |\n|-|-|\n| 3 | www.a.example |\n| 4 | www.b.example |", {3, 4}),
        ("- $9 a month: https://a.example\n- $5 a month: https://b.example", set()),
        ("2.5 million: https://a.example\n3.5 million: https://b.example", set()),
        ("Quellen\n1. a", set()),
        ("x\n\n1. *T*. https://a.example\n\nAnd so on.", set()),
        ("## Steps\n1. a\n2. b", set()),
        ("The sources\n1. a", set()),
        ("[5] is cited here", set()),
        ("## Sources of the Nile\n1. a", set()),
        ("", set()),
    ],
)
def test_which_lists_are_lists_of_references(content: str, numbers: set[int]) -> None:
    assert {number for entry in entries(content) for number in entry.numbers} == numbers


def test_links_are_unmarked_text_without_any_citation() -> None:
    content = "[a](https://evil.example/x), https://evil.example/y [1]"
    assert checked(content) == "a (evil.example/x), evil.example/y [1]"
    assert has_citations(content)
    assert has_citations("So it is [1].")
    assert not has_citations("In [1956] it was so.")


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


# --- whatever comes ----------------------------------------------------------------------

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
def test_what_is_checked_stays_as_it_is(source: str) -> None:
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
def test_the_time_grows_with_the_length_and_not_with_its_square(block: str) -> None:
    def seconds(length: int) -> float:
        text = (block * (length // len(block) + 1))[:length]
        start = time.process_time()
        sanitize(text, citation_policy(answer(text, *SOURCES), text))
        has_citations(text)
        return time.process_time() - start

    seconds(500)
    # Ten times the length: a square would take a hundred times as long.
    assert seconds(100_000) < 30 * seconds(10_000) + 0.3


@pytest.mark.slow
def test_a_very_long_report_is_no_problem() -> None:
    line = "So [it](https://evil.example/x) is [7], see https://example.org/suez.\n\n"
    parts = split_messages(line * 4_000, policy=MAY)
    assert all(len(part) <= limits.PART_TEXT for part in parts)
    assert not any("](https://evil" in part for part in parts)


def _links(text: str) -> set[str]:
    """Return where the links of a Markdown text lead, and what addresses stand in it bare."""
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
