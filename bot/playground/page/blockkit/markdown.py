"""The Markdown of markdown blocks as HTML. Pure.

As in Slack, it is CommonMark with tables, strikethrough and task lists; HTML is shown as text, line
breaks are kept, images are links, and Slack's ``<…>`` tokens work. An entity such as ``&lt;`` is a
character and never a part of a token.
Source: https://docs.slack.dev/reference/block-kit/blocks/markdown-block.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from bot.playground.page.blockkit.emoji import with_emoji
from bot.playground.page.blockkit.tags import Html, escaped, joined, lines, tag
from bot.playground.page.blockkit.tokens import (
    BARE_URL,
    TOKEN,
    Names,
    address_in,
    link,
    linkable,
    token,
)

_TASK = re.compile(r"\[([ xX])\] ")
_HIGHEST = 3  # heading levels 1 and 2 are used by the page


def markdown(text: str, names: Names) -> Html:
    """Draw the text of a markdown block."""
    env: EnvType = {"names": names}
    return Html(str(_MARKDOWN.render(text, env)))


# --- parsing ----------------------------------------------------------------------------


def _slack_token(state: StateInline, silent: bool) -> bool:
    """Parse one of Slack's tokens (an inline rule of markdown-it)."""
    match = TOKEN.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        found = state.push("slack_token", "", 0)
        found.meta = {"match": match}
    state.pos = match.end()
    return True


def _adjust_tokens(state: StateCore) -> None:
    """Adjust the parsed tokens for accessibility (a core rule of markdown-it).

    Heading levels have no gaps, empty header cells become data cells, and links are not nested.
    """
    levels: list[int] = []
    for at, this in enumerate(state.tokens):
        if this.type == "heading_open":
            level = int(this.tag[1:])
            levels = [*(above for above in levels if above < level), level]
            written = min(_HIGHEST + len(levels) - 1, 6)
            this.tag = f"h{written}" if state.tokens[at + 1].content else "p"
            this.attrs = {"class": f"bk-h{level}"}
            state.tokens[at + 2].tag = this.tag
        elif this.type == "th_open" and not state.tokens[at + 1].content:
            this.tag = state.tokens[at + 2].tag = "td"
        elif this.type == "inline" and this.children:
            this.children = _without_nested_links(this.children)
            if at >= 2 and state.tokens[at - 2].type == "list_item_open":
                this.children[0].meta["first"] = True


def _without_nested_links(children: list[Token]) -> list[Token]:
    kept: list[Token] = []
    depth = 0
    for child in children:
        if child.type == "link_close":
            depth -= 1
        if depth == 0 or child.type not in ("link_open", "link_close"):
            kept.append(child)
        child.meta["linked"] = depth > 0
        if child.type == "link_open":
            depth += 1
    return kept


# --- drawing ----------------------------------------------------------------------------


class _Renderer(RendererHTML):
    """Draws what differs from CommonMark; each method is named after the token type it draws."""

    def text(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> Html:
        this = tokens[idx]
        text = this.content
        if this.meta.get("first") and (task := _TASK.match(text)):
            text = ("☐ " if task[1] == " " else "☑ ") + text[task.end() :]
        return escaped(with_emoji(text)) if this.meta.get("linked") else _prose(text)

    def slack_token(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> Html:
        meta: dict[str, Any] = tokens[idx].meta
        return token(meta["match"], env["names"], linked=bool(meta.get("linked")))

    def link_open(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> Html:
        opened = link(str(tokens[idx].attrGet("href") or ""), Html(""))
        return Html(opened.removesuffix("</a>"))

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> Html:
        this = tokens[idx]
        url = str(this.attrGet("src") or "")
        shown = escaped(self.renderInlineAsText(this.children, options, env) or url)
        return shown if this.meta.get("linked") else link(url, shown)

    def table_open(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> Html:
        return Html('<div class="bk-scroll" role="group" aria-label="Table" tabindex="0"><table>\n')

    def table_close(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> Html:
        return Html("</table></div>\n")

    def th_open(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> Html:
        return _cell(tokens[idx])

    td_open = th_open


def _cell(this: Token) -> Html:
    """Open a cell; its alignment becomes a class, because inline styles are forbidden here."""
    align = str(this.attrGet("style") or "").removeprefix("text-align:")
    scope = "col" if this.tag == "th" else None
    cell = tag(this.tag, class_=f"bk-{align}" if align else None, scope=scope)
    return Html(cell.removesuffix(f"</{this.tag}>"))


def _prose(text: str) -> Html:
    """Draw text, with bare addresses as links."""
    drawn: list[Html] = []
    at = 0
    for match in BARE_URL.finditer(text):
        url = address_in(match[0])
        drawn += [lines(with_emoji(text[at : match.start()])), link(url, escaped(url))]
        at = match.start() + len(url)
    return joined([*drawn, lines(with_emoji(text[at:]))])


def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False, "breaks": True}, renderer_cls=_Renderer)
    reader.enable(["table", "strikethrough"])
    reader.validateLink = linkable  # type: ignore[method-assign]
    reader.inline.ruler.before("autolink", "slack_token", _slack_token)
    reader.core.ruler.push("finish", _adjust_tokens)
    return reader


_MARKDOWN = _reader()
