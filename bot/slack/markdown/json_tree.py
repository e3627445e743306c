"""JSON as Markdown for people. Pure; the result is still untrusted.

Keys become bold labels in words, nested values become lists, and arrays of flat objects tables.
Parts are made one after another until the result is `MOST` characters long, so megabytes of values
take no longer than that.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import chain

from bot.slack import limits
from bot.slack.markdown.cutting import foreign_beginning
from bot.slack.markdown.parser import parse
from bot.slack.markdown.sanitizer import sanitize
from bot.slack.wording import cut

MOST = 100_000  # characters of the result
MOST_OF_ONE = 50_000  # characters of one text that are read
REST = "_The rest is left out here: evidence.json and Parallel have all of it._"
_LEFT_OUT = f"\n\n{REST}"

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_MARKS = re.compile(r"([\\`*_\[\]<>|])")
_ADDRESS = re.compile(r"https?://[^\s<>|]+", re.IGNORECASE)
_LONG = 200  # characters; a longer text gets its own paragraphs
_DEEPEST = 8  # levels of lists; deeper values are shown as JSON
_CELL = 300  # characters; a table with longer cells is not readable
_LABEL = 300  # characters of a key


def json_as_markdown(value: dict[str, object] | list[object]) -> str:
    """Render JSON readably as Markdown.

    Args:
        value: decoded JSON; untrusted, and so is the result: `sanitize` it.

    Returns:
        Markdown, in which texts keep their own Markdown; a note for an empty value.
    """
    if isinstance(value, dict):
        parts: Iterator[str] = chain.from_iterable(
            _section(key, item) for key, item in value.items()
        )
    else:
        parts = _table(value) if _is_table(value) else _items(value, 0)
    return "\n".join(_within(MOST, parts)).rstrip("\n") or "_(empty)_"


def _within(most: int, parts: Iterator[str]) -> Iterator[str]:
    """Yield parts of up to `most` characters in all, then a note that there are more."""
    for part in parts:
        most -= len(part) + 1
        if most < 0:
            yield from ("", REST)
            return
        yield part


def _section(key: str, value: object) -> Iterator[str]:
    """Yield the parts of one value of the outermost object, and an empty line."""
    label = f"**{_label(key)}**"
    match value:
        case dict() if value:
            yield from (label, "")
            yield from _entries(value, 0)
        case list() if value:
            yield from (label, "")
            yield from _table(value) if _is_table(value) else _items(value, 0)
        case str() if _is_long(value):
            yield from (label, "", _whole(value))
        case _:
            yield f"**{_label(key)}:** {_scalar(value)}"
    yield ""


def _entries(value: dict[str, object], depth: int) -> Iterator[str]:
    for key, item in value.items():
        yield from _entry(f"**{_label(key)}:**", item, depth)


def _items(values: list[object], depth: int) -> Iterator[str]:
    for number, value in enumerate(values, 1):
        if isinstance(value, dict | list) and value:
            # A number alone would count as that of a reference, which the answer does not have.
            yield from _entry(f"**Item {number}**", value, depth)
        else:
            yield from _entry("", value, depth)


def _entry(label: str, value: object, depth: int) -> Iterator[str]:
    """Yield the parts of one list item: a text is one, so that what is open in it is closed."""
    indent = "  " * depth
    if isinstance(value, dict | list) and value:
        if depth >= _DEEPEST:
            written = cut(json.dumps(value, ensure_ascii=False), MOST_OF_ONE)
            yield f"{indent}- {label} {_code(written)}"
            return
        yield f"{indent}- {label}"
        inner = _entries(value, depth + 1) if isinstance(value, dict) else _items(value, depth + 1)
        yield from inner
    elif isinstance(value, str) and _is_long(value):
        text = _whole(value)
        first, *others = text.split("\n")
        opening = parse(text.removesuffix(_LEFT_OUT)).tokens[:1]  # as it was parsed before
        if label and opening and opening[0].type != "paragraph_open":
            first, others = "", ["", first, *others]
        below = (f"{indent}  {line}" if line.strip() else "" for line in others)
        yield "\n".join((f"{indent}- {label} {first}".replace("-  ", "- ").rstrip(), *below))
    else:
        yield f"{indent}- {label} {_scalar(value)}".replace("-  ", "- ")


def _is_table(values: list[object]) -> bool:
    """Whether values are two or more objects of scalars that fit a table."""
    keys = _keys(values)
    flat = all(isinstance(value, dict) for value in values)
    cells = [cell for value in values if isinstance(value, dict) for cell in value.values()]
    return (
        flat
        and len(values) > 1
        and 0 < len(keys) <= limits.TABLE_COLUMNS
        and not any(isinstance(cell, dict | list) and cell for cell in cells)
        and not any(isinstance(cell, str) and len(cell) > _CELL for cell in cells)
    )


def _keys(values: list[object]) -> list[str]:
    return list(dict.fromkeys(key for value in values if isinstance(value, dict) for key in value))


def _table(values: list[object]) -> Iterator[str]:
    keys = _keys(values)
    yield _row([_label(key) for key in keys])
    yield _row(["---"] * len(keys))
    for value in values:
        assert isinstance(value, dict)
        yield _row([_cell(value[key]) if key in value else "" for key in keys])


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(value: object) -> str:
    return re.sub(r"(?<!\\)\|", r"\\|", " ".join(_scalar(value).split()))


def _label(key: str) -> str:
    words = " ".join(_CAMEL.sub(" ", key[:_LABEL]).replace("_", " ").replace("-", " ").split())
    words = words if words.isupper() else words[:1].upper() + words[1:]
    return _MARKS.sub(r"\\\1", words) or "(no name)"


def _scalar(value: object) -> str:
    match value:
        case None:
            return "—"
        case bool():
            return "yes" if value else "no"
        case {} | []:
            return "_(none)_"
        case str() if _ADDRESS.fullmatch(value):
            return f"<{value}>"
        case str():
            return " ".join(value.split()) or "—"
        case _:
            return str(value)


def _whole(text: str) -> str:
    """Return a text of several lines in which every code block is closed."""
    start, is_cut = foreign_beginning(text, MOST_OF_ONE)
    whole = sanitize(start.strip(), file=True)
    return f"{whole}{_LEFT_OUT}" if is_cut else whole


def _is_long(text: str) -> bool:
    return len(text) > _LONG or "\n" in text.strip()


def _code(text: str) -> str:
    fence = "`" * (max(map(len, re.findall("`+", text)), default=0) + 1)
    return f"{fence} {text} {fence}"
