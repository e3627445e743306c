"""What a line of an answer may be, where its own list of references is looked for. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from bot.slack.citations.number_marks import marks

HEADING = re.compile(
    r"[ \t]{0,3}(?:#{1,6}[ \t]|\*\*[^*\n]{1,100}\*\*:?[ \t]*$|<h[1-6]\b)", re.IGNORECASE
)
#: What else stands for a heading: a line in italics, also with a number before it or a remark in
#: brackets behind it, or in a tag.
LIKE_HEADING = re.compile(
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
#: What sets a list apart from the text above it.
RULE = re.compile(r"[ \t>]*(?:(?:[-*_=][ \t]*){2,}|<details>[ \t]*)")
#: What may stand below a list at the end: a rule, the end of a tag, a comment, a remark in italics.
BELOW = re.compile(rf"{RULE.pattern}|[ \t]*(?:</\w+>|<!--[^\n]*-->|\*[^*\n]+\*|_[^_\n]+_)?[ \t]*")
#: A title in italics and its address, as in the lists of Parallel's reports: `3. *Title*. https://…`
WORK = re.compile(r"\d{1,3}\. \*[^*\n]{1,400}\*\.?\s{1,9}<?https?://")
LINE = re.compile(r"[^\n]+")

_LINES_BELOW = 5
NUMBER_ENDS = 12  # characters of an entry in which its own number may stand


def level_of(line: str) -> int:
    """Return the level of a heading; 0 for a line that is one in another way."""
    marks = line.lstrip(" \t>")
    return len(marks) - len(marks.lstrip("#"))


def has_address(content: str, heading: re.Match[str]) -> bool:
    """Whether a heading has an address, or one of the few lines below it up to the next one."""
    if WITH_ADDRESS.match(heading[0]):
        return True
    below = content[heading.end() + 1 : heading.end() + 1_000].split("\n", _LINES_BELOW)
    for line in below[:_LINES_BELOW]:
        if HEADING.match(line):
            return False
        if WITH_ADDRESS.match(line):
            return True
    return False


def is_bare_heading(line: str) -> bool:
    """Whether a line is a heading, or emphasis, without an address: ``**4. Best hotels**``."""
    return bool(LIKE_HEADING.match(line)) and not WITH_ADDRESS.match(line)


def heading_at(content: str, start: int, end: int) -> str:
    """Return the heading that a line is, or underlines; "" if there is none, or a sentence."""
    line = content[start:end]
    if RULE.fullmatch(line):
        above = line_above(content, start)
        is_short = len(above) < 80 and not any(marks(above))
        return above if UNDERLINE.fullmatch(line) and ("=" in line or is_short) else ""
    return line if LIKE_HEADING.match(line) else ""


def line_above(content: str, start: int) -> str:
    end = max(start - 1, 0)
    return content[content.rfind("\n", 0, end) + 1 : end]


def value(entry: re.Match[str]) -> int:
    """Return the number that `ENTRY` or `NUMBERED` has found, as it is written."""
    found = entry.groupdict()
    return int(unicodedata.normalize("NFKC", found.get("bracketed") or found["number"]))


def goes_on(line: str) -> bool:
    """Whether a line continues the entry above it."""
    return line[0].isspace() or bool(_BEGINS_WITH_ADDRESS.match(line))


def from_the_end(content: str) -> Iterator[tuple[int, int]]:
    end = len(content)
    while end >= 0:
        start = content.rfind("\n", 0, end) + 1
        yield start, end
        end = start - 1
