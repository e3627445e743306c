"""HTML, made of text and tags. Pure.

Markup has a type of its own, `Html`, and only what is here makes it of text: so mypy finds text
that was put between tags as it came. A page that shows what strangers write rests on this.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import NewType

Html = NewType("Html", str)
NOTHING = Html("")
_VOID = {"br", "hr", "input"}


def words(text: str) -> Html:
    """Return text as markup that shows it, character by character."""
    return Html(escape(text))


def lines(text: str) -> Html:
    """Return text as markup that shows it, line breaks included."""
    return joined(map(words, text.split("\n")), tag("br"))


def joined(parts: Iterable[Html], between: Html = NOTHING) -> Html:
    """Put pieces of markup one after the other."""
    return Html(between.join(parts))


def tag(name: str, /, *content: Html, **attributes: str | bool | None) -> Html:
    """Return an element.

    Args:
        name: the tag; this and the attributes' names come from our own code only.
        content: what stands in it.
        attributes: their values, as text; False and None leave an attribute out, True gives it no
            value. ``data_choice`` is written ``data-choice``, and ``class_`` is ``class``.
    """
    written = [name]
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        key_ = key.rstrip("_").replace("_", "-")
        written.append(key_ if value is True else f'{key_}="{escape(value)}"')
    opened = f"<{' '.join(written)}>"
    return Html(opened if name in _VOID else f"{opened}{''.join(content)}</{name}>")
