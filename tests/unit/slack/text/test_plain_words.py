"""Slack's mrkdwn as plain words."""

from __future__ import annotations

import pytest

from bot.slack.text.plain_words import plain_words


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("<@U1|ann> and <@W2>", "@ann and @someone"),
        ("<#C1|general> <#C2|> <#C3>", "#general #a-channel #a-channel"),
        ("<!here> <!channel|channel> <!everyone|@everyone>", "@here @channel @everyone"),
        ("<!subteam^S1|@team> <!subteam^S2>", "@team @a-group"),
        ("<!date^1392734382^{date_short}|18 Feb 2014>", "18 Feb 2014"),
        ("<https://example.org>", "https://example.org"),
        ("<https://example.org/|example.org>", "https://example.org/"),
        ("<https://example.org|https://example.org>", "https://example.org"),
        ("<https://example.org/a|a>", "a (https://example.org/a)"),
        (
            "<https://example.org/?a=1&amp;b=2|this &amp; that>",
            "this & that (https://example.org/?a=1&b=2)",
        ),
        ("<mailto:a@b.org|a@b.org>", "a@b.org"),
        ("<mailto:a@b.org|Ann>", "Ann (a@b.org)"),
        ("<tel:+441234|+441234>", "+441234"),
        ("1 &lt; 2 &amp;&amp; 3 &gt; 2", "1 < 2 && 3 > 2"),
        ("&amp;lt;", "&lt;"),
        ("  said “so”  ", "said “so”"),
    ],
)
def test_slack_text_becomes_plain_words(raw: str, words: str) -> None:
    assert plain_words(raw) == words
