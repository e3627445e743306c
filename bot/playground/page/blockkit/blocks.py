"""Block Kit as HTML: the blocks of a message, a modal or a Home tab. Pure.

It is close enough to Slack to judge a layout; what cannot be drawn is marked as such. Elements are
in `elements`, texts in `text`, `rich` and `tables`, framed blocks in `cards`.
Source: https://docs.slack.dev/reference/block-kit/blocks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.playground.page.blockkit import cards
from bot.playground.page.blockkit.cards import heading, unless_empty
from bot.playground.page.blockkit.controls import JSON, Placement, Surface, plain_text_of
from bot.playground.page.blockkit.elements import element, picture
from bot.playground.page.blockkit.rich import cannot_draw, rich_text
from bot.playground.page.blockkit.tables import data_table, table
from bot.playground.page.blockkit.tags import NOTHING, Html, escaped, joined, tag
from bot.playground.page.blockkit.text import markdown, plain, text_object
from bot.playground.page.blockkit.tokens import Names


def blocks(
    blocks: Sequence[JSON],
    names: Names,
    *,
    values: Mapping[str, Mapping[str, Any]] | None = None,
) -> Html:
    """Draw the blocks of a message.

    Args:
        blocks: valid blocks, as the local Slack keeps them.
        names: of people and channels.
        values: the elements' current values, by block id and action id; several selected options
            are separated by commas.
    """
    return _blocks(blocks, Surface(names, values or {}, form=False))


def view_body(view: JSON, names: Names) -> Html:
    """Draw the blocks of a modal or Home tab; the caller draws the form around them."""
    return _blocks(view["blocks"], Surface(names, {}, form=True))


def _blocks(these: Sequence[JSON], surface: Surface) -> Html:
    return joined(_block(this, surface) for this in these)


def _block(this: JSON, surface: Surface) -> Html:
    kind = str(this.get("type"))
    if kind not in _DRAWN:
        return tag("div", cannot_draw(kind), class_="bk")
    return tag("div", _DRAWN[kind](this, surface), class_=f"bk bk-{kind}")


def _section(this: JSON, surface: Surface) -> Html:
    fields = (
        tag("div", text_object(each, surface.names), class_="bk-text")
        for each in this.get("fields") or []
    )
    beside = this.get("accessory")
    return joined(
        [
            tag(
                "div",
                unless_empty("div", text_object(this.get("text"), surface.names), "bk-text"),
                unless_empty("div", joined(fields), "bk-fields"),
                class_="bk-main",
            ),
            unless_empty("div", element(beside, Placement(surface, this)), "bk-accessory")
            if beside
            else NOTHING,
        ]
    )


def _context(this: JSON, surface: Surface) -> Html:
    return joined(
        picture(each)
        if each["type"] == "image"
        else tag("div", text_object(each, surface.names), class_="bk-text")
        for each in this["elements"]
    )


def _actions(this: JSON, surface: Surface) -> Html:
    return joined(element(each, Placement(surface, this)) for each in this["elements"])


def _image(this: JSON, surface: Surface) -> Html:
    caption = unless_empty("figcaption", text_object(this.get("title"), surface.names), "bk-title")
    return tag("figure", caption, picture(this))


def _input(this: JSON, surface: Surface) -> Html:
    label = plain_text_of(this["label"]) + (" (optional)" if this.get("optional") else "")
    inner, placement = this["element"], Placement(surface, this, label)
    drawn = [element(inner, placement)]
    if inner["type"] not in ("radio_buttons", "checkboxes"):  # these have a legend instead
        drawn.insert(0, tag("label", escaped(label), for_=placement.id(inner)))
    if this.get("hint"):
        hint = text_object(this["hint"], surface.names)
        drawn.append(tag("div", hint, class_="bk-hint", id=placement.id(inner) + "-hint"))
    return joined(drawn)


def _plan(this: JSON, surface: Surface) -> Html:
    tasks = (tag("li", _block(task, surface)) for task in this.get("tasks") or [])
    title = tag("h3", plain(this["title"]), class_="bk-title")
    return joined([title, unless_empty("ul", joined(tasks), "bk-row")])


def _carousel(this: JSON, surface: Surface) -> Html:
    row = tag("ul", *(tag("li", _block(each, surface)) for each in this["elements"]))
    return tag("div", row, class_="bk-scroll", role="group", aria_label="Cards", tabindex="0")


def _container(this: JSON, surface: Surface) -> Html:
    rich = this.get("rich_text_title")
    title = rich_text(rich, surface.names) if rich else text_object(this["title"], surface.names)
    head = heading(this, title, surface)
    divider = tag("hr") if this.get("has_header_divider") else NOTHING
    inner = joined([divider, _blocks(this["child_blocks"], surface)])
    if not this.get("is_collapsible"):
        return joined([head, inner])
    opened = not this.get("default_collapsed")
    return tag("details", tag("summary", head), inner, open=opened)


def _file(this: JSON, _: Surface) -> Html:
    return tag("p", escaped(f"📎 A file kept elsewhere: {this['external_id']}"))


_DRAWN: Mapping[str, Callable[[JSON, Surface], Html]] = {
    "actions": _actions,
    "alert": cards.alert,
    "card": cards.card,
    "carousel": _carousel,
    "container": _container,
    "context": _context,
    "context_actions": _actions,
    "data_table": lambda this, surface: data_table(this, surface.names),
    "divider": lambda _this, _surface: tag("hr"),
    "file": _file,
    "header": lambda this, surface: tag("h3", text_object(this["text"], surface.names)),
    "image": _image,
    "input": _input,
    "markdown": lambda this, surface: tag(
        "div", markdown(this["text"], surface.names), class_="bk-text"
    ),
    "plan": _plan,
    "rich_text": lambda this, surface: tag("div", rich_text(this, surface.names), class_="bk-text"),
    "section": _section,
    "table": lambda this, surface: table(this, surface.names),
    "task_card": cards.task_card,
    "video": cards.video,
}
