"""The entries of an answer's own list of references, found without a full parse. Pure.

Parallel's long reports have inline references and a list of them at the end; the form is not
documented. A link to a wrong page is worse than none. So these are entries of a list, each with its
number:

- right below a heading, bold line or ``…:`` line that says *References*, *Sources* or the like
  (`reference_titles`), up to the first other heading, or other line below which no entry counts on
  (one sentence may introduce them): lines that begin with ``3.``, ``3)`` or ``[3]``,
  also in a list, as a heading above an address, or without a space behind that; with other marks
  around the number (``(3)``, ``| 3 |``, ``³``, ``Source 3:``) those with an address that count on
  from 1; or lines with an address, none of which has a number;
- at the end of an answer without any of these: lines with rising numbers, most of them works
  (``3. *Title*. https://…``) or below what may be a title of references;
- anywhere: a line that begins with ``[3]`` and has an address in it, and a footnote (``[^3]:``).

Elsewhere, lines that count on and have an address each may as well be the best hotels. The numbers
in brackets may count them, so they do not count our list; but none of them becomes a link.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.slack.citations.number_marks import marks
from bot.slack.citations.reference_lines import (
    BELOW,
    ENTRY,
    HEADING,
    LIKE_HEADING,
    LINE,
    NUMBER_ENDS,
    NUMBERED,
    RULE,
    UNDERLINE,
    WITH_ADDRESS,
    WORK,
    from_the_end,
    goes_on,
    has_address,
    heading_at,
    is_bare_heading,
    level_of,
    value,
)
from bot.slack.citations.reference_titles import (
    goes_on_with_more,
    introduces,
    is_title,
    may_be_title,
)


@dataclass(slots=True)
class Entry:
    """An entry of an answer's own list of references.

    Attributes:
        numbers: the written number, and the one that Markdown counts if that differs; none in a
            list without numbers.
        start: where its first line begins.
        end: where its last line ends; its further lines are indented, or follow directly.
    """

    numbers: frozenset[int]
    start: int
    end: int


def entries(content: str) -> list[Entry]:
    """Return the entries of an answer's own lists of references.

    Args:
        content: the answer in Markdown; untrusted, of any length.
    """
    found, unnumbered = list[Entry](), list[Entry]()
    section: _Section | None = None
    latest: Entry | None = None  # the entry that the next line may continue
    above, end = "", 0
    for match in LINE.finditer(content):
        line, start = match[0], match.start()
        if not line.strip(" \t\r>"):
            continue
        before, above, is_next = above, line, start == end + 1
        end = match.end()
        underlines = is_next and UNDERLINE.fullmatch(line)
        if is_title(line) or (underlines and is_title(before, underlined=True)):
            level, is_ours = level_of(line), bool(before) and not goes_on_with_more(line)
            section, latest = _Section(level, may_have_intro=is_ours and level > 0), None
            continue
        is_part = is_next and not latest  # of a paragraph, whose line may begin with a mark
        numbers = section.numbers(content, match) if section else _apart(line, is_part=is_part)
        if numbers:
            latest = Entry(numbers, start, end)
            found.append(latest)
        elif section and section.lists(line, is_next=is_next):
            latest = Entry(frozenset(), start, end)
            unnumbered.append(latest)
        elif latest and (is_next or goes_on(line)) and not HEADING.match(line):
            latest.end = end
        else:
            latest = None
            if section and not section.passes_over(line):
                section = None
    return found or _at_the_end(content) or unnumbered


@dataclass(slots=True)
class _Section:
    """What is below a title of references: entries of one form, which count on after other lines.

    Attributes:
        level: of its heading; 0 for one without.
        may_have_intro: one other line may stand above the entries. It may not below a line that may
            as well be the title of the answer or a caption.
        form: of its entries, by the first of them.
        last: the number of the latest; -1 before the first.
        items: what Markdown has counted so far.
        indent: of the first entry.
        is_interrupted: another line stands above the next entry, which must then count on.
        is_disputed: it did not, so a number has two meanings.
    """

    level: int
    may_have_intro: bool
    form: str = ""
    last: int = -1
    items: int = -1
    indent: int = 0
    is_interrupted: bool = False
    is_disputed: bool = False

    def numbers(self, content: str, line: re.Match[str]) -> frozenset[int]:
        """Return the numbers of an entry; none for any other line."""
        entry = ENTRY.match(line[0].lstrip("#"))
        indent, following = len(line[0]) - len(line[0].lstrip()), max(self.last, 0) + 1
        if self.form and indent > self.indent + 1:
            return frozenset()  # it is nested in the entry above
        if HEADING.match(line[0]):
            level = level_of(line[0])
            form, is_below = f"headings of level {level}", level == 0 or level > self.level
            is_entry = entry and is_below and has_address(content, line)
            numbers = self._counted(entry) if entry and is_entry else frozenset()
            numbers = numbers if following in numbers else frozenset()
        elif entry:
            form, numbers = "numbered lines", self._counted(entry)
        else:
            # Other marks around a number make an entry of references if they count on.
            entry, form, numbers = NUMBERED.match(line[0]), "other marks", frozenset((following,))
        number = value(entry) if entry and WITH_ADDRESS.match(line[0]) else 0
        if self.is_interrupted and 0 < number <= self.last:
            self.is_disputed = True
            return frozenset((number,))
        if self.is_disputed or not numbers or self.form not in ("", form):
            return frozenset()
        must_count_on = form == "other marks" or (self.is_interrupted and self.form)
        if must_count_on and number != following:
            return frozenset()
        if not self.form:
            self.indent = indent
        self.is_interrupted = False
        self.form, self.last = form, max(numbers)
        return numbers

    def lists(self, line: str, *, is_next: bool) -> bool:
        """Whether a line is an entry without a number."""
        if self.form not in ("", "addresses") or HEADING.match(line):
            return False
        if not WITH_ADDRESS.match(line):
            return False
        self.form = "addresses"
        return is_next or not line[0].isspace()

    def passes_over(self, line: str) -> bool:
        """Whether the section goes on below another line: a row of a table, a remark, an intro."""
        if line.lstrip(" \t>").startswith("|") and not (self.is_interrupted and self.form):
            return True
        if any(each.match(line) for each in (HEADING, LIKE_HEADING, RULE, ENTRY)):
            return False
        if self.form == "addresses" or WITH_ADDRESS.match(line):
            return False
        if not self.form and (self.is_interrupted or not self.may_have_intro):
            return False
        self.is_interrupted = True
        return True

    def _counted(self, entry: re.Match[str]) -> frozenset[int]:
        if entry["bracketed"]:
            return frozenset((int(entry["bracketed"]),))
        # Markdown counts on, whatever is written: `1.` three times is 1, 2, 3.
        written = int(entry["number"])
        self.items = max(written, self.items + 1)
        return frozenset((written, self.items))


def _apart(line: str, *, is_part: bool) -> frozenset[int]:
    """Return the number of a footnote, or of a line with ``[3]`` before an address; else none."""
    entry = ENTRY.match(line)
    if not entry or not entry["bracketed"]:
        return frozenset()
    is_note = entry["note"] and line[entry.end("bracketed") :].startswith("]:")
    is_alone = entry["glued"] is None and not is_part
    is_entry = is_note or (is_alone and WITH_ADDRESS.match(line))
    return frozenset((int(entry["bracketed"]),) if is_entry else ())


def _at_the_end(content: str) -> list[Entry]:
    """Return the entries at the end of an answer: of two or more lines with rising numbers.

    Most of them are works, or their title may be one of references and at least half of them have
    an address, on the same line or on one that continues it. Items that cite are no references.
    """
    found: list[Entry] = []
    addresses = works = 0
    top = until = len(content)  # of the list, or of the header of a table; of the line above
    continued = False  # the lines below continue this one, and have an address
    is_apart = False  # an empty line is above the list
    for start, end in from_the_end(content):
        line = content[start:end]
        entry = None if is_bare_heading(line) and not continued else NUMBERED.match(line)
        if entry and line.startswith("#"):
            break
        if entry:
            number = value(entry)
            if found and number >= min(found[-1].numbers):
                break  # another list is above
            found.append(Entry(frozenset((number,)), start, until))
            addresses += bool(continued or WITH_ADDRESS.match(line))
            works += bool(WORK.match(content, start))
            continued, until, top, is_apart = False, max(start - 1, 0), start, False
        elif not found and not continued and BELOW.fullmatch(line):
            until = max(start - 1, 0)
        elif not line.strip(" \t>"):
            is_apart = bool(found)
        elif goes_on(line):
            continued = continued or bool(WITH_ADDRESS.match(line))
        elif found and not is_apart and line.lstrip(" \t>").startswith("|"):
            top = start
        else:
            break
    if len(found) < 2 or 2 * addresses < len(found):
        return []
    if any(any(marks(content[each.start + NUMBER_ENDS : each.end])) for each in found):
        return []
    return found if _may_end_in(content[:top], works=2 * works > len(found)) else []


def _may_end_in(above: str, *, works: bool) -> bool:
    """Whether a list at the end may be the references of the text above it, by its last line.

    That may be their title; works may also follow any words that introduce nothing.
    """
    for start, end in from_the_end(above):
        line = above[start:end]
        if not line.strip(" \t>"):
            continue
        heading = heading_at(above, start, end)
        if heading or introduces(line) or may_be_title(line):
            return may_be_title(heading or line)
        if not RULE.fullmatch(line):
            break
    return works
