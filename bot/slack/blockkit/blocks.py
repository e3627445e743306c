"""Blocks and views. Pure.

https://docs.slack.dev/reference/block-kit/blocks and https://docs.slack.dev/reference/views
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.ports import Blocks
from bot.slack.blockkit.elements import (
    Button,
    FeedbackButtons,
    Overflow,
    StaticSelect,
    TextInput,
    mrkdwn,
    plain_text,
)
from bot.slack.blockkit.pickers import Picker

Block = dict[str, Any]
View = dict[str, Any]


# --- blocks -----------------------------------------------------------------------------


def section(
    words: str, *, accessory: Button | StaticSelect | None = None, block_id: str = ""
) -> Block:
    """Return a block of mrkdwn words, with an element beside them."""
    made: Block = {"type": "section", "text": mrkdwn(words)}
    if accessory:
        made["accessory"] = accessory
    if block_id:
        made["block_id"] = block_id
    return made


def context(*words: str) -> Block:
    """Return a block of small grey mrkdwn words."""
    return {"type": "context", "elements": [mrkdwn(each) for each in words]}


def header(words: str) -> Block:
    """Return a heading; Slack allows 150 characters."""
    return {"type": "header", "text": plain_text(words)}


def divider() -> Block:
    """Return a line across."""
    return {"type": "divider"}


def markdown_block(text: str) -> Block:
    """Return a block of Markdown, which must be sanitized."""
    return {"type": "markdown", "text": text}


def actions(elements: Sequence[Button | Overflow]) -> Block:
    """Return a row of elements."""
    return {"type": "actions", "elements": [*elements]}


def context_actions(thumbs: FeedbackButtons) -> Block:
    """Return the row that Slack's thumbs stand in."""
    return {"type": "context_actions", "elements": [thumbs]}


def input_block(
    block_id: str,
    label: str,
    element: TextInput | StaticSelect | Picker,
    *,
    hint: str = "",
    optional: bool = False,
    dispatch: bool = False,
) -> Block:
    """Return a labelled input of a view.

    Args:
        block_id: its name in the submission.
        label: what stands above it.
        element: what is filled in.
        hint: what stands below it.
        optional: it may stay empty.
        dispatch: a choice is sent at once, too, as a block action.
    """
    made: Block = {"type": "input", "block_id": block_id, "label": plain_text(label)}
    if hint:
        made["hint"] = plain_text(hint)
    if optional:
        made["optional"] = True
    if dispatch:
        made["dispatch_action"] = True
    return {**made, "element": element}


# --- views ------------------------------------------------------------------------------


def modal(title: str, blocks: Blocks, *, close: str = "Close", private_metadata: str = "") -> View:
    """Return a modal that only shows something.

    Args:
        title: up to 24 characters.
        blocks: what it shows.
        close: the label of the button that closes it.
        private_metadata: what comes back with its buttons; Slack allows 3,000 characters.
    """
    made: View = {
        "type": "modal",
        "title": plain_text(title),
        "close": plain_text(close),
        "blocks": blocks,
    }
    if private_metadata:
        made["private_metadata"] = private_metadata
    return made


def form(
    callback_id: str,
    title: str,
    blocks: Blocks,
    *,
    submit: str,
    close: str = "Cancel",
    private_metadata: str,
) -> View:
    """Return a modal that is submitted, as `callback_id`; else as `modal`."""
    return {
        **modal(title, blocks, close=close, private_metadata=private_metadata),
        "callback_id": callback_id,
        "submit": plain_text(submit),
    }


def home_tab(blocks: Blocks) -> View:
    """Return a Home tab."""
    return {"type": "home", "blocks": blocks}
