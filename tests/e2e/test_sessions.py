"""Slack's own sign that the bot works in a thread: on while it does, off at every end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.slack import action_ids
from tests.e2e.dialogue import BASIS, begun, said, shown
from tests.e2e.stage import QUICK, Stage


def signs(stage: Stage) -> list[str]:
    """Return what the sign was set to, one after the other."""
    calls = [c for c in stage.slack.calls if c.method == "agents.sessions.setStatus"]
    return [str(call.arguments["status"]) for call in calls]


async def test_the_agent_session_is_processing_while_a_run_is(stage: Stage) -> None:
    asked, _, run = await begun(stage)
    await stage.slack.until(lambda: stage.slack.session(asked) == "processing")
    run.finishes("Egypt.", basis=BASIS)
    await said(stage, asked, "Egypt.")
    await stage.slack.until(lambda: stage.slack.session(asked) == "active")
    assert signs(stage) == ["processing", "active"]


async def test_the_agent_session_ends_when_a_run_fails_or_is_stopped(stage: Stage) -> None:
    asked, _, run = await begun(stage)
    await stage.slack.until(lambda: stage.slack.session(asked) == "processing")
    run.fails("no luck")
    await said(stage, asked, "no luck")
    await stage.slack.until(lambda: stage.slack.session(asked) == "active")

    other, status, _ = await begun(stage, "and who else?")
    await stage.slack.until(lambda: stage.slack.session(other) == "processing")
    await stage.ada.clicks(status, action_ids.STOP)
    await stage.slack.until(lambda: stage.slack.session(other) == "active")


async def test_the_agent_session_continues_for_the_next_question(stage: Stage) -> None:
    asked, status, run = await begun(stage)
    reply = await stage.bob.replies(asked, "since when?")
    await stage.slack.until(lambda: reply.reactions)
    run.finishes("Egypt.", basis=BASIS)
    second = await stage.parallel.next_run()
    await stage.waited_for(second)
    await stage.slack.until(lambda: "white_check_mark" in shown(status))
    await stage.slack.until(lambda: stage.slack.session(asked) == "processing")
    second.finishes("1956.", basis=BASIS)
    await stage.slack.until(lambda: stage.slack.session(asked) == "active")


async def test_a_sign_that_was_lost_comes_again(stage: Stage) -> None:
    await stage.stop_bot()
    await stage.start_bot(timing=replace(QUICK, max_interval=0.2))
    stage.slack.faults.next("agents.sessions.setStatus", status=503)
    asked, _, run = await begun(stage)
    await stage.slack.until(lambda: stage.slack.session(asked) == "processing")
    run.finishes("Egypt.", basis=BASIS)
    await stage.slack.until(lambda: stage.slack.session(asked) == "active")


async def test_a_sign_that_could_not_be_put_out_is_put_out_later(stage: Stage) -> None:
    asked, _, run = await begun(stage)
    await stage.slack.until(lambda: stage.slack.session(asked) == "processing")
    stage.slack.faults.next("agents.sessions.setStatus", status=503)
    stage.slack.faults.next("agents.sessions.setStatus", ratelimited=1)
    run.finishes("Egypt.", basis=BASIS)
    await stage.slack.until(lambda: stage.slack.session(asked) == "active")


async def test_where_slack_does_not_take_it_nothing_is_asked_again(stage: Stage) -> None:
    stage.slack.app.agent = False
    for words in ("who owns it?", "who built it?"):
        asked, status, run = await begun(stage, words)
        run.finishes("Egypt.", basis=BASIS)
        await said(stage, asked, "Egypt.")
        await stage.slack.until(lambda status=status: "white_check_mark" in shown(status))  # type: ignore[misc]
    assert signs(stage) == ["processing"]


@pytest.mark.also_over_http
async def test_the_agent_session_ends_after_a_restart_during_the_run(stage: Stage) -> None:
    asked, _, run = await begun(stage)
    await stage.slack.until(lambda: stage.slack.session(asked) == "processing")
    await stage.stop_bot()
    run.finishes("Egypt.", basis=BASIS)
    await stage.start_bot()
    await said(stage, asked, "Egypt.")
    await stage.slack.until(lambda: stage.slack.session(asked) == "active")


#: What waits behind a run and has no status of its own, with what the bot is started with.
WITHOUT_STATUS: dict[str, tuple[str, dict[str, Any]]] = {
    "a quick answer": ("!speed since when?", {}),
    "a price": ("!ultra since when?", {"CONFIRM_FROM_USD": "0.30"}),
    "a refusal": ("!ultra since when?", {"BUDGET_PERSON_DAY_USD": "0.10"}),
}


@pytest.mark.parametrize("what", WITHOUT_STATUS)
async def test_the_agent_session_ends_when_a_turn_without_a_status_was_the_last(
    stage: Stage, what: str
) -> None:
    reply, settings = WITHOUT_STATUS[what]
    await stage.stop_bot()
    await stage.start_bot(**settings)
    asked, status, run = await begun(stage)
    await stage.slack.until(lambda: stage.slack.session(asked) == "processing")
    waits = await stage.ada.replies(asked, reply)
    await stage.slack.until(lambda: waits.reactions)
    run.finishes("Egypt.", basis=BASIS)
    if what == "a quick answer":
        chat = await stage.parallel.next_chat()
        await stage.slack.until(lambda: "white_check_mark" in shown(status))
        chat.finishes("1956.")
    await stage.slack.until(lambda: stage.slack.session(asked) == "active")


async def test_the_sign_of_a_question_that_waits_goes_although_it_came_late(stage: Stage) -> None:
    """Slack carries out a call whose answer was lost when its question does not wait any more."""
    await stage.stop_bot()
    await stage.start_bot(timing=replace(QUICK, edit_lag=3.0))
    asked, _, run = await begun(stage)
    stage.slack.faults.next("reactions.add", cut="late", delay=1.0)
    waits = await stage.ada.replies(asked, "since when?")
    await stage.slack.until(lambda: not stage.slack.faults.left("reactions.add"))
    run.finishes("Egypt.", basis=BASIS)
    await stage.parallel.next_run()
    await stage.slack.until(lambda: "reactions.add" in [call.method for call in stage.slack.calls])
    await stage.slack.until(lambda: not waits.reactions)


async def test_the_sign_of_a_quick_question_goes_when_slack_takes_its_removal_again(
    stage: Stage,
) -> None:
    """Slack allows twenty a minute, and a quick answer is over sooner."""
    asked, _, run = await begun(stage)
    waits = await stage.ada.replies(asked, "!speed since when?")
    await stage.slack.until(lambda: waits.reactions)
    stage.slack.faults.next("reactions.remove", times=2, ratelimited=3)
    run.finishes("Egypt.", basis=BASIS)
    (await stage.parallel.next_chat()).finishes("1956.")
    await said(stage, asked, "1956.")
    await stage.slack.until(lambda: not waits.reactions)
