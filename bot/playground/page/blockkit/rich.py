"""Rich text as HTML, the form that Slack gives to typed messages. Pure.

Unlike text objects, its texts are not escaped.
Source: https://docs.slack.dev/reference/block-kit/blocks/rich-text-block.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from bot.playground.page.blockkit.emoji import EMOJI
from bot.playground.page.blockkit.tags import Html, escaped, joined, lines, tag
from bot.playground.page.blockkit.tokens import Names, channel, date, link, mention, user

JSON = dict[str, Any]
_STYLES = {
    "code": "code",
    "bold": "strong",
    "italic": "em",
    "strike": "s",
    "underline": "u",
    "highlight": "mark",
    "client_highlight": "mark",
}


def rich_text(this: JSON, names: Names) -> Html:
    """Draw a rich_text block, or an object of the same form."""
    drawn: list[Html] = []
    for is_list, group in groupby(this["elements"], lambda each: each["type"] == "rich_text_list"):
        if is_list:
            drawn.append(joined(_lists(group, names)))
        else:
            drawn += [_paragraph(each, names) for each in group]
    return joined(drawn)


def rich_words(this: JSON) -> str:
    """Return rich text without formatting, for a plain field."""
    if this.get("elements"):
        return "".join(map(rich_words, this["elements"]))
    return str(this.get("text", ""))


def _paragraph(this: JSON, names: Names) -> Html:
    spans = _spans(this["elements"], names)
    match this["type"]:
        case "rich_text_quote":
            return tag("blockquote", spans)
        case "rich_text_preformatted":
            return tag("pre", spans)
        case "rich_text_section":
            return tag("div", spans, class_="bk-line")
        case other:
            return cannot_draw(other)


def _lists(lists: Iterator[JSON], names: Names) -> Iterator[Html]:
    """Draw consecutive lists; a list with a larger indent is nested in the item before it."""
    opened: list[str] = []  # the tags of the open lists, outermost first
    for this in lists:
        kind = "ol" if this["style"] == "ordered" else "ul"
        offset = int(this.get("offset") or 0)
        depth = min(int(this.get("indent") or 0), len(opened))
        while len(opened) > depth + 1 or (len(opened) == depth + 1 and opened[-1] != kind):
            yield Html(f"</li></{opened.pop()}>")
        for number, item in enumerate(this["elements"], start=offset + 1):
            first = number == offset + 1
            if len(opened) == depth:
                opened.append(kind)
                start = f' start="{number}"' if offset else ""
                yield Html(f"<{kind}{start}><li>")
            else:  # the first item may continue a list after a nested one: number it explicitly
                value = f' value="{number}"' if first and kind == "ol" else ""
                yield Html(f"</li><li{value}>")
            yield _spans(item["elements"], names)
    while opened:
        yield Html(f"</li></{opened.pop()}>")


def _spans(spans: Sequence[JSON], names: Names) -> Html:
    return joined(_styled(_span(span, names), span.get("style") or {}) for span in spans)


def _styled(drawn: Html, style: JSON) -> Html:
    for name, tag_name in _STYLES.items():
        if style.get(name):
            drawn = tag(tag_name, drawn)
    return drawn


def _span(span: JSON, names: Names) -> Html:
    match span["type"]:
        case "text":
            return lines(span["text"])
        case "link":
            return link(span["url"], escaped(span.get("text") or span["url"]))
        case "user":
            return user(span["user_id"], names)
        case "channel":
            return channel(span["channel_id"], names)
        case "usergroup" | "team" | "broadcast" as kind:
            name = {"usergroup": "usergroup_id", "team": "team_id", "broadcast": "range"}[kind]
            return mention("@", span[name])
        case "emoji":
            return escaped(EMOJI.get(span["name"]) or _by_number(span) or f":{span['name']}:")
        case "color":
            return tag("code", escaped(span["value"]))
        case "date":
            fallback, url = span.get("fallback") or "", span.get("url") or ""
            return date(span["timestamp"], span["format"], fallback, url=url)
        case other:
            return cannot_draw(other)


def _by_number(emoji: JSON) -> str:
    """Return an emoji by its code points, ``1f44d-1f3fb``; "" if they are invalid."""
    try:
        return "".join(chr(int(number, 16)) for number in emoji["unicode"].split("-"))
    except (KeyError, AttributeError, ValueError, OverflowError):
        return ""


def cannot_draw(kind: object) -> Html:
    """Draw a note that this type is not supported, so that nothing is omitted silently."""
    return tag("span", escaped(f"cannot draw {kind}"), class_="bk-unknown")
