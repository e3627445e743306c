"""The words of messages: of people and of apps, in text, blocks and attachments."""

from __future__ import annotations

from typing import Any

import pytest

from bot.slack.payloads.message_text import words_of
from tests.unit.slack.payloads.slack_messages import (
    APP_PREVIEW,
    LINK_PREVIEW,
    NO_PREVIEW,
    NO_TEXT,
    TABLE,
    Json,
    by_app,
    by_person,
    part,
    rich,
    span,
    text,
)

# --- apps -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "words"),
    [
        # An alert in an attachment, as GitHub's app posts it.
        (
            by_app(
                attachments=[
                    {
                        "id": 1,
                        "fallback": "[myorg/myrepo] Issue opened by ldub",
                        "pretext": "Issue created by <https://github.com/ldub|ldub>",
                        "title": "<https://github.com/myorg/myrepo/issues/2|#2 test &amp; issue>",
                        "text": "another one for <@U1>",
                        "actions": [{"type": "button", "text": "Comment"}],
                    }
                ]
            ),
            "Issue created by ldub (https://github.com/ldub)\n"
            "#2 test & issue (https://github.com/myorg/myrepo/issues/2)\n"
            "another one for @someone",
        ),
        (
            by_app(
                attachments=[
                    {
                        "title": "Disk usage is 91 %",
                        "title_link": "https://example.com/incident",
                        "fields": [
                            {"title": "host", "value": "web-1", "short": True},
                            {"title": "", "value": "no title"},
                            {"title": "no value"},
                            "no field",
                        ],
                        "fallback": "Disk usage",
                    }
                ]
            ),
            "Disk usage is 91 % (https://example.com/incident)\nhost: web-1\nno title\nno value",
        ),
        (
            by_app(attachments=[{"fallback": "Only a &lt;fallback&gt;", "color": "#f00"}]),
            "Only a <fallback>",
        ),
        (by_app(attachments=[{"text": "one"}, {"text": "two"}]), "one\ntwo"),
        # Alertmanager and the like: blocks in an attachment.
        (
            by_app(
                attachments=[
                    {
                        "id": 1,
                        "fallback": NO_PREVIEW,
                        "blocks": [
                            {"type": "header", "text": text("Disk full :fire:", "plain_text")},
                            {"type": "section", "text": text("*web-1* is at 99 %")},
                        ],
                    }
                ]
            ),
            "Disk full :fire:\n*web-1* is at 99 %",
        ),
        # As CircleCI's app posts it: the text is a shorter form for notifications.
        (
            by_app(
                "CircleCI job failed.",
                blocks=[
                    {"type": "header", "text": text("Job Failed. :red_circle:", "plain_text")},
                    {
                        "type": "section",
                        "accessory": {"type": "image", "image_url": "x", "alt_text": "logo"},
                        "fields": [text("*Project*: canal"), text("*Branch*: master")],
                    },
                    {
                        "type": "actions",
                        "elements": [
                            {"type": "button", "text": text("View Job", "plain_text"), "url": "x"}
                        ],
                    },
                ],
            ),
            "CircleCI job failed.\nJob Failed. :red_circle:\n*Project*: canal\n*Branch*: master",
        ),
        # A text that the blocks repeat is said once; a placeholder is not said at all.
        (
            by_app(
                "Deploy  failed", blocks=[{"type": "section", "text": text("Deploy failed: web")}]
            ),
            "Deploy failed: web",
        ),
        (by_app("Same", blocks=[{"type": "section", "text": text("Same")}]), "Same"),
        (by_app(NO_TEXT, blocks=[{"type": "section", "text": text("Said")}]), "Said"),
        (
            by_app(
                "This message contains interactive elements.",
                blocks=[{"type": "section", "text": text("Approve?")}],
            ),
            "Approve?",
        ),
        (
            by_app(
                "Feed",
                attachments=[{"title": "New", "title_link": "https://e.org/1", "text": "Words"}],
            ),
            "Feed\nNew (https://e.org/1)\nWords",
        ),
        (
            by_app(
                "It is owned by Egypt, see the bank (https://e.org) [1]",
                blocks=[
                    {
                        "type": "markdown",
                        "text": "It is owned by **Egypt**, see [the bank](https://e.org) [1]",
                    }
                ],
            ),
            "It is owned by Egypt, see the bank (https://e.org) [1]",
        ),
        (by_app("Just text", subtype="bot_message", username="Old webhook"), "Just text"),
        (by_app("<https://e.org/1|New>", attachments=[LINK_PREVIEW]), "New (https://e.org/1)"),
        # Only where nothing else is said the words of a preview are read, as of a feed's article.
        (by_app(attachments=[APP_PREVIEW]), "Words of an issue."),
        (
            by_app(attachments=[LINK_PREVIEW], subtype="bot_message", username="RSS"),
            "The canal (https://example.org/suez)\nWords of a web page.",
        ),
        # A pull request, as GitHub's app posts it: the footer names the repository.
        (
            by_app(
                attachments=[
                    {
                        "pretext": "Pull request opened by <https://github.com/o|o>",
                        "author_name": "octocat",
                        "title": "<https://github.com/o/r/pull/1|#1 Fix &lt;div&gt;>",
                        "text": "* a &amp;lt; b",
                        "fields": [{"title": "Reviewers", "value": "<https://github.com/x|x>"}],
                        "footer": "<https://github.com/o/r|o/r>",
                        "fallback": "[o/r] Pull request",
                    }
                ]
            ),
            "Pull request opened by o (https://github.com/o)\noctocat\n"
            "#1 Fix <div> (https://github.com/o/r/pull/1)\n* a &lt; b\n"
            "Reviewers: x (https://github.com/x)\no/r (https://github.com/o/r)",
        ),
        # Words that need no letters, and few words that the others have in another order.
        (by_app(attachments=[{"text": "✅"}]), "✅"),
        (by_app("Build", attachments=[{"text": "✅"}]), "Build\n✅"),
        (
            by_app(
                "web is not down",
                blocks=[{"type": "section", "text": text("web: not sure whether it is down")}],
            ),
            "web is not down\nweb: not sure whether it is down",
        ),
        # An old webhook that has no id.
        (
            {
                "subtype": "bot_message",
                "username": "x",
                "text": "",
                "attachments": [{"text": "so"}],
            },
            "so",
        ),
        (
            by_app(
                "at <!date^1392734382^{date}|18 Feb>, <!date^1392734382^{date}>, <!date^x^{date}>"
            ),
            "at 18 Feb, 2014-02-18 14:39 UTC,",
        ),
        (by_app(), ""),
        # Attachments that follow no form that Slack has ever published.
        (by_app(attachments=[{"this": "is", "any": {"form": 1}, "or": ["none"]}]), ""),
    ],
)
def test_words_of_apps_are_read_once_from_any_part(message: Json, words: str) -> None:
    assert words_of(message) == words


