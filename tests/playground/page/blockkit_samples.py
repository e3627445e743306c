"""Small pieces of Block Kit to try the page with."""

from __future__ import annotations

from typing import Any

from bot.playground.page.blockkit.blocks import blocks
from bot.playground.page.blockkit.text import Names
from tests.playground.page.html_reader import Element, Seen

NAMES = Names({"U1": "Ada", "U2": "Bob"}, {"C1": "general"})


def text(words: str) -> dict[str, str]:
    """Return a plain text object."""
    return {"type": "plain_text", "text": words}


def options(*values: str) -> list[dict[str, Any]]:
    """Return options, each of the value that it shows."""
    return [{"text": text(value.title()), "value": value} for value in values]


def seen(*these: dict[str, Any]) -> Seen:
    """Draw blocks and read them."""
    return Seen(blocks(these, NAMES))


def acting(element: dict[str, Any]) -> Seen:
    """Draw an element in an actions block."""
    return seen({"type": "actions", "block_id": "row", "elements": [element]})


def only(found: list[Element]) -> Element:
    """Return the one element."""
    (one,) = found
    return one
