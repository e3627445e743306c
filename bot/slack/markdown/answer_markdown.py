"""An answer as Markdown: its text, which is untrusted, and its sources for a file. Pure."""

from __future__ import annotations

import re
from itertools import count

from bot.domain.research import Answer
from bot.slack.citations.sources import source_link, sources
from bot.slack.citations.verification import CitationPolicy
from bot.slack.markdown.json_tree import json_as_markdown
from bot.slack.markdown.sanitizer import sanitize
from bot.slack.text.escaping import clean_foreign, unescape_angles

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
    marks = (f"{n}." if policy.numbered else "-" for n in count(1))
    lines = [f"{mark} {source_link(c)}" for mark, c in zip(marks, sources(answer), strict=False)]
    listed = "\n".join(("# Sources", "", *lines)) if lines else ""
    return "\n\n".join(filter(None, (sanitize(listed, policy, file=True), policy.note)))


def file_markdown(piece: str, policy: CitationPolicy) -> str:
    """Return a piece of an answer for a file, without the escaping that only Slack needs.

    Its headings go down a level: only our own headings are of the first.

    Args:
        piece: Markdown from `split_messages`.
        policy: what the answer may cite.
    """
    return sanitize(unescape_angles(piece), policy, file=True, highest_heading=2)
