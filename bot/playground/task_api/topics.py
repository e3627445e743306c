"""Sample answers about a handful of real topics, so that a newcomer sees what an answer looks like.

Nothing is looked up: the answers are general knowledge, kept in `topic_texts`. The sources are real
pages, but their excerpts are our own words, and say so. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from bot.playground.task_api.topic_texts import TOPICS, Finding, Topic

JSON = dict[str, Any]

LABEL = (
    "**Sample answer.** Written for the playground, from general knowledge; nothing was looked up "
    "just now, and some of it may be out of date."
)
NOT_QUOTED = "Written for this sample, not quoted from the page:"


def topic_of(question: str, earlier: Sequence[str]) -> Topic | None:
    """Return the topic that a question names, or the latest one in its chain that it continues.

    None when it names no topic and asks for none of the chain's findings.
    """
    for topic in TOPICS:
        if topic.matches(question):
            return topic
    for before in reversed(earlier):
        for topic in TOPICS:
            if topic.matches(before):
                return topic if topic.findings_for(question) else None
    return None


def answer(topic: Topic, question: str) -> tuple[str, list[JSON]]:
    """Return a short answer in Markdown, and its citations as Task API objects."""
    found = (topic.findings_for(question) or list(topic.findings))[:2]
    indexes = sorted({index for finding in found for index in finding.sources})
    return "\n\n".join([LABEL, *(_linked(topic, finding) for finding in found)]), _citations(
        topic, indexes
    )


def quick(topic: Topic, question: str) -> str:
    """Return an answer without sources, for a chat."""
    found = (topic.findings_for(question) or list(topic.findings))[:1]
    return "\n\n".join([LABEL, *(_unlinked(topic, finding) for finding in found)])


def summary(topic: Topic) -> tuple[str, list[JSON]]:
    """Return everything known about a topic, for the start of a report, and its citations."""
    parts = [_linked(topic, finding) for finding in topic.findings]
    return "\n\n".join(parts), _citations(topic, range(len(topic.sources)))


def _linked(topic: Topic, finding: Finding) -> str:
    links = [f"[{topic.sources[n].title}]({topic.sources[n].url})" for n in finding.sources]
    return finding.text.format(*links)


def _unlinked(topic: Topic, finding: Finding) -> str:
    """Return a finding without links; a source that is part of a sentence leaves its title."""
    text = re.sub(r"\s?\(\{\d\}(?:, \{\d\})*\)", "", finding.text)
    return text.format(*(topic.sources[n].title for n in finding.sources)).strip()


def _citations(topic: Topic, indexes: Sequence[int]) -> list[JSON]:
    return [
        {
            "url": source.url,
            "title": source.title,
            "excerpts": [f"{NOT_QUOTED} {source.supports}"],
        }
        for source in (topic.sources[index] for index in indexes)
    ]
