"""Pieces of sanitized Markdown, to be put into messages: whole blocks, or parts of big ones. Pure.

A list is split between items, a table between rows (each piece has the header), code between lines
(each piece has its fence), a quote between blocks, text after a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from bot.slack import limits
from bot.slack.markdown.cutting import cut, keep_from_starting_block
from bot.slack.markdown.parser import Block, parse
from bot.slack.markdown.sanitizer import LANGUAGE, fence_for, sanitize

_DEEPEST = 4  # nested lists and quotes; deeper ones that are too big become text
SMALLEST = 200  # characters of a part: fences and table headers need room
_LEAST = 60  # characters of a piece, even if fences and headers leave less
_ITEM = re.compile(r"(?:[-*]|\d{1,9}[.)]) ")
_TITLE_LINE = re.compile(r"\*\*[^*\n]{1,100}\*\*:?|[^\n]{1,100}:")


@dataclass(frozen=True, slots=True)
class Piece:
    """Something that goes into one message.

    Attributes:
        text: Markdown.
        glue: goes between it and the previous piece in the same message.
        leads: it announces the next piece, so it must not end a message.
        continues: it continues the block of the previous piece.
        items: what it adds to Slack's limit of items.
        tables: how many tables it holds.
    """

    text: str
    glue: str = "\n\n"
    leads: bool = False
    continues: bool = False
    items: int = 1
    tables: int = 0


def pieces(text: str, limit: int, depth: int = 0) -> Iterator[Piece]:
    """Yield a safe Markdown text in pieces of at most `limit` characters (at least `SMALLEST`).

    A piece holds at most one table, and none that is too big for Slack. Headings and the first
    piece after them fit into `limit` together. `depth` counts the lists and quotes around the text.
    """
    document = parse(text)
    leading = 0  # characters of the headings just before
    last_end = 0
    for block in document.blocks():
        glue = "\n" if block.start == last_end else "\n\n"
        last_end = block.end
        room = max(limit - leading, limit // 2, _LEAST)
        for number, piece in enumerate(_pieces_of(block, room, depth)):
            yield replace(piece, glue=glue) if number == 0 else piece
        leading = leading + len(block.text) + 2 if _leads(block) else 0
    if not document.tokens and text.strip():
        yield from _text(text.strip("\n"), limit)


def _leads(block: Block) -> bool:
    """Whether a block announces the next one: a heading, or a line that looks like one."""
    if block.kind == "heading_open":
        return True
    return block.kind == "paragraph_open" and bool(_TITLE_LINE.fullmatch(block.text))


def _pieces_of(block: Block, limit: int, depth: int) -> Iterator[Piece]:
    match block.kind:
        case "bullet_list_open" | "ordered_list_open":
            yield from _list(block, limit, depth)
        case "table_open":
            yield from _table([line for line in block.lines if line.strip()], limit)
        case "fence" | "code_block":
            yield from _code(block, limit)
        case "blockquote_open":
            yield from _quote(block.text, limit, depth)
        case _:
            if len(block.text) <= limit:
                yield Piece(block.text, leads=_leads(block))
            else:
                yield from _text(block.text, limit)


def _text(text: str, limit: int) -> Iterator[Piece]:
    """Cut a paragraph; each part is sanitized again, because a cut through code exposes it."""
    room = limit - 2
    while True:
        texts = [sanitize(keep_from_starting_block(part)) for part in cut(text, room)]
        if all(len(part) <= limit for part in texts):
            break
        room //= 2  # terminates: sanitizing a few characters never exceeds the limit
    yield from _continued(texts, "\n")


def _continued(texts: Iterable[str], glue: str) -> Iterator[Piece]:
    for number, text in enumerate(texts):
        yield Piece(text, glue, continues=number > 0)


# --- lists ------------------------------------------------------------------------------


def _list(block: Block, limit: int, depth: int) -> Iterator[Piece]:
    items = [t for t in block.tokens if t.type == "list_item_open" and t.level == 1 and t.map]
    starts = [t.map[0] - block.start for t in items if t.map]
    starts[0] = 0
    end = len(block.lines)
    glue = "\n\n"
    for offset, (first, after) in enumerate(zip(starts, [*starts[1:], end], strict=True)):
        item = "\n".join(block.lines[first:after]).strip("\n").rstrip(" \t\n")
        whole = _with_counts(Piece(item, glue, continues=offset > 0))
        if len(item) <= limit and _fits(whole):
            yield whole
            glue = "\n" if block.lines[after - 1].strip() else "\n\n"
        else:
            yield from _item(item, limit, depth=depth, continues=offset > 0)
            glue = "\n\n"


def _item(item: str, limit: int, depth: int, continues: bool) -> Iterator[Piece]:
    """Split an item that is too big: only its first piece keeps the marker."""
    match = _ITEM.match(item)
    if not match or depth > _DEEPEST:
        yield from _text(" ".join(item.split()), limit)
        return
    width = match.end()
    inner = "\n".join(line[width:] for line in item.split("\n"))
    first = True
    for piece in pieces(inner, max(limit - width, limit // 2, _LEAST), depth + 1):
        text = piece.text
        if first:
            indented = match[0] + text.replace("\n", "\n" + " " * width)
            text = indented if len(indented) <= limit else text
        yield _with_counts(replace(piece, text=text, leads=False, continues=continues or not first))
        first = False


# --- tables -----------------------------------------------------------------------------


def _table(rows: list[str], limit: int) -> Iterator[Piece]:
    head, body = "\n".join(rows[:2]), rows[2:]
    room = limit - len(head) - 1
    if (
        _columns(rows) > limits.TABLE_COLUMNS
        or any(len(row) > room or len(head) + len(row) > limits.TABLE_TEXT for row in body)
        or room < 0
    ):
        yield from _fenced("", "\n".join(rows), limit)
        return
    chunk: list[str] = []
    continues = False
    size, text = 0, len(head)
    for row in body:
        too_long = size + len(row) + 1 > room or text + len(row) > limits.TABLE_TEXT
        if chunk and (too_long or len(chunk) + 1 >= limits.TABLE_ROWS):
            yield Piece("\n".join((head, *chunk)), continues=continues, tables=1)
            chunk, size, text, continues = [], 0, len(head), True
        chunk.append(row)
        size, text = size + len(row) + 1, text + len(row)
    yield Piece("\n".join((head, *chunk)), continues=continues, tables=1)


def _columns(rows: list[str]) -> int:
    """Return the number of cells in the widest row."""
    return max(
        len(re.split(r"(?<!\\)\|", row.strip().removeprefix("|").removesuffix("|"))) for row in rows
    )


def has_big_table(text: str) -> bool:
    """Whether a text has a table that is too big for Slack."""
    if "|" not in text:
        return False
    document = parse(text)
    for token in document.tokens:
        if token.type == "table_open" and token.map:
            rows = [row for row in document.lines[token.map[0] : token.map[1]] if row.strip()]
            if (
                len(rows) - 1 > limits.TABLE_ROWS  # without the dashes
                or _columns(rows) > limits.TABLE_COLUMNS
                or sum(map(len, rows)) > limits.TABLE_TEXT
            ):
                return True
    return False


# --- code and quotes --------------------------------------------------------------------


def _code(block: Block, limit: int) -> Iterator[Piece]:
    if len(block.text) <= limit:
        yield Piece(block.text)
    else:
        yield from _fenced(block.tokens[0].info.strip(), block.tokens[0].content.rstrip(), limit)


def _fenced(info: str, code: str, limit: int) -> Iterator[Piece]:
    """Yield code in pieces, each in its own fence."""
    fence = fence_for(code)
    info = info if LANGUAGE.fullmatch(info) else ""
    room = limit - 2 * len(fence) - len(info) - 2
    if room < limit // 2:  # a row of backticks, not code
        yield from _text(" ".join(code.split()), limit)
        return
    for number, chunk in enumerate(_lines(code, room)):
        yield Piece(f"{fence}{info}\n{chunk}\n{fence}", "\n", continues=number > 0)


def _lines(text: str, limit: int) -> Iterator[str]:
    """Yield the lines in chunks; a line that is too long is cut."""
    chunk: list[str] = []
    size = 0
    for line in text.split("\n"):
        for part in cut(line, limit) if len(line) > limit else [line]:
            if chunk and size + len(part) + 1 > limit + 1:
                yield "\n".join(chunk)
                chunk, size = [], 0
            chunk.append(part)
            size += len(part) + 1
    yield "\n".join(chunk)


def _quote(text: str, limit: int, depth: int) -> Iterator[Piece]:
    whole = _with_counts(Piece(text))
    if len(text) <= limit and _fits(whole):
        yield whole
        return
    if depth > _DEEPEST:
        yield from _text(" ".join(text.split()), limit)
        return
    inner = "\n".join(line[2:] for line in text.split("\n"))
    for number, piece in enumerate(pieces(inner, max(limit * 2 // 3, _LEAST), depth + 1)):
        quoted = re.sub(r"(?m)^", "> ", piece.text)
        text = quoted if len(quoted) <= limit else piece.text
        whole = replace(piece, text=text, glue="\n>\n", leads=False, continues=number > 0)
        yield _with_counts(whole)


def _fits(piece: Piece) -> bool:
    """Whether a list item or quote needs no split for the headings and tables in it."""
    few = piece.items <= limits.PART_ITEMS and piece.tables <= limits.TABLES
    return few and not has_big_table(piece.text)


def _with_counts(piece: Piece) -> Piece:
    """Count the headings, dividers and tables within a list or quote."""
    if not re.search(r"[|#]|---|===|\*\*\*|___|- - |\* \* |_ _ ", piece.text):
        return piece
    inner = [t.type for t in parse(piece.text).tokens]
    tables = inner.count("table_open")
    items = 1 + inner.count("heading_open") + inner.count("hr") + tables
    return replace(piece, items=items, tables=tables)
