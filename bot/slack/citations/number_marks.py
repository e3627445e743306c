"""Numbers in brackets in a text that may be references, found without a full parse. Pure.

These are ``[3]``, ``[2, 5]``, ``[^3]``, ``【3】`` and ``【3†L4】``, but no numbers in code, in
formulas, in labels of links or behind a short name (``f[1]``). A range alone (``[2-5]``) is as
often an interval, and years have four digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# The end of a range; one alone is as often an interval, so another number must follow.
_TO = r"(?:\s?[–-]\s?[1-9]\d{0,2})?"
_TO_NEXT = r"(?:\s?[–-]\s?[1-9]\d{0,2}(?=\s?[,;、，&]))?"
#: A number in brackets, or several; not the label of a link, nor the definition of one.
_MARK = re.compile(
    r"(?P<open>\\\[\^?|\[\^?|【|［)\s?"
    r"(?i:(?:cite|citation|source|ref|reference)s?[.:]?\s?)?"
    rf"(?P<numbers>(?:0|[1-9]\d{{0,2}}){_TO_NEXT}"
    rf"(?:(?:\s?[,;、，&]|\sand)\s?(?:and\s)?(?:0|[1-9]\d{{0,2}}){_TO}){{0,20}})"
    r"(?P<place>:\d{1,3}(?=[†】]))?"
    r"\s?(?:†[^\s\[\]【】]{0,20}|\^)?(?:\\?\]|】|］)(?![(:]|\][(:])(?P<more>(?:\[\d{1,3}\])*)"
)
#: A short name before a bracket, and short words that are none.
_NAME = re.compile(r"(?<![\w.])(?:[a-zA-Z]\d?|[a-z]{2})\Z")
_SHORT_WORDS = frozenset(
    ("as", "at", "by", "in", "is", "it", "no", "of", "on", "so", "to", "up", "us", "we")
)
_NUMBER = re.compile(r"\[([1-9]\d{0,2})\]")
#: What stands before two numbers that are the ends of an interval.
_INTERVAL = re.compile(
    r"(?:\b(?:CI|IC|KI|interval|range|scale|domain)\b[^\w\[]{0,3}(?:of |in )?|[=∈≈] ?)\Z",
    re.IGNORECASE,
)
_FENCE = re.compile(r"[ \t>]*(?:```|~~~)")
_NO_TEXT = re.compile(
    r"``(?:[^`\n]|`(?!`))*``|`[^`\n]*`"
    r"|\\\[(?![\d,;^ ]{0,60}\\\])[^\n]{0,400}?\\\]|\\\([^\n]{0,400}?\\\)|\$\$[^$\n]*\$\$"
)
_LINE = re.compile(r"[^\n]+")
_FULL_WIDTH = {0xFF10 + digit: str(digit) for digit in range(10)}


def marks(content: str) -> Iterator[frozenset[int]]:
    """Yield the numbers of each mark that may be a reference; 0 for one that counts no list."""
    for line in text_lines(content):
        text = _NO_TEXT.sub(" ", line).translate(_FULL_WIDTH)
        for match in _MARK.finditer(text):
            given = f"{match['numbers']} {match['more'] or ''}"
            numbers = [int(number) for number in re.findall(r"\d+", given)]
            name = _name_before(match)
            start = match.start() - len(name)
            before = text[max(start - 20, 0) : start]
            if match["place"]:  # `【4:1†source】`: a place in a conversation
                yield frozenset((0,))
            elif not (name and match["open"] == "[") and not (
                len(numbers) == 2 and (numbers[0] == 0 or _INTERVAL.search(before))
            ):
                yield frozenset(numbers)


def single_marks(text: str) -> Iterator[tuple[int, int, int]]:
    """Yield the marks of one number in a text without code: the number, start and end."""
    for match in _MARK.finditer(text.translate(_FULL_WIDTH)):
        if match["place"] or _name_before(match):
            continue
        start, end = match.start(), match.start("more")
        if match["numbers"].isdecimal() and "\\" not in match[0]:
            yield int(match["numbers"]), start, end
        for each in _NUMBER.finditer(match["more"]):
            yield int(each[1]), end + each.start(), end + each.end()


def _name_before(mark: re.Match[str]) -> str:
    """Return the short name right before a mark, as in `f[1]`; "" for none."""
    at = mark.start()
    found = _NAME.search(mark.string, max(at - 2, 0), at)
    is_word = found and found[0] in _SHORT_WORDS and mark["open"][0] == "["
    return found[0] if found and not is_word else ""


def text_lines(content: str) -> Iterator[str]:
    """Yield the lines outside of code fences."""
    fenced = False
    for match in _LINE.finditer(content):
        if _FENCE.match(match[0]):
            fenced = not fenced
        elif not fenced:
            yield match[0]
