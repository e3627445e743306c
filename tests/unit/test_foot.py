"""What can be done with an answer: what its menus and buttons send, and that Slack takes them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from bot import lifecycle
from bot.model import Answer, ChannelId, EndingKind, MessageTs, TeamId, ThreadKey, UserId
from bot.playground.slack.surfaces import check_blocks
from bot.ports import Message, Upload
from bot.processors import PROCESSORS
from bot.slack import actions, messages
from bot.slack.foot import difference, foot
from bot.slack.messages import Telling
from bot.slack.telling import MOST_MENTIONED
from tests.unit.book import elements, shown
from tests.unit.turns import ANSWER, PRO, asked, looking, over, running, wished

#: Longer than any that were seen: Slack says 255 and gives about 11.
LONGEST = ThreadKey(TeamId("T" * 20), ChannelId("C" * 20), MessageTs(f"{1_700_000_000}.{'0' * 6}"))


def under(telling: Telling) -> dict[str, dict[str, Any]]:
    """Return what can be pressed or chosen under an answer, by action."""
    return {each["action_id"]: each for each in elements(foot(telling, ANSWER))}


def test_a_press_names_the_turn() -> None:
    turn = asked().id
    found = under(Telling(running(), PRO))
    assert found[actions.EVIDENCE]["value"] == turn
    assert [each["value"] for each in found[actions.MORE]["options"]] == [
        f"files {turn}",
        f"branch {turn}",
        f"mute {turn}",
    ]
    vote = found[actions.FEEDBACK]
    assert vote["positive_button"]["value"] == f"good {turn}"
    assert vote["negative_button"]["value"] == f"bad {turn}"


@pytest.mark.parametrize("name", PROCESSORS)
def test_the_same_question_is_offered_on_every_other_processor(name: str) -> None:
    telling = Telling(replace(running(), processor=name), PROCESSORS[name])
    menu = under(telling)[actions.AGAIN_ON]
    values = [each["value"] for each in menu["options"]]
    assert values == [f"{other} {telling.turn.id}" for other in PROCESSORS if other != name]
    assert PROCESSORS[name].price_words in menu["confirm"]["text"]["text"]


@pytest.mark.parametrize(
    ("dollars", "said"),
    [
        ("0", "same price"),
        ("0.000", "same price"),
        ("0.075", "+$0.075"),
        ("-0.015", "−$0.015"),
        ("-0.020", "−$0.02"),
        ("0.20", "+$0.20"),
        ("-2.395", "−$2.395"),
        ("1.10", "+$1.10"),
    ],
)
def test_the_difference_in_price_is_told(dollars: str, said: str) -> None:
    assert difference(Decimal(dollars)) == said


@pytest.mark.parametrize("press", ["", "again-ultra8x-fast", "edited", "branch-1700000000.000100"])
def test_slack_takes_it_with_the_longest_ids(press: str) -> None:
    question = replace(asked().question, thread=LONGEST, message=LONGEST.ts, press=press)
    turn = replace(running(), id=lifecycle.turn_id(question), question=question)
    for processor in PROCESSORS.values():
        check_blocks(foot(Telling(turn, processor), ANSWER))
        check_blocks(messages.status(Telling(turn, processor)).best.blocks)


def test_it_stands_under_every_answer_but_not_where_blocks_are_refused() -> None:
    for turn in (running(), looking()):
        for answer in (ANSWER, Answer({"owner": "Egypt"}), Answer("")):
            best, text, file = messages.answer_parts(over(turn, EndingKind.ANSWERED), answer)[
                -1
            ].forms
            assert isinstance(best, Message)
            assert [each["action_id"] for each in elements(best.blocks or [])] == [
                actions.FOLLOW_UPS,
                actions.AGAIN_ON,
                actions.EVIDENCE,
                actions.MORE,
                actions.FEEDBACK,
            ]
            assert isinstance(text, Message)
            assert text.blocks is None
            assert isinstance(file, Upload)


def called(people: int) -> Telling:
    """An answered turn with whose answer so many people want to be mentioned."""
    pings = tuple(UserId(f"U{n:09}") for n in range(people))
    return over(wished(running(), pings=pings), EndingKind.ANSWERED)


def test_who_wanted_it_is_mentioned_first_in_every_form_and_once() -> None:
    long = Answer("\n\n".join(f"Paragraph {n}. {'So it is. ' * 100}" for n in range(25)))
    first, *others = messages.answer_parts(called(2), long)
    assert len(others) == 2
    for form in first.forms:
        words = form.comment if isinstance(form, Upload) else form.text
        assert words.startswith("<@U000000000> <@U000000001> here is your answer\n")
        assert shown(form).count("<@U") == 2
    assert not any("<@U" in shown(form) for part in others for form in part.forms)


def test_a_report_calls_with_its_summary() -> None:
    report = Answer("\n\n".join(f"Paragraph {n}. {'So it is. ' * 100}" for n in range(100)))
    parts = messages.answer_parts(called(1), report)
    assert parts[0].name == "answer:0"
    assert "here is your answer" in parts[0].best.text
    assert not any("<@U" in shown(form) for form in parts[-1].forms)


@pytest.mark.parametrize(
    "words", ["So it is. " * 1_149, "# So\n\n" * 44, "so\n\n---\n\n" * 22, "&<>" * 3_000]
)
def test_the_longest_message_has_room_for_all_of_it(words: str) -> None:
    for part in messages.answer_parts(called(50), Answer(words, ANSWER.basis)):
        assert part.best.text.count("<@U") in (MOST_MENTIONED, 0)
        assert len(part.best.text) <= 40_000
        check_blocks(part.best.blocks)
