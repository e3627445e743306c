"""What stands below an answer in our own name: its sources, notes, how sure it is. Pure.

It stands in a context block, small and grey. An answer is shown in markdown blocks, which cannot
make one: so nothing that an answer says can look like a list of ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.domain.research import Answer
from bot.ports import Blocks
from bot.slack.blockkit.blocks import context
from bot.slack.citations.sources import confidence, sources
from bot.slack.citations.verification import CitationPolicy
from bot.slack.text.links import link
from bot.slack.text.urls import canonical_url
from bot.slack.wording import one_line

MOST_TEXT = 2_400  # characters of the list; a text object takes 3,000
_LONGEST_LABEL = 100
_LONGEST_LINE = 400  # a longer address is left to the modal, which has room


@dataclass(frozen=True, slots=True)
class SourceList:
    """Our own words below an answer, in mrkdwn; "" for none."""

    words: str

    @property
    def blocks(self) -> Blocks:
        """Return them as a block."""
        return [context(self.words)] if self.words else []


def source_list(answer: Answer, policy: CitationPolicy, said: str = "") -> SourceList:
    """Return what stands below an answer.

    Args:
        answer: whose sources are listed.
        policy: what it may cite.
        said: what is to be said first, in mrkdwn.
    """
    sure = confidence(answer)
    told = f"Confidence: {sure}" if sure else ""
    return SourceList("\n".join(filter(None, (said, _listed(answer, policy), policy.note, told))))


def source_lines(answer: Answer, numbered: bool) -> Iterator[str]:
    """Yield a line of mrkdwn for each source: its number or a bullet, and its title as a link."""
    for number, source in enumerate(sources(answer), 1):
        mark = f"{number}." if numbered else "•"
        label = one_line(source.title or source.url, _LONGEST_LABEL)
        written = link(source.url if canonical_url(source.url) else "", label)
        if len(written) > _LONGEST_LINE:
            written = link("", label)
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
