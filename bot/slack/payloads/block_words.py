"""The words of blocks: what a reader sees of them, without buttons. Pure.

https://docs.slack.dev/reference/block-kit/blocks. What has another form than expected is left out.
Blocks of an unknown type are read by the field names that known ones have for their words.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.domain.unicode import replace_lone_surrogates
from bot.slack.payloads.fields import items
from bot.slack.text.plain_words import date_words, link_words, plain_words

#: What Slack puts into `text` when a message's words are only in its blocks.
_PLACEHOLDERS = (
    "This content can't be displayed.",
    "This message contains interactive elements.",
    "[no preview available]",
)
#: Rich text in which people are mentioned; in code they are not.
_WITH_MENTIONS = ("rich_text", "rich_text_section", "rich_text_list", "rich_text_quote")
_MAX_DEPTH = 20  # of blocks within blocks; Slack's have about six
#: Buttons, whose labels are no part of a message's words.
_BUTTONS = ("button", "feedback_buttons", "icon_button", "workflow_button")
#: Fields in which a block or an element has its words.
_WORD_FIELDS = (
    *("title", "subtitle", "label", "text", "body", "description", "fields", "elements"),
    *("details", "output", "tasks", "child_blocks"),
)


def shown(blocks: Any) -> str:
    """Return the words of blocks, a line or a few for each."""
    return "\n".join(filter(None, _lines(items(blocks), 0)))


def mentioned(value: Any, depth: int = 0) -> Iterator[str]:
    """Yield the ids of the people whom rich text mentions; what was only typed mentions nobody."""
    if depth > _MAX_DEPTH:
        return
    match value:
        case {"type": "user", "user_id": str(user)}:
            yield user
        case {"type": str(kind)} if kind in _WITH_MENTIONS:
            yield from mentioned(value.get("elements"), depth + 1)
        case list():
            for each in value:
                yield from mentioned(each, depth + 1)


def with_mentions_as_text(value: Any, depth: int = 0) -> Any:
    """Return blocks that mention people and groups as `text` does: ``<@U1>``, ``<!subteam^S1>``."""
    if depth > _MAX_DEPTH:
        return None
    match value:
        case {"type": "user", "user_id": str(user)}:
            return {"type": "text", "text": f"<@{user}>"}
        case {"type": "usergroup", "usergroup_id": str(group)}:
            return {"type": "text", "text": f"<!subteam^{group}>"}
        case {"type": str(kind)} if kind in _WITH_MENTIONS:
            inside = items(value.get("elements"))
            elements = [with_mentions_as_text(each, depth + 1) for each in inside]
            return {**value, "elements": elements}
        case list():
            return [with_mentions_as_text(each, depth + 1) for each in value]
        case _:
            return value


def is_table(block: Any) -> bool:
    """Whether a block is a table, whose words are in no text."""
    return isinstance(block, dict) and block.get("type") in ("table", "data_table")


def plain(text: Any) -> str:
    """Return a text in plain words; "" for a placeholder, and for what is no text."""
    words = plain_words(text) if isinstance(text, str) else ""
    return "" if words in _PLACEHOLDERS else words


def _lines(value: Any, depth: int) -> Iterator[str]:
    """Yield the words of blocks and their elements, a line or a few each."""
    if depth > _MAX_DEPTH:
        return
    match value:
        case str():
            yield plain(value)
        case list():
            for each in value:
                yield from _lines(each, depth + 1)
        case {"type": str(kind)} if kind in _BUTTONS:
            return
        case {"type": "rich_text"}:
            for each in items(value.get("elements")):
                yield from _rich_lines(each, depth + 1)
        case {"rows": list(rows)}:
            yield from _lines(value.get("caption"), depth + 1)
            for row in rows:
                cells = (" ".join(_lines(cell, depth + 1)) for cell in items(row))
                yield " | ".join(cells).strip()
        case {"type": "raw_number", "value": int() | float() as number} if not value.get("text"):
            yield str(number)
        case {"type": "image", "alt_text": str(alt)} if not value.get("title"):
            yield plain(alt)
        case {"type": "context", "elements": list(elements)}:
            # Images among words are icons.
            words = (each for each in elements if not _is_image(each))
            yield from _lines(list(words), depth + 1)
        case dict():
            for name in _WORD_FIELDS:
                yield from _lines(value.get(name), depth + 1)


def _rich_lines(element: Any, depth: int) -> Iterator[str]:
    """Yield the words of an element of rich text; a list has a line for each of its items."""
    if depth > _MAX_DEPTH or not isinstance(element, dict):
        return
    inside = items(element.get("elements"))
    if element.get("type") == "rich_text_list":
        for each in inside:
            if words := " ".join(filter(None, _rich_lines(each, depth + 1))):
                yield f"• {words}"
    else:
        yield "".join(map(_span, inside)).strip()


def _span(element: Any) -> str:
    """Return an inline element of rich text in plain words; its text has no entities."""
    if not isinstance(element, dict):
        return ""
    texts = {name: value for name, value in element.items() if isinstance(value, str)}
    text = texts.get("text", "")
    match element.get("type"):
        case "user":
            words = "@someone"
        case "usergroup":
            words = "@a-group"
        case "channel":
            words = "#a-channel"
        case "broadcast":
            words = f"@{texts.get('range', '')}"
        case "emoji":
            words = f":{texts.get('name', '')}:"
        case "link":
            words = link_words(texts.get("url", ""), text)
        case "date":
            words = texts.get("fallback") or date_words(element.get("timestamp"))
        case _:
            words = text or texts.get("value") or texts.get("fallback", "")
    return replace_lone_surrogates(words)


def _is_image(element: Any) -> bool:
    return isinstance(element, dict) and element.get("type") == "image"
