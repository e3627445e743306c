"""The playground's real topics: every finding can be asked for, and cites what it links."""

from __future__ import annotations

import pytest

from bot.playground.task_api import topics
from bot.playground.task_api.topic_texts import TOPICS, Finding, Topic

EACH = [(topic, finding) for topic in TOPICS for finding in topic.findings]


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_a_topic_has_several_findings_and_uses_all_its_sources(topic: Topic) -> None:
    assert len(topic.findings) >= 3
    used = {place for finding in topic.findings for place in finding.sources}
    assert used == set(range(len(topic.sources)))
    text, citations = topics.summary(topic)
    assert all(citation["url"] in text for citation in citations)
    assert topics.topic_of(f"tell me about {topic.name}", []) is topic


@pytest.mark.parametrize(("topic", "finding"), EACH)
def test_no_place_for_a_link_is_left_empty(topic: Topic, finding: Finding) -> None:
    word = finding.about.split("|")[0].replace("\\b", "").rstrip("?")
    text, _ = topics.answer(topic, word)
    assert "{" not in text.replace("\\frac{16}{27}", "")
    plain = topics.quick(topic, word)
    assert "](" not in plain
    assert "()" not in plain


def test_no_other_question_is_taken_for_a_topic() -> None:
    for question in ("Who owns the Kiel Canal?", "best espresso grinder", "dessert", "resuezed"):
        assert topics.topic_of(question, []) is None
    assert topics.topic_of("and the weather?", ["Who owns the Suez Canal?"]) is None
