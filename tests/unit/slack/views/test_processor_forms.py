"""The forms that choose a processor: what they offer, what it costs, and what is read of them."""

from __future__ import annotations

import copy
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.processors import PROCESSORS
from bot.domain.thread import ChannelId, MessageTs, TeamId, ThreadKey, TurnId, UserId
from bot.playground.slack.rules.message_rules import check_view
from bot.slack import action_ids
from bot.slack.views.processor_forms import (
    InvalidSubmission,
    ProcessorSubmission,
    Rerun,
    parse_processor_submission,
    rerun_form,
    thread_form,
)
from bot.slack.wording import price_difference
from tests.unit.slack.phrasebook import IN_MENUS, offered, shown
from tests.unit.turns import KEY, PRO, running

AT = MessageTs("1700000050.000300")
ABOUT = Rerun(running().id, AT)
LONGEST = ThreadKey(TeamId("T" * 20), ChannelId("C" * 20), MessageTs(f"{1_700_000_000}.{'0' * 6}"))


def menu(view: dict[str, Any]) -> dict[str, Any]:
    """Return the one menu of a form."""
    (found,) = (block["element"] for block in view["blocks"] if block["type"] == "input")
    return dict(found)


# --- what they show ---------------------------------------------------------------------


@pytest.mark.parametrize("name", PROCESSORS)
def test_a_re_run_is_offered_on_every_other_processor(name: str) -> None:
    now = PROCESSORS[name]
    view = check_view(rerun_form(running(), now, ABOUT), "modal")
    assert [each["value"] for each in offered(menu(view))] == [p for p in IN_MENUS if p != name]
    for each in offered(menu(view)):
        other = PROCESSORS[each["value"]]
        label = each["text"]["text"]
        assert len(label) <= 75
        assert price_difference(other.price - now.price) in label
        assert other.usual_time in label
    assert now.price_words in shown(view)


def test_nothing_is_chosen_before_somebody_chooses() -> None:
    assert "initial_option" not in menu(rerun_form(running(), PRO, ABOUT))


def test_the_form_says_that_a_re_run_is_paid_and_the_answer_stays() -> None:
    words = shown(rerun_form(running(), PRO, ABOUT))
    assert "new paid run" in words
    assert "The current answer cost $0.10 and stays in the thread." in words
    assert "[Re-run]" in words


@pytest.mark.parametrize(
    "words", ["who <!channel> owns *it*? " * 400, "\n\n", "<https://e.example|x>"]
)
def test_the_question_in_the_form_is_inert_and_short(words: str) -> None:
    turn = replace(running(), question=replace(running().question, text=words))
    view = check_view(rerun_form(turn, PRO, ABOUT), "modal")
    assert "<!channel>" not in shown(view)
    assert "<https://e.example|" not in shown(view)
    assert len(view["blocks"][0]["elements"][0]["text"]) < 1_500


@pytest.mark.parametrize("name", [*PROCESSORS, None, "mega"])
def test_the_form_of_a_thread_shows_what_is_chosen_there(name: str | None) -> None:
    view = check_view(thread_form(name, KEY), "modal")
    expected = name if name in PROCESSORS else action_ids.INHERIT
    assert menu(view)["initial_option"]["value"] == expected
    values = [each["value"] for each in offered(menu(view))]
    assert values == [action_ids.INHERIT, *IN_MENUS]
    assert "Use my or the channel's default" in str(view)


def test_slack_accepts_the_forms_with_the_longest_ids() -> None:
    about = Rerun(TurnId(f"{LONGEST}~again-ultra8x-fast-12345678-99"), AT)
    check_view(rerun_form(running(), PRO, about), "modal")
    check_view(thread_form(None, LONGEST), "modal")


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
def test_the_difference_in_price_is_shown(dollars: str, said: str) -> None:
    assert price_difference(Decimal(dollars)) == said


# --- what is read of them ---------------------------------------------------------------


def sent(view: dict[str, Any], value: object) -> dict[str, Any]:
    """Return a form as Slack sends it, with something chosen."""
    values = {"processor": {"processor": {"selected_option": {"value": value}}}}
    return {"user": {"id": "U1ADA"}, "view": {**view, "id": "V1", "state": {"values": values}}}


def test_the_choice_is_parsed_from_the_submission() -> None:
    rerun = rerun_form(running(), PRO, ABOUT)
    assert parse_processor_submission(sent(rerun, "ultra")) == ProcessorSubmission(
        ABOUT, UserId("U1ADA"), "ultra"
    )
    thread = thread_form("pro", KEY)
    assert parse_processor_submission(sent(thread, "lite")) == ProcessorSubmission(
        KEY, UserId("U1ADA"), "lite"
    )
    assert parse_processor_submission(sent(thread, action_ids.INHERIT)) == ProcessorSubmission(
        KEY, UserId("U1ADA"), None
    )


@pytest.mark.parametrize(
    "value", ["mega", "", None, 7, {}, [], action_ids.INHERIT, "ultra ", "ULTRA"]
)
def test_a_processor_that_is_not_there_is_not_paid(value: object) -> None:
    with pytest.raises(InvalidSubmission):
        parse_processor_submission(sent(rerun_form(running(), PRO, ABOUT), value))


@pytest.mark.parametrize(
    "callback_id", [action_ids.RERUN, action_ids.THREAD_PROCESSOR, "other", "", None]
)
@pytest.mark.parametrize(
    "metadata",
    ["", " ", "T1", "T1:C1", "T1:C1:", "::", "T1:C1:x", f"{KEY} x", "x" * 3_000, None, 7],
)
def test_foreign_values_in_a_submission_are_refused(callback_id: object, metadata: object) -> None:
    form = {**rerun_form(running(), PRO, ABOUT), "callback_id": callback_id}
    with pytest.raises(InvalidSubmission):
        parse_processor_submission(sent({**form, "private_metadata": metadata}, "ultra"))


ANYTHING = st.sampled_from([None, True, 7, "", "x", "\ud800", [], [None], {}, {"id": 7}])
PATHS = (
    ("user",),
    ("view",),
    ("view", "state"),
    ("view", "state", "values"),
    ("view", "state", "values", "processor"),
    ("view", "state", "values", "processor", "processor"),
    ("view", "state", "values", "processor", "processor", "selected_option"),
    ("view", "state", "values", "processor", "processor", "selected_option", "value"),
    ("view", "private_metadata"),
    ("view", "callback_id"),
)


@given(st.sampled_from(PATHS), ANYTHING)
def test_a_form_with_a_part_that_is_not_slacks_raises_nothing_else(
    path: tuple[str, ...], value: object
) -> None:
    body = copy.deepcopy(sent(rerun_form(running(), PRO, ABOUT), "ultra"))
    inner = body
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    with pytest.raises(InvalidSubmission):
        parse_processor_submission(body)
