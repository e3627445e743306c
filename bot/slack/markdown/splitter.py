"""A long Markdown text split into parts that each fit one Slack message. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.slack import limits
from bot.slack.blockkit.blocks import markdown_block
from bot.slack.citations.verification import CitationPolicy
from bot.slack.markdown.citation_marks import CitationMarks
from bot.slack.markdown.cutting import cut
from bot.slack.markdown.escaping import literal
from bot.slack.markdown.pieces import SMALLEST, Piece, has_big_table, pieces
from bot.slack.markdown.sanitizer import sanitize


def split_messages(
    markdown: str,
    limit: int = limits.PART_TEXT,
    items: int = limits.PART_ITEMS,
    policy: CitationPolicy | None = None,
) -> list[str]:
    """Split Markdown into sanitized parts that each fit one message.

    No word, link, code fence, list item or table that fits into a part is cut. A longer table
    repeats its header, one that is too wide for Slack becomes code, a fence is closed and opened
    again, an ordered list counts on, a heading stays with the next block.

    Args:
        markdown: untrusted.
        limit: characters of a part, 200 or more.
        items: blocks of a part, 4 or more: each block counts, and each heading, divider or table
            within a list or quote; a list counts once.
        policy: what it may cite, as for `sanitize`.

    Returns:
        The parts, none empty; no parts for a text without content.

    Raises:
        ValueError: `limit` or `items` is too small to write anything.
    """
    text = sanitize(markdown, policy)
    return finished_parts(
        draft_parts(text, limit, items), text, limit=limit, items=items, policy=policy
    )


def draft_parts(
    text: str, limit: int = limits.PART_TEXT, items: int = limits.PART_ITEMS
) -> list[str]:
    """Split sanitized Markdown; the arguments and errors are those of `split_messages`.

    A part is not safe on its own yet: out of its surroundings, code may have become text.
    """
    if limit < SMALLEST or items < 4:
        raise ValueError(f"a part needs {SMALLEST} characters and 4 items or more")
    parts: list[str] = []
    part = _Part(limit, items)
    for group in _groups(pieces(text, limit), limit, items):
        if not part.takes(group):
            parts.append(part.text)
            part = _Part(limit, items)
        for piece in group:
            part.add(piece)
    parts.append(part.text)
    return [part for part in parts if part.strip()]


def finished_parts(
    drafts: list[str],
    text: str,
    limit: int = limits.PART_TEXT,
    items: int = limits.PART_ITEMS,
    policy: CitationPolicy | None = None,
) -> list[str]:
    """Make each of the `draft_parts` of a text safe on its own.

    As many parts come back, or more. The arguments are those of `draft_parts`.
    """
    if drafts == [text] and len(text) <= limit:  # sanitizing it again would change nothing
        return drafts
    return [text for part in drafts for text in _safe(part, limit, items=items, policy=policy)]


def with_mark_links(part: str, policy: CitationPolicy, room: int) -> str:
    """Return a part of `split_messages` with `citation_marks` linked, as many as fit.

    Args:
        part: a part.
        policy: what it may cite, as for `split_messages`.
        room: characters of JSON for its block.
    """
    if not policy.own_references:
        return part
    left = min(limits.PART_TEXT - len(part), room - _as_json(part))
    for spare in (None, left):
        linked = sanitize(part, policy, marks=CitationMarks(policy.own_references, spare))
        size = max(len(linked) - limits.PART_TEXT, _as_json(linked) - room)
        if size <= 0 and not has_big_table(linked):
            return linked
    return part


def _as_json(part: str) -> int:
    return limits.json_length([markdown_block(part)])


def _safe(part: str, limit: int, items: int, policy: CitationPolicy | None) -> list[str]:
    """Make a part safe on its own, and split it again where it grew by that."""
    alone = sanitize(part, policy)
    if len(alone) <= limit:
        return [alone]
    if limit >= 2 * SMALLEST:  # it grew, so split it with room for that
        return split_messages(alone, limit * 2 // 3, items=items, policy=policy)
    words = [literal(piece) for piece in cut(" ".join(alone.split()), limit // _LONGEST_ESCAPE)]
    return [sanitize(piece, policy) for piece in words]


_NUMBERED = re.compile(r"((?:> )*)(\d{1,9})([.)]) ")
_LONGEST_ESCAPE = 5  # characters that a character may become: ``&amp;``


@dataclass(frozen=True, slots=True)
class _Item:
    """The item of a numbered list that a message ends with, so far.

    Attributes:
        around: the quotes that it is in, as they are written.
        number, mark: as they are in the text.
        written: the mark in the message.
    """

    around: str
    number: int
    mark: str
    written: str


@dataclass(slots=True)
class _Part:
    """One message being filled."""

    limit: int
    most_items: int
    texts: list[str] = field(default_factory=list)
    size: int = 0
    items: int = 0
    tables: int = 0
    last: _Item | None = None

    @property
    def text(self) -> str:
        return "".join(self.texts).strip("\n").rstrip(" \t\n")

    def takes(self, group: list[Piece]) -> bool:
        if not self.texts:
            return True
        size = self.size + sum(len(piece.glue) + len(piece.text) for piece in group)
        items = self.items + sum(piece.items - piece.continues for piece in group)
        tables = self.tables + sum(piece.tables for piece in group)
        return size <= self.limit and items <= self.most_items and tables <= limits.TABLES

    def add(self, piece: Piece) -> None:
        glue = piece.glue if self.texts else ""
        self.items += piece.items - (piece.continues and bool(self.texts))
        self.texts += [glue, self._numbered(piece.text)]
        self.size += len(glue) + len(piece.text)
        self.tables += piece.tables

    def _numbered(self, text: str) -> str:
        """Return the text of a piece with another mark where it would count on from another list.

        The items within one that is larger than a message stand beside it, not in it.
        """
        last, self.last = self.last, None
        if not (match := _NUMBERED.match(text)):
            return text
        around, number, mark = match[1], int(match[2]), match[3]
        written = mark
        if last and last.around == around:
            if (last.number + 1, last.mark) == (number, mark):
                written = last.written
            elif last.written == mark:
                written = ")" if mark == "." else "."
        self.last = _Item(around, number, mark, written)
        return text[: match.start(3)] + written + text[match.end(3) :]


def _groups(found: Iterator[Piece], limit: int, items: int) -> Iterator[list[Piece]]:
    """Yield pieces that must stay together: headings and the piece after them, if they fit."""
    group: list[Piece] = []
    for piece in found:
        if not piece.text.strip():
            continue
        size = sum(len(p.text) + len(p.glue) for p in [*group, piece])
        count = sum(p.items for p in group) + piece.items
        if group and (size > limit or count > items):
            yield group
            group = []
        group.append(piece)
        if not piece.leads:
            yield group
            group = []
    if group:
        yield group
