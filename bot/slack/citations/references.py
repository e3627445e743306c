"""What the numbers in brackets in an answer refer to, found without a full parse. Pure.

Parallel does not document what these numbers (`number_marks`) count. So:

- In an answer with its own list of references, they count that list.
- Numbers that are links (``[3](…)``), or stand right before an address, have their own meaning,
  which our numbers would contradict.
- Numbers that are all within our list of sources may count it.
- If one of them is 0 or beyond our list, they do not, and our list gets no numbers.

Parallel's long reports have inline references and a list of them at the end; the form is not
documented. So these count as entries of a list, each with its number:

- in the section under a heading, bold line or ``…:`` line that says *References*, *Sources* or the
  like (`reference_titles`), up to the next heading: lines that begin with ``3.``, ``3)`` or
  ``[3]``, also in a list, or without a space behind that;
- in such a section without any such line, each line with an address, a row of a table, too;
- at the end of such a section, or of an answer without one: lines that begin with a number,
  whatever stands around it (``(3)``, ``| 3 |``, ``³``, ``Source 3:``), if most have an address and
  none or few of them cites another by its number. Not under another heading, nor ``Top five:``;
- anywhere: a line that begins with ``[3]`` and has an address in it, and a footnote (``[^3]:``).

Elsewhere, lines that count on and have an address each may as well be the best hotels. The numbers
in brackets may count them, so they do not count our list; but none of them becomes a link.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

from bot.slack.citations.number_marks import marks, text_lines
from bot.slack.citations.reference_titles import introduces_others, is_title

_HEADING = re.compile(r"[ \t]{0,3}(?:#{1,6}[ \t]|\*\*[^*\n]{1,100}\*\*:?[ \t]*$)")
#: What else stands for a heading: a line in italics, or in a tag.
_LIKE_HEADING = re.compile(
    r"[ \t>]*(?:#{1,6}[ \t]|<(?:h[1-6]|b|strong|summary)\b"
    r"|[*_]{1,3}[^*_\n]{1,100}[*_]{1,3}:?[ \t]*$)",
    re.IGNORECASE,
)
_UNDERLINE = re.compile(r"[ \t>]*(?:={2,}|-{2,})[ \t]*")
_ENTRY = re.compile(
    r"[ \t>]*(?:[-+*][ \t]+)?(?:\*\*)?"
    r"(?:(?:\\?\[(?P<note>\^)?|［|【)(?P<bracketed>[1-9]\d{0,2})(?:\\?\]|］|】)"
    r"|(?P<number>\d{1,3})[.)](?!\d))(?:(?=[\s:*\[(]|\\?\[)|(?P<glued>)(?![,;.、，–—-])).*\S"
)
_NUMBERED = re.compile(
    r"(?:[^\w\n<]|_){0,12}(?:<[^<>\n]{1,40}>){0,3}(?:[^\w\n]|_){0,4}"
    r"(?:(?:source|ref|reference|note)\W{1,2})?"
    r"(?P<number>\d{1,3}|[\u00b9\u00b2\u00b3\u2070\u2074-\u2079]{1,3}|[\u2460-\u2473])"
    r"(?![^\W_]|[.,]\d)",
    re.IGNORECASE,
)
_WITH_ADDRESS = re.compile(r"[^\n]*(?:://|www\.|\]\()")
_BEGINS_WITH_ADDRESS = re.compile(r"(?:<|URL:? )?(?:https?://|www\.)", re.IGNORECASE)
_LINE = re.compile(r"[^\n]+")

#: A number that is itself a link, and so says what it refers to: `[3](…)`, `[[3]](…)`.
_LINKED = re.compile(r"\[(?:\\?\[)?\^?\d{1,3}(?:\\?\])?\]\(<?https?:")
#: The same by reference, `[3][r]`, and the definition of one, `[r]: …`.
_LINKED_BY_REFERENCE = re.compile(r"\[\d{1,3}\]\[([^\[\]\n]{1,99})\]")
_DEFINITION = re.compile(r"^[ \t>]{0,9}\[([^\[\]\n]{1,99})\]:\s{0,9}<?https?:", re.MULTILINE)
#: A number right before an address, within a line if it has no brackets: `[3]: <https://…>`.
_BEFORE_ADDRESS = re.compile(
    r"(?:(?P<bracket>\\?\[|【|［)\^?|(?<=\S )|(?<=[(|>:;,]))(?P<number>[1-9]\d{0,2})"
    r"(?:\\?\]|】|］|[.)])[:*_]{0,3}[ \t]{0,3}<?(?:https?://|www\.)",
    re.IGNORECASE,
)
_NUMBER_ENDS = 12  # characters of an entry in which its own number may stand
_LIKELY = 99  # the largest number of a lone mark that counts as a reference


class References(Enum):
    """What the numbers in brackets of an answer refer to."""

    NONE = "there are none"
    OURS = "they may count the sources that we list"
    OWN = "the answer says itself what they refer to, or may do so"
    UNKNOWN = "they look like references, but to no list that we have"
    OTHER = "they are no references"


def references(content: str, sources: int) -> References:
    """Return what the numbers in brackets of an answer refer to.

    Args:
        content: the answer in Markdown; untrusted, of any length.
        sources: how many sources are listed below it.
    """
    if entries(content) or _are_links(content) or _stand_before_addresses(content):
        return References.OWN
    found = list(marks(content))
    numbers = {number for mark in found for number in mark}
    if not numbers:
        return References.NONE
    if _lists_pages(content) or _ends_in_list(content):
        return References.OWN
    if numbers <= set(range(1, sources + 1)):
        return References.OURS
    likely = len(found) > 1 or max(numbers) <= _LIKELY
    return References.UNKNOWN if likely else References.OTHER


def _are_links(content: str) -> bool:
    """Whether a number in brackets is a link to a page itself."""
    if _LINKED.search(content):
        return True
    defined = {match[1].lower() for match in _DEFINITION.finditer(content)}
    return any(match[1].lower() in defined for match in _LINKED_BY_REFERENCE.finditer(content))


def _stand_before_addresses(content: str) -> bool:
    """Whether a number in brackets, or two other ones, stand right before an address."""
    found: set[str] = set()
    for line in text_lines(content):
        for match in _BEFORE_ADDRESS.finditer(line):
            if match["bracket"]:
                return True
            found.add(match["number"])
    return len(found) > 1


def _ends_in_list(content: str) -> bool:
    """Whether the last lines begin with numbers in brackets, or are a list below a rule."""
    listed, bracketed = 0, True
    for start, end in _from_the_end(content):
        line = content[start:end]
        if entry := _ENTRY.match(line):
            listed += 1
            bracketed = bracketed and bool(entry["bracketed"])
        elif line.strip() and not line[0].isspace():
            return listed > 1 and (bracketed or bool(_UNDERLINE.fullmatch(line)))
    return listed > 1 and bracketed


def _lists_pages(content: str) -> bool:
    """Whether two lines that count on have an address each, or a line that continues them has."""
    number, listed = 0, 0  # of the line that is continued, and of the last one with an address
    for line in text_lines(content):
        if entry := _NUMBERED.match(line):
            number = _value(entry)
        elif not _goes_on(line):
            number = listed = 0
        if number != listed and _WITH_ADDRESS.match(line):
            if listed and number == listed + 1:
                return True
            listed = number
    return False


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
    found: list[Entry] = []
    last: int | None = None  # number of the entry before, -1 for none; None outside of a list
    before, end = "", 0
    latest: Entry | None = None  # the entry that the next line may continue
    unnumbered: list[Entry] = []
    level = 0  # of the heading of the latest section
    until = len(content)  # the end of that section
    before_it = 0  # how many entries were found before that section
    for match in _LINE.finditer(content):
        line, is_next = match[0], match.start() == end + 1
        is_heading = _UNDERLINE.fullmatch(line) and is_title(before, underlined=True)
        before, end = line, match.end() if line.strip() else end
        if is_heading or is_title(line):
            last, latest, level, until = -1, None, _level(line), len(content)
            before_it = len(found) + len(unnumbered)
            continue
        if _HEADING.match(line):
            is_first = not _level(line) and len(found) + len(unnumbered) == before_it
            is_part = last is not None and (is_first or _level(line) > level > 0)
            until = match.start() if last is not None and not is_part else until
            last, latest = -1 if is_part else None, None
        entry = _ENTRY.match(line)
        if not entry:
            if latest and (is_next or line[0].isspace()):
                latest.end = end
            else:
                latest = None
                if last is not None and _WITH_ADDRESS.match(line):
                    unnumbered.append(Entry(frozenset(), match.start(), end))
            continue
        numbers = _numbers(entry, last)
        latest = Entry(numbers, match.start(), end) if numbers else None
        found += [latest] if latest else []
        if entry["number"] and numbers:
            last = max(numbers)
    known = {entry.start for entry in found}
    found = found or unnumbered
    at_the_end = _at_the_end(content[:until])
    return found + [entry for entry in at_the_end if entry.start not in known]


def _level(line: str) -> int:
    """Return the level of a heading; 0 for a line that is one in another way."""
    marks = line.lstrip(" \t>")
    return len(marks) - len(marks.lstrip("#"))


def _numbers(entry: re.Match[str], last: int | None) -> frozenset[int]:
    """Return the numbers of a line that looks like an entry; none if it is not one."""
    line = entry.string
    if entry["bracketed"]:
        is_note = entry["note"] and line[entry.end("bracketed") :].startswith("]:")
        is_apart = entry["glued"] is None and _WITH_ADDRESS.match(line)
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
    goes_on = False  # the lines below continue this one, and have an address
    until = len(content)
    for start, end in _from_the_end(content):
        line = content[start:end]
        if entry := _NUMBERED.match(line):
            found.append(Entry(frozenset((_value(entry),)), start, until))
            counts = counts and bool(_ENTRY.match(line))
            addresses += bool(goes_on or _WITH_ADDRESS.match(line))
            goes_on, until = False, max(start - 1, 0)
        elif not (words := line.lstrip(" \t>")):
            continue
        elif _goes_on(line):
            goes_on = goes_on or bool(_WITH_ADDRESS.match(line))
        elif not words.startswith("|"):  # no header of a table
            heading = _heading(content, start, end)
            if introduces_others(heading or line, is_heading=bool(heading.strip())):
                return []
            break
    numbers = [number for each in found for number in each.numbers]
    counts = counts or all(after == one + 1 for after, one in pairwise(numbers))
    if not (counts and addresses > 1 and 2 * addresses >= len(found)):
        return []
    citing = sum(any(marks(content[each.start + _NUMBER_ENDS : each.end])) for each in found)
    return found if 2 * citing < len(found) else []


def _heading(content: str, start: int, end: int) -> str:
    """Return the heading that a line is, or underlines; "" if there is none."""
    line = content[start:end]
    if _LIKE_HEADING.match(line):
        return line
    above = content[content.rfind("\n", 0, max(start - 1, 0)) + 1 : max(start - 1, 0)]
    return above if _UNDERLINE.fullmatch(line) else ""


def _value(numbered: re.Match[str]) -> int:
    return int(unicodedata.normalize("NFKC", numbered["number"]))


def _goes_on(line: str) -> bool:
    """Whether a line continues the entry above it."""
    return line[0].isspace() or bool(_BEGINS_WITH_ADDRESS.match(line))


def _from_the_end(content: str) -> Iterator[tuple[int, int]]:
    end = len(content)
    while end >= 0:
        start = content.rfind("\n", 0, end) + 1
        yield start, end
        end = start - 1
