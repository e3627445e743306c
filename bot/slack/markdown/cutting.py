"""Cutting long texts: after a sentence, else after a word, else anywhere. Pure."""

from __future__ import annotations

import re
from bisect import bisect_right

from bot.slack.text.escaping import clean_foreign

SHORT_LINE = 25  # characters; lines of one letter take as long to format as lines of fifty

# Links (as `sanitize` writes them; a label may have brackets) and code are only cut if one alone is
# too long.
_SOLID = re.compile(
    r"(?<!\\)\[(?:\\.|[^\\\[\]]|\[(?:\\.|[^\\\[\]])*\])*\]\([^()\s]*\)"
    r"|(?<!`)(`+)(?!`)[^\n]{1,500}?(?<!`)\1(?!`)"
)
_SENTENCE = re.compile(r"(?:[.!?…][\"'”’)\]*_]*\s+|[。！？]|\n)")
_SPACE = re.compile(r"\s+")
_STARTS_BLOCK = re.compile(
    r"\s*(?:[-+*](?=\s|$)|([-_*=])\s*(?:\1\s*){2,}(?:\n|$)|[>|:]|#{1,6}(?=\s|$)|`{3}|~{3}"
    r"|\d{1,9}(?=[.)])|\[(?:\\.|[^\\\[\]])*\]:)",
    re.DOTALL,
)
_FENCE_AT_LAST = re.compile(r"^(\s*)(`{3,}[^`\n]*)\Z", re.MULTILINE)


def beginning(text: str, most: int) -> str:
    """Return what is formatted of a long text: up to `most` characters, a line for `SHORT_LINE`.

    It ends with a line or a word where one ends in its second half.
    """
    at = -1
    for _ in range(most // SHORT_LINE):
        at = text.find("\n", at + 1, most)
        if at < 0:
            break
    else:
        return text[:at]
    if len(text) <= most:
        return text
    ends = (text.rfind(mark, 0, most) for mark in "\n ")
    return text[: next((end for end in ends if end > most // 2), most)]


def foreign_beginning(text: str, most: int) -> tuple[str, bool]:
    """Return the `beginning` of a text from outside, cleaned, and whether that is not all."""
    read = clean_foreign(text[:most])
    start = beginning(read, most)
    return start, len(start) < len(read) or len(text) > most


def cut(text: str, limit: int) -> list[str]:
    """Cut a text into pieces of at most `limit` characters (at least 8); no word is lost."""
    pieces, at = [], 0
    solid = [match.span() for match in _SOLID.finditer(text)] if len(text) > limit else []
    while len(text) - at > limit:
        end = _end(text, at, stop=at + limit, solid=solid)
        pieces.append(text[at:end].rstrip())
        while end < len(text) and text[end].isspace():
            end += 1
        at = end
    pieces.append(text[at:])
    return [piece for piece in pieces if piece]


def keep_from_starting_block(piece: str) -> str:
    """Keep a piece of a paragraph from starting another block, with backslashes.

    Its first line began within a line before, and its last line was longer. Adds two characters at
    most.
    """
    piece = _FENCE_AT_LAST.sub(r"\1\\\2", piece)
    match = _STARTS_BLOCK.match(piece)
    if not match:
        return piece
    number = match[0].strip().isdecimal()
    at = match.end() if number else match.end() - len(match[0].lstrip())
    return f"{piece[:at]}\\{piece[at:]}"


def _end(text: str, start: int, stop: int, solid: list[tuple[int, int]]) -> int:
    for pattern, earliest in ((_SENTENCE, (start + stop) // 2), (_SPACE, start + 1)):
        for match in reversed(list(pattern.finditer(text, earliest, stop))):
            if not _within(match.end(), solid) and text[start : match.end()].strip():
                return match.end()
    around = _within(stop, solid)
    if around and around[0] > start:
        return around[0]
    space = text.rfind(" ", start + 1, stop)
    if space > 0 and text[start:space].strip():
        return space + 1
    # A single enormous word: not through an entity or an escape.
    tail = re.search(r"(?:&[a-z]{0,2}|\\)\Z", text[stop - 3 : stop])
    return stop - len(tail[0]) if tail and stop - len(tail[0]) > start else stop


def _within(at: int, solid: list[tuple[int, int]]) -> tuple[int, int] | None:
    index = bisect_right(solid, (at, -1)) - 1
    if index >= 0 and solid[index][0] < at < solid[index][1]:
        return solid[index]
    return None