@pytest.mark.parametrize(
    ("block", "words"),
    [
        (
            {"type": "section", "text": text("1 &lt; 2 <https://e.org|here>")},
            "1 < 2 here (https://e.org)",
        ),
        (
            {"type": "section", "text": text("so", "plain_text"), "fields": [text("and so")]},
            "so\nand so",
        ),
        ({"type": "header", "text": text("Title", "plain_text")}, "Title"),
        (
            {
                "type": "context",
                "elements": [
                    {"type": "image", "alt_text": "logo"},
                    text("by <!here>"),
                    text("at 9"),
                ],
            },
            "by @here\nat 9",
        ),
        (
            {"type": "markdown", "text": "# Title\n**bold** <https://e.org>"},
            "# Title\n**bold** https://e.org",
        ),
        (
            {"type": "markdown", "text": "`vector<int>` if a < b and c > d: <https://e.org|x>"},
            "`vector<int>` if a < b and c > d: x (https://e.org)",
        ),
        ({"type": "image", "title": text("A chart", "plain_text"), "alt_text": "x"}, "A chart"),
        ({"type": "image", "image_url": "x", "alt_text": "A chart"}, "A chart"),
        (
            {
                "type": "input",
                "label": text("Your name?", "plain_text"),
                "element": {"type": "plain_text_input", "action_id": "a"},
            },
            "Your name?",
        ),
        (
            {
                "type": "data_table",
                "caption": "Canals",
                "rows": [
                    [text("km", "raw_text"), {"type": "raw_number", "value": 193}],
                    [{"type": "raw_number", "value": 3.5, "text": "3,50"}],
                ],
            },
            "Canals\nkm | 193\n3,50",
        ),
        (
            {
                "type": "video",
                "title": text("A film", "plain_text"),
                "description": text("of it", "plain_text"),
                "alt_text": "x",
            },
            "A film\nof it",
        ),
        (TABLE, "Canal | Owner\nSuez (https://e.org) | Egypt"),
        (
            {
                "type": "card",
                "title": text("Card"),
                "body": text("Words"),
                "actions": [{"type": "button", "text": text("No", "plain_text")}],
            },
            "Card\nWords",
        ),
        (
            {
                "type": "container",
                "title": text("All", "plain_text"),
                "child_blocks": [{"type": "section", "text": text("inner")}],
            },
            "All\ninner",
        ),
        ({"type": "alert", "text": text("Mind"), "level": "warning"}, "Mind"),
        (
            {
                "type": "task_card",
                "title": "Look",
                "details": rich(part("rich_text_section", span("text", text="closely"))),
            },
            "Look\nclosely",
        ),
        (
            {"type": "a_block_of_next_year", "text": text("New"), "elements": [text("words")]},
            "New\nwords",
        ),
        ({"type": "divider"}, ""),
        (
            {"type": "actions", "elements": [{"type": "button", "text": text("Go", "plain_text")}]},
            "",
        ),
        (
            {"type": "context_actions", "elements": [{"type": "icon_button", "text": text("Go")}]},
            "",
        ),
        ({"type": "section"}, ""),
        ({"type": "section", "text": "no object"}, "no object"),
        ({"type": "section", "text": {"type": "mrkdwn", "text": 7}}, ""),
        ("no block", "no block"),
    ],
)
def test_every_kind_of_block_has_its_words_and_no_buttons(block: Any, words: str) -> None:
    assert words_of(by_app(blocks=[block])) == words


