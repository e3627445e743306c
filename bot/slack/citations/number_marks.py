"""Numbers in brackets in a text that may be references, found without a full parse. Pure.

These are ``[3]``, ``[2, 5]``, ``[^3]``, ``【3】`` and ``【3†L4】``, but no numbers in code, in
formulas, in labels of links or behind a short name (``f[1]``). A range alone (``[2-5]``) is as
often an interval, and years have four digits. Several numbers in one pair of brackets may as well
be a list: they are none with a zero or a number twice, in brackets of their own (``[[1, 2], …]``),
and where the text says or calculates so (``the array [5, 7]``, ``x = [5, 7]``).
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
#: What stands before and behind several numbers that are a list, and no references.
_LIST = re.compile(
    r"(?:\b(?:arrays?|lists?|vectors?|matrix|matrices|tuples?|sequences?|sets?|permutations?|pairs?"
    r"|values?|numbers|inputs?|outputs?|elements|coordinates|ind(?:ices|exes)|arguments?|return)\b"
    r"[^\w\[]{0,3}(?:(?:of|in|is|are|like|was|were|be) )?"
    r"|(?:(?<=\S)[ ]?[+×=∈≈≤≥→]|[-=]>)[ ]?|[\w\[]\(|\[\s?|[\"'`]\s?:\s?)\Z",
    re.IGNORECASE | re.ASCII,
)
_LIST_GOES_ON = re.compile(r"\]|\.[a-z_]{2,20}\(|\)?\s?(?:[+×=∈≈≤≥→]|->)")
#: A list of lists, also of single numbers.
_LISTS = re.compile(r"\[\s?(?:\[[^\[\]]{0,200}\]\s?[,;]\s?)+\[[^\[\]]{0,200}\]\s?\]")
_FENCE = re.compile(r"[ \t>]*(?:```|~~~)")
_NO_TEXT = re.compile(
    r"``(?:[^`\n]|`(?!`))*``|`[^`\n]*`"
    # A formula ends at the next one, so that thousands without an end are looked through once.
    r"|\\\[(?![\d,;^ ]{0,60}\\\])(?:[^\n\\]|\\(?!\[)){0,400}?\\\]"
    r"|\\\((?:[^\n\\]|\\(?!\()){0,400}?\\\)|\$\$[^$\n]*\$\$"
)
_LINE = re.compile(r"[^\n]+")
_FULL_WIDTH = {0xFF10 + digit: str(digit) for digit in range(10)}


def marks(content: str) -> Iterator[frozenset[int]]:
    """Yield the numbers of each mark that may be a reference; 0 for one that counts no list."""
    for line in text_lines(content):
        text = _LISTS.sub(" ", _NO_TEXT.sub(" ", line)).translate(_FULL_WIDTH)
        for match in _MARK.finditer(text):
            given = f"{match['numbers']} {match['more'] or ''}"
            numbers = [int(number) for number in re.findall(r"\d+", given)]
            name = _name_before(match)
            start = match.start() - len(name)
            before = text[max(start - 20, 0) : start]
            if match["place"]:  # `【4:1†source】`: a place in a conversation
                yield frozenset((0,))
            elif not (name and match["open"] == "[") and not (
                _is_list(match, before) or (len(numbers) == 2 and _INTERVAL.search(before))
            ):
                yield frozenset(numbers)


def _is_list(mark: re.Match[str], before: str) -> bool:
    """Whether several numbers in one pair of brackets are a list of numbers."""
    listed = [int(number) for number in re.findall(r"\d+", mark["numbers"])]
    return len(listed) > 1 and (
        0 in listed
        or len(set(listed)) < len(listed)
        or bool(_LIST.search(before) or _LIST_GOES_ON.match(mark.string, mark.end()))
    )


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
