"""Segments of a line, written as Markdown that every parser reads the same. Pure.

Parsers of Markdown disagree about odd sources, so the source is not copied: marks in texts are
escaped, and the result is parsed again. If that does not give the same segments, they are written
without emphasis.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from markdown_it.token import Token

from bot.slack.markdown.escaping import escaping_for, has_marks, is_punctuation, is_word
from bot.slack.markdown.parser import inline_tokens
from bot.slack.markdown.segments import (
    Break,
    Code,
    Link,
    Mark,
    Segment,
    Text,
    merge_texts,
    tidy,
    visible_text,
)
from bot.slack.text.escaping import WORD_JOINER, defuse_pings, escape_angles, unescape_angles

_TICKS = re.compile("`+")
_BRACKET = re.compile(r"(?:\\.)|[\[\]]")


@dataclass(frozen=True, slots=True)
class Form:
    """How inline text is written.

    Attributes:
        one_line: it is in a heading, a cell or a label, where no line ends or begins.
        cell: it is in a table cell.
        file: it is for a Markdown file, where code stays as it is, and so does ``<`` where no tag
            can begin.
        growing: more text will follow, so marks without a partner are escaped as well.
    """

    one_line: bool = False
    cell: bool = False
    file: bool = False
    growing: bool = False


def with_lasting_marks(segments: Iterable[Segment]) -> list[Segment]:
    """Return segments with only the emphasis that will be written.

    Look for addresses only after that: words that a mark separates may make one together.
    """
    kept = list(segments)
    if not any(isinstance(s, Mark) for s in kept):
        return merge_texts(kept)
    if any(isinstance(s, Code) and "~~" in s.code for s in kept):
        # Some parsers end it there, within the code. One tilde still says that it is struck out.
        kept = [Text("~") if isinstance(s, Mark) and s.mark == "~~" else s for s in kept]
    return tidy(kept)


def write(
    segments: Sequence[Segment], form: Form, source: str = "", tokens: Sequence[Token] = ()
) -> str:
    """Write segments as Markdown; "" if none of them is visible.

    Args:
        segments: safe segments, after `with_lasting_marks`.
        form: how to write them.
        source: the Markdown that they were read from; "" if unknown.
        tokens: the tokens of the source.
    """
    segments = tidy(list(segments))
    text = _Writer(segments, form).text()
    if all(isinstance(s, Text | Break) for s in segments) and not _EMPHASIS.search(text):
        return text
    # The second look: the parser must find in the text what it was written from.
    again = text.replace("\\|", "|") if form.cell else text
    found = tokens if source and again == source else inline_tokens(again)
    if _shape_of_tokens(found) == _shape(segments):
        return text
    return _Writer(tidy(merge_texts(_without_emphasis(segments))), form).text()


_EMPHASIS = re.compile(r"[*_~]")


def _without_emphasis(segments: Sequence[Segment]) -> list[Segment]:
    kept: list[Segment] = []
    for segment in segments:
        if isinstance(segment, Link):
            words = "".join(visible_text((s,)) or WORD_JOINER for s in segment.label)
            kept.append(Link((Text(words),), segment.address))
        elif isinstance(segment, Mark):
            kept.append(Text(WORD_JOINER))  # what it kept apart must not become an address
        else:
            kept.append(segment)
    return kept


@dataclass(slots=True)
class _Writer:
    segments: Sequence[Segment]
    form: Form
    around: str = ""  # the marks that are escaped around it
    out: list[str] = field(default_factory=list)

    def text(self) -> str:
        firsts = [*map(_first_of, self.segments), ""]
        marks = _marks(self.segments, firsts)
        used = {mark[0] for mark in marks.values()}
        escaping = escaping_for(
            self._readings(),
            used.union("*_~\\" if self.form.growing else self.around),
            closed="\0".join(_closed(self.segments)),
            cell=self.form.cell,
            file=self.form.file,
            defines=self._may_define(firsts),
        )
        for at, segment in enumerate(self.segments):
            before, after = self._before(), firsts[at + 1]
            match segment:
                case Text():
                    words = escaping.text(
                        segment.chars, segment.escaped, before=before, after=after
                    )
                    self.out.append(words)
                case Code():
                    self.out.append(self._code(segment.code))
                case Mark():
                    self.out.append(
                        _joined_on(marks[at], segment.opens, before=before, after=after)
                    )
                case Link():
                    label = _label(segment.label, self.form, escaping.marks)
                    self.out.append(f"[{label}]({self._cell(segment.address)})")
                case Break():
                    self.out.append("  \n" if segment.hard else "\n")
        return "".join(self.out)

    def _code(self, code: str) -> str:
        code = self._cell(code if self.form.file else escape_angles(defuse_pings(code)))
        runs = set(map(len, _TICKS.findall(code)))
        ticks = "`" * next(n for n in range(1, len(runs) + 2) if n not in runs)
        edge = code[:1] == "`" or code[-1:] == "`"
        padded = code[:1] == " " == code[-1:] and code.strip(" ")
        space = " " if edge or padded else ""
        return f"{ticks}{space}{code}{space}{ticks}"

    def _before(self) -> str:
        """Return the character before what is written next; a line feed where a block can begin."""
        last = next((text[-1] for text in reversed(self.out) if text), "\n")
        return "\0" if last == "\n" and self.form.one_line else last

    def _may_define(self, firsts: Sequence[str]) -> bool:
        """Whether a line begins like the definition of a link, in a spoiler perhaps."""
        return any(
            first in ("[", "!") and (at == 0 or isinstance(self.segments[at - 1], Break))
            for at, first in enumerate(firsts)
        )

    def _readings(self) -> list[str]:
        has_link = any(isinstance(s, Link) for s in self.segments)
        parts = ("label", "address") if has_link else ("label",)
        return ["\0".join([_held_by(s, part) for s in self.segments]) for part in parts]

    def _cell(self, text: str) -> str:
        return text.replace("|", "\\|") if self.form.cell else text


def _first_of(segment: Segment) -> str:
    """Return the first character of what a segment will be written as."""
    match segment:
        case Text(chars=chars):
            return chars[0]
        case Code():
            return "`"
        case Mark(mark=mark):
            return mark[0]
        case Link():
            return "["
        case Break():
            return "\n"


def _closed(segments: Iterable[Segment]) -> Iterator[str]:
    """Yield the texts that no mark from outside may reach into: code, and labels of links."""
    for segment in segments:
        if isinstance(segment, Code):
            yield segment.code
        elif isinstance(segment, Link):
            yield from (part.chars for part in segment.label if isinstance(part, Text))
            yield from _closed(segment.label)


def _held_by(segment: Segment, part: str) -> str:
    """Return the characters in which a parser may find marks; some find them in code, too.

    Of a link, `part` is its label or its address: a mark in each of them is not a pair.
    """
    match segment:
        case Text(chars=words) | Code(code=words):
            return words
        case Link(label=label, address=address):
            return address if part == "address" else visible_text(label)
    return ""


def _marks(segments: Sequence[Segment], firsts: Sequence[str]) -> dict[int, str]:
    """Return how to write each mark: within a word, ``*`` instead of ``_``."""
    # At one of these, some parsers end the emphasis around a link.
    in_address = any(isinstance(s, Link) and "_" in s.address for s in segments)
    marks: dict[int, str] = {}
    opened: list[int] = []
    for at, segment in enumerate(segments):
        if not isinstance(segment, Mark):
            continue
        marks[at] = segment.mark
        if segment.opens:
            opened.append(at)
            continue
        start = opened.pop()
        before = segments[start - 1] if start else None
        within = is_word(firsts[at + 1]) or (isinstance(before, Text) and is_word(before.chars[-1]))
        if segment.mark[0] == "_" and (within or in_address):
            marks[start] = marks[at] = "*" * len(segment.mark)
    return marks


def _joined_on(mark: str, opens: bool, before: str, after: str) -> str:
    """Write a mark so that it works between these characters: with a joiner on its inner side."""
    inside, outside = (after, before) if opens else (before, after)
    if not (is_punctuation(inside) and is_word(outside)):
        return mark
    return mark + WORD_JOINER if opens else WORD_JOINER + mark


def _label(label: Sequence[Text | Code | Mark], form: Form, around: str) -> str:
    """Write the label of a link; `around` are the marks to escape in it."""
    match label:
        case [Text(chars=words, escaped=places)] if not (
            places or has_marks(words) or _BRACKET.search(words)
        ):
            return words.strip()  # nothing to escape: most labels
    text = _Writer(tidy(list(label)), replace(form, one_line=True), around).text()
    depth = 0
    for match in _BRACKET.finditer(text):
        depth += {"[": 1, "]": -1}.get(match[0], 0)
        if depth not in (0, 1):  # some parsers take only one level of brackets
            break
    return text if depth == 0 else _BRACKET.sub(lambda m: f"\\{m[0][-1]}", text)


# --- a second look ----------------------------------------------------------------------


def _shape(segments: Sequence[Segment]) -> str:
    """Return texts, marks and links in order, without invisible characters."""
    shape: list[str] = []
    for segment in segments:
        match segment:
            case Text() | Code():
                shape.append(visible_text((segment,)))
            case Mark(mark=mark, opens=opens):
                shape.append(f"\0{'~' if mark[0] == '~' else len(mark)}{'<' if opens else '>'}")
            case Link(label=label, address=address):
                shape.append(f"\0({visible_text(label)}\0{address})")
    return _comparable(shape)


_MARKS = {"em": "1", "strong": "2", "s": "~"}


def _shape_of_tokens(tokens: Sequence[Token]) -> str:
    shape: list[str] = []
    address = ""
    for token in tokens:
        kind, _, side = token.type.rpartition("_")
        match token.type:
            case "link_open":
                address = str(token.attrs["href"])
                shape.append("\0(")
            case "link_close":
                shape.append(f"\0{address})")
                address = ""
            case _ if kind in _MARKS:
                if not address:
                    shape.append(f"\0{_MARKS[kind]}{'<' if side == 'open' else '>'}")
            case _:
                shape.append(token.content)
    return _comparable(shape)


def _comparable(shape: list[str]) -> str:
    return "".join(unescape_angles("".join(shape)).replace(WORD_JOINER, "").split())
