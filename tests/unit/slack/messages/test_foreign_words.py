"""Foreign words between ours, in mrkdwn: they begin no code there, and never make it too long.

Three backticks begin and end code anywhere in a text, so two titles of sources could make code of
the sources between them. ``&`` is five characters of mrkdwn.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.domain.research import Answer, Citation, FieldBasis
from bot.domain.turn import EndingKind
from bot.playground.slack.rules.message_rules import check_blocks, check_view, shown_texts
from bot.ports.messenger import Message
from bot.slack.messages.answer import answer_parts
from bot.slack.messages.failures import failure_message
from bot.slack.messages.parts import MessagePart
from bot.slack.messages.quick_answer import quick_parts
from bot.slack.messages.status import question_post
from bot.slack.messages.turn_facts import TurnFacts
from bot.slack.messages.warnings import warnings_block
from bot.slack.views.evidence_modal import evidence_modal
from bot.slack.views.share_form import shared_answer
from bot.slack.wording import cut_mrkdwn
from tests.unit.turns import PRO, SPEED, apart, asked, over, quickly, running

WORKSPACE = "https://example.slack.com/"


def answer(words: str) -> Answer:
    """Return an answer with these words wherever it has some, but in its text."""
    cited = tuple(Citation(f"https://example.org/{n}", f"{words} {n}") for n in range(3))
    odd = Citation("ftp://example.org/x", words), Citation(f"https://example.org/{words}", None)
    basis = FieldBasis(words, words, (*cited, *odd), "high")
    return Answer("Egypt.", (basis, basis), (words, words))


def messages(words: str) -> dict[str, list[MessagePart]]:
    """Return messages of ours that hold somebody else's words."""
    facts = TurnFacts(running(), PRO)
    sharing = TurnFacts(asked(words), PRO)
    failed = over(running(), EndingKind.FAILED, message=words)
    return {
        "an answer": answer_parts(facts, answer(words)),
        "a shared answer": [shared_answer(sharing, answer(words), WORKSPACE)],
        "a failed run": [failure_message(failed)],
        "a refused run": [failure_message(over(asked(), EndingKind.REFUSED, message=words))],
        "a late answer": answer_parts(TurnFacts(apart(asked(words)), PRO), answer(words)),
        "a quick answer": quick_parts(
            over(replace(quickly(), question=asked(words).question), EndingKind.ANSWERED), SPEED
        ),
    }


def texts(part: MessagePart) -> Iterator[str]:
    for message in (*part.ready, part.edited):
        if isinstance(message, Message):
            yield message.text
            yield from shown_texts(message.blocks or [])


@pytest.mark.parametrize("kind", messages(""))
@pytest.mark.parametrize("words", ["How to use ```", "``` explained", "&#96;``", "a ``\u2060` b"])
def test_no_foreign_words_begin_code_among_ours(kind: str, words: str) -> None:
    for part in messages(words)[kind]:
        for text in texts(part):
            assert "```" not in text.replace("\u2060", ""), text


@pytest.mark.parametrize("words", ["How to use ```", "``` explained"])
def test_no_foreign_words_begin_code_in_the_evidence(words: str) -> None:
    for block in evidence_modal(answer(words), words, "t")["blocks"]:
        if block["type"] != "header":  # in plain text nothing begins code
            assert "```" not in "".join(shown_texts(block))


def test_warnings_and_sources_stay_apart_whatever_they_are_called() -> None:
    [block] = warnings_block(Answer("Egypt.", (), ("use ```", "``` so")))
    assert block["elements"][0]["text"].count("”\n:warning: Parallel warns: “") == 1
    sources = next(each for each in texts(messages("```")["an answer"][0]) if "*Sources*" in each)
    for number in range(3):
        assert f"{number + 1}. <https://example.org/{number}|''' {number}>\n" in sources


@pytest.mark.parametrize("character", ["&", "<", "`", "x", "\n", "&lt;", "<!here>"])
def test_long_words_of_people_fit_into_a_block(character: str) -> None:
    words = (character * 3_000)[:3_000]
    turn = asked(words)
    commented = replace(turn, question=replace(turn.question, comment=words[:1_000]))
    shared = shared_answer(TurnFacts(commented, PRO), answer("x"), WORKSPACE)
    for part in (question_post(TurnFacts(turn, PRO), "https://example.slack.com/x"), shared):
        check_blocks(part.best.blocks)
    check_view(evidence_modal(answer(words[:300]), words, "t"), "modal")


@pytest.mark.parametrize("limit", range(1, 12))
def test_shortened_mrkdwn_ends_with_no_half_of_an_entity(limit: int) -> None:
    text = "a &amp; &lt;b"
    shown = cut_mrkdwn(text, limit)
    assert len(shown) <= limit
    assert "&" not in re.sub("&(amp|lt);", "", shown)
