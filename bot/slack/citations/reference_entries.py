"""The entries of an answer's own list of references, found without a full parse. Pure.

Parallel's long reports have inline references and a list of them at the end; the form is not
documented. A link to a wrong page is worse than none. So these are entries of a list, each with its
number:

- right below a heading, bold line or ``…:`` line that says *References*, *Sources* or the like
  (`reference_titles`), up to the first other line: lines that begin with ``3.``, ``3)`` or ``[3]``,
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
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from bot.slack.citations.number_marks import marks
from bot.slack.citations.reference_titles import introduces, is_title, may_be_title

_HEADING = re.compile(
    r"[ \t]{0,3}(?:#{1,6}[ \t]|\*\*[^*\n]{1,100}\*\*:?[ \t]*$|<h[1-6]\b)", re.IGNORECASE
)
#: What else stands for a heading: a line in italics, also with a number before it or a remark in
#: brackets behind it, or in a tag.
_LIKE_HEADING = re.compile(
    r"[ \t>]*(?:#{1,6}[ \t]|<(?:h[1-6]|b|strong|summary)\b"
    r"|(?:(?:[-+*]|\d{1,3}[.)])[ \t]+)?[*_]{1,3}[^*_\n]{1,100}[*_]{1,3}"
    r"(?:[ ]?[\[(（][^\[\]()\n]{1,20}[\])）])*:?[ \t]*$)",
    re.IGNORECASE,
)
UNDERLINE = re.compile(r"[ \t>]*(?:={2,}|-{2,})[ \t]*")
ENTRY = re.compile(
    r"[ \t>]*(?:[-+*][ \t]+)?[*_]{0,3}"
    r"(?:(?:\\?\[(?P<note>\^)?|［|【)(?P<bracketed>[1-9]\d{0,2})(?:\\?\]|］|】)"
    r"|(?P<number>\d{1,3})[.)](?!\d))(?:(?=[\s:*\[(]|\\?\[)|(?P<glued>)(?![,;.、，–—-])).*\S"
)
NUMBERED = re.compile(
    r"(?:[^\w\n<]|_){0,12}(?:<[^<>\n]{1,40}>){0,3}(?:[^\w\n]|_){0,4}"
    r"(?:(?:source|ref|reference|note)\W{1,2})?"
    r"(?P<number>\d{1,3}|[\u00b9\u00b2\u00b3\u2070\u2074-\u2079]{1,3}|[\u2460-\u2473])"
    r"(?![^\W_]|[.,]\d)",
    re.IGNORECASE,
)
WITH_ADDRESS = re.compile(r"[^\n]*(?:://|www\.|\]\()")
_ADDRESS = r"(?:<|URL:? )?(?:https?://|www\.)"
_BEGINS_WITH_ADDRESS = re.compile(_ADDRESS, re.IGNORECASE)
_ADDRESS_BELOW = re.compile(rf"\s{{1,9}}{_ADDRESS}", re.IGNORECASE)
#: What sets a list apart from the text above it.
_RULE = re.compile(r"[ \t>]*(?:(?:[-*_=][ \t]*){2,}|<details>[ \t]*)")
#: What may stand below a list at the end: a rule, the end of a tag, a comment, a remark in italics.
_BELOW = re.compile(rf"{_RULE.pattern}|[ \t]*(?:</\w+>|<!--[^\n]*-->|\*[^*\n]+\*|_[^_\n]+_)?[ \t]*")
#: A title in italics and its address, as in the lists of Parallel's reports: `3. *Title*. https://…`
_WORK = re.compile(r"\d{1,3}\. \*[^*\n]{1,400}\*\.?\s{1,9}<?https?://")
_LINE = re.compile(r"[^\n]+")

NUMBER_ENDS = 12  # characters of an entry in which its own number may stand


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
    for match in _LINE.finditer(content):
        line, start = match[0], match.start()
        if not line.strip(" \t\r>"):
            continue
        before, above, is_next = above, line, start == end + 1
        end = match.end()
        underlines = is_next and UNDERLINE.fullmatch(line)
        if is_title(line) or (underlines and is_title(before, underlined=True)):
            section, latest = _Section(_level(line)), None
            continue
        numbers = section.numbers(content, match) if section else _apart(line)
        if numbers:
            latest = Entry(numbers, start, end)
            found.append(latest)
        elif section and section.lists(line, is_next=is_next):
            latest = Entry(frozenset(), start, end)
            unnumbered.append(latest)
        elif latest and (is_next or goes_on(line)) and not _HEADING.match(line):
            latest.end = end
        elif not (section and section.heads(line)):
            section = latest = None
    return found or unnumbered or _at_the_end(content)


@dataclass(slots=True)
class _Section:
    """What is right below a title of references: entries of one form, and nothing else.

    Attributes:
        level: of its heading; 0 for one without.
        form: of its entries, by the first of them.
        last: the largest number so far; -1 before the first.
    """

    level: int
    form: str = ""
    last: int = -1

    def numbers(self, content: str, line: re.Match[str]) -> frozenset[int]:
        """Return the numbers of an entry; none for any other line."""
        entry = ENTRY.match(line[0].lstrip("#"))
        if _HEADING.match(line[0]):
            form = f"headings of level {_level(line[0])}"
            is_entry = entry and _has_address(content, line) and self._is_below(line[0])
            numbers = self._counted(entry) if entry and is_entry else frozenset()
            numbers = numbers if max(self.last, 0) + 1 in numbers else frozenset()
        elif entry:
            form, numbers = "numbered lines", self._counted(entry)
        else:
            # Other marks around a number make an entry of references if they count on.
            entry, form = NUMBERED.match(line[0]), "other marks"
            number = value(entry) if entry and WITH_ADDRESS.match(line[0]) else 0
            numbers = frozenset({number} if number == max(self.last, 0) + 1 else ())
        if not numbers or self.form not in ("", form):
            return frozenset()
        self.form = form
        if not (form == "numbered lines" and entry and entry["bracketed"]):  # no item of Markdown
            self.last = max(numbers)
        return numbers

    def lists(self, line: str, *, is_next: bool) -> bool:
        """Whether a line is an entry without a number."""
        if self.form not in ("", "addresses") or not WITH_ADDRESS.match(line):
            return False
        if _HEADING.match(line):
            return False
        self.form = "addresses"
        return is_next or not line[0].isspace()

    def heads(self, line: str) -> bool:
        """Whether a line is one of a table, above or below its entries."""
        return line.lstrip(" \t>").startswith("|")

    def _counted(self, entry: re.Match[str]) -> frozenset[int]:
        if entry["bracketed"]:
            return frozenset((int(entry["bracketed"]),))
        # Markdown counts on, whatever is written: `1.` three times is 1, 2, 3.
        written = int(entry["number"])
        return frozenset((written, max(written, self.last + 1)))

    def _is_below(self, heading: str) -> bool:
        level = _level(heading)
        return level == 0 or level > self.level


def _level(line: str) -> int:
    """Return the level of a heading; 0 for a line that is one in another way."""
    marks = line.lstrip(" \t>")
    return len(marks) - len(marks.lstrip("#"))


def _apart(line: str) -> frozenset[int]:
    """Return the number of a footnote, or of a line with ``[3]`` before an address; else none."""
    entry = ENTRY.match(line)
    if not entry or not entry["bracketed"]:
        return frozenset()
    is_note = entry["note"] and line[entry.end("bracketed") :].startswith("]:")
    is_entry = is_note or (entry["glued"] is None and WITH_ADDRESS.match(line))
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
        entry = None if _is_bare_heading(line) and not continued else NUMBERED.match(line)
        if entry and line.startswith("#"):
            break
        if entry:
            number = value(entry)
            if found and number >= min(found[-1].numbers):
                break  # another list is above
            found.append(Entry(frozenset((number,)), start, until))
            addresses += bool(continued or WITH_ADDRESS.match(line))
            works += bool(_WORK.match(content, start))
            continued, until, top, is_apart = False, max(start - 1, 0), start, False
        elif not found and not continued and _BELOW.fullmatch(line):
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
        heading = _heading(above, start, end)
        if heading or introduces(line) or may_be_title(line):
            return may_be_title(heading or line)
        if not _RULE.fullmatch(line):
            break
    return works


def _has_address(content: str, line: re.Match[str]) -> bool:
    """Whether a line has an address, or the next one begins with it."""
    return bool(WITH_ADDRESS.match(line[0]) or _ADDRESS_BELOW.match(content, line.end()))


def _is_bare_heading(line: str) -> bool:
    """Whether a line is a heading, or emphasis, without an address: ``**4. Best hotels**``."""
    return bool(_LIKE_HEADING.match(line)) and not WITH_ADDRESS.match(line)


def _heading(content: str, start: int, end: int) -> str:
    """Return the heading that a line is, or underlines; "" if there is none, or a sentence."""
    line = content[start:end]
    if _RULE.fullmatch(line):
        above = line_above(content, start)
        is_short = len(above) < 80 and not any(marks(above))
        return above if UNDERLINE.fullmatch(line) and ("=" in line or is_short) else ""
    return line if _LIKE_HEADING.match(line) else ""


def line_above(content: str, start: int) -> str:
    end = max(start - 1, 0)
    return content[content.rfind("\n", 0, end) + 1 : end]


def value(numbered: re.Match[str]) -> int:
    return int(unicodedata.normalize("NFKC", numbered["number"]))


def goes_on(line: str) -> bool:
    """Whether a line continues the entry above it."""
    return line[0].isspace() or bool(_BEGINS_WITH_ADDRESS.match(line))


def from_the_end(content: str) -> Iterator[tuple[int, int]]:
    end = len(content)
    while end >= 0:
        start = content.rfind("\n", 0, end) + 1
        yield start, end
        end = start - 1
