"""An answer split into pieces that fit a message each, and the message of a piece. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from bot.ports import Blocks, Message, Upload
from bot.slack import limits
from bot.slack.blockkit.blocks import markdown_block
from bot.slack.citations.verification import CitationPolicy
from bot.slack.limits import EDITED_TEXT
from bot.slack.markdown.answer_markdown import file_markdown
from bot.slack.markdown.pieces import SMALLEST
from bot.slack.markdown.plain_text import to_plain_text
from bot.slack.markdown.sanitizer import sanitize
from bot.slack.markdown.splitter import draft_parts, finished_parts, split_messages, with_mark_links
from bot.slack.messages.parts import MessagePart
from bot.slack.text.escaping import escape_mrkdwn
from bot.slack.wording import cut_mrkdwn

MOST_MESSAGES = 3  # of one answer; a longer one goes into a file
EVEN_SPARE = 400  # characters by which pieces of even length may differ


def room_above(blocks: Blocks) -> int:
    """Return how many characters of JSON a message has room for above these blocks."""
    return limits.PART_JSON - limits.json_length(blocks)


def fitting_pieces(content: str, policy: CitationPolicy, last: int) -> list[str]:
    """Split an answer into pieces that each fit a message.

    With citation marks to link, the pieces are about equally long, so that each has room for links,
    unless that takes more messages.

    Args:
        content: Markdown; untrusted.
        policy: what the answer may cite.
        last: characters of JSON for the last piece, which shares its message with other blocks. In
            JSON, a line feed, a quote or a backslash is two characters.

    Returns:
        Sanitized Markdown, at least one piece.
    """
    text = sanitize(content, policy)
    fewest = max(1, math.ceil(len(content) / limits.PART_TEXT))
    even = (len(content) + limits.PART_JSON - last) // fewest + EVEN_SPARE
    if policy.own_references and 1 < fewest <= MOST_MESSAGES and even < limits.PART_TEXT:
        drafts = draft_parts(text, even)
        # Finishing drafts takes the most time, and never makes fewer of them.
        if len(drafts) <= fewest:
            parts = finished_parts(drafts, text, even, policy=policy)
            pieces = _as_json_pieces(parts, policy, last)
            if len(pieces) <= fewest and sum(map(len, pieces)) > (fewest - 1) * limits.PART_TEXT:
                return pieces
    parts = finished_parts(draft_parts(text), text, policy=policy)
    return _as_json_pieces(parts, policy, last)


def _as_json_pieces(parts: list[str], policy: CitationPolicy, last: int) -> list[str]:
    """Split parts further so that each fits as JSON, the last one into `last` characters."""
    pieces = [piece for part in parts for piece in _split_to_fit(part, limits.PART_JSON, policy)]
    return [*pieces[:-1], *_split_to_fit(pieces[-1], last, policy)] if pieces else ["…"]


def _split_to_fit(piece: str, room: int, policy: CitationPolicy) -> list[str]:
    """Split a piece so that each part fits into `room` characters of JSON."""
    size = limits.json_length([markdown_block(piece)])
    if size <= room:
        return [piece]
    limit = max(SMALLEST, len(piece) * room // size - 1)
    parts = split_messages(piece, limit, policy=policy)
    if len(parts) == 1:  # all of it is the smallest there is
        return parts
    return [part for smaller in parts for part in _split_to_fit(smaller, room, policy)]


def answer_part(
    number: int, piece: str, policy: CitationPolicy, room: int = limits.PART_JSON
) -> MessagePart:
    """Return the message of a piece of an answer, and the same as text and as a file.

    Args:
        number: its place among the answer's messages, from 0.
        piece: Markdown of `fitting_pieces`.
        policy: what the answer may cite.
        room: characters of JSON for its block.
    """
    text = to_plain_text(piece, limits.MESSAGE_TEXT, policy) or escape_mrkdwn(piece)

    def file() -> Upload:
        name = f"answer-{number + 1}.md"
        return Upload(
            name=name,
            title="Answer",
            content=file_markdown(piece, policy),
            comment="The answer as a file",
        )

    linked = with_mark_links(piece, policy, room)
    shown = Message(text, [markdown_block(linked)])
    return MessagePart(f"answer:{number}", (shown, Message(text)), fallback_file=file)


def with_blocks_below(
    part: MessagePart, words: str, blocks: Blocks, sources: Callable[[], str] | None = None
) -> MessagePart:
    """Put blocks below the last message of an answer.

    Args:
        part: the message.
        words: what the blocks say, in mrkdwn for ``text``.
        blocks: what to put below.
        sources: builds the Markdown to put at the end of the file; None for nothing.
    """

    def in_message(message: Message) -> Message:
        text = "\n\n".join(filter(None, (message.text, words)))
        return replace(message, text=text, blocks=message.blocks and message.blocks + blocks)

    def in_file(file: Upload) -> Upload:
        content = (file.content, sources() if sources else "")
        return replace(file, content="\n\n".join(filter(None, content)))

    room = EDITED_TEXT - len(words) - 2
    text = (
        f"{cut_mrkdwn(part.best.text, room)}\n\n{words}"
        if room > 0
        else cut_mrkdwn(words, EDITED_TEXT)
    )
    short = Message(text, (part.best.blocks or []) + blocks)
    return replace(part.changed(in_message, in_file), edited=short)
