"""Slack's limits for texts and blocks, each with its source, and our own limits below them. Pure.

"measured" means: found by the authors of https://pypi.org/project/slack-markdown-parser/ on a real
workspace on 2026-06-11; Slack's reference does not give the number.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

PART_TEXT = 11_500
"""Characters that we put into one markdown block. Slack allows 12,000 in all markdown blocks of a
message and refuses more with ``msg_too_long``.
https://docs.slack.dev/reference/block-kit/blocks/markdown-block"""

BLOCKS = 13_200
"""Characters of all blocks of a message; more is refused with ``msg_blocks_too_long`` (measured).
Whether Slack counts what a reader sees or the JSON is not documented, and nobody has measured it.
The JSON holds all that a reader sees, so `json_length` within it keeps both within it."""

PART_JSON = 12_250
"""Characters of JSON that we put into the blocks of one message. The rest of `BLOCKS` is for the
lines above an answer: its question, and mentions."""

ANSWER_FOOTER = 1_600
"""Characters of JSON below an answer at most, with ids as long as Slack's; 1,300 where
its question is a message's own. Two menus of all processors took 5,559, though nobody sees their
options before opening them: they are in modals."""

TRANSLATED_ITEMS = 50
"""Items of a message after Slack has translated a markdown block into headings, dividers, tables
and the text between them; more is refused with ``invalid_blocks`` (measured)."""

PART_ITEMS = 42
"""Items that we put into one message, counting each block of the text as one. The rest of
`TRANSLATED_ITEMS` is for the blocks above and below an answer."""

TABLES = 1
"""Tables in one message: ``only_one_table_allowed``.
https://docs.slack.dev/reference/block-kit/blocks/table-block, as are the next three."""

TABLE_ROWS = 100
"""Rows of a table, with its header."""

TABLE_COLUMNS = 20
"""Cells in a row."""

TABLE_TEXT = 10_000
"""Characters in all cells of a table."""

MESSAGE_TEXT = 39_000
"""Characters that we put into a message's ``text``; Slack cuts it at 40,000.
https://docs.slack.dev/reference/methods/chat.postMessage"""

EDITED_TEXT = 3_900
"""Characters that we put into ``text`` in an edit; Slack refuses more than 4,000 with
``msg_too_long``. https://docs.slack.dev/reference/methods/chat.update"""

URL = 3_000
"""Characters of a link's address in Block Kit (slack_sdk's models, ``url_max_length``)."""


def json_length(blocks: Sequence[Mapping[str, Any]] | None) -> int:
    """Return how many characters of JSON the blocks of a message are, written without spaces."""
    return len(json.dumps(blocks or [], ensure_ascii=False, separators=(",", ":")))
