"""An answer as Markdown: its text, which is untrusted, and its sources for a file. Pure."""

from __future__ import annotations

import re
from itertools import count, islice

from bot.domain.research import Answer
from bot.slack.citations.sources import source_link, sources
from bot.slack.citations.verification import CitationPolicy
from bot.slack.markdown.json_tree import json_as_markdown
from bot.slack.markdown.sanitizer import sanitize
from bot.slack.text.escaping import clean_foreign, unescape_angles

MOST_LISTED = 1_000  # sources

_LONE_NUMBER = re.compile(r"\A(\d+)([.)])\Z")


def answer_markdown(answer: Answer) -> str:
    """Return the content of an answer as Markdown, still untrusted."""
    if not isinstance(answer.content, str):
        return clean_foreign(json_as_markdown(dict(answer.content)))
    # "1956." alone is an empty list item in Markdown, and would be shown as a lone bullet.
    content = _LONE_NUMBER.sub(r"\1\\\2", clean_foreign(answer.content).strip())
    return content or "_The run completed, but its answer is empty._"


def sources_markdown(answer: Answer, policy: CitationPolicy) -> str:
    """Return the list of an answer's sources in Markdown for a file, and the note of its policy."""
    found = sources(answer)
    marks = (f"{n}." if policy.numbered else "-" for n in count(1))
    listed = islice(found, MOST_LISTED)
    lines = [f"{mark} {source_link(each)}" for mark, each in zip(marks, listed, strict=False)]
    if lines:
        lines = ["# Sources", "", *lines]
    if len(found) > MOST_LISTED:
        lines += ["", f"_{len(found) - MOST_LISTED:,} more are left out here._"]
    written = sanitize("\n".join(lines), policy, file=True)
    return "\n\n".join(filter(None, (written, policy.note)))


def file_markdown(piece: str, policy: CitationPolicy) -> str:
    """Return a piece of an answer for a file, without the escaping that only Slack needs.

    Its headings go down a level: only our own headings are of the first.

    Args:
        piece: Markdown from `split_messages`.
        policy: what the answer may cite.
    """
    return sanitize(unescape_angles(piece), policy, file=True, highest_heading=2)
