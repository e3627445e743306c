"""Slack's texts as a reader of the page sees them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.playground.page.blockkit.text import Names, markdown, mrkdwn, plain
from tests.playground.page.html_reader import ALLOWED, Seen

NAMES = Names({"U1": "Ada", "U2": "<b>Bob</b>"}, {"C1": "general"})
#: Text made of what could break something.
PIECES = [
    *"*_~`<>&|\"'\n[]()#@! -:1xa\U000f0000",
    *("&lt;", "&gt;", "&amp;", "```", "\n> ", "\n# ", "\n- [ ] ", "\n|a|\n|:-:|\n|", ":tada:"),
    *("<@U1>", "<#C1|x>", "<!here>", "<!date^1^{date}^https://x^|y>", "<https://x|", "<b>", "<!--"),
    *("https://x", "](https://x)", "![", "<mailto:a@b>", "](javascript:x)", "<javascript:x|y>"),
]
ODD = st.lists(st.sampled_from(PIECES) | st.characters(codec="utf-8"), max_size=40).map("".join)
#: All the attributes that a text may get: none of them runs, loads or styles.
ATTRIBUTES = {"aria-label", "class", "datetime", "href", "rel", "role", "scope", "start"}
ATTRIBUTES |= {"tabindex", "target"}


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


def test_dates_are_formatted_or_their_fallback_is_shown() -> None:
    drawn = mrkdwn("<!date^1700000000^as of {date_num}|long ago>", NAMES)
    assert Seen(drawn).text.startswith("as of 2023-11-1")
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


def test_only_the_three_characters_that_slack_escapes_are_entities() -> None:
    written = "a &amp; b &lt;i&gt; &copy; &#65; &amp;lt; x?a=1&copy=2"
    assert Seen(mrkdwn(written, NAMES)).text == "a & b <i> &copy; &#65; &lt; x?a=1&copy=2"
    assert Seen(plain(written)).text == "a & b <i> &copy; &#65; &lt; x?a=1&copy=2"


def test_what_is_in_brackets_but_no_token_stays_as_it_is() -> None:
    for text in ("<foo>", "<b>x</b>", "<!-- hidden -->", "<#1>", "<@you>", "<ftp://x|y>"):
        assert Seen(mrkdwn(text, NAMES)).text == text
        assert Seen(markdown(text, NAMES)).text.strip() == text


def test_groups_have_one_sign_and_strangers_their_label() -> None:
    seen = Seen(mrkdwn("<!subteam^S1|@team> <!subteam^S1> <!here|@here> <@U9|eve>", NAMES))
    assert seen.text == "@team @S1 @here @eve"


def test_bare_addresses_are_links_without_the_punctuation_after_them() -> None:
    text = (
        "see https://x.example/a_(b)?q=1&amp;r=2. (https://y.example/), &lt;https://z.example&gt;"
    )
    seen = Seen(mrkdwn(text, NAMES))
    assert [link.attributes["href"] for link in seen.all("a")] == [
        "https://x.example/a_(b)?q=1&r=2",
        "https://y.example/",
        "https://z.example",
    ]
    assert seen.text.endswith("r=2. (https://y.example/), <https://z.example>")
    assert Seen(mrkdwn(text, NAMES, verbatim=True)).all("a") == []


def test_an_address_in_code_has_no_brackets_around_it() -> None:
    seen = Seen(mrkdwn("`<https://x.example|x>` ```<https://y.example> <@U1>```", NAMES))
    assert seen.texts("code") == ["x"]
    assert seen.texts("pre") == ["https://y.example <@U1>"]
    assert [link.attributes["href"] for link in seen.all("a")] == [
        "https://x.example",
        "https://y.example",
    ]


def test_three_signs_quote_all_that_follows() -> None:
    seen = Seen(mrkdwn("a\n&gt;&gt;&gt; b\nc\n\n&gt; d", NAMES))
    assert seen.texts("blockquote") == ["b\nc\n\n> d"]


def test_a_date_may_be_a_link() -> None:
    seen = Seen(mrkdwn("<!date^1700000000^{date_short}^https://x.example/|then>", NAMES))
    (link,) = seen.all("a")
    assert link.attributes["href"] == "https://x.example/"
    assert link.text.startswith("Nov 1")


def test_long_texts_are_drawn() -> None:
    assert len(Seen(mrkdwn("*a* _b_ <@U1> https://x.example `c` " * 1000, NAMES)).all("em")) == 1000


def test_an_escaped_token_in_markdown_is_no_token() -> None:
    seen = Seen(markdown("&lt;@U1&gt; \\<@U1> &lt;!channel&gt; <@U1> <!channel>", NAMES))
    assert seen.text.strip() == "<@U1> <@U1> <!channel> @Ada @channel"
    assert seen.texts("span") == ["@Ada", "@channel"]


def test_a_labelled_token_in_markdown_leads_where_slack_leads() -> None:
    (link,) = Seen(markdown("<https://evil.example|my_bank_account>", NAMES)).all("a")
    assert (link.attributes["href"], link.text) == ("https://evil.example", "my_bank_account")


def test_there_is_no_link_in_a_link() -> None:
    text = (
        "[![alt](https://x.example/i.png)](https://a.example) "
        "[see https://x.example <https://y.example|y> <a@b.example>](https://b.example) "
        "[c](https://c.example)"
    )
    seen = Seen(markdown(text, NAMES))
    assert [(link.attributes["href"], link.text) for link in seen.all("a")] == [
        ("https://a.example", "alt"),
        ("https://b.example", "see https://x.example y a@b.example"),
        ("https://c.example", "c"),
    ]


def test_tables_are_aligned_without_inline_styles() -> None:
    seen = Seen(markdown("| a | |\n|:-:|--:|\n| 1 | 2 |", NAMES))
    assert seen.texts("th") == ["a"]  # an empty head names nothing
    assert [cell.attributes["class"] for cell in seen.all("td")] == [
        "bk-right",
        "bk-center",
        "bk-right",
    ]
    assert not any("style" in each.attributes for each in seen.elements)


def test_headings_leave_no_level_out() -> None:
    seen = Seen(markdown("## a\n#### b\n## c\n# d\n###### e\n#\n", NAMES))
    found = [(each.tag, each.text) for each in seen.elements if each.tag.startswith("h")]
    assert found == [("h3", "a"), ("h4", "b"), ("h3", "c"), ("h3", "d"), ("h4", "e")]


def test_only_the_beginning_of_an_item_is_a_box() -> None:
    seen = Seen(markdown("[ ] no\n\n- [x] yes [ ] no\n- **b** [x] no", NAMES))
    assert seen.texts("p") == ["[ ] no"]
    assert seen.texts("li") == ["☑ yes [ ] no", "b [x] no"]


@pytest.mark.slow
@settings(max_examples=500)
@given(ODD)
def test_whatever_is_written_is_well_formed_and_of_our_tags(text: str) -> None:
    for drawn in (mrkdwn(text, NAMES), markdown(text, NAMES), plain(text)):
        for each in Seen(drawn).elements:
            assert each.tag in ALLOWED
            assert set(each.attributes) <= ATTRIBUTES
            assert each.attributes.get("href", "https:").startswith(("http:", "https:", "mailto:"))


@given(st.text(st.characters(exclude_characters="&:\r", exclude_categories=("Cs", "Co"))))
def test_plain_text_is_shown_as_it_is(text: str) -> None:
    assert Seen(plain(text)).text == text
