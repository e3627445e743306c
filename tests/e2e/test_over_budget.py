"""What people see when budgets are used up, and what a finished run says of them."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any, Literal

import pytest

from bot.slack import action_ids as actions
from tests.e2e.dialogue import action_ids, answered, begun, elements, said, saw_ephemeral, shown
from tests.e2e.stage import Stage
from tests.e2e.test_budgets import sums, until_sums


async def limited(stage: Stage, **changes: Any) -> None:
    """Start the bot with other budgets."""
    await stage.stop_bot()
    await stage.start_bot(**changes)


async def test_sixty_refused_questions_make_one_message_in_the_channel(
    stage: Stage, redis_url: str
) -> None:
    await limited(stage, BUDGET_PERSON_DAY_USD="2.50", ADMINS="U0ADMIN")
    for number in range(60):
        await stage.ada.says(stage.general, f"{stage.me} !ultra8x what is {number}?")
    await stage.slack.until(lambda: len(stage.slack.ephemerals(stage.ada)) == 58)
    assert len(stage.parallel.runs) <= 1
    await stage.parallel.next_run()
    assert await sums(redis_url, "person") == (2_400_000, 0)
    refused = [m for m in stage.general.visible() if "has only $0.10 left" in m.text]
    (first,) = [m for m in refused if not m.ephemeral_to]
    assert first.pings == {stage.ada.id}
    words = stage.slack.ephemerals(stage.ada)[-1].text
    assert "Your question: “what is " in words
    assert "costs $2.40, but your budget for today ($2.50) has only $0.10 left" in words
    assert "It resets <!date^" in words
    assert "<@U0ADMIN> can raise it" in words
    me = stage.slack.app.bot_user_id
    public = [m for m in stage.general.visible() if m.user == me and not m.ephemeral_to]
    assert len(public) == 3  # the refusal, and of the one that runs the status and the warning


async def test_others_hear_of_the_same_budget_once_each(stage: Stage) -> None:
    await limited(stage, BUDGET_CHANNEL_DAY_USD="0.01")
    for person in (stage.ada, stage.bob):
        asked = await person.says(stage.general, f"{stage.me} who owns it?")
        refusal = await said(stage, asked, "this channel's budget for today ($0.01)")
        assert f"<@{person.id}>" in refusal.text
        await person.says(stage.general, f"{stage.me} who built it?")
        await stage.slack.until(partial(stage.slack.ephemerals, person))


@pytest.mark.parametrize(
    "trouble", [{"error": "user_not_in_channel"}, {"error": "internal_error"}, {"cut": "before"}]
)
async def test_a_refusal_that_cannot_be_shown_privately_is_in_the_thread(
    stage: Stage, trouble: dict[str, Any]
) -> None:
    await limited(stage, BUDGET_PERSON_DAY_USD="0.01")
    asked = await stage.ada.says(stage.general, f"{stage.me} who owns it?")
    await said(stage, asked, "No run was started")
    stage.slack.faults.next("chat.postEphemeral", **trouble)
    asked = await stage.ada.says(stage.general, f"{stage.me} who built it?")
    await said(stage, asked, "No run was started")


async def test_what_still_fits_is_one_press_away_and_paid_once(
    stage: Stage, redis_url: str
) -> None:
    await limited(stage, BUDGET_PERSON_DAY_USD="0.06")
    asked = await stage.ada.says(stage.general, f"{stage.me} !pro who owns it?")
    refusal = await said(stage, asked, "These still fit")
    labels = [each["text"]["text"] for each in elements(refusal)]
    assert labels[:3] == [
        "Use core2x ($0.05)",
        "Use Standard (core-fast) ($0.025)",
        "Use base ($0.01)",
    ]
    stale = replace(refusal)
    await stage.ada.clicks(refusal, actions.USE_SECOND)
    await stage.ada.clicks(stale, actions.USE_THIRD)
    await stage.ada.clicks(stale, actions.TRY_AGAIN)
    run = await stage.parallel.next_run()
    assert run.processor == "core-fast"
    run.finishes("Egypt.")
    await said(stage, asked, "Egypt.")
    await until_sums(redis_url, "person", (0, 25_000))
    assert len(stage.parallel.runs) == 1
    await stage.slack.until(lambda: saw_ephemeral(stage, "Already"))


async def test_an_edit_of_a_refused_question_is_asked_once(stage: Stage) -> None:
    await limited(stage, BUDGET_PERSON_DAY_USD="0.06")
    asked = await stage.ada.says(stage.general, f"{stage.me} !pro who owns it?")
    await said(stage, asked, "No run was started")
    await stage.ada.edits(asked, f"{stage.me} !lite who owns it?")
    run = await stage.parallel.next_run()
    assert run.processor == "lite"
    await stage.waited_for(run)
    status = await said(stage, asked, "Researching with *lite*")
    await stage.ada.edits(asked, f"{stage.me} !base who owns it?")
    await stage.slack.until(lambda: actions.EDITED_AGAIN in action_ids(status))
    run.finishes("Egypt.")
    await said(stage, asked, "Egypt.")
    assert len(stage.parallel.runs) == 1


@pytest.mark.also_over_http
async def test_the_receipt_names_price_budget_and_what_is_left_now(stage: Stage) -> None:
    await limited(stage, BUDGET_PERSON_DAY_USD="1", TASK_GROUPS="on")
    first, status, run = await begun(stage, "!pro who owns it?")
    await begun(stage, "!lite who built it?")
    run.finishes("Egypt.")
    await said(stage, first, "Egypt.")
    receipt = await said(stage, first, "white_check_mark")
    assert receipt is status
    assert "· $0.10 · 0 sources · $0.895 left of your budget today" in receipt.text


async def test_a_quick_answer_has_the_receipt_and_the_warning_too(stage: Stage) -> None:
    await limited(stage, BUDGET_PERSON_DAY_USD="0.006")
    asked = await stage.ada.says(stage.general, f"{stage.me} !speed who owns it?")
    (await stage.parallel.next_chat()).finishes("Egypt.")
    answer = await said(stage, asked, "No sources were checked")
    assert "$0.005 · $0.001 left of your budget today" in shown(answer)
    await said(stage, asked, "$0.005 of $0.006")


async def test_a_stopped_and_a_failed_run_say_what_they_cost(stage: Stage) -> None:
    await limited(stage, BUDGET_PERSON_DAY_USD="1")
    asked, status, run = await begun(stage, "who owns it?")
    await stage.ada.clicks(status, actions.STOP)
    await stage.slack.until(lambda: "stopped by" in status.text)
    assert "· $0.025 · $0.975 left of your budget today" in status.text
    run.finishes("Too late.")
    asked, status, run = await begun(stage, "who built it?")
    run.fails("no sources")
    failure = await said(stage, asked, "The run failed at Parallel")
    assert "is said not to bill failed runs, so it doesn't count against the budget" in failure.text
    await stage.slack.until(lambda: "not billed" in status.text)
    assert "$0.975 left of your budget today" in status.text


async def test_failed_runs_may_count_and_that_is_said(stage: Stage) -> None:
    await limited(stage, BUDGET_PERSON_DAY_USD="1", COUNT_FAILED_RUNS="on")
    asked, status, run = await begun(stage, "who built it?")
    run.fails("no sources")
    await said(stage, asked, "but it counts against the budget ($0.025)")
    await stage.slack.until(lambda: "$0.975 left" in status.text)
    assert "not billed" not in status.text


async def test_the_receipt_can_be_switched_off(stage: Stage) -> None:
    await limited(stage, BUDGET_PERSON_DAY_USD="1", SHOW_BUDGET="off")
    asked, _, _ = await answered(stage)
    assert "left of" not in "".join(stage.texts(asked))


@pytest.mark.parametrize("cut", ["before", "after"])
async def test_a_lost_answer_counts_as_spent_as_long_as_it_is_in_doubt(
    stage: Stage, redis_url: str, cut: Literal["before", "after"]
) -> None:
    await limited(stage, BUDGET_PERSON_DAY_USD="0.04")
    stage.parallel.faults.next("create", cut=cut)
    asked = await stage.ada.says(stage.general, f"{stage.me} who owns it?")
    doubt = await said(stage, asked, "can't tell whether it was started")
    assert "counts as spent" in doubt.text
    await until_sums(redis_url, "person", (0, 25_000))
    await stage.ada.clicks(doubt, actions.TRY_AGAIN)
    await said(stage, asked, "has only $0.015 left")
    assert len(stage.parallel.runs) == (1 if cut == "after" else 0)


@pytest.mark.parametrize("cut", ["before", "after"])
async def test_a_doubt_is_cleared_where_runs_can_be_listed(
    stage: Stage, redis_url: str, cut: Literal["before", "after"]
) -> None:
    await stage.stop_bot()
    await stage.start_bot(settled=0.5, BUDGET_PERSON_DAY_USD="0.04", TASK_GROUPS="on")
    stage.parallel.faults.next("add_runs", cut=cut)
    stage.parallel.faults.next("group", status=503)
    asked = await stage.ada.says(stage.general, f"{stage.me} who owns it?")
    await until_sums(redis_url, "person", (25_000, 0))
    run = await stage.parallel.next_run()
    run.finishes("Egypt.")
    await said(stage, asked, "Egypt.")
    await until_sums(redis_url, "person", (0, 25_000))
    assert len(stage.parallel.runs) == 1


async def test_a_doubt_about_what_was_not_created_is_given_back(
    stage: Stage, redis_url: str
) -> None:
    await stage.stop_bot()
    await stage.start_bot(settled=0.5, BUDGET_PERSON_DAY_USD="0.04", TASK_GROUPS="on")
    stage.parallel.faults.next("add_runs", cut="before")
    stage.parallel.faults.next("create", status=402, times=100)
    stage.parallel.faults.next("add_runs", status=402, times=100)
    await stage.ada.says(stage.general, f"{stage.me} who owns it?")
    await until_sums(redis_url, "person", (25_000, 0))
    await until_sums(redis_url, "person", (0, 0))
    assert stage.parallel.runs == []
