"""Block Kit as HTML: the blocks of a message, a modal or a Home tab. Pure.

Close enough to Slack that what looks right here is right there. A block that cannot be drawn says
so. Controls: `elements`; texts: `text`. Source: https://docs.slack.dev/reference/block-kit/blocks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from typing import Any

from bot.playground.page.elements import element, field, picture, text_object
from bot.playground.page.text import (
    Names,
    channel,
    date,
    link,
    markdown,
    mention,
    plain,
    user,
)

JSON = dict[str, Any]
_INDENT = "bk-indent-"


def blocks(them: Sequence[JSON], names: Names) -> str:
    """Draw blocks, one below the other."""
    return "".join(f'<div class="bk bk-{_kind(this)}">{_block(this, names)}</div>' for this in them)


def view_body(view: JSON, names: Names) -> str:
    """Draw the blocks of a modal or a Home tab."""
    return blocks(view["blocks"], names)


def _kind(this: JSON) -> str:
    return escape(str(this.get("type", "unknown")))


def _block(this: JSON, names: Names) -> str:
    drawing = _DRAWN.get(str(this.get("type")))
    return drawing(this, names) if drawing else f"cannot draw {_kind(this)}"


# --- simple blocks ----------------------------------------------------------------------


def _section(this: JSON, names: Names) -> str:
    fields = "".join(
        f'<div class="bk-text">{text_object(each, names)}</div>'
        for each in this.get("fields") or []
    )
    words = text_object(this.get("text"), names)
    accessory = this.get("accessory")
    beside = (
        f'<div class="bk-accessory">{element(accessory, _id(this), names)}</div>'
        if accessory
        else ""
    )
    listed = f'<div class="bk-fields">{fields}</div>' if fields else ""
    return f'<div class="bk-text">{words}{listed}</div>{beside}'


def _header(this: JSON, names: Names) -> str:
    return f"<h3>{text_object(this['text'], names)}</h3>"


def _context(this: JSON, names: Names) -> str:
    return "".join(
        picture(each)
        if each["type"] == "image"
        else f'<span class="bk-text">{text_object(each, names)}</span>'
        for each in this["elements"]
    )


def _actions(this: JSON, names: Names) -> str:
    return "".join(element(each, _id(this), names) for each in this["elements"])


def _image(this: JSON, names: Names) -> str:
    title = this.get("title")
    caption = f"<figcaption>{text_object(title, names)}</figcaption>" if title else ""
    return f"<figure>{caption}{picture(this)}</figure>"


def _input(this: JSON, names: Names) -> str:
    label, inner = str(this["label"]["text"]), this["element"]
    optional = " (optional)" if this.get("optional") else ""
    hint = this.get("hint")
    below = f'<span class="bk-hint">{text_object(hint, names)}</span>' if hint else ""
    drawn = field(inner, _id(this), names, f"{label}{optional}")
    if inner["type"] in ("radio_buttons", "checkboxes"):
        return drawn + below  # its fieldset shows the label
    return f'<label class="bk-label"><span>{plain(label)}{optional}</span>{drawn}{below}</label>'


def _video(this: JSON, names: Names) -> str:
    title = link(
        this.get("title_url") or this["video_url"], f"▶ {text_object(this['title'], names)}"
    )
    about = text_object(this.get("description"), names)
    return f'<figure><figcaption>{title}</figcaption><span class="bk-hint">{about}</span></figure>'


def _id(this: JSON) -> str:
    return str(this.get("block_id", ""))


# --- rich text --------------------------------------------------------------------------


def _rich_text(this: JSON, names: Names) -> str:
    return "".join(_rich(each, names) for each in this["elements"])


def _rich(this: JSON, names: Names) -> str:
    inner = this["elements"]
    match this["type"]:
        case "rich_text_list":
            tag = "ol" if this["style"] == "ordered" else "ul"
            start = f' start="{int(this["offset"]) + 1}"' if this.get("offset") else ""
            items = "".join(f"<li>{_spans(item['elements'], names)}</li>" for item in inner)
            level = min(int(this.get("indent") or 0), 8)
            return f'<{tag} class="{_INDENT}{level}"{start}>{items}</{tag}>'
        case "rich_text_quote":
            return f"<blockquote>{_spans(inner, names)}</blockquote>"
        case "rich_text_preformatted":
            return f"<pre>{_spans(inner, names)}</pre>"
        case _:
            return f'<div class="bk-text">{_spans(inner, names)}</div>'


def _spans(spans: Sequence[JSON], names: Names) -> str:
    return "".join(_styled(_span(span, names), span.get("style") or {}) for span in spans)


_STYLES = {"code": "code", "bold": "strong", "italic": "em", "strike": "s", "underline": "u"}


def _styled(html: str, style: JSON) -> str:
    for name, tag in _STYLES.items():
        if style.get(name):
            html = f"<{tag}>{html}</{tag}>"
    return html


def _span(span: JSON, names: Names) -> str:
    match span["type"]:
        case "text":
            return escape(span["text"]).replace("\n", "<br>")
        case "link":
            return link(span["url"], escape(span.get("text") or span["url"]))
        case "user":
            return user(span["user_id"], names)
        case "channel":
            return channel(span["channel_id"], names)
        case "usergroup":
            return mention(f"@{span['usergroup_id']}")
        case "team":
            return mention(f"@{span['team_id']}")
        case "broadcast":
            return mention(f"@{span['range']}")
        case "emoji":
            return plain(f":{span['name']}:")
        case "color":
            return f"<code>{escape(span['value'])}</code>"
        case "date":
            return _date(span)
        case other:
            return f"cannot draw {escape(str(other))}"


def _date(span: JSON) -> str:
    try:
        at = datetime.fromtimestamp(int(span["timestamp"]), UTC).astimezone()
    except (ValueError, TypeError, OverflowError, OSError):
        return escape(str(span.get("fallback", "")))
    return f'<time datetime="{at.isoformat()}">{escape(date(at, span["format"]))}</time>'


# --- tables -----------------------------------------------------------------------------


def _table(this: JSON, names: Names) -> str:
    head, *rows = this["rows"]
    first = "".join(f"<th>{_cell(cell, names)}</th>" for cell in head)
    rest = "".join(
        f"<tr>{''.join(f'<td>{_cell(cell, names)}</td>' for cell in row)}</tr>" for row in rows
    )
    return (
        '<div class="bk-scroll" role="region" aria-label="Table" tabindex="0"><table>'
        f"<thead><tr>{first}</tr></thead><tbody>{rest}</tbody></table></div>"
    )


def _cell(cell: JSON, names: Names) -> str:
    match cell["type"]:
        case "rich_text":
            return _rich_text(cell, names)
        case "raw_number":
            return escape(str(cell.get("text") or cell["value"]))
        case _:
            return plain(str(cell.get("text", "")))


# --- cards and the like -----------------------------------------------------------------


def _task_card(this: JSON, names: Names) -> str:
    sign = {"pending": "○", "in_progress": "◐", "complete": "✓", "error": "✗"}[this["status"]]
    more = "".join(_rich_text(this[name], names) for name in ("details", "output") if name in this)
    sources = "".join(
        f"<li>{link(each['url'], plain(each['text']))}</li>" for each in this.get("sources") or []
    )
    listed = f"<ul>{sources}</ul>" if sources else ""
    return f"<b>{sign} {plain(this['title'])}</b>{more}{listed}"


def _plan(this: JSON, names: Names) -> str:
    return f"<b>{plain(this['title'])}</b>{blocks(this.get('tasks') or [], names)}"


def _alert(this: JSON, names: Names) -> str:
    level = escape(this.get("level", "default"))
    return f'<p class="bk-alert {level}">{text_object(this["text"], names)}</p>'


def _card(this: JSON, names: Names) -> str:
    pictures = "".join(picture(this[name]) for name in ("hero_image", "icon") if name in this)
    words = "".join(
        f'<div class="bk-{name}">{text_object(this[name], names)}</div>'
        for name in ("title", "subtitle", "body")
        if name in this
    )
    acts = "".join(element(each, _id(this), names) for each in this.get("actions") or [])
    return f"{pictures}{words}<div>{acts}</div>"


def _carousel(this: JSON, names: Names) -> str:
    return blocks(this["elements"], names)


def _container(this: JSON, names: Names) -> str:
    rich = this.get("rich_text_title")
    title = _rich_text(rich, names) if rich else f"<b>{text_object(this['title'], names)}</b>"
    below = text_object(this.get("subtitle"), names)
    inner = f'<span class="bk-hint">{below}</span>{blocks(this["child_blocks"], names)}'
    if this.get("is_collapsible"):
        opened = "" if this.get("default_collapsed") else " open"
        return f"<details{opened}><summary>{title}</summary>{inner}</details>"
    return title + inner


_DRAWN: Mapping[str, Callable[[JSON, Names], str]] = {
    "section": _section,
    "header": _header,
    "divider": lambda _this, _names: "<hr>",
    "context": _context,
    "actions": _actions,
    "context_actions": _actions,
    "image": _image,
    "input": _input,
    "rich_text": _rich_text,
    "markdown": lambda this, names: markdown(this["text"], names),
    "table": _table,
    "video": _video,
    "task_card": _task_card,
    "plan": _plan,
    "alert": _alert,
    "card": _card,
    "carousel": _carousel,
    "container": _container,
}
