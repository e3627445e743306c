"""How Slack splits a markdown block into header, divider, table and rich_text items. Pure.

It is as exact as counting needs: the text between headings, dividers and tables is one item.
Measured by the authors of https://pypi.org/project/slack-markdown-parser/ on a real workspace.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)$")
_HEADING = re.compile(r" {0,3}#{1,6}(\s|$)")
_DIVIDER = re.compile(r" {0,3}([-*_])[ \t]*(\1[ \t]*){2,}$")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*$")
_DELIMITER = re.compile(r" {0,3}\|?[ \t]*:?-+:?[ \t]*(\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
_PIPE = re.compile(r"(?<!\\)\|")


@dataclass(slots=True)
class Translation:
    """The items of a Markdown text: their kinds in order, and the rows of each table."""

    items: list[str] = field(default_factory=list)
    tables: list[list[list[str]]] = field(default_factory=list)

    def add(self, kind: str) -> None:
        """Append an item; text is merged with text before it."""
        if kind != "rich_text" or not self.items or self.items[-1] != "rich_text":
            self.items.append(kind)


def translate(markdown: str) -> Translation:
    """Split a Markdown text into items."""
    result = Translation()
    lines = markdown.splitlines()
    at = 0
    while at < len(lines):
        if fence := _FENCE.match(lines[at]):
            at = _after_fence(lines, at, fence[1])
            result.add("rich_text")
        elif _starts_table(lines, at):
            at = _take_table(lines, at, result)
        else:
            at += _take_line(lines, at, result)
    return result


def _take_line(lines: list[str], at: int, result: Translation) -> int:
    line = lines[at]
    if _HEADING.match(line):
        result.add("header")
    elif _DIVIDER.match(line):
        result.add("divider")
    elif line.strip():
        following = lines[at + 1] if at + 1 < len(lines) else ""
        if _UNDERLINE.match(following) and not line.lstrip().startswith((">", "-", "*", "+")):
            result.add("header")
            return 2
        result.add("rich_text")
    return 1


def _after_fence(lines: list[str], at: int, fence: str) -> int:
    close = re.compile(rf" {{0,3}}{re.escape(fence[0])}{{{len(fence)},}}[ \t]*$")
    for index in range(at + 1, len(lines)):
        if close.match(lines[index]):
            return index + 1
    return len(lines)


def _starts_table(lines: list[str], at: int) -> bool:
    if at + 1 >= len(lines) or "|" not in lines[at] or "-" not in lines[at + 1]:
        return False
    if not _DELIMITER.match(lines[at + 1]):
        return False
    return len(_cells(lines[at])) == len(_cells(lines[at + 1]))


def _take_table(lines: list[str], at: int, result: Translation) -> int:
    rows = [_cells(lines[at])]
    at += 2
    while at < len(lines) and lines[at].strip() and not _ends_table(lines[at]):
        rows.append(_cells(lines[at]))
        at += 1
    result.add("table")
    result.tables.append(rows)
    return at


def _ends_table(line: str) -> bool:
    return bool(_HEADING.match(line) or _FENCE.match(line) or _DIVIDER.match(line))


def _cells(line: str) -> list[str]:
    inner = line.strip().removeprefix("|")
    if inner.endswith("|") and not inner.endswith("\\|"):
        inner = inner[:-1]
    return [cell.strip() for cell in _PIPE.split(inner)]
