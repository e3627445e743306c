"""Block Kit as HTML: the blocks of a message, a modal or a Home tab. Pure.

Close enough to Slack that what looks right here is right there. What cannot be drawn says so.
Controls are in `elements`, texts in `text`, `rich` and `tables`, what has a frame in `cards`.
Source: https://docs.slack.dev/reference/block-kit/blocks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.playground.page.blockkit import cards
from bot.playground.page.blockkit.cards import heading, part
from bot.playground.page.blockkit.controls import JSON, Scene, Spot, said
from bot.playground.page.blockkit.elements import element, picture
from bot.playground.page.blockkit.rich import cannot_draw, rich_text
from bot.playground.page.blockkit.tables import data_table, table
from bot.playground.page.blockkit.tags import NOTHING, Html, joined, tag, words
from bot.playground.page.blockkit.text import markdown, plain, text_object
from bot.playground.page.blockkit.tokens import Names


def blocks(
    blocks: Sequence[JSON],
    names: Names,
    *,
    values: Mapping[str, Mapping[str, Any]] | None = None,
) -> Html:
    """Draw the blocks of a message, one below the other.

    Args:
        blocks: as the local Slack keeps them, which has looked at them.
        names: who is who.
        values: what has been typed or chosen already, by block id and action id, as it is posted:
            one string, several choices with commas between them.
    """
    return _blocks(blocks, Scene(names, values or {}, form=False))


def view_body(view: JSON, names: Names) -> Html:
    """Draw the blocks of a modal or a Home tab; the form around them is the caller's."""
    return _blocks(view["blocks"], Scene(names, {}, form=True))


def _blocks(these: Sequence[JSON], scene: Scene) -> Html:
    return joined(_block(this, scene) for this in these)


def _block(this: JSON, scene: Scene) -> Html:
    kind = str(this.get("type"))
    if kind not in _DRAWN:
        return tag("div", cannot_draw(kind), class_="bk")
    return tag("div", _DRAWN[kind](this, scene), class_=f"bk bk-{kind}")


def _section(this: JSON, scene: Scene) -> Html:
    fields = (
        tag("div", text_object(each, scene.names), class_="bk-text")
        for each in this.get("fields") or []
    )
    beside = this.get("accessory")
    return joined(
        [
            tag(
                "div",
                part("div", text_object(this.get("text"), scene.names), "bk-text"),
                part("div", joined(fields), "bk-fields"),
                class_="bk-main",
            ),
            part("div", element(beside, Spot(scene, this)), "bk-accessory") if beside else NOTHING,
        ]
    )


def _context(this: JSON, scene: Scene) -> Html:
    return joined(
        picture(each)
        if each["type"] == "image"
        else tag("div", text_object(each, scene.names), class_="bk-text")
        for each in this["elements"]
    )


def _actions(this: JSON, scene: Scene) -> Html:
    return joined(element(each, Spot(scene, this)) for each in this["elements"])


def _image(this: JSON, scene: Scene) -> Html:
    caption = part("figcaption", text_object(this.get("title"), scene.names), "bk-title")
    return tag("figure", caption, picture(this))


def _input(this: JSON, scene: Scene) -> Html:
    label = said(this["label"]) + (" (optional)" if this.get("optional") else "")
    inner, spot = this["element"], Spot(scene, this, label)
    drawn = [element(inner, spot)]
    if inner["type"] not in ("radio_buttons", "checkboxes"):  # their legend is their label
        drawn.insert(0, tag("label", words(label), for_=spot.id(inner)))
    if this.get("hint"):
        hint = text_object(this["hint"], scene.names)
        drawn.append(tag("div", hint, class_="bk-hint", id=spot.id(inner) + "-hint"))
    return joined(drawn)


def _plan(this: JSON, scene: Scene) -> Html:
    tasks = (tag("li", _block(task, scene)) for task in this.get("tasks") or [])
    title = tag("h3", plain(this["title"]), class_="bk-title")
    return joined([title, part("ul", joined(tasks), "bk-row")])


def _carousel(this: JSON, scene: Scene) -> Html:
    row = tag("ul", *(tag("li", _block(each, scene)) for each in this["elements"]))
    return tag("div", row, class_="bk-scroll", role="group", aria_label="Cards", tabindex="0")


def _container(this: JSON, scene: Scene) -> Html:
    rich = this.get("rich_text_title")
    title = rich_text(rich, scene.names) if rich else text_object(this["title"], scene.names)
    head = heading(this, title, scene)
    divider = tag("hr") if this.get("has_header_divider") else NOTHING
    inner = joined([divider, _blocks(this["child_blocks"], scene)])
    if not this.get("is_collapsible"):
        return joined([head, inner])
    opened = not this.get("default_collapsed")
    return tag("details", tag("summary", head), inner, open=opened)


def _file(this: JSON, _: Scene) -> Html:
    return tag("p", words(f"📎 A file kept elsewhere: {this['external_id']}"))


_DRAWN: Mapping[str, Callable[[JSON, Scene], Html]] = {
    "actions": _actions,
    "alert": cards.alert,
    "card": cards.card,
    "carousel": _carousel,
    "container": _container,
    "context": _context,
    "context_actions": _actions,
    "data_table": lambda this, scene: data_table(this, scene.names),
    "divider": lambda _this, _scene: tag("hr"),
    "file": _file,
    "header": lambda this, scene: tag("h3", text_object(this["text"], scene.names)),
    "image": _image,
    "input": _input,
    "markdown": lambda this, scene: tag(
        "div", markdown(this["text"], scene.names), class_="bk-text"
    ),
    "plan": _plan,
    "rich_text": lambda this, scene: tag("div", rich_text(this, scene.names), class_="bk-text"),
    "section": _section,
    "table": lambda this, scene: table(this, scene.names),
    "task_card": cards.task_card,
    "video": cards.video,
}
