"""The modal "Sources & evidence": the basis of an answer, field by field. Pure.

A field of the basis has a confidence, a reasoning, and sources with excerpts, numbered as below the
answer. All of it comes from the web: only web pages are linked, with their hosts beside them, and
everything else is text.

Pages stay far below Slack's limits for a view (100 blocks, 3,000 characters of a section, 250 kB:
https://docs.slack.dev/reference/views). `MOST_BLOCKS`, `MOST_TEXT` and `MOST_BYTES` include what is
above and below a page.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.domain.research import Answer, Citation, FieldBasis
from bot.ports import Blocks
from bot.slack import action_ids
from bot.slack.blockkit.blocks import View, actions, context, header, modal, section
from bot.slack.blockkit.elements import button
from bot.slack.citations.sources import (
    field_confidence,
    field_name,
    field_sources,
    overall_confidence,
    source_key,
    source_numbers,
    sources,
)
from bot.slack.citations.verification import citation_policy
from bot.slack.markdown.answer_markdown import answer_markdown
from bot.slack.text.escaping import clean, escape_mrkdwn
from bot.slack.text.links import destination, host_of, mrkdwn_link
from bot.slack.text.urls import unlink
from bot.slack.wording import cut, one_line

TITLE = "Sources & evidence"  # Slack allows 24 characters
MOST_BLOCKS = 40
MOST_TEXT = 20_000  # characters of all texts of a page
MOST_BYTES = 120_000  # of a page, as JSON in ASCII
_ROOM = 5, 1_500, 12_000  # blocks, characters and bytes above and below a page
_LONGEST_REASONING = 2_400  # characters, after escaping
_LONGEST_EXCERPT = 900
_READ_AHEAD = 20  # times the characters of a quote that are read; blanks may be many of them
_MOST_LINES = 100  # of a quote; each begins with a mark of two characters
_LONGEST_TITLE = 150
_CUT = "… _(shortened; *Download full report* has the rest)_"


def evidence_modal(answer: Answer, question: str, turn: str, page: int = 0) -> View:
    """Return the modal that shows one page of an answer's evidence.

    Args:
        answer: untrusted.
        question: the answered question.
        turn: the turn's id, kept in ``private_metadata`` for the buttons.
        page: which page, from 0; beyond the last one, the last one.
    """
    pages = _pages(answer)
    at = min(max(page, 0), len(pages) - 1)
    of = f" · Page {at + 1} of {len(pages)}" if len(pages) > 1 else ""
    about = _escaped(" ".join(question.split()), 200)
    top: Blocks = [context("\n".join(filter(None, (f"{_counted(answer)}{of}", about))))]
    turning = []
    if at > 0:
        turning.append(button("Previous", action_ids.EVIDENCE_PAGE_BACK, str(at - 1)))
    if at < len(pages) - 1:
        turning.append(button("Next", action_ids.EVIDENCE_PAGE_ON, str(at + 1)))
    bottom = [actions(turning)] if turning else []
    return modal(TITLE, [*top, *pages[at], *bottom, *_rating()], private_metadata=turn)


def _rating() -> Blocks:
    """Return the buttons that rate the answer; Slack's own thumbs are for messages only."""
    return [
        context("Was this answer helpful?"),
        actions(
            [
                button("Helpful", action_ids.EVIDENCE_GOOD, action_ids.GOOD),
                button("Not helpful", action_ids.EVIDENCE_BAD, action_ids.BAD),
            ]
        ),
    ]


def loading_modal() -> View:
    """Return the modal to show while the evidence is fetched."""
    return modal(TITLE, [section(":hourglass: Getting the evidence from Parallel…")])


def unavailable_modal(reason: str) -> View:
    """Return the modal for evidence that could not be fetched.

    Args:
        reason: why, in a sentence; untrusted.
    """
    return modal(
        TITLE,
        [
            section(f":warning: I couldn't get the evidence. {_escaped(reason.strip(), 400)}"),
            section(
                "The answer in the thread and its list of sources stay as they are. Close this and "
                "try again in a minute. If it fails again, ask the question once more in the "
                "thread; a new run will collect new evidence and is billed separately."
            ),
        ],
    )


# --- pages ------------------------------------------------------------------------------


@dataclass(slots=True)
class _Page:
    """One page being filled."""

    blocks: Blocks = field(default_factory=list)
    text: int = 0
    size: int = 0

    def takes(self, more: Blocks) -> bool:
        if not self.blocks:
            return True
        text, size = _measured(more)
        blocks, characters, size_around = _ROOM
        return (
            len(self.blocks) + len(more) <= MOST_BLOCKS - blocks
            and self.text + text <= MOST_TEXT - characters
            and self.size + size <= MOST_BYTES - size_around
        )

    def add(self, more: Blocks) -> None:
        text, size = _measured(more)
        self.blocks += more
        self.text += text
        self.size += size


