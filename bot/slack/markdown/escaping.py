"""Texts escaped so that Markdown reads no marks in them, with as few backslashes as possible. Pure.

A character is escaped only where some parser could take it for a mark: ``snake_case`` and ``2 * 3``
stay as they are. Rules: https://spec.commonmark.org/0.31.2/#backslash-escapes and, for tables and
strikethrough, https://github.github.com/gfm/.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from bot.slack.text.escaping import defuse_pings, escape_angles

_PUNCTUATION = frozenset(string.punctuation)
_SPECIAL = re.compile(r"[\\`*_~<>&!|(:^=${]")
#: A command of TeX or the brace of its argument, which begins attributes and raw HTML, too, to
#: those who know them (Pandoc, Python-Markdown, kramdown).
_TEX = re.compile(r"\\[^\W\d_]|\{")
_EVERY_MARK = re.compile(r"([\\`*_~\[\]|])")
_EVERY_MARK_OF_TEX = re.compile(r"\{|\$(?![\d.,\s]|\Z)|(?<![\s(])\$")
_ENTITY = re.compile(r"&#?\w{1,40};")
# What could start an HTML tag, or is a mail address in angle brackets.
_TAG = re.compile(r"<(?![\s\d=])|<[^\s<>@]{1,64}@")
_RUNS = {mark: re.compile(f"{re.escape(mark)}+") for mark in "*_~^$"} | {"=": re.compile("={2,}")}
#: The beginning of a line that would not be a paragraph; the group is where a backslash goes. Two
#: asterisks are a thematic break behind the one of a list; to some, a colon or a tilde begins a
#: definition, and code after it is none, or three colons what they call a division.
_STARTS_BLOCK = re.compile(
    r"(?:()(?:[-+*:~]|\#{1,6})(?=[ \t]|$)|\d{1,9}()[.)](?=[ \t]|$)|()[~:]{3,}"
    r"|()(?:=+|-+)[ \t]*$|()[|:\-][|:\- \t]*$|()([-_*])[ \t]*(?:\7[ \t]*)+$|()>"
    r"|()\[[^\[\]]*$)"  # some parsers look far ahead for the end of a definition's name
)


@dataclass(frozen=True, slots=True)
class Escaping:
    """How to escape the texts of one paragraph, heading or cell.

    Attributes:
        marks: which of ``*_~`` could begin and end emphasis in it, and which of ``^=$`` could reach
            into code or a label, where some parsers know them; a backslash for all of these.
        cell: it is in a table cell.
        file: leave ``<`` and ``>`` where no tag can begin, and have nothing read as TeX or as
            attributes.
        defines: a line of it begins like the definition of a link.
    """

    marks: str
    cell: bool
    file: bool
    defines: bool

    def text(self, chars: str, escaped: frozenset[int], before: str, after: str) -> str:
        """Escape a text.

        Args:
            chars: the text, in one line.
            escaped: the places of characters that get a backslash in any case.
            before: the character before it; a line feed where it begins a line, which could begin
                a block.
            after: the character after it; "" at the end.
        """
        if before != "\n" and not escaped and not has_marks(chars):
            return chars
        out: list[str] = []
        places = set(escaped)
        if before == "\n" and (place := _starts_block(chars, after)) is not None:
            places.add(place)
        at = 0
        whole = before + chars + after
        for place in sorted(place + len(before) for place in places):
            out += [self._plain(whole, at + len(before), place), self._escaped(whole[place])]
            at = place + 1 - len(before)
        out.append(self._plain(whole, at + len(before), len(before) + len(chars)))
        return "".join(out)

    def _escaped(self, char: str) -> str:
        return {"<": "&lt;", ">": "&gt;"}.get(char) or f"\\{char}"

    def _plain(self, whole: str, start: int, end: int) -> str:
        """Escape what needs it from `start` to `end`."""
        out, at = [], start
        for match in _SPECIAL.finditer(whole, start, end):
            place = match.start()
            out += [whole[at:place], self._char(whole, place)]
            at = place + 1
        return "".join([*out, whole[at:end]])

    def _char(self, whole: str, at: int) -> str:
        char, before, after = whole[at], whole[at - 1 : at], whole[at + 1 : at + 2]
        match char:
            case "<":
                return "&lt;" if not self.file or _TAG.match(whole, at) else char
            case ">":
                return char if self.file and after != "!" else "&gt;"  # ``>!`` begins a spoiler
            case "&":
                needs = bool(_ENTITY.match(whole, at))
                return "&amp;" if needs else char
            case "\\":
                needs = "\\" in self.marks or after in _PUNCTUATION or after in ("", "\n")
                needs = needs or (self.file and after.isalpha())
            case "{":
                needs = self.file
            case "$" if self.file and "`" in (before, after):  # a formula to some
                needs = True
            case "`":
                needs = True
            case "=":
                needs = char in self.marks and char in (before, after)
            case "^" if after == "[":  # a footnote to some
                needs = True
            case "*" | "_" | "~" | "^" | "$":
                needs = char in self.marks and not _is_apart(char, before, after)
            case "!":
                needs = at == len(whole) - 2 and after == "["  # a link follows
            case "|":
                needs = self.cell
            case "(":
                needs = before == "]"
            case _:  # a colon
                needs = self.defines and before == "]"
        return f"\\{char}" if needs else char


def escaping_for(
    readings: Sequence[str], used: set[str], *, closed: str, cell: bool, file: bool, defines: bool
) -> Escaping:
    """Return how to escape the texts of one block.

    Args:
        readings: all texts, in order, with what stands in code, and in links as their labels or
            their addresses.
        used: the characters of the marks that the block has itself, or that are to be escaped.
        closed: what stands in code and in the labels of links.
        cell: it stands between bars.
        file: it is for a Markdown file.
        defines: a line of it begins like the definition of a link.
    """

    def pair(mark: str) -> bool:
        return any(mark in reading and _pair(mark, reading) for reading in readings)

    marks = "".join(mark for mark in "*_~" if mark in used or pair(mark))
    marks += "".join(mark for mark in "^=$" if mark in used or (mark in closed and pair(mark)))
    if closed and pair("^"):  # some take all between two of these for text, code and links as well
        marks += "^"
    if file and pair("$") and any(map(_TEX.search, readings)):
        marks += "$"  # else a formula would show the backslashes in it
    marks += "\\" if "\\" in used else ""
    return Escaping(marks=marks, cell=cell, file=file, defines=defines)


def has_marks(text: str) -> bool:
    """Whether a text has a character that may get a backslash where it begins no line."""
    return _SPECIAL.search(text) is not None


def _pair(mark: str, text: str) -> bool:
    """Whether a run of the mark could begin emphasis and a later one end it."""
    opened = False
    for match in _RUNS[mark].finditer(text):
        if opened and (mark == "$" or text[match.start() - 1 : match.start()].strip()):
            return True
        opened = opened or bool(text[match.end() : match.end() + 1].strip())
    return False


def _is_apart(mark: str, before: str, after: str) -> bool:
    """Whether a mark neither begins nor ends emphasis between these characters."""
    within = mark == "_" and before.isalnum() and after.isalnum()
    return within or not (before.strip() or after.strip())


def _starts_block(line: str, after: str) -> int | None:
    """Return where a backslash keeps a line from beginning another block; None if nowhere."""
    ends = after in ("", "\n")
    match = _STARTS_BLOCK.match(line if ends else f"{line}\0{after}")
    return max(match.start(n) for n in (1, 2, 3, 4, 5, 6, 8, 9)) if match else None


def is_word(char: str) -> bool:
    """Whether a character is neither white space nor punctuation, as emphasis sees it."""
    return bool(char) and not char.isspace() and not is_punctuation(char)


def is_punctuation(char: str) -> bool:
    """Whether a character is punctuation to emphasis: that, or a symbol."""
    return char in _PUNCTUATION or (char > "\x7f" and unicodedata.category(char)[0] in "PS")


def literal(text: str, *, file: bool = False) -> str:
    """Return a text in one line in which Markdown and Slack read no marks; nor TeX, in a file."""
    escaped = _EVERY_MARK.sub(r"\\\1", " ".join(text.split()))
    if file:
        escaped = _EVERY_MARK_OF_TEX.sub(r"\\\g<0>", escaped)
    return escape_angles(defuse_pings(escaped)).replace("](", "]\\(")
