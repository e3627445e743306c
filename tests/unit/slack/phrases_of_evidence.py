"""Chapters of the phrasebook: checked links, evidence modals and report files."""

from __future__ import annotations

from collections.abc import Iterator

from bot.domain.research import Answer, Citation, FieldBasis
from bot.domain.turn import EndingKind
from bot.slack.messages import answer as messages
from bot.slack.views.evidence_modal import evidence_modal, loading_modal, unavailable_modal
from tests.unit.slack.phrasebook import Page
from tests.unit.turns import ANSWER, over, running

FOUND = Citation("https://example.com/length", "On its length", ("193 km long,\nas of 2016.",))
QUESTION = "who owns the Suez Canal?"


def modals() -> Iterator[Page]:
    """What *Sources & evidence* opens."""
    basis = (
        FieldBasis("owner", "Both say so.", ANSWER.basis[0].citations, "high"),
        FieldBasis("length_km", "One says 193. " * 200, (FOUND,), "medium"),
        FieldBasis("tolls", "Nobody tells.", (), "low"),
        FieldBasis("ships", "", (FOUND,)),
    )
    many = tuple(
        Citation(f"https://example.org/{n}", f"Page {n}", ("It says so.",)) for n in range(34)
    )
    paged = Answer("x", (FieldBasis("output", "All say so.", many, "high"),))
    yield "of a text", evidence_modal(ANSWER, QUESTION, "turn")
    yield "field by field", evidence_modal(Answer({"owner": "Egypt"}, basis), QUESTION, "turn")
    yield "none", evidence_modal(Answer("Egypt."), QUESTION, "turn")
    yield "the last page", evidence_modal(paged, QUESTION, "turn", 2)
    yield "being fetched", loading_modal()
    yield "not to be had", unavailable_modal("I can't reach Parallel right now.")


def reports() -> Iterator[Page]:
    """Links and numbers that point at nothing, and what a long answer brings."""
    facts = over(running(), EndingKind.ANSWERED)
    checked = Answer("[It](https://example.org/suez), [so](https://e.net/x) [9].", ANSWER.basis)
    long = f"It is long [1].\n\n{'So it is. ' * 4_000}\n\n## References\n\n1. A book"
    for title, answer in (
        ("links checked", checked),
        ("without sources", Answer("[It](https://example.org/suez) [1]")),
        ("long", Answer(long, ANSWER.basis)),
    ):
        for part in messages.answer_parts(facts, answer):
            forms = part.variants[:1] if part.name.startswith("answer") else part.variants
            for form in forms:
                yield f"{title}, {part.name}", form
