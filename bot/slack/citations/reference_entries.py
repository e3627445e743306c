"""The entries of an answer's own list of references, found without a full parse. Pure.

Parallel's long reports have inline references and a list of them at the end; the form is not
documented. A link to a wrong page is worse than none. So these are entries of a list, each with its
number:

- in the section under a heading, bold line or ``…:`` line that says *References*, *Sources* or the
  like (`reference_titles`), up to the next heading: lines that begin with ``3.``, ``3)`` or
  ``[3]``, also in a list, as a heading above an address, or without a space behind that; with
  other marks around the number (``(3)``, ``| 3 |``, ``³``, ``Source 3:``) those with an address
  that count on from 1;
- in such a section without any such line, each line with an address, a row of a table, too;
- at the end of such a section, or of an answer without one: lines that begin with a number, with
  any marks, if most have an address, few cite another by its number, and the text above allows it
  (`_may_end_in_references`): words that may be a title of references, or no heading, nor a ``…:``
  line, but a rule, or a sentence that cites, or any words above ``3. *Title*. https://…``;
- anywhere: a line that begins with ``[3]`` and has an address in it, and a footnote (``[^3]:``).

Elsewhere, lines that count on and have an address each may as well be the best hotels. The numbers
in brackets may count them, so they do not count our list; but none of them becomes a link.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from bot.slack.citations.number_marks import marks
from bot.slack.citations.reference_titles import has_parts, introduces, is_title, may_be_title

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
#: What is no heading although it is underlined: an entry, or a sentence above a rule.
_NO_HEADING = re.compile(rf"{ENTRY.pattern}|[^\n]*[.!?。][*_ \t]*\Z")
#: What sets a list apart from the text above it.
_RULE = re.compile(r"[ \t>]*(?:(?:[-*_=][ \t]*){2,}|<details>[ \t]*)")
#: A title in italics and its address, as in the lists of Parallel's reports: `3. *Title*. https://…`
_WORK = re.compile(r"\d{1,3}\. \*[^*\n]{1,400}\*\.?\s{1,9}<?https?://")
#: Where a sentence ends, or another item or row begins.
_BREAK = re.compile(r"[.!?](?=\s)|[。।]|\n[ \t>]{0,9}[-+*|]")
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
    last: int | None = None  # number of the entry before, -1 for none; None outside of a list
    before, end = "", 0
    latest: Entry | None = None  # the entry that the next line may continue
    section = _Section(0, len(content), has_parts=False)
    for match in _LINE.finditer(content):
        line, is_next = match[0], match.start() == end + 1
        above, before, end = before, line, match.end() if line.strip() else end
        is_underline = UNDERLINE.fullmatch(line)
        if is_title(line) or (is_underline and is_title(above, underlined=True)):
            last, latest = -1, None
            section = _Section(_level(line), len(content), bool(above) and has_parts(line))
            continue
        numbers = _numbers(line, last)
        is_entry = last is not None and numbers
        if _HEADING.match(line) and not (is_entry and _has_address(content, match)):
            last = None if last is None else section.next(line, match.start())
            numbers = latest = None
        elif is_underline and is_next and above and not _NO_HEADING.match(above):
            section.until = min(section.until, match.start() - len(above) - 1)
            last = latest = None
        elif line.strip():
            section.is_filled = True
        if numbers is not None:
            latest = Entry(numbers, match.start(), end) if numbers else None
            found += [latest] if latest else []
            last = max(numbers) if numbers and last is not None else last
        elif latest and (is_next or goes_on(line)):
            latest.end = end
        else:
            latest = None
            if last is not None and WITH_ADDRESS.match(line):
                unnumbered.append(Entry(frozenset(), match.start(), end))
    known = {entry.start for entry in found}
    at_the_end = _at_the_end(content[: section.until])
    return (found or unnumbered) + [each for each in at_the_end if each.start not in known]


@dataclass(slots=True)
class _Section:
    """A section with a title of references.

    Attributes:
        level: of its heading; 0 for one without.
        until: where it ends.
        has_parts: headings may stand below its title, each above a list. So it is at the end of an
            answer, below some text; not where the title is that of the answer.
        is_filled: other lines than headings were found in it.
        is_divided: it has a part.
    """

    level: int
    until: int
    has_parts: bool
    is_filled: bool = False
    is_divided: bool = False

    def next(self, heading: str, start: int) -> int | None:
        """Begin a part, and return -1; None where the heading ends the section.

        That of a part is right below the title, or after another part.
        """
        level = _level(heading)
        is_deeper = level > self.level > 0 if level else not self.is_filled
        if self.has_parts and is_deeper and (self.is_divided or not self.is_filled):
            self.is_divided = True
            return -1
        self.until = start
        return None


def _level(line: str) -> int:
    """Return the level of a heading; 0 for a line that is one in another way."""
    marks = line.lstrip(" \t>")
    return len(marks) - len(marks.lstrip("#"))


def _numbers(line: str, last: int | None) -> frozenset[int] | None:
    """Return the numbers of an entry; none of what only looks like one, None for other lines."""
    entry = ENTRY.match(line.lstrip("#"))
    if not entry:
        # Other marks around a number make an entry of references if they count on.
        entry = None if last is None else NUMBERED.match(line)
        number = value(entry) if entry and WITH_ADDRESS.match(line) else 0
        return frozenset((number,)) if number and number == max(last or 0, 0) + 1 else None
    if entry["bracketed"]:
        is_note = entry["note"] and entry.string[entry.end("bracketed") :].startswith("]:")
        is_apart = entry["glued"] is None and WITH_ADDRESS.match(line)
        is_entry = last is not None or is_note or is_apart
        return frozenset((int(entry["bracketed"]),) if is_entry else ())
    if last is None:
        return frozenset()
    # Markdown counts on, whatever is written: `1.` three times is 1, 2, 3.
    written = int(entry["number"])
    return frozenset((written, max(written, last + 1)))


def _at_the_end(content: str) -> list[Entry]:
    """Return the entries at the end of an answer.

    Two or more and at least half of them must have an address, on the same line or on one that
    continues it. If only numbers mark them (a price has one, too), these must be consecutive. Half
    or more with a mark in them are no references, but items that have some.
    """
    found: list[Entry] = []
    counts = True
    addresses = 0
    top = len(content)  # of the first line of the list, or of the header of a table
    is_apart = False  # an empty line is above them
    continued = False  # the lines below continue this one, and have an address
    until = len(content)
    for start, end in from_the_end(content):
        line = content[start:end]
        is_heading = line.startswith("#") or (not continued and _is_bare_heading(line))
        if not is_heading and (entry := NUMBERED.match(line)):
            found.append(Entry(frozenset((value(entry),)), start, until))
            counts = counts and bool(ENTRY.match(line))
            addresses += bool(continued or WITH_ADDRESS.match(line))
            continued, until, top, is_apart = False, max(start - 1, 0), start, False
        elif not line.strip(" \t>"):
            is_apart = bool(found)
        elif goes_on(line):
            continued = continued or bool(WITH_ADDRESS.match(line))
        elif found and not is_apart and line.lstrip(" \t>").startswith("|"):
            top = start
        else:
            break
    numbers = [number for each in found for number in each.numbers]
    counts = counts or all(after == one + 1 for after, one in pairwise(numbers))
    if not (counts and addresses > 1 and 2 * addresses >= len(found)):
        return []
    citing = sum(any(marks(content[each.start + NUMBER_ENDS : each.end])) for each in found)
    if 2 * citing >= len(found):
        return []
    are_works = all(_WORK.match(content, each.start) for each in found)
    return found if _may_end_in_references(content[:top], are_works) else []


def _may_end_in_references(above: str, are_works: bool) -> bool:
    """Whether a list of pages below a text may be its references, by the last line of it.

    That is a title of such a list. Or it introduces nothing: it is neither a heading nor ends with
    a colon, and a rule is below it, its last sentence cites, or nothing does in the whole text; or
    all entries are works, which reports list so.
    """
    is_apart = are_works
    for start, end in from_the_end(above):
        line = above[start:end]
        if not line.strip(" \t>"):
            continue
        heading = _heading(above, start, end)
        if not heading and _RULE.fullmatch(line):
            is_apart = True
            continue
        if heading or introduces(line) or may_be_title(line):
            return may_be_title(heading or line)
        paragraph = above[above.rfind("\n\n", 0, end) + 1 : end]
        last = _BREAK.split(paragraph.rstrip(" .!?。।*_"))[-1]
        return is_apart or any(marks(last)) or not any(marks(above))
    return True


def _has_address(content: str, line: re.Match[str]) -> bool:
    """Whether a line has an address, or the next one begins with it."""
    return bool(WITH_ADDRESS.match(line[0]) or _ADDRESS_BELOW.match(content, line.end()))


def _is_bare_heading(line: str) -> bool:
    """Whether a line is a heading, or emphasis, without an address: ``**4. Best hotels**``."""
    return bool(_LIKE_HEADING.match(line)) and not WITH_ADDRESS.match(line)


def _heading(content: str, start: int, end: int) -> str:
    """Return the heading that a line is, or underlines; "" if there is none, or a sentence."""
    line = content[start:end]
    if _LIKE_HEADING.match(line):
        return line
    above = line_above(content, start)
    return above if UNDERLINE.fullmatch(line) and not _NO_HEADING.match(above) else ""


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
