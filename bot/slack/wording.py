"""Times, durations, money, quotes and cuts, as people read them in Slack. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal

from bot.domain.thread import ChannelId
from bot.slack.text.escaping import escape_mrkdwn

CHANNEL = "channel"
LONGEST_QUOTE = 2_400  # characters of mrkdwn; Slack allows 3,000 in a text object
_HALF_ENTITY = re.compile(r"&[a-z]{0,3}\Z")


def cut(text: str, limit: int) -> str:
    """Shorten to `limit` characters, and show that it was done."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def cut_mrkdwn(text: str, limit: int) -> str:
    """Shorten mrkdwn to `limit` characters, without half of an entity at its end."""
    if len(text) <= limit:
        return text
    return _HALF_ENTITY.sub("", text[: limit - 1]).rstrip() + "…"


def one_line(text: str, limit: int) -> str:
    """Return a text in one line of at most `limit` characters."""
    return cut(" ".join(text.split()), limit)


def one_line_without_code(text: str, limit: int) -> str:
    """Return the same as `one_line`, with no backtick in it, so that it can stand in backticks."""
    return one_line(text.replace("`", "'"), limit)


def quoted(words: str, limit: int = 60) -> str:
    """Quote somebody's words in mrkdwn: one line of at most `limit` characters before escaping.

    Bold and the like may begin in them and reach to the end of the line, so they stand last there.
    """
    return f"“{escape_mrkdwn(one_line_without_code(words, limit))}”"


def channel_words(channel: ChannelId, direct: str = "a direct message") -> str:
    """Name a channel in mrkdwn; a direct message (``D…``) has no name that others could read."""
    return direct if channel.startswith("D") else f"<#{channel}>"


def place_name(channel: ChannelId) -> str:
    """Say what a place is: what "this channel" is called there."""
    return "direct message" if channel.startswith("D") else CHANNEL


# --- times ------------------------------------------------------------------------------


def clock(at: float) -> str:
    """Write a time of day that Slack shows in each reader's own time zone.

    https://docs.slack.dev/messaging/formatting-message-text#date-formatting

    Args:
        at: seconds since 1970.
    """
    return f"<!date^{int(at)}^{{time}}|{datetime.fromtimestamp(at, UTC):%H:%M} UTC>"


def day(at: float) -> str:
    """Write a day in the same way: ``Feb 18, 2014``, or ``today``, ``yesterday``."""
    return f"<!date^{int(at)}^{{date_short_pretty}}|{datetime.fromtimestamp(at, UTC):%Y-%m-%d}>"


def month(name: str) -> str:
    """Write ``2026-11`` as ``November 2026``."""
    return datetime.strptime(name, "%Y-%m").replace(tzinfo=UTC).strftime("%B %Y")


def duration(seconds: float) -> str:
    """Write how long something took: ``42 s``, ``1 min 32 s``, ``1 h 20 min``."""
    whole = max(1, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


# --- money ------------------------------------------------------------------------------


def price_difference(amount: Decimal) -> str:
    """Write how many dollars more or less something costs: ``+$0.075``, ``−$2.30``."""
    if not amount:
        return "same price"
    cents, thousandths = divmod(int(abs(amount) * 1000), 10)
    words = f"{cents // 100}.{cents % 100:02}{thousandths or ''}"
    return f"{'+' if amount > 0 else '−'}${words}"
