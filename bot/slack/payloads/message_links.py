"""Addresses of Slack messages, as *Copy link* gives them. Pure.

https://docs.slack.dev/reference/methods/chat.getPermalink
"""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from bot.domain.thread import ChannelId, MessageTs
from bot.slack.payloads.fields import timestamp

_PATH = re.compile(r"/archives/([CDG][A-Z0-9]{1,30})/p(\d{10})(\d{6})/?")


def thread_of_link(link: str) -> tuple[ChannelId, MessageTs] | None:
    """Return the channel and the first message of the thread of a linked message.

    None for anything but the address of a message.
    """
    try:
        address = urlsplit(link.replace("&amp;", "&"))
    except ValueError:
        return None
    found = _PATH.fullmatch(address.path)
    if found is None:
        return None
    channel, seconds, micros = found.groups()
    root = parse_qs(address.query).get("thread_ts", [""])[0]
    return ChannelId(channel), timestamp(root) or MessageTs(f"{seconds}.{micros}")
