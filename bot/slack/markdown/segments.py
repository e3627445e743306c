"""The segments of a line of Markdown: texts, code, emphasis, line breaks and links. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

#: What a number behind it does not run on from: spaces, opening marks, and what joins figures.
_BEGINS_WORDS = re.compile(r"[\s(\[{<$/*_~#@“‘«„‚「『（【\-‐-―−]|")
_IS_NUMBER = re.compile(r"\d[\d.,;\s‐-―-]*")


@dataclass(frozen=True, slots=True)
class Text:
    """A text; `escaped` are the places of characters that had a backslash."""

    chars: str
    escaped: frozenset[int] = frozenset()

    def part(self, start: int, end: int) -> Text:
        """Return a part of it."""
        if not self.escaped:
            return Text(self.chars[start:end])
        # Whichever are fewer, so that a text in ten thousand parts is not searched as often.
        places = self.escaped if len(self.escaped) < end - start else range(start, end)
        kept = frozenset(at - start for at in places if start <= at < end and at in self.escaped)
        return Text(self.chars[start:end], kept)

    def __add__(self, other: Text) -> Text:
        moved = frozenset(at + len(self.chars) for at in other.escaped)
        return Text(self.chars + other.chars, self.escaped | moved)


@dataclass(frozen=True, slots=True)
class Code:
    """A piece of code."""

    code: str


@dataclass(frozen=True, slots=True)
class Mark:
    """Where emphasis begins or ends: ``*``, ``_``, ``**``, ``__`` or ``~~``."""

    mark: str
    opens: bool

    @property
    def kind(self) -> str:
        """Return what it means: ``_`` is ``*``."""
        return self.mark.replace("_", "*")


@dataclass(frozen=True, slots=True)
class Break:
    """The end of a line; every reader shows a hard one."""

    hard: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """An accepted link, with a label in one line."""

    label: tuple[Label, ...]
    address: str


Label = Text | Code | Mark
Segment = Label | Break | Link


def visible_text(segments: Iterable[Segment]) -> str:
    """Return the characters of texts and code, which a reader sees."""
    return "".join(
        s.chars if isinstance(s, Text) else s.code if isinstance(s, Code) else "" for s in segments
    )


def runs_on(before: str, label: str) -> bool:
    """Whether the number in a label, which is no link any more, runs on from the words before it.

    In ``2023[1](…)``, everybody sees where the year ends; in ``20231``, nobody.

    Args:
        before: the character before the label; "" at the beginning of a line.
        label: what a reader sees of it.
    """
    if not label[:1].isdigit() or _BEGINS_WORDS.fullmatch(before):
        return False
    return bool(_IS_NUMBER.fullmatch(label)) or (before.isascii() and before.isalnum())


def merge_texts(segments: Iterable[Segment]) -> list[Segment]:
    """Return the segments with neighbouring texts in one."""
    found: list[Segment] = []
    texts: list[Text] = []
    for segment in segments:
        if isinstance(segment, Text):
            texts.append(segment)
            continue
        found += _joined(texts)
        texts = []
        found.append(segment)
    return found + _joined(texts)


def _joined(texts: list[Text]) -> list[Segment]:
    """Join texts in one pass, so that ten thousand escapes do not copy the text as often."""
    if len(texts) < 2:
        return [text for text in texts if text.chars]
    escaped: list[int] = []
    size = 0
    for text in texts:
        escaped += [at + size for at in text.escaped]
        size += len(text.chars)
    chars = "".join(text.chars for text in texts)
    return [Text(chars, frozenset(escaped))] if chars else []


def tidy(segments: list[Segment]) -> list[Segment]:
    """Strip white space at the ends of lines and of emphasis, and drop empty emphasis.

    Emphasis within emphasis of its own kind is dropped as well: it shows nothing, and parsers
    disagree about it.
    """
    found: list[Segment] = []
    opened: list[tuple[int, str]] = []
    for segment in segments:
        if isinstance(segment, Mark) and segment.opens:
            is_new = all(kind != segment.kind for _, kind in opened)
            opened.append((len(found) if is_new else -1, segment.kind))
            found += [segment] if is_new else []
        elif isinstance(segment, Mark):
            at, _ = opened.pop()
            if at >= 0:
                _close(found, at, segment)
        else:
            found.append(segment)
    lines: list[Segment] = []
    for segment in merge_texts(found):
        if isinstance(segment, Break):
            _strip_end(lines)
            if lines and not isinstance(lines[-1], Break):
                lines.append(segment)
        elif isinstance(segment, Text) and (not lines or isinstance(lines[-1], Break)):
            lines += [words] if (words := _stripped(segment, start=True)) else []
        else:
            lines.append(segment)
    _strip_end(lines)
    return lines[:-1] if lines and isinstance(lines[-1], Break) else lines


def _close(found: list[Segment], at: int, closing: Mark) -> None:
    """End the emphasis that begins at `at`; white space at its edges moves out of it."""
    opening, end = found[at], len(found)
    while end > at + 1 and _is_blank(found[end - 1]):
        end -= 1
    if end == at + 1:
        del found[at]
        return
    last = found[end - 1]
    if isinstance(last, Text) and last.chars[-1].isspace():
        found[end - 1 : end] = [_stripped(last, start=False) or last, closing, Text(" ")]
    else:
        found.insert(end, closing)
    start = at + 1
    while _is_blank(found[start]):
        start += 1
    found[at:start] = [*found[at + 1 : start], opening]
    first = found[start]
    if isinstance(first, Text) and first.chars[0].isspace():
        found[start - 1 : start + 1] = [Text(" "), opening, _stripped(first, start=True) or first]


def _is_blank(segment: Segment) -> bool:
    return isinstance(segment, Break) or (isinstance(segment, Text) and not segment.chars.strip())


def _stripped(text: Text, *, start: bool) -> Text | None:
    """Return a text without white space at its start or end; None when nothing is left."""
    kept = len(text.chars.lstrip() if start else text.chars.rstrip())
    whole = len(text.chars)
    if not kept:
        return None
    return text.part(whole - kept, whole) if start else text.part(0, kept)


def _strip_end(found: list[Segment]) -> None:
    if found and isinstance(found[-1], Text):
        words = _stripped(found.pop(), start=False)  # type: ignore[arg-type]
        found += [words] if words else []
