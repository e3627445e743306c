"""Where an address in an answer begins and ends: where the longest cited one does."""

from __future__ import annotations

import re

import pytest

from bot.domain.research import Citation
from bot.slack.citations.verification import citation_policy
from bot.slack.markdown.sanitizer import sanitize
from bot.slack.text.urls import canonical_url
from tests.unit.slack.citations.test_verification import SOURCES, answer, checked


def test_a_cited_page_without_a_scheme_is_a_link() -> None:
    assert checked("see example.org/suez[1]", *SOURCES) == (
        "see [example.org/suez](https://example.org/suez)[1]"
    )


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
def test_a_cited_address_is_a_link_before_any_other_text(written: str, shown: str) -> None:
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
        ("{}#'a…", "[{0}#%27a]({0}#%27a)…"),
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


@pytest.mark.parametrize("around", ["_", "*", "**", "__", "~~"])
@pytest.mark.parametrize("page", ["Mercury_(planet)", "Sagittarius_A*", "a_b__c_", "~a/b~"])
@pytest.mark.parametrize("written", ["{0}{1}{0}", "{0}see {1}{0} so", "*({1})*, {0}{1}{0}"])
def test_emphasis_does_not_end_within_a_cited_address(around: str, page: str, written: str) -> None:
    cited = Citation(f"https://example.org/wiki/{page}")
    content = written.format(around, cited.url)
    may = citation_policy(answer(content, cited), content)
    shown = sanitize(content, may)
    assert "unverified" not in shown
    assert {canonical_url(href) for href in re.findall(r"\]\(([^()\s]*)\)", shown)} <= {
        canonical_url(cited.url)
    }
    assert sanitize(shown, may) == shown


@pytest.mark.parametrize("around", ["*", "_", "**", "__", "~~", "***", "**_"])
@pytest.mark.parametrize("page", ["A*", "a_", "a~~", "a**", "a*)", "a*!", "x*(y)", "?q=*", "(a*)"])
@pytest.mark.parametrize(
    "within",
    [
        "({})", "[{}]", '"{}"', "'{}'", "“{}”", "「{}」", "{{{}}}", "{}.", "{}!", "{}:", "{}…",
        "({}).", "({}.)", "see ({})", "({}) so", "({}, so)", "{}*", "({})_",
    ],
)  # fmt: skip
def test_what_stands_between_a_cited_address_and_the_end_of_emphasis_is_none_of_it(
    around: str, page: str, within: str
) -> None:
    cited = Citation(f"https://example.org/{page}")
    for written in ("{}", "so {} it is", "|a|\n|-|\n|{}|", "{}です"):
        content = written.format(f"{around}{within.format(cited.url)}{around[::-1]}")
        may = citation_policy(answer(content, cited), content)
        shown = sanitize(content, may)
        assert "unverified" not in shown
        assert sanitize(shown, may) == shown


@pytest.mark.parametrize(
    ("longer", "written"),
    [("suez!", "{}"), ("suez[1]", "see {} now"), ("suez{id}", "{}"), ("suez|b", "({})")],
)
def test_of_two_cited_addresses_the_longer_one_is_meant(longer: str, written: str) -> None:
    page = f"https://example.org/{longer}"
    content = written.format(page)
    may = citation_policy(answer(content, *SOURCES, Citation(page)), content)
    (found,) = re.findall(r"\]\(([^()\s]*)\)", sanitize(content, may))
    assert canonical_url(found) == canonical_url(page)


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
