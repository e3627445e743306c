"""The list of sources below an answer, with notes and the confidence. Pure.

It is a context block, in small grey print. Answers are markdown blocks, which cannot make one: so
no answer can write what looks like our own list.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.domain.research import Answer
from bot.ports import Blocks
from bot.slack.blockkit.blocks import context
from bot.slack.citations.sources import overall_confidence, sources
from bot.slack.citations.verification import CitationPolicy
from bot.slack.text.escaping import escape_mrkdwn
from bot.slack.text.links import mrkdwn_link
from bot.slack.text.urls import canonical_url, unlink
from bot.slack.wording import one_line

MOST_TEXT = 2_400  # characters of the list; Slack allows 3,000 in a text object
_LONGEST_LABEL = 100
_LONGEST_LINE = 400  # characters; the modal has room for longer addresses


@dataclass(frozen=True, slots=True)
class SourceList:
    """The words below an answer, in mrkdwn; "" for none."""

    words: str

    @property
    def blocks(self) -> Blocks:
        """Return the words as a block; no block for no words."""
        return [context(self.words)] if self.words else []


def source_list(answer: Answer, policy: CitationPolicy, first: str = "") -> SourceList:
    """Return the list of an answer's sources.

    Args:
        answer: whose sources to list.
        policy: what the answer may cite.
        first: mrkdwn to put above the list.
    """
    sure = overall_confidence(answer)
    confidence_line = f"Confidence: {sure}" if sure else ""
    return SourceList(
        "\n".join(filter(None, (first, _listed(answer, policy), policy.note, confidence_line)))
    )


def source_lines(answer: Answer, numbered: bool) -> Iterator[str]:
    """Yield a line of mrkdwn for each source: its number or a bullet, and its title as a link."""
    for number, source in enumerate(sources(answer), 1):
        mark = f"{number}." if numbered else "•"
        label = one_line(source.title or source.url, _LONGEST_LABEL)
        is_page = canonical_url(source.url) is not None
        written = mrkdwn_link(source.url if is_page else "", label)
        if len(written) > _LONGEST_LINE:
            written = mrkdwn_link("", label)
        if not is_page and source.title and (address := one_line(source.url, _LONGEST_LABEL)):
            written += f" · {escape_mrkdwn(unlink(address))}"
        yield f"{mark} {written}"


def _listed(answer: Answer, policy: CitationPolicy) -> str:
    lines, size = ["*Sources*"], 0
    left = 0
    for line in source_lines(answer, policy.numbered):
        size += len(line) + 1
        if left or size > MOST_TEXT:
            left += 1
        else:
            lines.append(line)
    if left:
        lines.append(f"_{left} more: press *Sources*._")
    return "\n".join(lines) if len(lines) > 1 else ""
