"""The summary of a long report: the section that makes sense alone. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.slack.markdown.parser import Block, parse, text_of_tokens
from bot.slack.markdown.sanitizer import sanitize
from bot.slack.markdown.splitter import split_messages

_NUMBERING = r"\W*(?:\d+[.)\s]\s*)?"
_GISTS = tuple(  # best first
    re.compile(rf"{_NUMBERING}(?:{titles})\W*", re.IGNORECASE)
    for titles in (
        r"(?:executive |brief |short )?summary|tl[;:/ ]?dr|(?:short |direct )?answer|bottom line"
        r"|in (?:short|brief)|at a glance|abstract",
        r"(?:(?:key|main) )?(?:findings|takeaways|points|results)",
        r"(?:overall |key )?conclusions?(?: and .{1,40})?",
    )
)
_BOLD_LINE = re.compile(r"\*\*([^*\n]{1,100})\*\*:?")
_BELOW_HEADINGS = 7
_SPLIT_AT_MOST = 4  # times the limit


def summary(markdown: str, limit: int) -> str:
    """Return the part of a report that makes sense alone, as sanitized Markdown.

    That is its title and its summary, else its key findings, else its conclusion, else its first
    blocks. It ends with a whole block, and not with a heading.

    Args:
        markdown: untrusted.
        limit: characters of the result, 200 or more.

    Raises:
        ValueError: `limit` is too small.
    """
    text = sanitize(markdown)
    blocks = list(parse(text).blocks())
    gist = _gist(blocks)
    size = 0
    leading = []
    for block in gist or blocks:
        leading.append(block.text)
        size += len(block.text)
        if size > limit:
            break
    # Only the first part is used, so only the beginning of a table of megabytes is split.
    gist_text = "\n\n".join(leading)
    if len(gist_text) > _SPLIT_AT_MOST * limit:
        end = gist_text.rfind("\n", limit, _SPLIT_AT_MOST * limit)
        gist_text = gist_text[: end if end > 0 else _SPLIT_AT_MOST * limit]
    parts = split_messages(gist_text, limit)
    return parts[0] if parts else ""


def _gist(blocks: list[Block]) -> list[Block]:
    headings = [(n, *heading) for n, block in enumerate(blocks) if (heading := _heading(block))]
    sections = list(_sections(headings, len(blocks)))
    for titles in _GISTS:
        for (n, _, title), (end, has_text) in zip(headings, sections, strict=True):
            if has_text and titles.fullmatch(title):
                return [*_title(blocks[:n]), *blocks[n:end]]
    return []


def _sections(headings: list[tuple[int, int, str]], last: int) -> Iterator[tuple[int, bool]]:
    """Yield where the section of each heading ends, and whether it has more than headings.

    From the last heading to the first, so that each is looked at once.
    """
    found: list[tuple[int, bool]] = []
    open_ones: list[tuple[int, int, bool]] = []  # level, place, whether its section has text
    following = last
    for n, level, _ in reversed(headings):
        has_text = following > n + 1
        end = last
        while open_ones and open_ones[-1][0] > level:
            inner = open_ones.pop()
            has_text = has_text or inner[2]
        if open_ones:
            end = open_ones[-1][1]
        open_ones.append((level, n, has_text))
        found.append((end, has_text))
        following = n
    yield from reversed(found)


def _title(before: list[Block]) -> list[Block]:
    """Return the report's title, when it stands above the section."""
    heading = _heading(before[0]) if before else None
    return before[:1] if heading and heading[0] == 1 else []


def _heading(block: Block) -> tuple[int, str] | None:
    """Return a heading's level and words; a bold line counts as the lowest level."""
    if block.kind == "heading_open":
        return int(block.tokens[0].tag[1]), text_of_tokens([block.tokens[1]]).replace("*", "")
    if block.kind == "paragraph_open" and (match := _BOLD_LINE.fullmatch(block.text)):
        return _BELOW_HEADINGS, match[1]
    return None
