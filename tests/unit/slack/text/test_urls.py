"""Which addresses name the same page, and addresses that nothing links."""

from __future__ import annotations

import re

import cmarkgfm
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.text.escaping import WORD_JOINER
from bot.slack.text.links import destination
from bot.slack.text.urls import LONGEST, canonical_url, display_url, unlink, without_scheme

WJ = WORD_JOINER


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("HTTPS://Example.ORG", "https://example.org/"),
        ("https://www.example.org/a", "https://example.org/a/"),
        ("https://example.org./a", "https://example.org/a"),
        # ports
        ("http://example.org:80/a", "http://example.org/a"),
        ("https://example.org:443/a", "https://example.org/a"),
        ("https://example.org:/a", "https://example.org/a"),
        ("https://example.org:08443/a", "https://example.org:8443/a"),
        # percent-encoded bytes
        ("https://example.org/%61%c3%bc%28", "https://example.org/aü("),
        ("https://example.org/a%2Db%2e%5f%7E", "https://example.org/a-b._~"),
        ("https://example.org/%e2%82%ac?q=%c3%bc", "https://example.org/€?q=ü"),
        ("https://example.org/a%2fb", "https://example.org/a%2Fb"),
        ("https://example.org/%40here", "https://example.org/@here"),
        ("https://example.org/a b", "https://example.org/a%20b"),
        ("https://example.org/a\nb\tc", "https://example.org/abc"),
        # dot segments
        ("https://example.org/a/../b", "https://example.org/b"),
        ("https://example.org/a/./b/.", "https://example.org/a/b"),
        ("https://example.org/a/%2e%2E/b", "https://example.org/b"),
        ("https://example.org/a/.%2e/b/%2E/c", "https://example.org/b/c"),
        ("https://example.org/../../a", "https://example.org/a"),
        ("https://example.org/a/..", "https://example.org"),
        ("https://example.org/a//../b", "https://example.org/a/b"),
        # queries and fragments
        ("https://example.org/a?utm_source=x&b=1&UTM_id=2", "https://example.org/a?b=1"),
        ("https://example.org/?utm_source=x", "https://example.org"),
        ("https://example.org/a?", "https://example.org/a"),
        ("https://example.org/a?&b=1&&", "https://example.org/a?b=1"),
        ("https://example.org/a#part", "https://example.org/a"),
        ("https://example.org/a?#", "https://example.org/a#:~:text=x"),
        # scripts
        ("https://пример.рф/x", "https://xn--e1afmkfd.xn--p1ai/x"),
        ("https://ПРИМЕР.рф/x", "https://пример.рф/x"),
        ("https://mu\u0308nchen.de", "https://münchen.de"),
        ("https://faß.de/x", "https://xn--fa-hia.de/x"),
        ("https://ｅｘａｍｐｌｅ。org", "https://example.org"),
        ("https://exam\u00adple.org/a\u200bb", "https://example.org/ab"),
    ],
)
def test_the_same_page_in_two_spellings(one: str, other: str) -> None:
    assert canonical_url(one) == canonical_url(other) is not None
    assert canonical_url(destination(one) or "") == canonical_url(one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/a", "https://example.org/A"),
        ("https://example.org/a", "http://example.org/a"),
        ("https://example.org/a", "https://example.com/a"),
        ("https://example.org/a", "https://sub.example.org/a"),
        ("https://example.org/a", "https://www2.example.org/a"),
        ("https://example.org/a", "https://example.org:8443/a"),
        ("https://example.org:80/a", "https://example.org/a"),
        ("http://example.org:443/a", "http://example.org/a"),
        ("https://www.com/a", "https://com/a"),
        ("https://example.org/a?b=1", "https://example.org/a?b=2"),
        ("https://example.org/a?b=1", "https://example.org/a"),
        ("https://example.org/a?b=1&c=2", "https://example.org/a?c=2&b=1"),
        ("https://example.org/a?b=a+b", "https://example.org/a?b=a%2Bb"),
        ("https://example.org/a?xutm_a=1", "https://example.org/a"),
        ("https://example.org/a?b=utm_x", "https://example.org/a"),
        ("https://example.org/a?b=/../c", "https://example.org/c"),
        ("https://example.org/a%2Fb", "https://example.org/a/b"),
        ("https://example.org/a%3Fb", "https://example.org/a?b"),
        ("https://example.org/a%23b", "https://example.org/a#b"),
        ("https://example.org/a%26b", "https://example.org/a&b"),
        ("https://example.org/a%252e", "https://example.org/a%2e"),
        ("https://example.org/a%5Cb", "https://example.org/a/b"),
        ("https://example.org//a", "https://example.org/a"),
        ("https://example.org/a//b", "https://example.org/a/b"),
        ("https://example.org/cited/../evil", "https://example.org/cited"),
        ("https://example.org/cited/%2e%2e/evil", "https://example.org/cited/evil"),
        ("https://example.org/cited/...", "https://example.org/cited"),
        ("https://example.org/é", "https://example.org/e\u0301"),
        ("https://faß.de/x", "https://fass.de/x"),
        ("https://σίσυφος.gr", "https://σίσυφοσ.gr"),
        ("https://نامه‌ای.com", "https://نامهای.com"),
        ("https://аpple.com", "https://apple.com"),
        ("https://example.org@evil.example", "https://evil.example"),
        ("https://example.org\\@evil.example", "https://example.org"),
        ("https://example.org⁄evil", "https://example.org/evil"),
    ],
)
def test_different_pages_have_different_addresses(one: str, other: str) -> None:
    assert canonical_url(one) != canonical_url(other)


