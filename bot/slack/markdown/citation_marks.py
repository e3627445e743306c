"""Citation marks: ``[3]`` linked to the entry in the answer's own list of references. Pure.

In a long answer the list is in a later message than the marks, or only in the report. So a mark in
a text becomes a link to the address of its entry, if `CitationPolicy.own_references` has it. What
people read stays the same. These are no marks, besides what `references` leaves out:

- a number in brackets that begins a line, except in a table: it is the number of an entry;
- several numbers in one pair of brackets, and a number behind code;
- everything in a paragraph with a formula.

Links are added to a piece that already fits its message, so an answer needs no more messages with
them than without. If not all of them fit, only the first mark of each number becomes a link, as
long as there is room.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from bot.slack.citations.number_marks import single_marks
from bot.slack.markdown.segments import Break, Code, Link, Segment, Text, merge_texts

_FORMULA = re.compile(r"\\\(|\\\[(?!\s?\^?\d{1,3}\s?\^?\\?\])|\$\$|\$(?=\S)[^$\n]*(?<=\S)\$(?!\d)")
_SEEN_BEFORE = 3  # characters that tell a mark from `f[1]`


@dataclass(slots=True)
class CitationMarks:
    """Makes links of the marks in a text.

    Attributes:
        addresses: of the entries, by their numbers.
        room: characters that links may add; then only the first mark of each number becomes one.
            None for any number of characters and all marks.
        used: the numbers whose first mark has become a link; filled only with `room`.
    """

    addresses: Mapping[int, str]
    room: int | None = None
    used: set[int] = field(default_factory=set)

    def linked(self, segments: Iterable[Segment], source: str, *, cell: bool) -> Iterator[Segment]:
        """Yield the segments of a paragraph, heading or cell with the links.

        Args:
            segments: what is safe of it.
            source: the Markdown that it was read from.
            cell: it stands in a table.
        """
        if _FORMULA.search(source):
            yield from segments
            return
        before = " " if cell else "\n"
        for segment in merge_texts(segments):
            match segment:
                case Text():
                    yield from self._link_in(segment, before)
                    before = (before + segment.chars)[-_SEEN_BEFORE:]
                case Code() | Link():
                    yield segment
                    before = "`" if isinstance(segment, Code) else "]"
                case _:
                    yield segment
                    before = "\n" if isinstance(segment, Break) else before

    def _link_in(self, text: Text, before: str) -> Iterator[Segment]:
        at, own = 0, len(before)
        whole = before + text.chars
        words = len(whole) - len(whole.lstrip()) if "\n" in before else -1
        for number, start, end in single_marks(whole):
            address = self.addresses.get(number)
            is_behind_code = start == own and before.endswith("`")
            if start < own or start == words or is_behind_code:
                continue
            if not address or not self._fits(number, address):
                continue
            yield text.part(at, start - own)
            at = end - own
            yield Link((Text(whole[start:end]),), address)
        yield text.part(at, len(text.chars))

    def _fits(self, number: int, address: str) -> bool:
        if self.room is None:
            return True
        added = len(f"[]({address})")
        if number in self.used or added > self.room:
            return False
        self.used.add(number)
        self.room -= added
        return True
