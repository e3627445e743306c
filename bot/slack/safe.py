"""The same Markdown, made safe for Slack's markdown block. Pure.

What is rewritten, and nothing else:

- ``<`` and ``>`` become entities, in code too: in backticks Slack has been seen to swallow
  ``<string,string>`` (https://github.com/integrations/slack/issues/1761), so code is no shelter
  from its tokens, and an entity is shown as its character. The marker of a quote stays.
- Links, images and ``<br>``: see `inline`. A definition of a link moves into the links that use it;
  one that no link uses becomes a readable line. Other HTML is shown as it is written.
- ``@here`` and the like, invisible characters: see `text`. A code fence that never ends is closed.
- Where it is known what the text may cite, what it cites besides: see `integrity`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from markdown_it.token import Token

from bot.slack.addresses import shown
from bot.slack.inline import Inline, continued, literal
from bot.slack.integrity import Cited
from bot.slack.links import destination
from bot.slack.parse import Document, parse
from bot.slack.text import angles, clean, quiet

_CONTAINER = re.compile(r"(?:[ \t]*(?:>|[-+*](?=[ \t])|\d{1,9}[.)](?=[ \t])))*")
_SPECIAL = re.compile(r"[<>\[@\\]|]\(")  # without one of these, there is nothing to rewrite
_CITING = re.compile(r"[<>\[【@\\&]|]\(|://|www\.|mailto:|\.\w+/|:\d+/", re.IGNORECASE)
_PIPE = re.compile(r"(?<!\\)\|")
_DEFINITION = re.compile(r"\[((?:\\.|[^\\\]])*)\]:", re.DOTALL)


def safe(markdown: str, cited: Cited | None = None, *, file: bool = False) -> str:
    """Return the same Markdown made safe for Slack's markdown block.

    Safe Markdown stays as it is, so it does no harm to do it twice. The result may be longer than
    the source: measure after, not before (`split` does).

    Args:
        markdown: anything, of any length; untrusted.
        cited: what it may cite; None for everything.
        file: it is for a Markdown file. Code stays as it is there, and so does ``<`` where it
            cannot start an HTML tag.
    """
    document = parse(clean(markdown))
    return _Writer(document, cited, file).write()


@dataclass(slots=True)
class _Writer:
    """Writes a document again; a line that is None has moved into another."""

    document: Document
    cited: Cited | None
    file: bool
    lines: list[str | None] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    def write(self) -> str:
        in_table = False
        self.lines = [self._unread(line) for line in self.document.lines]
        for token in self.document.tokens:
            match token.type:
                case "table_open":
                    in_table = True
                    self._table(token)
                case "table_close":
                    in_table = False
                case "inline" if not in_table:
                    self._text(token)
                case "fence" | "code_block":
                    self._code(token)
                case _:
                    pass
        self._definitions()
        return "\n".join(line for line in self.lines if line is not None)

    def _inline(self, source: str, around: list[tuple[str, str]], *, one_line: bool) -> Inline:
        return Inline(self.document, self.used, source, around, one_line, self.cited, self.file)

    def _is_plain(self, text: str) -> bool:
        """Whether there is nothing in it to rewrite."""
        return not (_CITING if self.cited else _SPECIAL).search(text)

    def _text(self, token: Token) -> None:
        """Write a paragraph or heading; each line keeps what stands around its text."""
        if self._is_plain(token.content):
            return
        start, end = token.map or [0, 0]
        parts = [part.strip(" \t") for part in token.content.split("\n")]
        sources = self.document.lines
        while start < end - 1 and parts[0] not in sources[start]:
            start += 1  # lines of other white space, which the parser strips
        around = []
        for line, part in zip(sources[start:], parts, strict=False):
            before, _, after = line.rpartition(part) if part else (line, "", "")
            around.append((before, after))
        one_line = len(parts) == 1 and around[0][0].rstrip().endswith("#")
        text = self._inline("\n".join(parts), around, one_line=one_line).written()
        self.lines[start] = around[0][0] + text + around[-1][1]
        self.lines[start + 1 : start + len(around)] = [None] * (len(around) - 1)

    def _table(self, token: Token) -> None:
        start, end = token.map or [0, 0]
        for number in (start, *range(start + 2, end)):  # between them: the line of dashes
            if self._is_plain(self.document.lines[number]):
                continue
            indent, row = _taken_apart(self.document.lines[number])
            cells = _PIPE.split(row)
            written = [self._inline(cell, [("", "")], one_line=True).written() for cell in cells]
            self.lines[number] = indent + "|".join(written)

    def _code(self, token: Token) -> None:
        start, end = token.map or [0, 0]
        for number in range(start, end):
            indent, code = _taken_apart(self.document.lines[number])
            self.lines[number] = indent + (code if self.file else angles(quiet(code)))
        unclosed = token.content.count("\n") == end - start - 1
        if token.type == "fence" and unclosed:
            before = self.document.lines[start].partition(token.markup)[0]
            self.lines[end - 1] = f"{self.lines[end - 1]}\n{continued(before)}{token.markup}"

    def _definitions(self) -> None:
        found: list[tuple[str, Any]] = list(self.document.env.get("references", {}).items())
        found += [("", twice) for twice in self.document.env.get("duplicate_refs", [])]
        for name, definition in found:
            start, end = definition["map"]
            source = "\n".join(self.document.lines[start:end])
            match = _DEFINITION.search(source)
            assert match
            before = source[: match.start()]
            self.lines[start:end] = [None] * (end - start)
            # Without the line between, indented code could fall to the list above.
            indented = any(line[:1] in (" ", "\t") for line in self.document.lines[end : end + 2])
            if name not in self.used or indented:
                href, title = definition["href"], definition.get("title") or ""
                self.lines[start] = before + self._readable(match[1], href, title)
            elif before.strip():
                self.lines[start] = before

    def _readable(self, name: str, href: str, title: str) -> str:
        around = [("", "")] * (name.count("\n") + 1)
        label = self._inline(name, around, one_line=True).label()
        address = destination(href)
        written = f"{label} {self._checked(literal(href))}"
        if address and self.cited and not self.cited.has(address):
            written = self.cited.instead_of_link(label, label, address, literal(shown(address)))
        elif address:
            written = f"[{self.cited.label(label) if self.cited else label}]({address})"
        return f"{written} {self._checked(literal(title))}\n" if title else f"{written}\n"

    def _unread(self, line: str) -> str:
        """Write a line that the parser did not look into: blank, or in too many lists."""
        if self._is_plain(line):
            return line
        markers, rest = _taken_apart(line)
        return markers + angles(quiet(self._checked(rest))).replace("](", "]\\(")

    def _checked(self, text: str) -> str:
        return self.cited.text(text) if self.cited else text


def _taken_apart(line: str) -> tuple[str, str]:
    """Return the markers of lists and quotes before a line, and the rest of it."""
    match = _CONTAINER.match(line)
    assert match
    return match[0], line[match.end() :]