def test_rich_text_becomes_plain_words() -> None:
    block = rich(
        part(
            "rich_text_section",
            span("text", text="See "),
            span("user", user_id="U1"),
            span("text", text=" & "),
            span("usergroup", usergroup_id="S1"),
            span("text", text=" in "),
            span("channel", channel_id="C1"),
            span("text", text=", "),
            span("broadcast", range="here"),
            span("text", text=" "),
            span("emoji", name="wave", unicode="1f44b"),
            span("text", text=" at "),
            span("date", timestamp=1, format="{date}", fallback="18 Feb"),
            span("text", text=": "),
            span("link", url="https://e.org/a", text="a"),
            span("text", text=", "),
            span("link", url="https://e.org/b"),
            span("text", text=", "),
            span("color", value="#FF0000"),
            span("text", text=", "),
            span("date", timestamp=1392734382, format="{date}"),
            span("text", text="\n"),
        ),
        part(
            "rich_text_list",
            part("rich_text_section", span("text", text="one", style={"bold": True})),
            part("rich_text_section", span("text", text="two")),
            style="bullet",
        ),
        part("rich_text_quote", span("text", text="said")),
        part("rich_text_preformatted", span("text", text="x = 1\ny = 2")),
    )
    assert words_of(by_person(blocks=[block])) == (
        "See @someone & @a-group in #a-channel, @here :wave: at 18 Feb: a (https://e.org/a), "
        "https://e.org/b, #FF0000, 2014-02-18 14:39 UTC\n• one\n• two\nsaid\nx = 1\ny = 2"
    )


# --- people, and what they send along ---------------------------------------------------


def test_messages_of_people_are_read_from_the_text_else_the_blocks() -> None:
    block = rich(part("rich_text_section", span("text", text="in blocks")))
    assert words_of(by_person("in &amp; out", blocks=[block])) == "in & out"
    assert words_of(by_person("", blocks=[block])) == "in blocks"
    assert words_of(by_person("look", attachments=[LINK_PREVIEW])) == "look"


@pytest.mark.parametrize(
    "subtype",
    [
        *("channel_join", "channel_leave", "channel_topic", "channel_purpose", "channel_name"),
        *("channel_archive", "group_join", "pinned_item", "reminder_add", "tombstone", "bot_add"),
        *("huddle_thread", "assistant_app_thread", "ekm_access_denied", "slackbot_response"),
        *("message_changed", "some_new_subtype", {"odd": 1}, ["odd"], 7),
    ],
)
def test_joins_and_the_like_say_nothing(subtype: Any) -> None:
    assert words_of(by_person("<@U1> has joined the channel", subtype=subtype)) == ""
    assert words_of(by_app("reminder", subtype=subtype)) == ""


@pytest.mark.parametrize("subtype", [None, "file_share", "me_message", "thread_broadcast"])
def test_other_kinds_of_messages_say_something(subtype: str | None) -> None:
    assert words_of(by_person("so", subtype=subtype)) == "so"
