"""Cards, tasks, alerts and videos as HTML: blocks with a frame around them. Pure.

Source: https://docs.slack.dev/reference/block-kit/blocks.
"""

from __future__ import annotations

from bot.playground.page.blockkit.controls import JSON, Placement, Surface
from bot.playground.page.blockkit.elements import element, picture, source
from bot.playground.page.blockkit.rich import rich_text
from bot.playground.page.blockkit.tags import NOTHING, Html, escaped, joined, tag
from bot.playground.page.blockkit.text import plain, text_object
from bot.playground.page.blockkit.tokens import link

_STATES = {"pending": "○", "in_progress": "◐", "complete": "✓", "error": "✗"}
_LEVELS = {"default": "🔔", "info": "ℹ️", "warning": "⚠️", "error": "⛔", "success": "✅"}


def card(this: JSON, surface: Surface) -> Html:
    """Draw a card: its image, heading, body and buttons."""
    buttons = [element(each, Placement(surface, this)) for each in this.get("actions") or []]
    return joined(
        [
            picture(this["hero_image"]) if this.get("hero_image") else NOTHING,
            heading(this, text_object(this.get("title"), surface.names), surface),
            unless_empty("div", text_object(this.get("body"), surface.names), "bk-text"),
            unless_empty("div", joined(buttons), "bk-acts"),
        ]
    )


def heading(this: JSON, title: Html, surface: Surface) -> Html:
    """Draw the heading of a card or container: icon, title and subtitle."""
    icon = picture(this["icon"]) if this.get("icon") else NOTHING
    below = unless_empty("p", text_object(this.get("subtitle"), surface.names), "bk-hint")
    return joined([icon, unless_empty("h3", title, "bk-title"), below])


def unless_empty(name: str, content: Html, class_: str) -> Html:
    """Return an HTML element; nothing if its content is empty."""
    return tag(name, content, class_=class_) if content else NOTHING


def task_card(this: JSON, surface: Surface) -> Html:
    """Draw a task: its status, title, details, output and sources."""
    status = this["status"]
    sign = tag(
        "span",
        escaped(_STATES[status]),
        role="img",
        aria_label=status.replace("_", " "),
        class_=f"bk-{status}",
    )
    more = [
        rich_text(this[name], surface.names) for name in ("details", "output") if this.get(name)
    ]
    sources = [tag("li", source(each)) for each in this.get("sources") or []]
    return joined(
        [
            tag("p", sign, escaped(" "), tag("b", plain(this["title"]))),
            unless_empty("div", joined(more), "bk-text"),
            unless_empty("ul", joined(sources), "bk-sources"),
        ]
    )


def alert(this: JSON, surface: Surface) -> Html:
    """Draw an alert; its level is also announced to screen readers."""
    level = this.get("level") or "default"
    sign = tag("span", escaped(_LEVELS[level]), role="img", aria_label=level)
    text = tag("div", text_object(this["text"], surface.names), class_="bk-text")
    return tag("div", sign, text, class_=f"bk-level bk-{level}")


def video(this: JSON, surface: Surface) -> Html:
    """Draw a video as a link, so that nothing is loaded."""
    names = surface.names
    by = " · ".join(filter(None, (this.get("author_name"), this.get("provider_name"))))
    title = link(this.get("title_url") or "", plain(this["title"]["text"]))
    film = {"image_url": this["video_url"], "alt_text": this["alt_text"]}
    return tag(
        "figure",
        unless_empty("div", escaped(by), "bk-hint"),
        tag("b", title),
        unless_empty("div", text_object(this.get("description"), names), "bk-text"),
        tag("figcaption", picture(film, "▶️")),
    )
