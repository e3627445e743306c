"""Mentions of people and channels, dates and links in Slack's texts, as HTML. Pure.

In mrkdwn and Markdown these are ``<…>`` tokens, in rich text they are objects.
Sources: https://docs.slack.dev/messaging/formatting-message-text,
https://docs.slack.dev/reference/block-kit/blocks/rich-text-block.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.playground.page.blockkit.emoji import with_emoji
from bot.playground.page.blockkit.tags import Html, escaped, tag

TOKEN = re.compile(
    r"<(?P<name>@[UW][A-Z0-9]+|#[CDG][A-Z0-9]+|![a-z]+(?:\^[^<>|\n]*)?"
    r"|(?i:https?://|mailto:)[^<>|\n]+)(?:\|(?P<label>[^<>\n]*))?>"
)
BARE_URL = re.compile(r"(?<![\w/])(?i:https?)://(?:(?!&[lg]t;)[^\s<>\"|`])+")
_AFTER_URL = ".,;:!?'*_~…"
_OPENS = {")": "(", "]": "[", "}": "{"}
_SCHEMES = ("http://", "https://", "mailto:")


@dataclass(frozen=True, slots=True)
class Names:
    """The names of people and channels.

    Attributes:
        users: names by user id.
        channels: names without ``#``, by channel id.
    """

    users: Mapping[str, str]
    channels: Mapping[str, str]


def unescape(text: str) -> str:
    """Undo Slack's escaping, which uses three entities."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def token(match: re.Match[str], names: Names, *, linked: bool = False) -> Html:
    """Draw a match of `TOKEN`; `linked`: it is inside a link, so none is drawn."""
    name, label = match["name"], match["label"] or ""
    if name.startswith("@"):
        return user(name[1:], names, label)
    if name.startswith("#"):
        return channel(name[1:], names, label)
    if name.startswith("!"):
        kind, _, more = name[1:].partition("^")
        if kind == "date":
            timestamp, _, more = more.partition("^")
            form, _, url = more.partition("^")
            return date(
                timestamp, unescape(form), unescape(label), url="" if linked else unescape(url)
            )
        return mention("@", unescape(label or more or kind))
    url = unescape(name)
    shown = escaped(with_emoji(unescape(label)) or url.removeprefix("mailto:"))
    return shown if linked else link(url, shown)


def user(user_id: str, names: Names, label: str = "") -> Html:
    """Draw a mention of a user."""
    return mention("@", names.users.get(user_id) or unescape(label) or user_id)


def channel(channel_id: str, names: Names, label: str = "") -> Html:
    """Draw a mention of a channel."""
    return mention("#", names.channels.get(channel_id) or unescape(label) or channel_id)


def mention(sign: str, name: str) -> Html:
    """Draw a mention with a single sign before the name."""
    return tag("span", escaped(sign + name.removeprefix(sign)), class_="bk-mention")


def linkable(url: str) -> bool:
    """Whether the URL has a safe scheme: the web or mail."""
    return url.lower().startswith(_SCHEMES)


def link(url: str, shown: Html) -> Html:
    """Draw a link; only its content if the URL is not safe."""
    if not linkable(url):
        return shown
    return tag("a", shown, href=url, target="_blank", rel="noopener noreferrer")


def address_in(found: str) -> str:
    """Return the address in a match of `BARE_URL`.

    Trailing punctuation belongs to the sentence, as does a closing bracket not opened in the URL.
    """
    too_many = {close: found.count(close) - found.count(_OPENS[close]) for close in _OPENS}
    end = len(found)
    while end and (found[end - 1] in _AFTER_URL or too_many.get(found[end - 1], 0) > 0):
        end -= 1
        if found[end] in too_many:
            too_many[found[end]] -= 1
    return found[:end]


def date(timestamp: object, form: str, fallback: str, url: str = "") -> Html:
    """Draw a time (seconds since 1970) in this machine's time zone, or the fallback.

    `form` contains Slack's date tokens, such as ``{date_short}``.
    """
    try:
        at = datetime.fromtimestamp(int(str(timestamp)), UTC).astimezone()
    except (ValueError, OverflowError, OSError):
        return escaped(fallback)
    drawn = tag("time", escaped(_formatted(at, form)), datetime=at.isoformat())
    return link(url, drawn)


def _formatted(at: datetime, form: str) -> str:
    day = f"{at:%B} {at.day}, {at.year}"
    short = f"{at:%b} {at.day}, {at.year}"
    known = {
        "ago": f"on {short}",
        "date": day,
        "date_long": f"{at:%A}, {day}",
        "date_long_full": f"{at:%A}, {day}",
        "date_num": f"{at:%Y-%m-%d}",
        "date_short": short,
        "date_slash": f"{at:%m/%d/%Y}",
        "day_divider": f"{at:%A}, {at:%B} {at.day}",
        "time": f"{at:%H:%M}",
        "time_secs": f"{at:%H:%M:%S}",
    }
    return re.sub(
        r"\{(\w+?)(?:_pretty)?\}", lambda match: known.get(match[1], match[0]), form
    )  # "pretty" (such as "yesterday") would need the current date
