"""The text of one paragraph, heading or cell, written again so that it is safe. Pure.

- A link keeps its address if `links` lets it pass, else only its label stays. So does an image
  (nothing is fetched for a reader), ``<https://…>`` and a link by reference.
- Where it is known what may be cited, `integrity` says what becomes of other links and addresses.
- What does not parse as a link gets a backslash, ``]\\(``, in case Slack reads more into it.
- ``<br>`` breaks the line, or is a space where a line break could start another block.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bot.slack.addresses import shown
from bot.slack.integrity import Cited
from bot.slack.links import destination, host_to_show
from bot.slack.parse import Document, Kind, Span
from bot.slack.text import WORD_JOINER, angles, quiet

_BREAK = re.compile(r"<br\s*/?>(?:\s*<br\s*/?>)*[ \t]*\n?", re.IGNORECASE)
_STARTS_BLOCK = re.compile(
    r"\s*(?:[-+=|>:]|#{1,6}(?:\s|$)|\d{1,9}[.)]|[*_](?:[ \t]|$|[*_\s]+$)|```|~~~"
    r"|\[(?:\\.|[^\\\[\]])*\]:|$)",
    re.MULTILINE | re.DOTALL,
)
_BLANK = re.compile(r"[ \t]*")
_FENCE = re.compile(r"[ \t]*```")
_ONLY_MARKS = re.compile(r"\s*(?:#{1,6}|\d{1,9}[.)]|[-+*=_|:\s]+)\s*")
_NEEDS_PARSING = re.compile(r"[\[<]|]\(|\\>")
_DEFINES = re.compile(r"\s*\[(?:\\.|[^\\\[\]])*\](?=:)", re.DOTALL)
_MARKS = re.compile(r"([\\`*_~\[\]|])")
_TAG = re.compile(r"<(?![\s\d=])")  # what could start an HTML tag
_BRACKETS = re.compile(r"(\\.)|([\[\]])", re.DOTALL)


def literal(text: str) -> str:
    """Write text so that Markdown and Slack read none of it."""
    escaped = _MARKS.sub(r"\\\1", " ".join(text.split()))
    return angles(quiet(escaped)).replace("](", "]\\(")


def continued(before: str) -> str:
    """Turn the markers of lists and quotes before a line into those before a line that goes on."""
    return re.sub(r"[^>\s]", " ", re.sub(r">(?=[^>\s])", "> ", before))


@dataclass(slots=True)
class Inline:
    """Writes the inline text of one block again, once.

    Attributes:
        document: for its link definitions.
        used: gets the names of the definitions that links took over.
        source: the text, without the markers of lists and quotes.
        around: what stands before and after the text of each of its lines.
        one_line: a line break is not possible here (headings, cells).
        cited: what may be linked; None for all.
        file: it is not for Slack, so code stays as it is, and ``<`` where it cannot start a tag.
    """

    document: Document
    used: set[str]
    source: str
    around: list[tuple[str, str]]
    one_line: bool
    cited: Cited | None = None
    file: bool = False
    _spans: list[Span] = field(default_factory=list)
    _pieces: list[tuple[bool, str]] = field(default_factory=list)  # (ours, text)
    _starts: list[int] = field(default_factory=list)  # of the lines
    _line: int = 0

    def __post_init__(self) -> None:
        self._starts = [0, *(match.end() for match in re.finditer("\n", self.source))]
        if _NEEDS_PARSING.search(self.source) or (self.cited and "`" in self.source):
            self._spans = self.document.spans(self.source)

    def written(self) -> str:
        """Return the text, safe."""
        at = 0
        for index, span in enumerate(self._spans):
            if span.start < at:
                continue  # within the one before
            self._text(at, span.start)
            self._span(span, index + 1)
            self._line += self.source.count("\n", span.start, span.end)
            at = span.end
        self._text(at, len(self.source))
        text = self._joined()
        if text != self.source and (define := _DEFINES.match(text)):
            # It was no definition of a link; with something gone it could have become one.
            return f"{define[0]}\\{text[define.end() :]}"
        return text

    def label(self) -> str:
        """Return the text as it may stand between the brackets of a link."""
        return self._label(0, len(self.source), 0, as_text=True)

    # --- links --------------------------------------------------------------------------

    def _span(self, span: Span, inner: int) -> None:
        source = self.source[span.start : span.end]
        match span.kind:
            case Kind.CODE:
                self._pieces.append((True, self._with_margins(self._code(source))))
            case Kind.ESCAPE:
                self._pieces.append((False, self._escape(source)))
            case Kind.AUTOLINK if address := destination(span.href):
                self._link(span, _shown(address), literal(_shown(address)))
            case Kind.AUTOLINK:
                self._pieces.append((False, self._angles(source)))
            case Kind.IMAGE:
                self._link(span, literal(span.text) or "image", literal(span.text))
            case Kind.LINK:
                start, end = span.start + 1, span.label_end
                label = self._label(start, end, inner) if span.text.strip() else ""
                self._link(span, label, self._label(start, end, inner, as_text=True))

    def _link(self, span: Span, label: str, text: str) -> None:
        """Write a link with its label, or only its text when it may not be a link."""
        if span.reference is not None:
            self.used.add(span.reference)
        address = destination(span.href)
        if address is None:
            # Without the joiner, what is left of `1[.](/x)` or `[#](/x)` could start a block.
            self._pieces.append((False, WORD_JOINER + text))
            return
        if self.cited and not self.cited.has(address):
            written = literal(shown(address))
            instead = self.cited.instead_of_link(text, span.text, address, written)
            self._pieces.append((False, WORD_JOINER + instead))
            return
        real = host_to_show(span.text, address)
        label = self.cited.label(label) if self.cited else label
        label = f"{label} ({real})" if real else label or _shown(address)
        self._pieces.append((True, f"[{label}]({address})"))

    def _label(self, start: int, end: int, inner: int, *, as_text: bool = False) -> str:
        """Write a label on one line; `as_text`: so that it makes no link with what follows."""
        written, at = [], start
        while inner < len(self._spans) and self._spans[inner].start < end:
            span = self._spans[inner]
            inner += 1
            if span.start < at:
                continue
            written.append(self._label_text(at, span.start, as_text))
            source = self.source[span.start : span.end]
            match span.kind:
                case Kind.CODE:
                    written.append(self._code(source))
                case Kind.ESCAPE:
                    written.append(self._escape(source))
                case Kind.IMAGE | Kind.AUTOLINK | Kind.LINK:
                    written.append(literal(span.text))
            at = span.end
        written.append(self._label_text(at, end, as_text))
        label = " ".join("".join(written).replace("\\\n", " ").split())
        return label + "\\" if _escapes_next(label) else label

    def _label_text(self, start: int, end: int, as_text: bool) -> str:
        text = _BREAK.sub(" ", self.source[start:end])
        if as_text:
            text = _BRACKETS.sub(lambda m: m[1] or f"\\{m[2]}", text)
        return self._angles(quiet(text)).replace("](", "]\\(")

    # --- text ---------------------------------------------------------------------------

    def _text(self, start: int, end: int) -> None:
        """Write plain text, and its `<br>`s."""
        at = start
        for match in _BREAK.finditer(self.source, start, end):
            self._plain(self.source[at : match.start()].rstrip(" \t"))
            self._pieces.append((False, self._broken(match)))
            self._line += match[0].count("\n")
            at = match.end()
        self._plain(self.source[at:end])

    def _plain(self, text: str) -> None:
        self._pieces.append((False, self._with_margins(self._angles(text))))
        self._line += text.count("\n")

    def _broken(self, match: re.Match[str]) -> str:
        """Write a `<br>`; it stays visible where it keeps its line from starting a block."""
        shown = self._with_margins(self._angles(match[0]))
        harmless = not _STARTS_BLOCK.match(self.source, match.end())
        before = self._starts[self._line], match.start()
        last = match.end() == len(self.source)
        nothing = _BLANK.fullmatch(self.source, *before)
        if nothing and (harmless or last):
            # An item of a list needs something on its first line to stay what it is.
            return WORD_JOINER if last and self.around[0][0].strip() else ""
        if nothing or _ONLY_MARKS.fullmatch(self.source, *before):
            return shown
        if match[0].endswith("\n"):
            return self._margin(self._line + match[0].count("\n") - 1)
        if last:
            return ""
        # A line of "```" with a backtick after it opens no fence; without that backtick it would.
        if self.one_line or not harmless or _FENCE.match(self.source, *before):
            return " "
        return "\n" + continued(self.around[self._line][0])

    def _with_margins(self, text: str) -> str:
        """Put around each line break what stood there."""
        first, *others = text.split("\n")
        return first + "".join(
            self._margin(self._line + n) + other for n, other in enumerate(others)
        )

    def _margin(self, line: int) -> str:
        return f"{self.around[line][1]}\n{self.around[line + 1][0]}"

    def _joined(self) -> str:
        """Join the pieces so that only our own links are links, and none of them an image."""
        out: list[str] = []
        loose: list[str] = []
        for ours, piece in [*self._pieces, (True, "")]:
            if not ours:
                loose.append(piece)
                continue
            text = "".join(loose)
            text = self.cited.text(text) if self.cited else text
            text = quiet(text).replace("](", "]\\(")
            if piece.startswith("[") and text.endswith("!") and not _escapes_next(text[:-1]):
                text = text[:-1] + "\\!"
            out += [text, piece]
            loose = []
        return "".join(out)

    def _code(self, source: str) -> str:
        return source if self.file else angles(quiet(source))

    def _angles(self, text: str) -> str:
        return _TAG.sub("&lt;", text) if self.file else angles(text)

    def _escape(self, source: str) -> str:
        """Write an escaped character; the entity of a bracket needs no backslash."""
        return angles(source[1:]) if source[1:] in ("<", ">") else source


def _shown(address: str) -> str:
    return address.removeprefix("mailto:")


def _escapes_next(text: str) -> bool:
    return (len(text) - len(text.rstrip("\\"))) % 2 == 1
