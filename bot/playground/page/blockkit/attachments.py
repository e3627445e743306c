"""Attachments as HTML: forwarded messages, link previews, legacy attachments of apps. Pure.

Other apps' attachments may have any form, so only their text is drawn.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.playground.page.blockkit.blocks import blocks
from bot.playground.page.blockkit.tags import NOTHING, Html, escaped, joined, lines, tag
from bot.playground.page.blockkit.text import Names, mrkdwn
from bot.playground.slack import Message

JSON = dict[str, Any]


def attachments(message: Message, names: Names) -> Html:
    """Draw a message's attachments, each in a quote."""
    drawn = (joined(_drawn(each, names)) for each in message.attachments)
    return joined(tag("blockquote", each, class_="attached") for each in drawn if each)


def _drawn(attachment: JSON, names: Names) -> Iterator[Html]:
    text = {name: value for name, value in attachment.items() if isinstance(value, str)}
    if attachment.get("is_share"):
        yield tag("p", escaped(f"Forwarded from {text.get('author_name', '')}"), class_="only")
    for name in ("pretext", "title", "text"):
        if text.get(name):
            yield tag("div", mrkdwn(text[name], names), class_="bk-text")
    for field in attachment.get("fields") or []:
        line = f"{field.get('title', '')}: {field.get('value', '')}"
        yield tag("div", lines(line), class_="bk-text")
    inner_blocks = attachment.get("blocks")
    yield tag("div", blocks(inner_blocks, names)) if inner_blocks else NOTHING
    for file in attachment.get("files") or []:
        yield tag("p", escaped(f"📄 {file.get('name', 'a file')}"), class_="only")
