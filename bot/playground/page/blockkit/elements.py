"""The elements of Block Kit as HTML: buttons, images, menus and inputs. Pure.

All are native controls, so that keyboards and screen readers work.
Source: https://docs.slack.dev/reference/block-kit/block-elements.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.playground.page.blockkit.controls import (
    JSON,
    Placement,
    action_attributes,
    button_or_link,
    plain_text_of,
)
from bot.playground.page.blockkit.inputs import TYPES, typed
from bot.playground.page.blockkit.menus import choices, overflow, select
from bot.playground.page.blockkit.rich import cannot_draw
from bot.playground.page.blockkit.tags import Html, escaped, joined, tag
from bot.playground.page.blockkit.text import plain
from bot.playground.page.blockkit.tokens import link


def element(this: JSON, placement: Placement) -> Html:
    """Draw an element."""
    kind = str(this["type"])
    if kind in _DRAWN:
        return _DRAWN[kind](this, placement)
    if kind.endswith("_select"):
        return select(this, placement)
    return typed(this, placement) if kind in TYPES else cannot_draw(kind)


def picture(this: JSON, sign: str = "🖼️") -> Html:
    """Draw an image as its alternative text with a link, so that nothing is loaded."""
    file = this.get("slack_file") or {}
    url = this.get("image_url") or file.get("url") or ""
    shown = escaped(this["alt_text"])
    before = tag("span", escaped(f"{sign} "), aria_hidden="true")
    return tag("span", before, link(url, shown), class_="bk-picture")


def source(this: JSON) -> Html:
    """Draw a link to a source."""
    return link(this["url"], escaped(this["text"]))


def _button(this: JSON, placement: Placement) -> Html:
    attributes = {
        "class_": " ".join(filter(None, ("bk-button", this.get("style")))),
        "aria_label": this.get("accessibility_label"),
        "value": this.get("value"),
        **action_attributes(this, placement),
    }
    if this.get("url"):
        attributes["value"] = None  # a link has no value
    return button_or_link(this, plain(this["text"]["text"]), attributes)


def _icon_button(this: JSON, placement: Placement) -> Html:
    return tag(
        "button",
        escaped("🗑️"),
        type="button",
        class_="bk-icon",
        value=this.get("value"),
        aria_label=this.get("accessibility_label") or plain_text_of(this["text"]),
        title=plain_text_of(this["text"]),
        **action_attributes(this, placement),
    )


def _feedback(this: JSON, placement: Placement) -> Html:
    drawn = []
    for name, sign in (("positive_button", "👍"), ("negative_button", "👎")):
        button = this[name]
        drawn.append(
            tag(
                "button",
                escaped(sign),
                type="button",
                class_="bk-icon",
                data_choice=button["value"],
                aria_label=button.get("accessibility_label") or plain_text_of(button["text"]),
                title=plain_text_of(button["text"]),
                **action_attributes(this, placement),
            )
        )
    return joined(drawn)


_DRAWN: Mapping[str, Callable[[JSON, Placement], Html]] = {
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
