"""Runs that are slower than usual: they are paid, so they are waited for, up to a day."""

from __future__ import annotations

import time

import pytest

from bot.domain.lifecycle import WAITED_FOR
from bot.engine.context import UpdateTiming
from bot.slack import action_ids as actions
from tests.e2e.dialogue import BASIS, Clock, acknowledged, action_ids, begun, said, shown
from tests.e2e.stage import Stage

MINUTE, HOUR = 60.0, 3_600.0
OFTEN = UpdateTiming(min_interval=0.02, max_interval=0.05, debounce=0.01, edit_lag=0.1)


async def test_a_slow_run_is_waited_for_and_its_asker_is_mentioned(one: Stage) -> None:
    await one.stop_bot()
    clock = Clock()
    await one.start_bot(clock, timing=OFTEN)
    asked, status, run = await begun(one, "!lite-fast who owns it?")
    clock.ahead = MINUTE
    await one.slack.until(lambda: "Slower than usual" in shown(status))
    assert "24 h in all" in shown(status)
    assert actions.STOP in action_ids(status)
    assert status.pings == set()

    await one.stop_bot()  # a deploy, and the next one, hours later
    clock.ahead = 23 * HOUR
    await one.start_bot(clock, timing=OFTEN)
    await one.slack.until(lambda: "23 h so far" in shown(status))
    run.finishes("Egypt.", basis=BASIS)
    answer = await said(one, asked, "Egypt.")
    assert one.ada.id in answer.pings
    await one.slack.until(lambda: "23 h" in shown(status) and "white_check_mark" in shown(status))
    assert len(one.texts(asked)) == 2
    assert len(one.parallel.runs) == 1


async def test_an_answer_within_the_usual_time_mentions_nobody(one: Stage) -> None:
    asked, _, run = await begun(one)
    run.finishes("Egypt.", basis=BASIS)
    assert (await said(one, asked, "Egypt.")).pings == set()


async def test_a_slow_run_can_be_stopped(one: Stage) -> None:
    await one.stop_bot()
    clock = Clock()
    await one.start_bot(clock, timing=OFTEN)
    asked, status, _ = await begun(one, "!lite-fast who owns it?")
    clock.ahead = 5 * HOUR
    await one.slack.until(lambda: "Slower than usual" in shown(status))
    await one.ada.clicks(status, actions.STOP)
    stopped = await said(one, asked, "Stopped waiting")
    assert stopped.pings == set()  # who pressed knows


async def test_a_question_behind_a_slow_run_can_move_to_a_new_thread(one: Stage) -> None:
    await one.stop_bot()
    clock = Clock()
    await one.start_bot(clock, timing=OFTEN)
    _, status, run = await begun(one, "!lite-fast who owns it?")
    reply = await one.bob.replies(status, "who dug the Panama Canal?")
    await one.slack.until(lambda: "Up next" in shown(status))
    assert actions.NEW_THREAD not in action_ids(status)
    clock.ahead = MINUTE
    await one.slack.until(lambda: actions.NEW_THREAD in action_ids(status))
    assert "builds on this answer" in shown(status)
    assert reply.reactions
    await one.bob.clicks(status, actions.NEW_THREAD)
    second = await one.parallel.next_run()
    assert second.input == "who dug the Panama Canal?"
    await one.slack.until(lambda: not reply.reactions and "Up next" not in shown(status))
    second.finishes("France, and then the United States.")
    run.finishes("Egypt.")
    await said(one, status, "Egypt.")
    assert len(one.parallel.runs) == 2


@pytest.mark.parametrize("change", ["edited", "deleted", "edited in its run"])
async def test_what_is_done_to_the_message_of_a_moved_question_counts(
    one: Stage, change: str
) -> None:
    await one.stop_bot()
    clock = Clock()
    await one.start_bot(clock, timing=OFTEN, RUNNING_PER_PERSON="1")
    await one.bob.says(one.general, f"{one.me} who owns Suez?")  # so that the moved one waits
    other = await one.parallel.next_run()
    asked, status, run = await begun(one, "!lite-fast who owns it?")
    reply = await one.bob.replies(status, "!pro-fast who dug it, and befor?")
    await one.slack.until(lambda: "Up next" in shown(status))
    clock.ahead = MINUTE
    await one.slack.until(lambda: actions.NEW_THREAD in action_ids(status))
    await one.bob.clicks(status, actions.NEW_THREAD)
    await one.slack.until(lambda: not reply.reactions)
    if change == "edited in its run":
        other.finishes("Egypt.")
        moved = await one.parallel.next_run()
        await one.waited_for(moved)
    if change == "deleted":
        await one.bob.deletes(reply)
    else:
        await one.bob.edits(reply, "!pro-fast who dug it, and before?")
    await acknowledged(one)
    if change != "edited in its run":
        other.finishes("Egypt.")
    if change == "edited":
        moved = await one.parallel.next_run()
        assert moved.input == "who dug it, and before?"
    run.finishes("Egypt.")
    await said(one, asked, "Egypt.")
    await one.ada.says(one.general, f"{one.me} who pays?")
    assert (await one.parallel.next_run()).input == "who pays?"


async def test_a_run_is_given_up_after_a_day_and_can_be_resumed(one: Stage) -> None:
    """Time is a value: the bot is restarted with its clock ahead of the run's."""
    asked, _, run = await begun(one, "!lite who owns it?")
    await one.stop_bot()
    await one.start_bot(clock=lambda: time.time() + WAITED_FOR + MINUTE)
    failure = await said(one, asked, "I stopped waiting")
    assert "24 h" in shown(failure)
    assert run.run_id in shown(failure)
    assert one.ada.id in failure.pings
    assert action_ids(failure) == [actions.LOOK_AGAIN, actions.TRY_AGAIN]

    await one.bob.clicks(failure, actions.LOOK_AGAIN)
    await said(one, asked, "same run")
    run.finishes("Egypt.")
    await said(one, asked, "Egypt.")
    assert len(one.parallel.runs) == 1


async def test_a_stream_that_is_cut_early_leaves_the_status_silent_for_seconds(one: Stage) -> None:
    _, status, run = await begun(one)
    one.parallel.drop_connections("events")
    cut = time.monotonic()
    run.progress(40.0)
    await one.slack.until(lambda: "40%" in shown(status))
    assert time.monotonic() - cut < 10
    run.finishes("Egypt.", basis=BASIS)
    await one.slack.until(lambda: "white_check_mark" in shown(status))
