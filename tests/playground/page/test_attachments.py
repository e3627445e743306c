"""Forwarded messages and what apps attach, as a reader of the page sees them."""

from __future__ import annotations

from typing import Any

from bot.playground.page.blockkit.attachments import attachments
from bot.playground.page.blockkit.text import Names
from bot.playground.slack import Channel, Message
from tests.playground.page.html_reader import Seen

NAMES = Names(users={"U1": "Ada"}, channels={"C1": "general"})


def seen(*attached: dict[str, Any]) -> Seen:
    channel = Channel("C1", "general", "channel", set(), 1)
    message = Message("1700000000.000100", channel, "U1", attachments=list(attached))
    return Seen(attachments(message, NAMES))


def test_a_forwarded_message_is_quoted_with_its_author_and_files() -> None:
    drawn = seen(
        {
            "is_share": True,
            "author_name": "Bob <b>",
            "text": "<@U1> says &lt;so&gt;",
            "files": [{"name": "a<b>.pdf"}],
        }
    )
    assert len(drawn.all("blockquote")) == 1
    assert "Forwarded from Bob <b>" in drawn.text
    assert "@Ada says <so>" in drawn.text
    assert "a<b>.pdf" in drawn.text


def test_attachments_of_apps_are_drawn_with_blocks_and_fields() -> None:
    drawn = seen(
        {"title": "Disk full", "fields": [{"title": "host", "value": "<web-1>"}]},
        {"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "*down*"}}]},
    )
    assert len(drawn.all("blockquote")) == 2
    assert "host: <web-1>" in drawn.text
    assert drawn.texts("strong") == ["down"]
    assert seen().text == ""
    assert seen({"fallback": "nothing to draw"}).text == ""
