"""The warnings of a completed run: below its answer, and in its files. Pure.

They are Parallel's words, so foreign text: each in one line, cut short, unable to ping or to link.
"""

from __future__ import annotations

import textwrap

from bot.domain.research import Answer
from bot.ports import Blocks
from bot.slack import limits
from bot.slack.blockkit.blocks import context
from bot.slack.text.escaping import clean
from bot.slack.wording import cut, quoted

MOST_SHOWN = 2  # warnings below an answer
MOST_JSON = 700  # characters of JSON of their block
LENGTHS = (240, 160, 80, 40)  # characters of each warning, to be tried; the last one fits
LONGEST_LISTED = 1_000  # characters of a warning in a file


def warnings_block(answer: Answer) -> Blocks:
    """Return a context block with the first warnings and the number of others; none without any.

    As JSON, it has `MOST_JSON` characters at most.
    """
    words = _words(answer)
    if not words:
        return []
    built = (_block(words, length) for length in LENGTHS)
    return next(blocks for blocks in built if limits.json_length(blocks) <= MOST_JSON)


def warnings_markdown(answer: Answer) -> str:
    """Return the warnings in Markdown for the report file; "" without any.

    They are in a code block, where no viewer of Markdown shows marks or links.
    """
    words = _words(answer)
    if not words:
        return ""
    lines = (line for each in words for line in _listed(cut(each, LONGEST_LISTED)))
    return "# Warnings\n\nParallel gave these warnings with the answer:\n\n" + "\n".join(lines)


def _listed(words: str) -> list[str]:
    first, rest = " " * 4 + "- ", " " * 6
    return textwrap.wrap(words, 96, initial_indent=first, subsequent_indent=rest)


def _block(words: list[str], longest: int) -> Blocks:
    shown, more = words[:MOST_SHOWN], len(words) - MOST_SHOWN
    lines = [f":warning: Parallel warns: {quoted(each, longest)}" for each in shown]
    if more > 0:
        lines.append(f"{more} more {'is' if more == 1 else 'are'} in the files of this answer.")
    return [context("\n".join(lines))]


def _words(answer: Answer) -> list[str]:
    lines = (" ".join(clean(each).split()) for each in answer.warnings)
    return [each for each in lines if each]
