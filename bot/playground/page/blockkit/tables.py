"""Tables as HTML; their cells are texts, numbers or rich text. Pure.

Sources: https://docs.slack.dev/reference/block-kit/blocks/table-block,
https://docs.slack.dev/reference/block-kit/blocks/data-table-block.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.playground.page.blockkit.rich import cannot_draw, rich_text
from bot.playground.page.blockkit.tags import NOTHING, Html, escaped, lines, tag
from bot.playground.page.blockkit.tokens import Names

JSON = dict[str, Any]


def table(this: JSON, names: Names) -> Html:
    """Draw a table; its first row is the header."""
    return _table(this["rows"], names, settings=this.get("column_settings") or [])


def data_table(this: JSON, names: Names) -> Html:
    """Draw all pages of a data table; the local Slack does not validate its rows."""
    rows = this["rows"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        return cannot_draw("these rows of a data_table")
    return _table(rows, names, caption=this.get("caption"), row_heads=True)


def _table(
    rows: Sequence[Sequence[Any]],
    names: Names,
    *,
    settings: Sequence[JSON | None] = (),
    caption: object = None,
    row_heads: bool = False,
) -> Html:
    """Draw a table in a scrollable box.

    Args:
        rows: of cells, the header first.
        names: of people and channels.
        settings: of the first columns.
        caption: the title.
        row_heads: whether the first cell of each row is its header.
    """
    classes = [_classes(each or {}) for each in settings]
    drawn = []
    for number, row in enumerate(rows):
        cells = []
        for column, cell in enumerate(row):
            inner = _cell(cell, names)
            scope = "col" if number == 0 else "row" if row_heads and column == 0 else None
            name = "th" if scope and inner else "td"
            of_column = classes[column] if column < len(classes) else None
            cells.append(tag(name, inner, class_=of_column, scope=scope if inner else None))
        drawn.append(tag("tr", *cells))
    called = tag("caption", escaped(str(caption))) if caption else NOTHING
    body = [tag("thead", drawn[0]), tag("tbody", *drawn[1:])] if drawn else []
    return tag(
        "div",
        tag("table", called, *body),
        class_="bk-scroll",
        role="group",
        aria_label=str(caption or "Table"),
        tabindex="0",
    )


def _classes(settings: JSON) -> str | None:
    align = settings.get("align")
    found = [f"bk-{align}" if align else "", "bk-wrapped" if settings.get("is_wrapped") else ""]
    return " ".join(filter(None, found)) or None


def _cell(cell: Any, names: Names) -> Html:
    match cell:
        case {"type": "rich_text", "elements": list()}:
            return rich_text(cell, names)
        case {"type": "raw_number"}:
            return escaped(str(cell.get("text") or cell.get("value", "")))
        case {"type": "raw_text", "text": str(text)}:
            return lines(text)
        case {"type": kind}:
            return cannot_draw(kind)
        case _:
            return cannot_draw("this cell")
