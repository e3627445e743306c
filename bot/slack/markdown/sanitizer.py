"""Markdown from the web, rewritten so that it is safe and every parser reads the same. Pure.

The source is parsed once, and the result is written from its tokens in one plain style: headings
with ``#``, bullets with ``-``, code in fences, quotes with ``>`` before each line, a blank line
between blocks. So everything that parsers disagree about (indentation, lazy lines of a quote, which
block interrupts which) is decided here, and no other parser can read into the source what ours
does not.

- ``<`` and ``>`` become entities, in code too: in backticks Slack has been seen to swallow
  ``<string,string>`` (https://github.com/integrations/slack/issues/1761), so code does not protect
  from its tokens. An entity is shown as its character.
- Links, images and ``<br>``: see `inline`. A link definition moves into the links that use it;
  an unused one becomes a readable line. Other HTML is shown as it is written.
- ``@here`` and the like, and invisible characters: see `text.escaping`.
- Links that a `CitationPolicy` does not allow: see `citations.verification`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from markdown_it.rules_block.table import escapedSplit
from markdown_it.token import Token

from bot.slack.citations.verification import CitationPolicy
from bot.slack.markdown.citation_marks import CitationMarks
from bot.slack.markdown.inline import Inline
from bot.slack.markdown.inline_writer import Form
from bot.slack.markdown.parser import Document, Node, nodes, parse
from bot.slack.text.escaping import WORD_JOINER, clean, defuse_pings, escape_angles
from bot.slack.text.links import destination

LANGUAGE = re.compile(r"[\w+#.-]{1,30}")
#: Code that viewers show as a picture or a map, whose links can lead anywhere.
_DRAWN = frozenset(("geojson", "math", "mermaid", "plantuml", "stl", "topojson"))
_FENCE_LINES = re.compile(r"(^[ \t]*)(?=```)", re.MULTILINE)
_FENCES = {mark: re.compile(mark + "{3,}") for mark in "`~"}
_MARKERS = re.compile(r"(?:[ \t]*(?:>|[-+*](?=[ \t]|$)|\d{1,9}[.)](?=[ \t]|$)))*[ \t]*")
#: Words in one line, without a character that could be a mark, a token or part of an address.
_PLAIN = re.compile(r"(?:[^\W_]|[ ,;()'\"%$?+=-]|[.:](?= |$))*")
_CLOSES_HEADING = re.compile(r"(^|[ \t])(#+)$")
_ALIGNED = {"left": ":---", "right": "---:", "center": ":---:"}
_LISTS = ("bullet_list_open", "ordered_list_open")
_LARGEST_NUMBER = 999_999_999  # of a list item: https://spec.commonmark.org/0.31.2/#list-items


def sanitize(
    markdown: str,
    policy: CitationPolicy | None = None,
    *,
    file: bool = False,
    highest_heading: int = 1,
    growing: bool = False,
    marks: CitationMarks | None = None,
) -> str:
    """Return Markdown made safe for Slack's markdown block.

    To sanitize the result again changes nothing. It may be longer than the source, so measure it
    afterwards, as `split_messages` does.

    Args:
        markdown: anything, of any length; untrusted.
        policy: what it may cite; None for everything.
        file: write for a Markdown file, where code stays as it is, and so does ``<`` where it
            cannot start an HTML tag.
        highest_heading: the level of its highest heading, from 1.
        growing: more text will follow; then the result for that begins with this one, as far as
            possible.
        marks: makes links of citation marks; None to leave them as they are.
    """
    document = parse(clean(markdown), growing=growing)
    return _Writer(
        document=document,
        policy=policy,
        file=file,
        lower=highest_heading - 1,
        growing=growing,
        marks=marks,
    ).write()


@dataclass(slots=True)
class _Writer:
    """Writes the blocks of a document, each as a list of lines."""

    document: Document
    policy: CitationPolicy | None
    file: bool
    lower: int  # levels that each heading goes down
    growing: bool
    marks: CitationMarks | None
    list_marker: str = ""  # of the list that the current block is in
    used: set[str] = field(
        default_factory=set
    )  # names of definitions that links use, until these are written

    def write(self) -> str:
        self.used = set(self.document.names_used())
        lines: list[str] = []
        before: tuple[str, str] | None = None
        for block in nodes(self.document.tokens):
            before = self._add(lines, block, before)
        return "\n".join(lines)

    def _add(
        self,
        lines: list[str],
        block: Node,
        before: tuple[str, str] | None,
        *,
        blank: bool = True,
    ) -> tuple[str, str] | None:
        """Write a block to `lines`, with `blank` after an empty line.

        `before` and the result: the kind of the previous block, and its marker if it is a list.
        """
        kind = block.token.type
        mark = self._marker(block, before) if kind in _LISTS else ""
        written = self._block(block, mark, first=not lines)
        if not written:
            return before
        if lines and blank:
            lines.append("")
        lines += written
        return kind, mark

    def _marker(self, block: Node, before: tuple[str, str] | None) -> str:
        """Return the marker of a list, which differs from that of a list just before it."""
        usual, other = ("-", "*") if block.token.type == _LISTS[0] else (".", ")")
        return other if before == (block.token.type, usual) else usual

    def _block(self, block: Node, mark: str, *, first: bool) -> list[str]:
        token = block.token
        match token.type:
            case "paragraph_open":
                text = self._inline(block.inline, self._form())
                return text.split("\n") if text else []
            case "heading_open":
                text = self._inline(block.inline, self._form(one_line=True))
                text = _CLOSES_HEADING.sub(r"\1\\\2", text)
                level = min(6, int(token.tag[1]) + self.lower)
                return [f"{'#' * level} {text}"] if text else []
            case "fence" | "code_block":
                return self._code(token)
            case "hr":
                return [
                    "***" if self.list_marker and not (first and self.list_marker == "*") else "---"
                ]
            case "blockquote_open":
                return [f"> {line}".rstrip() for line in self._within(block)]
            case "table_open":
                return self._table(block)
            case "definition":
                return self._definition(token)
            case _:
                return self._list(block, mark)

    def _within(self, block: Node) -> list[str]:
        """Write the blocks of a quote or of a list item; in an item, most need no empty line."""
        is_item = block.token.type == "list_item_open"
        lines: list[str] = []
        before: tuple[str, str] | None = None
        for child in block.children:
            blank = not is_item or (before is not None and not _keep_apart(before[0], child.token))
            before = self._add(lines, child, before, blank=blank)
        return lines if block.children else self._unread(block)

    def _list(self, block: Node, mark: str) -> list[str]:
        number = min(int(block.token.attrs.get("start", 1)), _LARGEST_NUMBER)
        around, self.list_marker = self.list_marker, mark
        lines: list[str] = []
        for item in block.children:
            marker = f"{number}{mark} " if mark in ".)" else f"{mark} "
            # An item needs something on its first line to stay what it is.
            inner = self._within(item) or [WORD_JOINER]
            indent = " " * len(marker)
            lines.append(marker + inner[0])
            lines += [indent + line if line else "" for line in inner[1:]]
            number = min(number + 1, _LARGEST_NUMBER)
        self.list_marker = around
        return lines

    def _code(self, token: Token) -> list[str]:
        content = clean(token.content).rstrip("\n")
        code = content if self.file else escape_angles(defuse_pings(content))
        fence = fence_for(code)
        if self.growing:  # its later content must not change its first line
            fence, code = "```", _FENCE_LINES.sub(rf"\1{WORD_JOINER}", code)
        language = token.info.strip().split(" ")[0]
        shown = LANGUAGE.fullmatch(language) and not (self.file and language.lower() in _DRAWN)
        info = language if shown else ""
        return [f"{fence}{info}", *code.split("\n"), fence]

    def _table(self, block: Node) -> list[str]:
        form = self._form(one_line=True, cell=True)
        rows = [row for part in block.children for row in part.children]
        lines = [
            "| " + " | ".join(self._inline(cell, form) for cell in self._cells(row)) + " |"
            for row in rows
        ]
        styles = (str(cell.token.attrs.get("style", "")) for cell in rows[0].children)
        dashes = " | ".join(_ALIGNED.get(style.rpartition(":")[2], "---") for style in styles)
        head = self.document.lines[(rows[0].token.map or [0])[0]]
        if self.growing and not head[_end_of_markers(head) :].startswith("|"):
            lines[0] = lines[0][2:-2]  # as it began before it was a table
        return [lines[0], f"| {dashes} |", *lines[1:]]

    def _cells(self, row: Node) -> list[str]:
        """Return the cells of a row; excess cells are joined to the last one.

        GitHub drops these (https://github.github.com/gfm/#example-204), but models write ``a|b``.
        """
        cells = [cell.inline for cell in row.children]
        source = self.document.lines[(row.token.map or [0])[0]].rstrip()
        all_of_them = escapedSplit(source.removesuffix("|") if source[-2:] != "\\|" else source)
        first = 1 if source[_end_of_markers(source) :].startswith("|") else 0
        excess = all_of_them[first + len(cells) :]
        return [*cells[:-1], "|".join((cells[-1], *excess)).strip()] if excess else cells

    def _inline(self, source: str, form: Form) -> str:
        if _PLAIN.fullmatch(source) and (form.one_line or source[:1].isalpha()):
            return source.strip()  # nothing to parse: most cells of a table, many a line
        tokens = self.document.children(source, self.policy.marked if self.policy else {})
        return Inline(form, self.policy, self.marks).written(tokens, source)

    def _form(self, *, one_line: bool = False, cell: bool = False) -> Form:
        return Form(one_line=one_line, cell=cell, file=self.file, growing=self.growing)

    def _unread(self, block: Node) -> list[str]:
        """Write the lines that the parser did not read, within too many lists or quotes."""
        start, end = block.token.map or [0, 0]
        rest = (line[_end_of_markers(line) :] for line in self.document.lines[start:end])
        return self._words(" ".join(filter(None, rest)))

    def _words(self, text: str) -> list[str]:
        words = [Token("text", "", 0, content=text)]
        written = Inline(self._form(), self.policy).written(words)
        return written.split("\n") if written else []

    def _definition(self, token: Token) -> list[str]:
        """Write an unused definition: its name, its address and its title."""
        name, href, title = (str(token.meta[key] or "") for key in ("id", "url", "title"))
        if name in self.used:
            self.used.remove(name)  # another one of that name is not used
            return []
        label = self.document.children(str(token.meta["label"]))
        if destination(href):
            ends = [Token("link_open", "a", 1, attrs={"href": href}), Token("link_close", "a", -1)]
            words = title
        else:
            ends = [Token("text", "", 0, content=mark) for mark in ("[", "]:")]
            words = f"{href} {title}".strip()
        after = Token("text", "", 0, content=f" {words}" if words else "")
        written = [ends[0], *label, ends[1], after]
        text = Inline(self._form(), self.policy).written(written)
        return text.split("\n") if text else []


def fence_for(code: str) -> str:
    """Return a fence that no line of the code closes: backticks, unless tildes are shorter."""
    runs = [max(map(len, _FENCES[mark].findall(code)), default=2) + 1 for mark in "`~"]
    return "`" * runs[0] if runs[0] <= runs[1] else "~" * runs[1]


def _end_of_markers(line: str) -> int:
    match = _MARKERS.match(line)
    return match.end() if match else 0


def _keep_apart(before: str, token: Token) -> bool:
    """Whether two blocks of an item stay apart without an empty line between them."""
    if token.type in ("paragraph_open", "definition", "table_open") or before == "table_open":
        return False
    if token.type == "ordered_list_open":
        return int(token.attrs.get("start", 1)) == 1
    return not token.type == before == "blockquote_open"
