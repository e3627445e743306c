"""Slack's texts as HTML: plain text, mrkdwn, and Markdown (from `markdown`). Pure.

All input is escaped, links have safe schemes only, and nothing is loaded.
Source: https://docs.slack.dev/messaging/formatting-message-text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from bot.playground.page.blockkit.emoji import with_emoji
from bot.playground.page.blockkit.markdown import markdown
from bot.playground.page.blockkit.tags import NOTHING, Html, escaped, joined, lines, tag
from bot.playground.page.blockkit.tokens import (
    BARE_URL,
    TOKEN,
    Names,
    address_in,
    link,
    linkable,
    token,
    unescape,
)

__all__ = ["Names", "markdown", "mrkdwn", "plain", "text_object"]

_CODE_BLOCK = re.compile(r"```(.+?)```", re.DOTALL)
_PIECE = re.compile(f"`(?P<code>[^`\n]+)`|{TOKEN.pattern}|(?P<url>{BARE_URL.pattern})")
_QUOTE = re.compile(r"(?:&gt;|>)(?P<all>(?:&gt;|>){2})? ?")
_STYLED = re.compile(
    r"(?<![\w*_~])(?:\*(?P<strong>\S(?:[^*\n]*\S)?)\*|_(?P<em>\S(?:[^_\n]*\S)?)_"
    r"|~(?P<s>\S(?:[^~\n]*\S)?)~)(?![\w*_~])"
)
_PLACEHOLDER = re.compile("[\U000f0000-\U000ffffd]")  # a private-use plane, not used in texts


def plain(text: str) -> Html:
    """Draw plain text, with emoji names replaced and line breaks kept."""
    return lines(with_emoji(unescape(text)))


def mrkdwn(text: str, names: Names, *, verbatim: bool = False) -> Html:
    """Draw mrkdwn; `verbatim`: bare addresses are not linked."""
    drawn: list[Html] = []
    at = 0
    for block in _CODE_BLOCK.finditer(text):
        before = text[at : block.start()].removesuffix("\n")
        drawn += [_prose(before, names, verbatim), tag("pre", _code(block[1].strip("\n")))]
        at = block.end()
    rest = text[at:]
    drawn.append(_prose(rest.removeprefix("\n") if at else rest, names, verbatim))
    return joined(drawn)


def text_object(this: dict[str, Any] | None, names: Names) -> Html:
    """Draw a text object of either type."""
    if this is None:
        return NOTHING
    if this.get("type") == "mrkdwn":
        return mrkdwn(this["text"], names, verbatim=bool(this.get("verbatim")))
    return plain(this["text"])


def _prose(text: str, names: Names, verbatim: bool) -> Html:
    """Draw text without code blocks.

    Code, tokens and addresses are drawn first and replaced by one character each, so that styles
    apply around them but not inside.
    """
    drawn_pieces: list[Html] = []

    def replace(match: re.Match[str]) -> str:
        after = ""
        if match["url"]:
            url = match["url"] if verbatim else address_in(match["url"])
            after = match["url"][len(url) :]
            shown = escaped(unescape(url))
            drawn_pieces.append(shown if verbatim else link(unescape(url), shown))
        else:
            drawn_pieces.append(
                tag("code", _code(match["code"])) if match["code"] else token(match, names)
            )
        return chr(0xF0000 + len(drawn_pieces) - 1) + after

    drawn = joined(_paragraphs(_PIECE.sub(replace, _PLACEHOLDER.sub("", text))))
    return Html(_PLACEHOLDER.sub(lambda match: drawn_pieces[ord(match[0]) - 0xF0000], drawn))


def _paragraphs(text: str) -> Iterator[Html]:
    """Draw consecutive lines together, quoted ones in a quote."""
    for quoted, group in groupby(_lines(text), key=lambda line: line[0]):
        drawn = joined((_styled(line) for _, line in group), tag("br"))
        yield tag("blockquote", drawn) if quoted else drawn


def _lines(text: str) -> Iterator[tuple[bool, str]]:
    """Yield whether each line is quoted (after ``>>>`` all are), and its text."""
    all_quoted = False
    for line in text.split("\n"):
        mark = None if all_quoted else _QUOTE.match(line)
        all_quoted = all_quoted or bool(mark and mark["all"])
        yield all_quoted or bool(mark), line[mark.end() :] if mark else line


def _styled(text: str) -> Html:
    drawn: list[Html] = []
    at = 0
    for match in _STYLED.finditer(text):
        style = str(match.lastgroup)
        drawn += [_words(text[at : match.start()]), tag(style, _styled(match[style]))]
        at = match.end()
    return joined([*drawn, _words(text[at:])])


def _words(text: str) -> Html:
    return escaped(with_emoji(unescape(text)))


def _code(text: str) -> Html:
    """Draw code unchanged, except for the brackets that Slack puts around addresses."""
    drawn: list[Html] = []
    at = 0
    for match in TOKEN.finditer(text):
        if linkable(match["name"]):
            url, label = unescape(match["name"]), unescape(match["label"] or "")
            drawn += [escaped(unescape(text[at : match.start()])), link(url, escaped(label or url))]
            at = match.end()
    return joined([*drawn, escaped(unescape(text[at:]))])
