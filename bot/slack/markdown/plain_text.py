"""Markdown as plain text, for a message's ``text``. Pure.

Notifications and screen readers use it. Slack also returns it when a thread is read, because it
keeps only its own translation of a markdown block.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from markdown_it.token import Token

from bot.slack.citations.verification import CitationPolicy
from bot.slack.markdown.parser import Document, parse, text_of_tokens
from bot.slack.markdown.segments import runs_on
from bot.slack.text.escaping import WORD_JOINER, clean, escape_mrkdwn, unescape_angles
from bot.slack.text.links import destination

_BREAK = re.compile(r"<br\s*/?>[ \t]*\n?", re.IGNORECASE)

_TWO_OF_THREE = re.compile("``(?=`)")
_SEEN_BEFORE = 5  # tokens; ends of emphasis are some without words


def to_plain_text(markdown: str, limit: int, policy: CitationPolicy | None = None) -> str:
    """Return Markdown as plain text, escaped for mrkdwn; nothing in it pings.

    Headings are lines, links ``label (address)``, cells are separated by bars; code stays code, and
    what is struck out stays so.
    Sanitized Markdown gives the same text as its source, except for the hosts that `sanitize` adds.

    Args:
        markdown: untrusted.
        limit: characters of the escaped text; a longer one ends in ``…``, after a word.
        policy: what it may cite: Slack must not link other addresses.
    """
    lines: list[str] = []
    size = 0
    for line in _lines(parse(clean(markdown)), policy):
        escaped = escape_mrkdwn(line)
        lines.append(escaped)
        size += len(escaped) + 1
        if size > limit + 1:
            break
    text = "\n".join(lines).strip("\n")
    return text if len(text) <= limit else _cut(text, limit)


def _cut(text: str, limit: int) -> str:
    if limit < 1:
        return ""
    head = text[: limit - 1]
    if not text[limit - 1].isspace():
        words = re.match(r"(.*)\s", head, re.DOTALL)
        head = words[1] if words and words[1].strip() else re.sub(r"&[a-z]{0,3}\Z", "", head)
    return head.rstrip() + "…"


@dataclass(slots=True)
class _Margin:
    """The margin of a list item or quote: of its first line, and of the others."""

    first: str
    others: str


@dataclass(slots=True)
class _Position:
    """The margins and list numbers at a place in the document."""

    margins: list[_Margin] = field(default_factory=list)
    numbers: list[int | None] = field(default_factory=list)  # of ordered lists; None: bullets

    def put(self, text: str) -> Iterator[str]:
        """Yield a leaf block's lines, each with its margin."""
        for line in text.split("\n"):
            yield ("".join(margin.first for margin in self.margins) + line).rstrip()
            for margin in self.margins:
                margin.first = margin.others

    def enter(self, token: Token) -> None:
        """Enter or leave a container."""
        match token.type:
            case "bullet_list_open":
                self.numbers.append(None)
            case "ordered_list_open":
                self.numbers.append(int(token.attrs.get("start", 1)))
            case "bullet_list_close" | "ordered_list_close":
                self.numbers.pop()
            case "list_item_open":
                number = self.numbers[-1]
                marker = "• " if number is None else f"{number}. "
                if number is not None:
                    self.numbers[-1] = number + 1
                self.margins.append(_Margin(marker, " " * len(marker)))
            case "blockquote_open":
                self.margins.append(_Margin("> ", "> "))
            case "list_item_close" | "blockquote_close":
                self.margins.pop()
            case _:
                pass


def _lines(document: Document, policy: CitationPolicy | None) -> Iterator[str]:
    page = _Position()
    row: list[str] | None = None
    for number, token in enumerate(document.tokens):
        if token.level == 0 and token.nesting >= 0 and number:
            yield ""
        match token.type:
            case "tr_open":
                row = []
            case "tr_close":
                yield from page.put(" | ".join(row or []))
                row = None
            case "inline" if row is not None:
                row.append(_BREAK.sub(" ", _words(document.children(token.content), policy)))
            case "inline":
                yield from page.put(
                    _BREAK.sub("\n", _words(document.children(token.content), policy))
                )
            case "fence" | "code_block":
                code = _no_fence(unescape_angles(token.content.rstrip("\n")))
                yield from page.put(f"```\n{code}\n```")
            case "hr":
                yield from page.put("———")
            case _:
                page.enter(token)


def _words(tokens: list[Token], policy: CitationPolicy | None) -> str:
    """Write inline tokens: links with their address, code in its backticks, ``~`` for strikes."""
    words: list[str] = []
    opened: list[tuple[int, str]] = []
    for token in tokens:
        match token.type:
            case "softbreak" | "hardbreak":
                words.append("\n")
            case "code_inline":
                words.append(f"`{unescape_angles(token.content)}`")
            case "s_open" | "s_close":
                words.append("~")  # as mrkdwn has it: what is struck out is not so
            case "link_open":
                opened.append((len(words), str(token.attrs["href"])))
            case "link_close":
                at, href = opened.pop()
                label = "".join(words[at:])
                no_link = token.markup == "autolink" and destination(href) is None
                before = words[max(at - _SEEN_BEFORE, 0) : at]
                words[at:] = [f"<{label}>" if no_link else _link(label, href, before)]
            case "image":
                label = text_of_tokens(token.children or [])
                words.append(_link(label, str(token.attrs["src"]), words[-_SEEN_BEFORE:]))
            case _:
                words.append(token.content)
    text = clean("".join(words))  # an entity can name an invisible character
    return _no_fence(policy.quiet_plain_text(text) if policy else text)


def _no_fence(text: str) -> str:
    """Keep three backticks from beginning or ending a code block, which they do anywhere."""
    return _TWO_OF_THREE.sub(rf"\g<0>{WORD_JOINER}", text)


def _link(label: str, href: str, before: list[str]) -> str:
    """Write a link that follows these words."""
    address = destination(href)
    label = " ".join(label.split())
    apart = f" ({label})" if runs_on(clean("".join(before))[-1:], label) else label
    if address is None:
        return apart
    shown = address.removeprefix("mailto:")
    if not label or label in (shown, href) or destination(label) == address:
        return shown
    return f"{apart} ({shown})"
