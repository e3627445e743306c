"""Slack's numbers for text and blocks, each with its source, and how far below them we stay.

"measured" means: found by the authors of https://pypi.org/project/slack-markdown-parser/ on a real
workspace on 2026-06-11; Slack's reference does not give the number.
"""

from __future__ import annotations

MARKDOWN_TEXT = 12_000
"""Characters of all markdown blocks of a message; more is refused with ``msg_too_long``.
https://docs.slack.dev/reference/block-kit/blocks/markdown-block"""

PART_TEXT = 11_500
"""Characters that we put into one markdown block. All blocks of a message together may hold 13,200
(measured, ``msg_blocks_too_long``); the rest is for what stands under an answer."""

TRANSLATED_ITEMS = 50
"""Items of a message after Slack has translated a markdown block into headings, dividers, tables
and the text between them; more is refused with ``invalid_blocks`` (measured)."""

PART_ITEMS = 45
"""Items that we put into one message, counting each block of the text as one."""

TABLES = 1
"""Tables in one message: ``only_one_table_allowed``.
https://docs.slack.dev/reference/block-kit/blocks/table-block, as are the next three."""

TABLE_ROWS = 100
"""Rows of a table, with its header."""

TABLE_COLUMNS = 20
"""Cells in a row."""

TABLE_TEXT = 10_000
"""Characters in all cells of a table."""

MESSAGE_TEXT = 40_000
"""Characters of a message's ``text``, which Slack cuts there.
https://docs.slack.dev/reference/methods/chat.postMessage"""

EDIT_TEXT = 4_000
"""Characters of ``text`` that chat.update takes; more is refused with ``msg_too_long``.
https://docs.slack.dev/reference/methods/chat.update"""

URL = 3_000
"""Characters of a link's address in Block Kit (slack_sdk's models, ``url_max_length``)."""
