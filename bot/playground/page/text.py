"""Slack's texts as HTML: mrkdwn, plain text, and the Markdown of markdown blocks. Pure.

Whatever was written stays text: everything is escaped, links go only where a reader may go, and
pictures become links, for nothing is loaded from elsewhere.
Sources: https://docs.slack.dev/messaging/formatting-message-text,
https://docs.slack.dev/reference/block-kit/blocks/markdown-block.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape, unescape

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

_SCHEMES = ("http://", "https://", "mailto:")
_HELD = re.compile("\ue000(\\d+)\ue001")
_CODE = re.compile(r"```(?P<block>.+?)```|`(?P<span>[^`\n]+)`", re.DOTALL)
_TOKEN = re.compile(r"<([@#!]?[^<>\s|][^<>|]*)(?:\|([^<>]*))?>")
_STYLED = re.compile(
    r"(?<![\w*_~])(?:\*(?P<strong>\S(?:[^*\n]*\S)?)\*|_(?P<em>\S(?:[^_\n]*\S)?)_"
    r"|~(?P<s>\S(?:[^~\n]*\S)?)~)(?![\w*_~])"
)
_EMOJI = re.compile(r":([a-z0-9_+-]+):")
_URL = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)\]}']")
_TASK = re.compile(r"^\[([ xX])\] ")

EMOJI = {
    "+1": "👍", "-1": "👎", "arrow_right": "➡️", "ballot_box_with_check": "☑️", "bar_chart": "📊",
    "bell": "🔔", "bulb": "💡", "bust_in_silhouette": "👤", "credit_card": "💳", "eyes": "👀",
    "fast_forward": "⏩", "gear": "⚙️", "globe_with_meridians": "🌐", "grey_question": "❔",
    "heart": "❤️", "hourglass": "⌛", "hourglass_flowing_sand": "⏳", "information_source": "ℹ️",
    "key": "🔑", "link": "🔗", "lock": "🔒", "mag": "🔍", "memo": "📝", "microscope": "🔬",
    "moneybag": "💰", "mute": "🔇", "no_bell": "🔕", "no_entry": "⛔", "octagonal_sign": "🛑",
    "page_facing_up": "📄", "pray": "🙏", "question": "❓", "raised_hands": "🙌",
    "rocket": "🚀", "scissors": "✂️", "smile": "😄", "snail": "🐌", "sos": "🆘", "sparkles": "✨",
    "speech_balloon": "💬", "stopwatch": "⏱️", "tada": "🎉", "telescope": "🔭",
    "thinking_face": "🤔", "thread": "🧵", "thumbsdown": "👎", "thumbsup": "👍", "timer_clock": "⏲️",
    "twisted_rightwards_arrows": "🔀", "warning": "⚠️", "wave": "👋", "white_check_mark": "✅",
    "wrench": "🔧", "x": "❌", "zap": "⚡",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Names:
    """Who is who.

    Attributes:
        users: what people are called, by user id.
        channels: what channels are called, without ``#``, by channel id.
    """

    users: Mapping[str, str]
    channels: Mapping[str, str]


def plain(text: str) -> str:
    """Draw plain text: emoji by their names, line breaks kept."""
    return _emoji(escape(unescape(text))).replace("\n", "<br>")


def mrkdwn(text: str, names: Names) -> str:
    """Draw Slack's own markup, in its escaped form."""
    held: list[str] = []

    def hold(html: str) -> str:
        held.append(html)
        return f"\ue000{len(held) - 1}\ue001"

    def code(match: re.Match[str]) -> str:
        if match["block"] is not None:
            return hold(f"<pre>{escape(unescape(match['block'].strip(chr(10))))}</pre>")
        return hold(f"<code>{escape(unescape(match['span']))}</code>")

    text = re.sub("[\ue000\ue001]", "", text)
    text = _CODE.sub(code, text)
    text = _TOKEN.sub(lambda match: hold(_token(match[1], match[2], names)), text)
    return _HELD.sub(lambda match: held[int(match[1])], _paragraphs(text))


def _paragraphs(text: str) -> str:
    """Draw lines; those that begin with ``>`` are quoted."""
    drawn: list[str] = []
    quoted: list[str] = []

    def end_of_quote() -> None:
        if quoted:
            drawn.append(f"<blockquote>{'<br>'.join(quoted)}</blockquote>")
            quoted.clear()

    for line in text.split("\n"):
        match = re.match(r"(?:&gt;|>)\s?(.*)", line)
        if match:
            quoted.append(_styled(match[1]))
        else:
            end_of_quote()
            drawn.append(f"{_styled(line)}<br>")
    end_of_quote()
    return "".join(drawn).removesuffix("<br>")


