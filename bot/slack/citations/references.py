"""What the numbers in brackets in an answer refer to, found without a full parse. Pure.

Parallel does not document what these numbers (`number_marks`) count. So:

- In an answer with its own list of references, they count that list.
- Numbers that are links (``[3](…)``), or stand right before an address, have their own meaning,
  which our numbers would contradict.
- Numbers that are all within our list of sources may count it.
- If one of them is 0 or beyond our list, they do not, and our list gets no numbers.

What counts as an entry of its own list is in `reference_entries`.
"""

from __future__ import annotations

import re
from enum import Enum

from bot.slack.citations.number_marks import marks, text_lines
from bot.slack.citations.reference_entries import entries
from bot.slack.citations.reference_lines import (
    ENTRY,
    NUMBER_ENDS,
    NUMBERED,
    UNDERLINE,
    WITH_ADDRESS,
    from_the_end,
    goes_on,
    line_above,
    value,
)

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
_LIKELY = 99  # the largest number of a lone mark that counts as a reference
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


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
    """Whether a number in brackets, or 1 and 2 without any, stand right before an address."""
    found: set[str] = set()
    for line in text_lines(content):
        for match in _BEFORE_ADDRESS.finditer(line):
            if match["bracket"]:
                return True
            found.add(match["number"])
    return {"1", "2"} <= found


def _ends_in_list(content: str) -> bool:
    """Whether the last lines may be references: numbered ones that others count.

    They begin with numbers in brackets, or half of them have an address, or they are books below a
    rule. Books have years. Below the underline of a heading, or where it cites, it is another list.
    """
    listed, bracketed, dated, addresses = 0, True, 0, 0
    for start, end in from_the_end(content):
        line = content[start:end]
        if entry := ENTRY.match(line):
            listed += 1
            bracketed = bracketed and bool(entry["bracketed"])
            dated += bool(_YEAR.search(line)) and not any(marks(line[NUMBER_ENDS:]))
            addresses += bool(WITH_ADDRESS.match(line))
        elif line.strip() and not line[0].isspace():
            is_rule = UNDERLINE.fullmatch(line) and not line_above(content, start).strip()
            is_books = bool(is_rule) and 2 * dated > listed
            return listed > 1 and (bracketed or is_books or 2 * addresses >= listed)
        else:
            addresses += bool(WITH_ADDRESS.match(line))
    return listed > 1 and (bracketed or 2 * addresses >= listed)


def _lists_pages(content: str) -> bool:
    """Whether two lines that count on have an address each, or a line that continues them has."""
    number, listed = 0, 0  # of the line that is continued, and of the last one with an address
    for line in text_lines(content):
        if entry := NUMBERED.match(line):
            number = value(entry)
        elif not goes_on(line):
            number = listed = 0
        if number != listed and WITH_ADDRESS.match(line):
            if listed and number == listed + 1:
                return True
            listed = number
    return False
