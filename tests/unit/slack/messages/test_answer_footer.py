"""What can be done with an answer: what its buttons send, how large it is, that Slack takes it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.domain import naming
from bot.domain.processors import PROCESSORS
from bot.domain.research import Answer
from bot.domain.thread import ChannelId, MessageTs, TeamId, ThreadKey, UserId
from bot.domain.turn import EndingKind, Turn
from bot.playground.slack.rules.message_rules import check_blocks
from bot.ports import Message, Upload
from bot.slack import action_ids, limits
from bot.slack.limits import json_length
from bot.slack.messages import answer as messages
from bot.slack.messages.answer_footer import answer_footer, quick_answer_footer, rating
from bot.slack.messages.status import initial_status
from bot.slack.messages.turn_buttons import ask_edited_button
from bot.slack.messages.turn_facts import TurnFacts
from bot.slack.messages.turn_lines import MOST_MENTIONED
from tests.unit.slack.phrasebook import elements, shown
from tests.unit.turns import ANSWER, KEY, PRO, asked, edited, looking, over, running, with_signals

#: Longer than any that were seen: Slack says 255 and gives about 11.
LONGEST = ThreadKey(TeamId("T" * 20), ChannelId("C" * 20), MessageTs(f"{1_700_000_000}.{'0' * 6}"))


def under(facts: TurnFacts) -> dict[str, dict[str, Any]]:
    """Return what can be pressed or chosen under an answer, by action."""
    return {each["action_id"]: each for each in elements(answer_footer(facts))}


def labels(facts: TurnFacts) -> list[str]:
    """Return what the buttons of the row under an answer say."""
    row = next(each for each in answer_footer(facts) if each["type"] == "actions")
    return [each["text"]["text"] for each in row["elements"] if each["type"] == "button"]


def test_a_press_names_the_turn() -> None:
    turn = asked().id
    found = under(TurnFacts(running(), PRO))
    for action_id in (action_ids.EVIDENCE, action_ids.FOLLOW_UP, action_ids.RERUN):
        assert found[action_id]["value"] == turn
    assert [each["value"] for each in found[action_ids.MORE]["options"]] == [
        f"files {turn}",
        f"processor {turn}",
        f"share {turn}",
        f"mute {turn}",
        f"forget_thread {turn}",
    ]
    (vote,) = (each for each in elements(rating(turn).blocks or []))
    assert vote["positive_button"]["value"] == f"good {turn}"
    assert vote["negative_button"]["value"] == f"bad {turn}"


def test_the_answer_footer_is_one_row_that_slack_accepts() -> None:
    facts = TurnFacts(running(), PRO)
    for blocks in (answer_footer(facts), quick_answer_footer(facts, PRO, [])):
        (row,) = blocks
        assert row["type"] == "actions"
        assert len(row["elements"]) <= 4
        assert len(row["elements"][-1]["options"]) <= 5


def test_the_row_offers_sources_a_follow_up_and_a_re_run() -> None:
    assert labels(TurnFacts(running(), PRO)) == ["Sources", "Follow up", "Re-run with…"]


# --- how large it is --------------------------------------------------------------------

#: What ids look like at Slack: of a question, and of one asked on another processor from there.
AS_SLACK = ThreadKey(TeamId("T012AB3CDEF"), ChannelId("C012AB3CDEF"), KEY.ts)
PRESSED = ("", "again-ultra8x-fast-0f0f0f0f-2", "edited-0f0f0f0f", "research-1700000000.000100")


def named(thread: ThreadKey, press: str) -> Turn:
    """An answered turn with ids like these."""
    question = replace(asked().question, thread=thread, message=thread.ts, press=press)
    return replace(running(), id=naming.turn_id(question), question=question)


@pytest.mark.parametrize("press", PRESSED)
@pytest.mark.parametrize("name", PROCESSORS)
def test_the_answer_footer_is_small_as_json(name: str, press: str) -> None:
    facts = TurnFacts(named(AS_SLACK, press), PROCESSORS[name])
    assert json_length(answer_footer(facts)) <= (limits.ANSWER_FOOTER if press else 1_300)


@pytest.mark.parametrize("name", [name for name in PROCESSORS if name != "speed"])
def test_the_quick_answer_footer_is_small_as_json(name: str) -> None:
    facts, look_up = TurnFacts(named(AS_SLACK, ""), PROCESSORS["speed"]), PROCESSORS[name]
    assert json_length(quick_answer_footer(facts, look_up, [])) <= limits.ANSWER_FOOTER
    more = [ask_edited_button(TurnFacts(edited(facts.turn), facts.processor))]
    whole = json_length(quick_answer_footer(facts, look_up, more))
    assert whole <= limits.ANSWER_FOOTER + json_length(more)


def test_the_answer_footers_have_no_menu_of_processors() -> None:
    facts = TurnFacts(running(), PRO)
    for blocks in (answer_footer(facts), quick_answer_footer(facts, PRO, [])):
        assert "static_select" not in {each["type"] for each in elements(blocks)}
        assert all(len(each.get("options", [])) <= 5 for each in elements(blocks))


@pytest.mark.parametrize("press", ["", "again-ultra8x-fast", "edited", "branch-1700000000.000100"])
def test_slack_takes_it_with_the_longest_ids(press: str) -> None:
    turn = named(LONGEST, press)
    for processor in PROCESSORS.values():
        check_blocks(answer_footer(TurnFacts(turn, processor)))
        check_blocks(initial_status(TurnFacts(turn, processor)).best.blocks)


def test_the_footer_is_under_every_answer_unless_blocks_are_refused() -> None:
    for turn in (running(), looking()):
        for answer in (ANSWER, Answer({"owner": "Egypt"}), Answer("")):
            best, text, file = messages.answer_parts(over(turn, EndingKind.ANSWERED), answer)[
                -1
            ].variants
            assert isinstance(best, Message)
            assert [each["action_id"] for each in elements(best.blocks or [])] == [
                action_ids.EVIDENCE,
                action_ids.FOLLOW_UP,
                action_ids.RERUN,
                action_ids.MORE,
            ]
            assert isinstance(text, Message)
            assert text.blocks is None
            assert isinstance(file, Upload)


def called(people: int) -> TurnFacts:
    """An answered turn with whose answer so many people want to be mentioned."""
    pings = tuple(UserId(f"U{n:09}") for n in range(people))
    return over(with_signals(running(), pings=pings), EndingKind.ANSWERED)


def test_people_to_ping_are_mentioned_first_and_once() -> None:
    long = Answer("\n\n".join(f"Paragraph {n}. {'So it is. ' * 100}" for n in range(25)))
    first, *others = messages.answer_parts(called(2), long)
    assert len(others) == 2
    for form in first.variants:
        words = form.comment if isinstance(form, Upload) else form.text
        assert words.startswith("<@U000000000> <@U000000001> your answer is ready:\n")
        assert shown(form).count("<@U") == 2
    assert not any("<@U" in shown(form) for part in others for form in part.variants)


def test_a_report_calls_with_its_summary() -> None:
    report = Answer("\n\n".join(f"Paragraph {n}. {'So it is. ' * 100}" for n in range(100)))
    parts = messages.answer_parts(called(1), report)
    assert parts[0].name == "answer:0"
    assert "your answer is ready:" in parts[0].best.text
    assert not any("<@U" in shown(form) for form in parts[-1].variants)


@pytest.mark.parametrize(
    "words", ["So it is. " * 1_149, "# So\n\n" * 44, "so\n\n---\n\n" * 22, "&<>" * 3_000]
)
def test_the_longest_message_has_room_for_all_of_it(words: str) -> None:
    for part in messages.answer_parts(called(50), Answer(words, ANSWER.basis)):
        assert part.best.text.count("<@U") in (MOST_MENTIONED, 0)
        assert len(part.best.text) <= 40_000
        check_blocks(part.best.blocks)