def _styled(text: str) -> str:
    match = _STYLED.search(text)
    if match is None:
        return _emoji(escape(unescape(text)))
    tag = str(match.lastgroup)
    before, after = text[: match.start()], text[match.end() :]
    return f"{_emoji(escape(unescape(before)))}<{tag}>{_styled(match[tag])}</{tag}>{_styled(after)}"


def _emoji(html: str) -> str:
    return _EMOJI.sub(lambda match: EMOJI.get(match[1], match[0]), html)


def _token(name: str, label: str | None, names: Names) -> str:
    if name.startswith("@"):
        return user(name[1:], names)
    if name.startswith("#"):
        return channel(name[1:], names, label)
    if name.startswith("!date^"):
        return _date(name, label)
    if name.startswith("!"):
        return mention(f"@{label or name[1:].partition('^')[0]}")
    return link(unescape(name), _emoji(escape(unescape(label or name))))


def user(user_id: str, names: Names) -> str:
    """Draw the mention of somebody."""
    return mention(f"@{names.users.get(user_id, user_id)}")


def channel(channel_id: str, names: Names, label: str | None = None) -> str:
    """Draw the mention of a channel."""
    return mention(f"#{names.channels.get(channel_id) or label or channel_id}")


def mention(words: str) -> str:
    """Draw a mention in these words."""
    return f'<span class="bk-mention">{escape(words)}</span>'


def link(url: str, html: str) -> str:
    """Draw a link, `html` being what it shows; only the latter when one may not go there."""
    if not url.lower().startswith(_SCHEMES):
        return html
    return f'<a href="{escape(url)}" target="_blank" rel="noopener noreferrer">{html}</a>'


def _date(name: str, fallback: str | None) -> str:
    """Draw ``!date^TIMESTAMP^FORMAT^LINK`` on this machine's clock."""
    _, timestamp, form, *_ = [*name.split("^"), "", ""]
    try:
        at = datetime.fromtimestamp(int(timestamp), UTC).astimezone()
    except (ValueError, OverflowError, OSError):
        return escape(unescape(fallback or ""))
    return f'<time datetime="{at.isoformat()}">{escape(date(at, unescape(form)))}</time>'


def date(at: datetime, form: str) -> str:
    """Fill in Slack's date tokens, such as ``{date_short}``; times without seconds but one."""
    day = f"{at:%B} {at.day}, {at.year}"
    short = f"{at:%b} {at.day}, {at.year}"
    known = {
        "date_num": f"{at:%Y-%m-%d}",
        "date": day,
        "date_short": short,
        "date_long": f"{at:%A}, {day}",
        "time": f"{at:%H:%M}",
        "time_secs": f"{at:%H:%M:%S}",
        "ago": f"on {short}",
    }
    for name in ("date", "date_short", "date_long"):
        known[f"{name}_pretty"] = known[name]
    return re.sub(r"\{(\w+)\}", lambda match: known.get(match[1], match[0]), form)


# --- Markdown ---------------------------------------------------------------------------


def markdown(text: str, names: Names) -> str:
    """Draw the text of a markdown block."""
    env: EnvType = {"names": names}
    return str(_MARKDOWN.render(text, env))


class _Drawn(RendererHTML):
    """Headings below the page's own, links that open elsewhere, pictures as links."""

    def heading_open(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        return "<h3>"  # Slack knows one kind of header

    def heading_close(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        return "</h3>\n"

    def link_open(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        return link(str(tokens[idx].attrGet("href") or ""), "").removesuffix("</a>")

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        url = str(tokens[idx].attrGet("src") or "")
        return link(url, escape(tokens[idx].content or url))

    def text(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        before = [token.type for token in tokens[:idx]]
        inside = before.count("link_open") > before.count("link_close")
        return _words(tokens[idx].content, env["names"], linked=inside)

    def table_open(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        return '<div class="bk-scroll" role="region" aria-label="Table" tabindex="0"><table>\n'

    def table_close(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        return "</table></div>\n"


def _words(text: str, names: Names, *, linked: bool) -> str:
    """Draw running text: mentions work in Markdown, too, and bare addresses become links."""
    task = _TASK.match(text)
    if task:
        text = ("☐ " if task[1] == " " else "☑ ") + text[task.end() :]
    drawn, at = [], 0
    for match in re.finditer(rf"{_TOKEN.pattern}|{_URL.pattern}", text):
        drawn.append(_emoji(escape(text[at : match.start()])))
        token = match[1]
        if token and token[0] in "@#!":
            drawn.append(_token(token, match[2], names))
        elif token or linked:
            drawn.append(escape(match[0]))
        else:
            drawn.append(link(match[0], escape(match[0])))
        at = match.end()
    return "".join(drawn) + _emoji(escape(text[at:]))


_MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": True}, renderer_cls=_Drawn).enable(
    ["table", "strikethrough"]
)
_MARKDOWN.validateLink = lambda url: url.lower().startswith(_SCHEMES)  # type: ignore[method-assign]
