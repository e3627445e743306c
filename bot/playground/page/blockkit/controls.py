"""What all of Block Kit's controls share: how the page's script knows them, and their names. Pure.

A control that acts carries ``data-action``, ``data-block`` and ``data-kind``: what is done with it
is posted under these names, as one string (``data-choice``, or its value; several choices with
commas between them). What is typed or chosen in has the name ``block_id/action_id`` besides, under
which a form posts it.
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
class Scene:
    """What is known where blocks are drawn.

    Attributes:
        names: who is who.
        values: what has been typed or chosen already, by block id and action id, as it is posted.
        form: whether they stand in a form (a view), not in a message.
    """

    names: Names
    values: Mapping[str, Mapping[str, Any]]
    form: bool


@dataclass(frozen=True, slots=True)
class Spot:
    """Where one control stands.

    Attributes:
        scene: where its block stands.
        block: the block it is in.
        label: what an input block calls it; None in other blocks.
    """

    scene: Scene
    block: JSON
    label: str | None = None

    @property
    def block_id(self) -> str:
        """The id of its block."""
        return str(self.block.get("block_id") or "")

    @property
    def required(self) -> bool:
        """Whether a form needs it."""
        return self.label is not None and not self.block.get("optional")

    @property
    def acts(self) -> bool:
        """Whether what is done with it is posted at once."""
        return self.label is None or bool(self.block.get("dispatch_action"))

    def known_as(self, this: JSON) -> str:
        """Return the name of the element `this`, ``block_id/action_id``."""
        return f"{self.block_id}/{this.get('action_id') or ''}"

    def id(self, this: JSON) -> str:
        """Return the id in the page of the element `this` of an input block."""
        return "bk-" + re.sub(r"\s", "_", self.known_as(this))

    def given(self, this: JSON) -> str | None:
        """Return what has been typed or chosen in `this` already; None when nothing has."""
        value = self.scene.values.get(self.block_id, {}).get(this.get("action_id") or "")
        return None if value is None else str(value)


def handle(this: JSON, spot: Spot) -> Attributes:
    """Return the attributes of what is pressed."""
    if not spot.acts:
        return {}
    confirm = this.get("confirm")
    return {
        "data_action": str(this.get("action_id") or ""),
        "data_block": spot.block_id,
        "data_kind": str(this["type"]),
        "data_confirm": json.dumps(confirm) if confirm else None,
    }


def pressed(this: JSON, shown: Html, attributes: Attributes) -> Html:
    """Draw what is pressed: a link when `this` has an address to go to, else a button."""
    url = str(this.get("url") or "")
    if linkable(url):
        opens: Attributes = {"href": url, "target": "_blank", "rel": "noopener noreferrer"}
        return tag("a", shown, **opens, **attributes)
    return tag("button", shown, type="button", **attributes)


def field(this: JSON, spot: Spot) -> Attributes:
    """Return the attributes of what is typed or chosen in."""
    named = spot.label is not None
    return {
        "name": spot.known_as(this),
        "id": spot.id(this) if named else None,
        "aria_label": None if named else said(this.get("placeholder")) or "Choose",
        "aria_describedby": spot.id(this) + "-hint" if spot.block.get("hint") else None,
        "required": spot.required,
        "autofocus": spot.scene.form and bool(this.get("focus_on_load")),
        **handle(this, spot),
    }


def said(this: JSON | None) -> str:
    """Return the words of a plain_text object, for where only words can be."""
    return with_emoji(unescape(str(this["text"]))) if this else ""
