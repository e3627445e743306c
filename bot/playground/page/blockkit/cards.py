"""Cards, tasks and alerts as HTML: blocks that are drawn with a frame around them. Pure.

Source: https://docs.slack.dev/reference/block-kit/blocks.
"""

from __future__ import annotations

from bot.playground.page.blockkit.controls import JSON, Scene, Spot
from bot.playground.page.blockkit.elements import element, picture, source
from bot.playground.page.blockkit.rich import rich_text
from bot.playground.page.blockkit.tags import NOTHING, Html, joined, tag, words
from bot.playground.page.blockkit.text import plain, text_object
from bot.playground.page.blockkit.tokens import link

_STATES = {"pending": "○", "in_progress": "◐", "complete": "✓", "error": "✗"}
_LEVELS = {"default": "🔔", "info": "ℹ️", "warning": "⚠️", "error": "⛔", "success": "✅"}


def card(this: JSON, scene: Scene) -> Html:
    """Draw a card: a picture, what it is, and what can be done about it."""
    acts = [element(each, Spot(scene, this)) for each in this.get("actions") or []]
    return joined(
        [
            picture(this["hero_image"]) if this.get("hero_image") else NOTHING,
            heading(this, text_object(this.get("title"), scene.names), scene),
            part("div", text_object(this.get("body"), scene.names), "bk-text"),
            part("div", joined(acts), "bk-acts"),
        ]
    )


def heading(this: JSON, title: Html, scene: Scene) -> Html:
    """Draw the head of a card or container: its icon, title and subtitle."""
    icon = picture(this["icon"]) if this.get("icon") else NOTHING
    below = part("p", text_object(this.get("subtitle"), scene.names), "bk-hint")
    return joined([icon, part("h3", title, "bk-title"), below])


def part(name: str, content: Html, class_: str) -> Html:
    """Draw an element, unless there is nothing in it."""
    return tag(name, content, class_=class_) if content else NOTHING


def task_card(this: JSON, scene: Scene) -> Html:
    """Draw a task: how far it is, what it found, and where."""
    status = this["status"]
    sign = tag(
        "span",
        words(_STATES[status]),
        role="img",
        aria_label=status.replace("_", " "),
        class_=f"bk-{status}",
    )
    more = [rich_text(this[name], scene.names) for name in ("details", "output") if this.get(name)]
    sources = [tag("li", source(each)) for each in this.get("sources") or []]
    return joined(
        [
            tag("p", sign, words(" "), tag("b", plain(this["title"]))),
            part("div", joined(more), "bk-text"),
            part("ul", joined(sources), "bk-sources"),
        ]
    )


def alert(this: JSON, scene: Scene) -> Html:
    """Draw an alert; its level is seen and heard."""
    level = this.get("level") or "default"
    sign = tag("span", words(_LEVELS[level]), role="img", aria_label=level)
    text = tag("div", text_object(this["text"], scene.names), class_="bk-text")
    return tag("div", sign, text, class_=f"bk-level bk-{level}")


def video(this: JSON, scene: Scene) -> Html:
    """Draw a video as a link to it: nothing is loaded."""
    names = scene.names
    by = " · ".join(filter(None, (this.get("author_name"), this.get("provider_name"))))
    title = link(this.get("title_url") or "", plain(this["title"]["text"]))
    film = {"image_url": this["video_url"], "alt_text": this["alt_text"]}
    return tag(
        "figure",
        part("div", words(by), "bk-hint"),
        tag("b", title),
        part("div", text_object(this.get("description"), names), "bk-text"),
        tag("figcaption", picture(film, "▶️")),
    )