def _pages(answer: Answer) -> list[Blocks]:
    pages = [_Page()]
    numbered = _numbers(answer)
    for basis in answer.basis:
        field = field_name(answer, basis)
        for place, group in enumerate(_groups(answer, basis, numbered)):
            if not pages[-1].takes(group):
                pages.append(_Page())
                if place:
                    pages[-1].add([header(f"{cut(field, 130)} (continued)")])
            pages[-1].add(group)
    if pages == [_Page()]:
        pages[0].add([section(_NOTHING)])
    return [page.blocks for page in pages]


_NOTHING = (
    "Parallel returned no sources, reasoning or confidence with this answer. I couldn't verify "
    "anything in it, so check what matters before you rely on it."
)


def _numbers(answer: Answer) -> Mapping[str, int]:
    """Return the numbers of the sources below the answer; none if these are not numbered."""
    return (
        source_numbers(answer) if citation_policy(answer, answer_markdown(answer)).numbered else {}
    )


def _groups(answer: Answer, basis: FieldBasis, numbered: Mapping[str, int]) -> Iterator[Blocks]:
    """Yield a field in groups of blocks that stay together on a page."""
    head: Blocks = [
        header(cut(field_name(answer, basis), 150)),
    ]
    if level := field_confidence(basis):
        head.append(context(f"Confidence: {level}"))
    if reasoning := _quoted(basis.reasoning, _LONGEST_REASONING):
        head.append(section(reasoning))
    if not basis.citations:
        head.append(section("_No source is cited for this._"))
    yield head
    for citation in field_sources(basis):
        number = numbered.get(source_key(citation))
        yield from _source(f"*{number}.*" if number else "•", citation)


def _source(mark: str, citation: Citation) -> Iterator[Blocks]:
    """Yield a source with its first excerpt, then each other excerpt."""
    quotes = [
        section(quoted) for each in citation.excerpts if (quoted := _quoted(each, _LONGEST_EXCERPT))
    ]
    yield [section(_source_line(mark, citation)), *quotes[:1]]
    yield from ([quote] for quote in quotes[1:])


def _source_line(mark: str, citation: Citation) -> str:
    title = one_line(citation.title or "", _LONGEST_TITLE)
    address = destination(citation.url)
    if address is None or address.startswith("mailto:"):
        shown = _escaped(unlink(citation.url.strip()), 300)
        known = " · ".join(filter(None, (_escaped(title, 300), shown)))
        return f"{mark} {known} (no web page)"
    site = host_of(address).removeprefix("www.")
    label = title or cut(address, _LONGEST_TITLE)
    linked = mrkdwn_link(address, label)
    if len(linked) > _LONGEST_LINK:  # an address of thousands of characters
        linked = f"{_escaped(label, 300)} (its address is too long to be linked here)"
    return f"{mark} {linked} · {_escaped(unlink(site), 300)}"


_LONGEST_LINK = 2_500  # characters; a section takes 3,000


def _quoted(words: str, limit: int) -> str:
    """Quote foreign text; our own words are never in a quote."""
    read = clean(words[: _READ_AHEAD * limit])
    lines = [line for each in read.splitlines() if (line := " ".join(each.split()))]
    lines[_MOST_LINES:] = [" ".join(lines[_MOST_LINES:])]
    text = _fitting("\n".join(lines), limit)
    if len(words) > _READ_AHEAD * limit and not text.endswith(_CUT):
        text = f"{text} {_CUT}"
    return "\n".join(f"> {line}" for line in text.splitlines())


# --- words ------------------------------------------------------------------------------


def _counted(answer: Answer) -> str:
    if not answer.basis:
        return "No evidence"
    number = len(sources(answer))
    counted = "1 source" if number == 1 else f"{number} sources"
    level = overall_confidence(answer)
    return f"{counted} · Confidence: {level}" if level else counted


def _fitting(text: str, limit: int) -> str:
    """Escape untrusted text, and shorten it, with a note, to `limit` characters."""
    escaped = escape_mrkdwn(text.strip()[: limit + 1].replace("```", "'''")).strip()
    if len(escaped) <= limit:
        return escaped
    word = escaped.rfind(" ", limit - 60, limit)
    head = escaped[: word if word > 0 else limit]
    return re.sub(r"&[a-z]{0,3}\Z", "", head).rstrip() + _CUT  # no half of an entity


def _escaped(text: str, limit: int) -> str:
    """Escape a short untrusted text without code, cut at `limit` characters before that."""
    return escape_mrkdwn(cut(text.replace("`", "'"), limit))


def _measured(blocks: Blocks) -> tuple[int, int]:
    """Return the characters of all texts in blocks, and the bytes of the blocks as JSON."""
    texts = sum(len(text["text"]) for block in blocks for text in _texts(block))
    return texts, len(json.dumps(blocks))


def _texts(block: dict[str, Any]) -> list[dict[str, Any]]:
    return [block["text"]] if "text" in block else list(block["elements"])
