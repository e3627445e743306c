"""Where the blocks of a Markdown text are, and the links, code and escapes within a line. Pure.

The parser is markdown-it-py (CommonMark, with tables and strikethrough). It only finds: what stays
as it was is copied from the source, so a table or a piece of code stays the same to the letter.
HTML is switched off, because Slack shows it as text: what stands in it is read as Markdown there,
so it must be read as Markdown here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline, autolink, backtick, escape, image, link
from markdown_it.token import Token

# Beyond so many containers or brackets within each other, the text is taken as it is. A list and
# its item are two; the time for `[[[[…` grows with the second.
_BLOCKS_NESTED = 24
_BRACKETS_NESTED = 6


class Kind(Enum):
    """What a span is."""

    LINK = "link_open"
    IMAGE = "image"
    AUTOLINK = "autolink"
    CODE = "code_inline"
    ESCAPE = "text_special"


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a line that is more than text.

    `start` and `end` count characters of the line's source; a link's label is from `start` + 1 to
    `label_end`. `text` is what a reader sees of it, `reference` the name of the definition that
    a link takes its address from.
    """

    kind: Kind
    start: int
    end: int
    label_end: int = 0
    href: str = ""
    text: str = ""
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A top-level block: its tokens, its lines, and where these are in the document."""

    tokens: list[Token]
    lines: list[str]
    start: int
    end: int

    @property
    def kind(self) -> str:
        """Return the type of the token that opens it."""
        return self.tokens[0].type

    @property
    def text(self) -> str:
        """Return its source."""
        return "\n".join(self.lines).strip("\n")


@dataclass(frozen=True, slots=True)
class Document:
    """A text taken apart: its lines, the tokens of its blocks, and its link definitions."""

    lines: list[str]
    tokens: list[Token]
    env: dict[str, Any]

    def spans(self, source: str) -> list[Span]:
        """Return the spans of a block's inline text, in order, outer before inner."""
        found: list[Span] = []
        _INLINE.inline.parse(source, _INLINE, {**self.env, "spans": found}, [])
        return sorted(found, key=lambda span: (span.start, -span.end))

    def children(self, source: str) -> list[Token]:
        """Return the tokens of a block's inline text."""
        return _INLINE.inline.parse(source, _INLINE, {**self.env, "spans": []}, [])

    def blocks(self) -> Iterator[Block]:
        """Yield the top-level blocks.

        Lines that belong to no block are given to the one before, so that none is lost.
        """
        opening = [n for n, t in enumerate(self.tokens) if t.level == 0 and t.nesting >= 0]
        starts = [(self.tokens[n].map or [0])[0] for n in opening]
        for line in range(*(starts[:1] or [0])):
            if self.lines[line].strip():
                starts[0] = line
                break
        ends = [*starts[1:], len(self.lines)][: len(starts)]
        afters = [*opening[1:], len(self.tokens)][: len(starts)]
        for at, after, start, end in zip(opening, afters, starts, ends, strict=True):
            lines = self.lines[start:end]
            while len(lines) > 1 and not lines[-1].strip():
                lines.pop()
            yield Block(self.tokens[at:after], lines, start, start + len(lines))


def parse(text: str) -> Document:
    """Take a `clean` text apart into blocks; time grows with its length only."""
    env: dict[str, Any] = {}
    tokens: list[Token] = []
    _BLOCKS.block.parse(text + "\n", _BLOCKS, env, tokens)
    return Document(text.split("\n"), tokens, env)


def visible(tokens: list[Token]) -> str:
    """Return what a reader sees of inline tokens, without marks."""
    words = []
    for token in tokens:
        if token.type in ("softbreak", "hardbreak"):
            words.append(" ")
        else:
            words.append(visible(token.children) if token.children else token.content)
    return "".join(words)


def _recording(kind: Kind, rule: Callable[[StateInline, bool], bool]) -> Any:
    """Return the rule, made to note where it found something."""

    def record(state: StateInline, silent: bool) -> bool:
        start, known = state.pos, len(state.tokens)
        spans: list[Span] = state.env["spans"]
        before = len(spans)
        if not rule(state, silent):
            return False
        if not silent:
            made = state.tokens[known:]
            if kind is Kind.IMAGE:
                del spans[before:]  # they count from the start of the label
            spans.extend(_span(kind, start, state, made))
        return True

    return record


def _span(kind: Kind, start: int, state: StateInline, made: list[Token]) -> Iterator[Span]:
    wanted = "link_open" if kind is Kind.AUTOLINK else kind.value
    at = next((n for n, token in enumerate(made) if token.type == wanted), None)
    if at is None:
        return  # a lone backtick, or a backslash before a line break
    token = made[at]
    match kind:
        case Kind.CODE | Kind.ESCAPE:
            yield Span(kind, start, state.pos, text=token.content)
        case Kind.AUTOLINK:
            href = str(token.attrs["href"])
            yield Span(kind, start, state.pos, href=href, text=state.src[start + 1 : state.pos - 1])
        case Kind.LINK | Kind.IMAGE:
            bracket = start if kind is Kind.LINK else start + 1
            end = state.md.helpers.parseLinkLabel(state, bracket, kind is Kind.LINK)
            href = str(token.attrs["href" if kind is Kind.LINK else "src"])
            seen = visible(made[at:] if kind is Kind.LINK else token.children or [])
            name = token.meta.get("label")
            yield Span(kind, start, state.pos, end, href, seen, name)


class _Parser(MarkdownIt):
    """Finds every address, also ``javascript:``, as it was written: `links` judges them."""

    def validateLink(self, url: str) -> bool:  # noqa: N802 - the parser's name for it
        return True

    def normalizeLink(self, url: str) -> str:  # noqa: N802
        return url

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802
        return link


def _parser(nesting: int) -> MarkdownIt:
    parser = _Parser("commonmark", {"maxNesting": nesting, "store_labels": True})
    parser.enable(["table", "strikethrough"]).disable(["html_block", "html_inline"])
    rules = [
        ("link", Kind.LINK, link),
        ("image", Kind.IMAGE, image),
        ("autolink", Kind.AUTOLINK, autolink),
        ("backticks", Kind.CODE, backtick),
        ("escape", Kind.ESCAPE, escape),
    ]
    for name, kind, rule in rules:
        parser.inline.ruler.at(name, _recording(kind, rule))
    return parser


_BLOCKS = _parser(_BLOCKS_NESTED)
_INLINE = _parser(_BRACKETS_NESTED)
