"""What all interactive elements share: the attributes that the page's script reads. Pure.

An element that sends a block action has ``data-action``, ``data-block`` and ``data-kind``; its
value is posted as one string: ``data-choice``, or the field's value, with several options separated
by commas. A field also has the name ``block_id/action_id``, under which a form posts its value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.playground.page.blockkit.emoji import with_emoji
from bot.playground.page.blockkit.tags import Html, tag
from bot.playground.page.blockkit.tokens import Names, linkable, unescape

JSON = dict[str, Any]
Attributes = dict[str, str | bool | None]


@dataclass(frozen=True, slots=True)
class Surface:
    """The message or view in which blocks are drawn.

    Attributes:
        names: of people and channels.
        values: the elements' current values, by block id and action id.
        form: whether it is a view, which has a form, not a message.
    """

    names: Names
    values: Mapping[str, Mapping[str, Any]]
    form: bool


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an element is placed.

    Attributes:
        surface: the message or view.
        block: the element's block.
        label: of an input block; None in other blocks.
    """

    surface: Surface
    block: JSON
    label: str | None = None

    @property
    def block_id(self) -> str:
        """The id of the block."""
        return str(self.block.get("block_id") or "")

    @property
    def required(self) -> bool:
        """Whether the form requires a value."""
        return self.label is not None and not self.block.get("optional")

    @property
    def is_immediate(self) -> bool:
        """Whether a change is posted at once, as a block action."""
        return self.label is None or bool(self.block.get("dispatch_action"))

    def field_name(self, this: JSON) -> str:
        """Return the field name of an element, ``block_id/action_id``."""
        return f"{self.block_id}/{this.get('action_id') or ''}"

    def id(self, this: JSON) -> str:
        """Return the HTML id of an element of an input block."""
        return "bk-" + re.sub(r"\s", "_", self.field_name(this))

    def current_value(self, this: JSON) -> str | None:
        """Return an element's current value; None if it has none."""
        value = self.surface.values.get(self.block_id, {}).get(this.get("action_id") or "")
        return None if value is None else str(value)


def action_attributes(this: JSON, placement: Placement) -> Attributes:
    """Return the attributes of an element that sends block actions."""
    if not placement.is_immediate:
        return {}
    confirm = this.get("confirm")
    return {
        "data_action": str(this.get("action_id") or ""),
        "data_block": placement.block_id,
        "data_kind": str(this["type"]),
        "data_confirm": json.dumps(confirm) if confirm else None,
    }


def button_or_link(this: JSON, shown: Html, attributes: Attributes) -> Html:
    """Draw a link if the element has a URL, else a button."""
    url = str(this.get("url") or "")
    if linkable(url):
        opens: Attributes = {"href": url, "target": "_blank", "rel": "noopener noreferrer"}
        return tag("a", shown, **opens, **attributes)
    return tag("button", shown, type="button", **attributes)


def field_attributes(this: JSON, placement: Placement) -> Attributes:
    """Return the attributes of a field."""
    named = placement.label is not None
    return {
        "name": placement.field_name(this),
        "id": placement.id(this) if named else None,
        "aria_label": None if named else plain_text_of(this.get("placeholder")) or "Choose",
        "aria_describedby": placement.id(this) + "-hint" if placement.block.get("hint") else None,
        "required": placement.required,
        "autofocus": placement.surface.form and bool(this.get("focus_on_load")),
        **action_attributes(this, placement),
    }


def plain_text_of(this: JSON | None) -> str:
    """Return the text of a plain_text object, for places without markup."""
    return with_emoji(unescape(str(this["text"]))) if this else ""
