"""Build HTML from text and tags, safely. Pure.

Markup has its own type, `Html`, which only these functions make from text, so mypy reports text
that was not escaped. The page shows what anyone may write, and relies on this.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import NewType

Html = NewType("Html", str)
NOTHING = Html("")
_VOID = {"br", "hr", "input"}


def escaped(text: str) -> Html:
    """Escape text for HTML."""
    return Html(escape(text))


def lines(text: str) -> Html:
    """Escape text for HTML, and keep its line breaks."""
    return joined(map(escaped, text.split("\n")), tag("br"))


def joined(parts: Iterable[Html], between: Html = NOTHING) -> Html:
    """Concatenate markup."""
    return Html(between.join(parts))


def tag(name: str, /, *content: Html, **attributes: str | bool | None) -> Html:
    """Return an element.

    Args:
        name: the tag; it and the names of attributes must come from code, not from data.
        content: the markup inside.
        attributes: unescaped values; False and None omit an attribute, True writes it without a
            value. ``data_choice`` becomes ``data-choice``, and ``class_`` becomes ``class``.
    """
    written = [name]
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        key_ = key.rstrip("_").replace("_", "-")
        written.append(key_ if value is True else f'{key_}="{escape(value)}"')
    opened = f"<{' '.join(written)}>"
    return Html(opened if name in _VOID else f"{opened}{''.join(content)}</{name}>")
