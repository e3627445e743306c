"""Slack's text: escaping, the ``<…>`` tokens, and whom a text notifies. Pure.

``&``, ``<`` and ``>`` are sent as entities; ``<@U…>``, ``<#C…>``, ``<!here>`` and ``<https://…>``
are tokens. Source: https://docs.slack.dev/messaging/formatting-message-text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

_TOKEN = re.compile(
    r"<(?:@[UW][A-Z0-9]+|#C[A-Z0-9]+|![a-z]+(?:\^[^<>|]+)*|(?:https?://|mailto:|tel:)[^<>|]+)"
    r"(?:\|[^<>]*)?>"
)
_TYPED_URL = re.compile(r"https?://[^\s<>|]*[^\s<>|.,;:!?)\]}'\"]")
_LONE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt);)")
_PING = re.compile(
    r"<(?:@([UW][A-Z0-9]+)|!(here|channel|everyone|subteam\^[A-Z0-9]+))(?:\|[^<>]*)?>"
)
_PLAIN_PING = re.compile(r"(?<![\w@])@(here|channel|everyone)\b")


def escape(text: str) -> str:
    """Replace the three characters that Slack escapes."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """Undo `escape`, once."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def typed_by_person(text: str) -> str:
    """Return a typed text as apps receive it: escaped, addresses in angle brackets."""
    parts = []
    for token, plain in _split(text):
        if token:
            parts.append(token)
            continue
        at = 0
        for url in _TYPED_URL.finditer(plain):
            parts += [escape(plain[at : url.start()]), f"<{escape(url[0])}>"]
            at = url.end()
        parts.append(escape(plain[at:]))
    return "".join(parts)


def posted_by_app(text: str) -> str:
    """Return an app's text as Slack keeps it: stray special characters are escaped."""
    parts = []
    for token, plain in _split(text):
        stray = plain.replace("<", "&lt;").replace(">", "&gt;")
        parts.append(token or _LONE_AMPERSAND.sub("&amp;", stray))
    return "".join(parts)


def _split(text: str) -> Iterator[tuple[str, str]]:
    """Yield (token, "") and ("", text between tokens) in order."""
    at = 0
    for match in _TOKEN.finditer(text):
        yield "", text[at : match.start()]
        yield match[0], ""
        at = match.end()
    yield "", text[at:]


def rich_text(text: str) -> list[dict[str, Any]]:
    """Return the ``blocks`` that Slack makes of a person's text (already escaped)."""
    spans: list[dict[str, Any]] = []
    for token, plain in _split(text):
        name, _, label = token[1:-1].partition("|")
        if token.startswith("<@"):
            spans.append({"type": "user", "user_id": name[1:]})
        elif token.startswith("<#"):
            spans.append({"type": "channel", "channel_id": name[1:]})
        elif token.startswith("<!"):
            spans.append({"type": "broadcast", "range": name[1:]})
        elif token:
            shown = {"text": unescape(label)} if label else {}
            spans.append({"type": "link", "url": unescape(name), **shown})
        elif plain:
            spans.append({"type": "text", "text": unescape(plain)})
    section = {"type": "rich_text_section", "elements": spans}
    return [{"type": "rich_text", "block_id": "rt", "elements": [section]}]


def pings_in(text: str, *, plain_words: bool = False) -> set[str]:
    """Return whom a text notifies: user ids, and ``!here``, ``!channel``, ``!everyone``.

    `plain_words`: a plain ``@here`` counts, too, as in text that Slack parses.
    """
    found = {user or f"!{group}" for user, group in _PING.findall(text)}
    if plain_words:
        found |= {f"!{word}" for word in _PLAIN_PING.findall(text)}
    return found


def pings_of(text: str, blocks: list[dict[str, Any]], *, parsed: bool = False) -> set[str]:
    """Return whom a message notifies, by its text and its blocks.

    `parsed`: it was sent with ``link_names`` or ``parse``. Slack also parses tokens in markdown
    blocks (https://github.com/PostHog/posthog/issues/95054).
    """
    return pings_in(text, plain_words=parsed).union(*map(_pings_of_block, blocks))


def _pings_of_block(value: Any) -> set[str]:
    if isinstance(value, list):
        return set().union(*map(_pings_of_block, value))
    if not isinstance(value, dict):
        return set()
    match value:
        case {"type": "user", "user_id": str(user)}:
            return {user}
        case {"type": "usergroup", "usergroup_id": str(group)}:
            return {f"!subteam^{group}"}
        case {"type": "broadcast", "range": str(who)}:
            return {f"!{who}"}
        case {"type": "mrkdwn", "text": str(text)}:
            return pings_in(text, plain_words=not value.get("verbatim"))
        case {"type": "markdown", "text": str(text)}:
            return pings_in(text)
        case _:
            return set().union(*map(_pings_of_block, value.values()))