@pytest.mark.parametrize(
    "url", ["", "x", "mailto:a@example.org", "ftp://e.org", "https://a..b", "\ud800"]
)
def test_an_address_that_is_no_web_page_has_no_canonical_form(url: str) -> None:
    assert canonical_url(url) is None


@pytest.mark.parametrize(
    ("address", "rest"),
    [
        ("https://www.example.org/a", "example.org/a"),
        ("HTTP://WWW.Example.org", "Example.org"),
        ("https://www.www.example.org", "example.org"),
        ("https://www.com/a", "www.com/a"),
        ("https://www.com:80", "www.com:80"),
        ("www.example.org", "example.org"),
        ("mailto:www.a@example.org", "www.a@example.org"),
        ("httpſ://e.org", "httpſ://e.org"),
        ("ftp://www.example.org", "ftp://www.example.org"),
        ("", ""),
    ],
)
def test_an_address_without_scheme_and_www(address: str, rest: str) -> None:
    assert without_scheme(address) == rest


def test_an_address_for_reading_is_cut_and_links_nothing() -> None:
    assert display_url("https://www.example.org/") == f"example.{WJ}org"
    assert display_url("https://例。jp/a.b") == f"例。{WJ}jp/a.{WJ}b"
    long = display_url("https://example.org/" + "x" * 999)
    assert len(long.replace(WJ, "")) == LONGEST
    assert long.endswith("x…")


_PIECES = [
    "https://",
    "http:",
    "/",
    "//",
    ".",
    "..",
    "%2e",
    "%2E",
    "%41",
    "%c3%bc",
    "ü",
    "ß",
    "?",
    "&",
    "=",
]
_PIECES += [
    "#",
    "utm_a",
    "www.",
    "WWW.",
    "e.org",
    "a",
    ":443",
    ":80",
    "\\",
    " ",
    "\t",
    "\n",
    "\ud800",
    "。",
]
_PIECES += [
    "mailto:",
    "@",
    "\\/",
    "&colon;",
    "&#58;",
    "&sol;",
    "\u200b",
    WJ,
    "%",
    "<",
    "(",
    "ftp://",
    "(www.",
]
_any = st.lists(st.sampled_from(_PIECES) | st.text(max_size=2), max_size=20).map("".join)


@given(_any, st.booleans())
def test_canonicalizing_twice_changes_nothing(rest: str, web: bool) -> None:
    url = f"https://e.org/{rest}" if web else rest
    found = canonical_url(url)
    if found is not None:
        assert canonical_url(found) == found
        assert canonical_url(destination(url) or "") == found
        assert not re.search(r"/\.\.?(/|\Z)|[^\x21-\x7e]|#", found.partition("?")[0])


@given(_any)
def test_nothing_links_an_unlinked_address(text: str) -> None:
    quiet = unlink(text)
    assert quiet.replace(WJ, "") == text.replace(WJ, "")
    assert unlink(quiet) == quiet
    html = cmarkgfm.github_flavored_markdown_to_html(
        quiet.replace("<", "").encode("utf-8", "replace").decode()
    )
    assert "<a " not in html
