"""What stands for somebody, some place or some time in Slack's texts, and links. Pure.

In mrkdwn and in Markdown alike these are written ``<…>``, in rich text they are objects.
Sources: https://docs.slack.dev/messaging/formatting-message-text,
https://docs.slack.dev/reference/block-kit/blocks/rich-text-block.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.playground.page.blockkit.emoji import with_emoji
from bot.playground.page.blockkit.tags import Html, tag, words

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
    """Who is who.

    Attributes:
        users: what people are called, by user id.
        channels: what channels are called, without ``#``, by channel id.
    """

    users: Mapping[str, str]
    channels: Mapping[str, str]


def unescape(text: str) -> str:
    """Undo Slack's escaping: three entities, no others."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def token(match: re.Match[str], names: Names, *, linked: bool = False) -> Html:
    """Draw what `TOKEN` has found; `linked`: within a link, where no other can be."""
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
            return date(timestamp, unescape(form), unescape(label), "" if linked else unescape(url))
        return mention("@", unescape(label or more or kind))
    url = unescape(name)
    shown = words(with_emoji(unescape(label)) or url.removeprefix("mailto:"))
    return shown if linked else link(url, shown)


def user(user_id: str, names: Names, label: str = "") -> Html:
    """Draw the mention of somebody."""
    return mention("@", names.users.get(user_id) or unescape(label) or user_id)


def channel(channel_id: str, names: Names, label: str = "") -> Html:
    """Draw the mention of a channel."""
    return mention("#", names.channels.get(channel_id) or unescape(label) or channel_id)


def mention(sign: str, name: str) -> Html:
    """Draw a mention; the sign stands before the name once."""
    return tag("span", words(sign + name.removeprefix(sign)), class_="bk-mention")


def linkable(url: str) -> bool:
    """Whether a link may go there: the web and mail, nothing that runs or reads here."""
    return url.lower().startswith(_SCHEMES)


def link(url: str, shown: Html) -> Html:
    """Draw a link; only what it shows, when one may not go there."""
    if not linkable(url):
        return shown
    return tag("a", shown, href=url, target="_blank", rel="noopener noreferrer")


def address_in(found: str) -> str:
    """Return the part of what `BARE_URL` has found that belongs to the address.

    Punctuation after it is the sentence's, and so is a bracket that was not opened in it.
    """
    too_many = {close: found.count(close) - found.count(_OPENS[close]) for close in _OPENS}
    end = len(found)
    while end and (found[end - 1] in _AFTER_URL or too_many.get(found[end - 1], 0) > 0):
        end -= 1
        if found[end] in too_many:
            too_many[found[end]] -= 1
    return found[:end]


def date(timestamp: object, form: str, fallback: str, url: str = "") -> Html:
    """Draw a time (seconds since 1970) on this machine's clock; the fallback if it is none.

    `form` holds Slack's date tokens, such as ``{date_short}``.
    """
    try:
        at = datetime.fromtimestamp(int(str(timestamp)), UTC).astimezone()
    except (ValueError, OverflowError, OSError):
        return words(fallback)
    drawn = tag("time", words(_told(at, form)), datetime=at.isoformat())
    return link(url, drawn)


def _told(at: datetime, form: str) -> str:
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
    )  # pretty is "yesterday", which only who knows today can say
