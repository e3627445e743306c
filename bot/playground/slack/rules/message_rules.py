"""Rules for whole messages and views, beyond those for single blocks. Pure.

Limits of messages: 50 blocks, 50 items after Slack's own translation of Markdown, 12,000
characters in all markdown blocks, 13,200 characters in all blocks, one table. Whether Slack counts
the text of the blocks or their JSON is not documented: here it is the JSON, which is the longer.
Sources: https://docs.slack.dev/reference/block-kit/blocks/markdown-block,
https://docs.slack.dev/reference/block-kit/blocks/table-block,
https://pypi.org/project/slack-markdown-parser/ (measured), https://docs.slack.dev/reference/views.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from bot.playground.slack.rules.blocks import MESSAGE, VIEW
from bot.playground.slack.rules.elements import ID, plain
from bot.playground.slack.rules.refusal import Refusal, invalid_arguments
from bot.playground.slack.rules.schema import (
    Issue,
    Rule,
    anything,
    array,
    boolean,
    enum,
    json_object,
    string,
)
from bot.playground.slack.rules.translation import translate

Block = dict[str, Any]

MARKDOWN_CHARACTERS = 12_000
BLOCKS_CHARACTERS = 13_200
TABLE_ROWS, TABLE_CELLS, TABLE_CHARACTERS = 100, 20, 10_000
VIEW_BYTES = 250_000
_HOLDERS = {"actions", "context_actions", "carousel"}


def blocks_refusal(error: str, issues: list[Issue]) -> Refusal:
    """Return a refusal that lists what is wrong with the blocks, as Slack does."""
    lines = [str(issue) for issue in issues]
    return Refusal(
        error,
        errors=lines,
        response_metadata={"messages": [f"[ERROR] {line}" for line in lines]},
    )


def check_blocks(blocks: Any, prefix: str = "/blocks") -> list[Block]:
    """Return the blocks of a message unchanged. Raises Refusal with what is wrong."""
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise Refusal("invalid_blocks_format")
    issues = list(array(MESSAGE, 0, 50)(blocks, prefix)) or list(_duplicate_ids(blocks, prefix))
    if issues:
        raise blocks_refusal("invalid_blocks", issues)
    _check_markdown(blocks, prefix)
    _check_tables(blocks, prefix)
    if len(json.dumps(blocks, ensure_ascii=False, separators=(",", ":"))) > BLOCKS_CHARACTERS:
        raise Refusal("msg_blocks_too_long")
    return blocks


def _check_markdown(blocks: list[Block], prefix: str) -> None:
    markdown = [block["text"] for block in blocks if block["type"] == "markdown"]
    if sum(map(len, markdown)) > MARKDOWN_CHARACTERS:
        raise Refusal("msg_too_long")
    items = len(blocks) - len(markdown) + sum(len(translate(text).items) for text in markdown)
    if items > 50:
        raise blocks_refusal("invalid_blocks", [Issue(prefix, "no more than 50 items allowed")])


def _check_tables(blocks: list[Block], prefix: str) -> None:
    tables = list(_tables(blocks))
    if len(tables) > 1:
        raise Refusal("only_one_table_allowed")
    for rows in tables:
        issues = []
        if len(rows) > TABLE_ROWS:
            issues.append(Issue(prefix, f"no more than {TABLE_ROWS} rows allowed"))
        if any(len(row) > TABLE_CELLS for row in rows):
            issues.append(Issue(prefix, f"no more than {TABLE_CELLS} cells allowed"))
        if sum(len(cell) for row in rows for cell in row) > TABLE_CHARACTERS:
            issues.append(Issue(prefix, f"no more than {TABLE_CHARACTERS} characters in cells"))
        if issues:
            raise blocks_refusal("invalid_blocks", issues)


def _tables(blocks: list[Block]) -> Iterator[list[list[str]]]:
    for block in blocks:
        if block["type"] == "table":
            yield [["".join(shown_texts(cell)) for cell in row] for row in block["rows"]]
        elif block["type"] == "data_table":
            yield []
        elif block["type"] == "markdown":
            yield from translate(block["text"]).tables
        elif block["type"] == "container":
            yield from _tables(block["child_blocks"])


def shown_texts(value: Any) -> Iterator[str]:
    """Yield every visible text of a message; the options of menus are not counted."""
    if isinstance(value, list):
        for item in value:
            yield from shown_texts(item)
    elif isinstance(value, dict):
        for name, content in value.items():
            if name in {"text", "title", "subtitle", "body"} and isinstance(content, str):
                yield content
            elif name not in {"options", "option_groups", "confirm", "placeholder"}:
                yield from shown_texts(content)


def interactive_elements(blocks: Any) -> Iterator[tuple[Block, Block]]:
    """Yield every interactive element with its block."""
    for block in blocks or []:
        kind = block.get("type")
        elements = list(block.get("elements") or []) if kind in _HOLDERS else []
        elements += [block[name] for name in ("accessory", "element") if block.get(name)]
        elements += (block.get("actions") or []) if kind == "card" else []
        for element in elements:
            if element.get("type") == "card":
                yield from interactive_elements([element])
            elif element.get("type") != "image":
                yield block, element
        yield from interactive_elements(block.get("child_blocks"))


def _duplicate_ids(blocks: list[Block], prefix: str) -> Iterator[Issue]:
    seen: set[str] = set()
    for index, block in enumerate(blocks):
        name = block.get("block_id")
        if name in seen:
            yield Issue(f"{prefix}/{index}/block_id", f"block_id {name} already exists")
        seen.update([name] if name else [])
        actions: set[str] = set()
        for _, element in interactive_elements([block]):
            action = element.get("action_id")
            if action in actions:
                yield Issue(f"{prefix}/{index}", f"action_id {action} already exists")
            actions.update([action] if action else [])


_COMMON: dict[str, Rule] = {
    "callback_id": ID,
    "private_metadata": string(3000, 0),
    "external_id": string(255, 0),
}
_MODAL = json_object(
    {"type": enum("modal"), "title": plain(24), "blocks": array(VIEW, 1, 100)},
    {
        **_COMMON,
        "submit": plain(24),
        "close": plain(24),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
        "submit_disabled": boolean,
    },
)
_HOME = json_object({"type": enum("home"), "blocks": array(VIEW, 1, 100)}, _COMMON)


def check_view(view: Any, *kinds: str) -> Block:
    """Return the view unchanged. Raises Refusal if it is invalid or not of one of `kinds`."""
    if not isinstance(view, dict):
        raise invalid_arguments("must be a view object [json-pointer:/view]")
    if len(json.dumps(view).encode()) > VIEW_BYTES:
        raise Refusal("view_too_large")
    kind = view.get("type")
    issues = list(enum(*kinds)(kind, "/view/type"))
    issues = issues or list((_MODAL if kind == "modal" else _HOME)(view, "/view"))
    issues = issues or list(_duplicate_ids(view["blocks"], "/view/blocks"))
    if not issues and not view.get("submit") and kind == "modal" and _has_inputs(view):
        issues.append(Issue("/view", "missing required field: submit"))
    if issues:
        raise invalid_arguments(*(str(issue) for issue in issues))
    return view


def _has_inputs(view: Block) -> bool:
    return any(block["type"] == "input" for block in view["blocks"])


_METADATA = json_object({"event_type": string(255), "event_payload": anything})
#: Slack documents that there is a limit but not its value; this is a cautious guess.
METADATA_CHARACTERS = 16_000


def check_metadata(metadata: Any) -> Block:
    """Return message metadata unchanged. Raises Refusal when it is invalid."""
    issues = list(_METADATA(metadata, "/metadata"))
    if issues or not isinstance(metadata["event_payload"], dict):
        raise Refusal("invalid_metadata_format")
    if len(json.dumps(metadata)) > METADATA_CHARACTERS:
        raise Refusal("metadata_too_large")
    return dict(metadata)
