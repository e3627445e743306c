"""The elements of Block Kit as HTML: buttons, pictures, and all that is chosen or typed. Pure.

Native controls throughout, so that keyboard and screen reader work as everywhere.
Source: https://docs.slack.dev/reference/block-kit/block-elements.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.playground.page.blockkit.controls import JSON, Spot, handle, pressed, said
from bot.playground.page.blockkit.inputs import TYPES, typed
from bot.playground.page.blockkit.menus import choices, overflow, select
from bot.playground.page.blockkit.rich import cannot_draw
from bot.playground.page.blockkit.tags import Html, joined, tag, words
from bot.playground.page.blockkit.text import plain
from bot.playground.page.blockkit.tokens import link


def element(this: JSON, spot: Spot) -> Html:
    """Draw an element."""
    kind = str(this["type"])
    if kind in _DRAWN:
        return _DRAWN[kind](this, spot)
    if kind.endswith("_select"):
        return select(this, spot)
    return typed(this, spot) if kind in TYPES else cannot_draw(kind)


def picture(this: JSON, sign: str = "🖼️") -> Html:
    """Draw an image as the words that stand for it, linked to where it is: nothing is loaded."""
    file = this.get("slack_file") or {}
    url = this.get("image_url") or file.get("url") or ""
    shown = words(this["alt_text"])
    before = tag("span", words(f"{sign} "), aria_hidden="true")
    return tag("span", before, link(url, shown), class_="bk-picture")


def source(this: JSON) -> Html:
    """Draw the address of a source."""
    return link(this["url"], words(this["text"]))


def _button(this: JSON, spot: Spot) -> Html:
    attributes = {
        "class_": " ".join(filter(None, ("bk-button", this.get("style")))),
        "aria_label": this.get("accessibility_label"),
        "value": this.get("value"),
        **handle(this, spot),
    }
    if this.get("url"):
        attributes["value"] = None  # links have none
    return pressed(this, plain(this["text"]["text"]), attributes)


def _icon_button(this: JSON, spot: Spot) -> Html:
    return tag(
        "button",
        words("🗑️"),
        type="button",
        class_="bk-icon",
        value=this.get("value"),
        aria_label=this.get("accessibility_label") or said(this["text"]),
        title=said(this["text"]),
        **handle(this, spot),
    )


def _feedback(this: JSON, spot: Spot) -> Html:
    drawn = []
    for name, sign in (("positive_button", "👍"), ("negative_button", "👎")):
        button = this[name]
        drawn.append(
            tag(
                "button",
                words(sign),
                type="button",
                class_="bk-icon",
                data_choice=button["value"],
                aria_label=button.get("accessibility_label") or said(button["text"]),
                title=said(button["text"]),
                **handle(this, spot),
            )
        )
    return joined(drawn)


_DRAWN: Mapping[str, Callable[[JSON, Spot], Html]] = {
    "button": _button,
    "checkboxes": choices,
    "feedback_buttons": _feedback,
    "icon_button": _icon_button,
    "image": lambda this, _: picture(this),
    "overflow": overflow,
    "radio_buttons": choices,
    "url": lambda this, _: source(this),
    "workflow_button": _button,
}
