"""Slack's texts as a reader of the page sees them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.playground.page.text import Names, markdown, mrkdwn, plain
from tests.unit.reading import ALLOWED, Seen

NAMES = Names({"U1": "Ada", "U2": "<b>Bob</b>"}, {"C1": "general"})
#: Text made of what could break something.
PIECES = [*"*_~`<>&|\"'\n[]()#@! -:1x", "&lt;", "&gt;", "\ue0000\ue001", "```", "<@U1>", "a"]
ODD = st.lists(st.sampled_from(PIECES) | st.characters(codec="utf-8"), max_size=40).map("".join)


def test_styles_and_code() -> None:
    seen = Seen(mrkdwn("*bold* _it_ ~gone~ `a *b*` 2*3*4 snake_case_name", NAMES))
    assert seen.text == "bold it gone a *b* 2*3*4 snake_case_name"
    assert seen.texts("strong") == ["bold"]
    assert seen.texts("em") == ["it"]
    assert seen.texts("s") == ["gone"]
    assert seen.texts("code") == ["a *b*"]


def test_a_style_around_a_link_and_in_another_style() -> None:
    seen = Seen(mrkdwn("*see <https://example.com/?a=1&amp;b=2|this _page_>* and *_both_*", NAMES))
    assert seen.texts("strong") == ["see this _page_", "both"]
    assert seen.texts("em") == ["both"]
    (link,) = seen.all("a")
    assert link.attributes["href"] == "https://example.com/?a=1&b=2"
    assert link.attributes["rel"] == "noopener noreferrer"


def test_mentions_say_who_and_where() -> None:
    seen = Seen(mrkdwn("<@U1> <@U2> <@U9> <#C1> <#C9|old> <!here>", NAMES))
    assert seen.text == "@Ada @<b>Bob</b> @U9 #general #old @here"
    assert seen.all("b") == []


def test_quotes_lines_and_blocks_of_code() -> None:
    seen = Seen(mrkdwn("&gt; one\n&gt; two\nthree\n```\n<@U1> &amp; *x*\n```", NAMES))
    assert seen.texts("blockquote") == ["one\ntwo"]
    assert seen.texts("pre") == ["<@U1> & *x*"]


def test_dates_are_told_or_their_fallback() -> None:
    told = mrkdwn("<!date^1700000000^as of {date_num}|long ago>", NAMES)
    assert Seen(told).text.startswith("as of 2023-11-1")
    assert Seen(mrkdwn("<!date^soon^{time}|long ago>", NAMES)).text == "long ago"


def test_emoji_have_names_and_unknown_ones_keep_them() -> None:
    assert Seen(plain(":tada: :no_such_thing:")).text == "🎉 :no_such_thing:"
    assert Seen(mrkdwn(":mag: *:key:*", NAMES)).text == "🔍 🔑"


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "&lt;img src=x onerror=alert(1)&gt;",
        '<https://x.example"onclick="alert(1)|x>',
        "<javascript:alert(1)|click>",
        "<data:text/html,x|click>",
    ],
)
def test_nothing_written_runs(text: str) -> None:
    for drawn in (mrkdwn(text, NAMES), markdown(text, NAMES), plain(text)):
        seen = Seen(drawn)
        assert {each.tag for each in seen.elements} <= ALLOWED
        for each in seen.elements:
            assert not any(name.startswith("on") for name in each.attributes)
            assert each.attributes.get("href", "https://").startswith("https://")


def test_markdown_has_tables_tasks_headings_and_code() -> None:
    text = (
        "# Title\n\n- [x] done\n- [ ] open\n\n| a | b |\n| --- | --- |\n| 1 | **2** |\n\n"
        "```python\nx < 1\n```\n~~gone~~ line\nnext"
    )
    seen = Seen(markdown(text, NAMES))
    assert seen.texts("h3") == ["Title"]
    assert [item.strip() for item in seen.texts("li")] == ["☑ done", "☐ open"]
    assert seen.texts("th") == ["a", "b"]
    assert seen.texts("td") == ["1", "2"]
    assert seen.texts("code") == ["x < 1\n"]
    assert seen.texts("s") == ["gone"]
    assert "line\n\nnext" in seen.text


def test_markdown_links_go_where_they_may_and_pictures_are_links() -> None:
    text = (
        "[a](https://example.com/a) ![a map](https://example.com/m.png) https://example.com/b, "
        "[c](javascript:alert) [ftp](ftp://x) <https://example.com/d> <@U1> `<@U1>`"
    )
    seen = Seen(markdown(text, NAMES))
    assert [link.attributes["href"] for link in seen.all("a")] == [
        "https://example.com/a",
        "https://example.com/m.png",
        "https://example.com/b",
        "https://example.com/d",
    ]
    assert "a map" in seen.texts("a")
    assert "@Ada" in seen.text
    assert seen.texts("code") == ["<@U1>"]


def test_markdown_html_is_only_text() -> None:
    seen = Seen(markdown('<b onclick="x">bold</b>\n\n<div>block</div>', NAMES))
    assert '<b onclick="x">bold</b>' in seen.text
    assert seen.all("b") == seen.all("div") == []


@settings(max_examples=300)
@given(ODD)
def test_whatever_is_written_is_well_formed_and_of_our_tags(text: str) -> None:
    for drawn in (mrkdwn(text, NAMES), markdown(text, NAMES), plain(text)):
        assert {each.tag for each in Seen(drawn).elements} <= ALLOWED
