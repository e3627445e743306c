"""The blocks of a Markdown text, and the tokens within a line. Pure.

The parser is markdown-it-py (CommonMark, with tables and strikethrough). HTML is switched off,
because Slack shows it as text and reads Markdown in it, so we must do the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt, rules_block, rules_inline
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from bot.slack import limits

# Beyond so many containers or brackets within each other, the text is taken as it is. A list and
# its item are two; the time for `[[[[…` grows with the second.
_BLOCKS_NESTED = 24
_BRACKETS_NESTED = 6
_LOOK_AHEAD = 30  # lines behind those with ``>`` in which the end of a quote is looked for
# An address from its colon on: marks are part of it where it goes on behind them, as GitHub reads
# it (https://github.github.com/gfm/#autolinks-extension-): `https://a.b/__main__.html`.
_ADDRESS = re.compile(
    r"://(?:[^\s<>`\\&!*_~\[\]]|&(?!#?\w{1,40};)|!(?!\[)"
    r"|[*_~]+(?=[a-zA-Z0-9/]|[.?=&#%+-][a-z0-9/])|(?<!_)_(?=\())+"
)
_LONGEST_CACHED = 500  # characters
_SCHEME = re.compile(r"https?\Z", re.IGNORECASE)


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


@dataclass(slots=True)
class Node:
    """A block with its child blocks; `inline` is the inline text of a leaf."""

    token: Token
    children: list[Node] = field(default_factory=list)
    inline: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed text: its lines, the tokens of its blocks, and its link definitions."""

    lines: list[str]
    tokens: list[Token]
    env: dict[str, Any]

    def children(self, source: str, marked: Mapping[int, set[str]] | None = None) -> list[Token]:
        """Return the tokens of a block's inline text.

        Args:
            source: the inline text.
            marked: addresses whose marks end no emphasis, as `marked_addresses`.
        """
        if marked:
            return _INLINE.inline.parse(source, _INLINE, {**self.env, "marked": marked}, [])
        if not self.env.get("references"):
            return inline_tokens(source)
        return _INLINE.inline.parse(source, _INLINE, self.env, [])

    def names_used(self) -> frozenset[str]:
        """Return the names of the link definitions that its links refer to."""
        if not self.env.get("references"):
            return frozenset()
        return frozenset(
            child.meta["label"]
            for token in self.tokens
            if token.type == "inline"
            for child in self.children(token.content)
            if child.meta.get("label") is not None
        )

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


def parse(text: str, *, growing: bool = False) -> Document:
    """Parse a text that `clean` returned; the time is linear in its length.

    An answer that is sanitized, split and written as plain text is parsed once.

    Args:
        text: the Markdown.
        growing: more text may follow, so a line of dashes makes no heading of the text above it.
    """
    return _cached(text, growing) if len(text) <= limits.PART_TEXT else _parsed(text, growing)


def _parsed(text: str, growing: bool) -> Document:
    env: dict[str, Any] = {}
    tokens: list[Token] = []
    parser = _GROWING if growing else _BLOCKS
    parser.block.parse(text + "\n", parser, env, tokens)
    return Document(text.split("\n"), tokens, env)


_cached = lru_cache(2)(_parsed)


def nodes(tokens: list[Token]) -> list[Node]:
    """Return the top-level blocks of a document, as trees."""
    root: list[Node] = []
    around = [root]
    for token in tokens:
        if token.nesting < 0:
            around.pop()
        elif token.type == "inline":
            around[-2][-1].inline = token.content
        else:
            around[-1].append(Node(token))
            if token.nesting > 0:
                around.append(around[-1][-1].children)
    return root


def inline_tokens(source: str) -> list[Token]:
    """Return the tokens of an inline text, in which nothing refers to a definition.

    An answer's plain text is written from the tokens that its Markdown was written from.
    """
    return _cached_tokens(source) if len(source) <= _LONGEST_CACHED else _inline_tokens(source)


def _inline_tokens(source: str) -> list[Token]:
    return _INLINE.inline.parse(source, _INLINE, {}, [])


_cached_tokens = lru_cache(128)(_inline_tokens)


def text_of_tokens(tokens: Sequence[Token]) -> str:
    """Return the text that a reader sees of inline tokens, without marks."""
    words = []
    for token in tokens:
        if token.type in ("softbreak", "hardbreak"):
            words.append(" ")
        else:
            words.append(text_of_tokens(token.children) if token.children else token.content)
    return "".join(words)


class _Parser(MarkdownIt):
    """Finds every address as it was written, even ``javascript:``; `text.links` judges them."""

    def validateLink(self, url: str) -> bool:  # noqa: N802 - the parser's name for it
        return True

    def normalizeLink(self, url: str) -> str:  # noqa: N802
        return url

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802
        return link


def _quote(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read a quote. Without a limit, the parser may look through the rest of the text for each."""
    last = start + 1
    while not silent and last < end and _is_quoted(state, last):
        last += 1
    return rules_block.blockquote(state, start, min(end, last + _LOOK_AHEAD), silent)


def _is_quoted(state: StateBlock, line: int) -> bool:
    return state.src.startswith(">", state.bMarks[line] + state.tShift[line])


def _address(state: StateInline, silent: bool) -> bool:
    """Take a bare address as plain text up to its possible end, whatever marks are in it."""
    at = state.pos
    if not (
        state.src.startswith("://", at)
        and _SCHEME.search(state.src[max(at - 5, 0) : at])
        and (match := _ADDRESS.match(state.src, at, state.posMax))
    ):
        return False
    marked: Mapping[int, set[str]] = state.env.get("marked", {})
    ends = (at + size for size, pages in marked.items() if state.src[at : at + size] in pages)
    end = max(match.end(), *ends, 0)
    if not silent:
        state.append_pending(state.src[at:end])
    state.pos = end
    return True


#: The rules for what is within a line. Each begins with characters of its own, so one look tells
#: which to try; anything else is plain text up to the next of these characters.
_RULES = {
    ":": _address,
    "\n": rules_inline.newline,
    "\\": rules_inline.escape,
    "`": rules_inline.backtick,
    "~": rules_inline.strikethrough.tokenize,
    "*": rules_inline.emphasis.tokenize,
    "_": rules_inline.emphasis.tokenize,
    "[": rules_inline.link,
    "!": rules_inline.image,
    "<": rules_inline.autolink,
    "&": rules_inline.entity,
}
_TERMINATOR = re.compile(f"[{re.escape(''.join(_RULES))}\\]]")  # a bracket ends a label


def _rule(state: StateInline, silent: bool) -> bool:
    return _RULES.get(state.src[state.pos], rules_inline.text)(state, silent)


def _parser(nesting: int) -> MarkdownIt:
    parser = _Parser(
        "commonmark", {"maxNesting": nesting, "store_labels": True, "inline_definitions": True}
    )
    parser.enable(["table", "strikethrough"]).disable("html_block")
    parser.block.ruler.at(
        "blockquote", _quote, {"alt": ["paragraph", "reference", "blockquote", "list"]}
    )
    parser.inline.ruler.push("rule", _rule)
    parser.inline.ruler.enableOnly("rule")
    parser.inline.terminator_re = _TERMINATOR
    return parser


_BLOCKS = _parser(_BLOCKS_NESTED)
_GROWING = _parser(_BLOCKS_NESTED).disable("lheading")
_INLINE = _parser(_BRACKETS_NESTED)
