"""What follows a question that got no answer: it may refer to it, in channels and messages."""

from __future__ import annotations

import pytest

from bot.playground.slack import Channel
from bot.slack import action_ids as actions
from tests.e2e.dialogue import acknowledged, answered, said
from tests.e2e.stage import Stage

CORRECTED = "sorry, I meant in 1950"


def place_of(stage: Stage, kind: str) -> Channel:
    """Return a channel, or the direct message of Ada."""
    return stage.general if kind == "channel" else stage.slack.dm(stage.ada)


async def end_without_answer(stage: Stage, how: str, words: str) -> None:
    """Have the next run be stopped or fail."""
    run = await stage.parallel.next_run()
    await stage.waited_for(run)
    assert words in str(run.body["input"])
    if how == "failed":
        run.fails("no luck")


@pytest.mark.parametrize("how", ["stopped", "failed"])
@pytest.mark.parametrize("kind", ["channel", "direct"])
async def test_the_first_question_is_known_to_the_next(stage: Stage, kind: str, how: str) -> None:
    place = place_of(stage, kind)
    asked = await stage.ada.says(place, f"{stage.me} who owned the canal in 1900?")
    await end_without_answer(stage, how, "in 1900?")
    if how == "stopped":
        await stage.ada.replies(asked, "stop")
    await said(stage, asked, "Stopped waiting" if how == "stopped" else "no luck")
    await stage.ada.replies(asked, CORRECTED)
    given = str((await stage.parallel.next_run()).body["input"])
    assert given.startswith(CORRECTED)
    assert "who owned the canal in 1900?" in given


@pytest.mark.parametrize("how", ["stopped", "failed"])
async def test_a_later_question_is_known_to_the_next(stage: Stage, how: str) -> None:
    asked, _, first = await answered(stage)
    await stage.ada.replies(asked, "and in France in 1900?")
    await end_without_answer(stage, how, "in France")
    if how == "stopped":
        await stage.ada.replies(asked, "stop")
    await said(stage, asked, "Stopped waiting" if how == "stopped" else "no luck")
    await stage.ada.replies(asked, CORRECTED)
    run = await stage.parallel.next_run()
    given = str(run.body["input"])
    assert given.startswith(CORRECTED)
    assert "Question:\n> and in France in 1900?\n(It got no answer.)" in given
    assert run.body["previous_interaction_id"] == first.interaction_id
    run.finishes("Egypt in 1950.")
    await said(stage, asked, "Egypt in 1950.")
    await stage.ada.replies(asked, "why?")  # the interaction knows it now
    assert (await stage.parallel.next_run()).body["input"] == "why?"


async def test_a_question_that_is_tried_again_is_not_restated(stage: Stage) -> None:
    asked, _, _ = await answered(stage)
    await stage.ada.replies(asked, "and in France?")
    await end_without_answer(stage, "failed", "in France?")
    await stage.ada.clicks(await said(stage, asked, "no luck"), actions.TRY_AGAIN)
    assert (await stage.parallel.next_run()).body["input"] == "and in France?"


async def test_a_deleted_question_is_not_restated(stage: Stage) -> None:
    asked, _, _ = await answered(stage)
    reply = await stage.ada.replies(asked, "and in France?")
    await end_without_answer(stage, "deleted", "in France?")
    await stage.ada.deletes(reply)
    await stage.ada.replies(asked, "since when?")
    assert (await stage.parallel.next_run()).body["input"] == "since when?"


@pytest.mark.parametrize("status", [422, None])
async def test_what_is_tried_again_is_what_the_message_says_now(
    stage: Stage, status: int | None
) -> None:
    if status:
        stage.parallel.faults.next("create", status=status)
    asked = await stage.ada.says(stage.general, f"{stage.me} who owns the Suez cannal?")
    if not status:
        await end_without_answer(stage, "failed", "cannal")
    failure = await said(stage, asked, "no luck" if not status else "rephrasing")
    await stage.ada.edits(asked, f"{stage.me} who owns the Panama canal?")
    await acknowledged(stage)
    await stage.ada.clicks(failure, actions.TRY_AGAIN)
    run = await stage.parallel.next_run()
    assert str(run.body["input"]).startswith("who owns the Panama canal?")
    assert run.processor == "core-fast"


async def test_a_long_question_that_is_tried_again_is_not_restated_to_itself(stage: Stage) -> None:
    asked, _, _ = await answered(stage)
    await stage.ada.replies(asked, "what did it cost? " + "It was a lot, I think. " * 90)
    await end_without_answer(stage, "failed", "It was a lot")
    await stage.ada.clicks(await said(stage, asked, "no luck"), actions.TRY_AGAIN)
    assert "It got no answer" not in (await stage.parallel.next_run()).input


async def test_a_stopped_question_that_waited_does_not_undo_the_answer_before_it(
    stage: Stage,
) -> None:
    """Its turn ends beside the thread, where an answer may come while Slack takes its words."""
    asked, _, _ = await answered(stage)
    await stage.bob.replies(asked, "what did it cost?")
    second = await stage.parallel.next_run()
    await stage.waited_for(second)
    reply = await stage.ada.replies(asked, "and the Panama canal?")
    await stage.slack.until(lambda: reply.reactions)
    stage.slack.faults.next("chat.postMessage", delay=0.7)
    await stage.ada.replies(asked, "never mind")
    await acknowledged(stage)
    second.finishes("Lots.")
    await said(stage, asked, "Lots.")
    await said(stage, asked, "No run was started")
    await stage.bob.replies(asked, "and before 1900?")
    run = await stage.parallel.next_run()
    assert run.previous_interaction_id == second.interaction_id
    assert run.input == "and before 1900?"


async def test_many_questions_without_an_answer_leave_room_for_answers(stage: Stage) -> None:
    asked, _, _ = await answered(stage)
    for number in range(9):
        await stage.ada.replies(asked, f"what about {number}?")
        (await stage.parallel.next_run()).fails(f"no luck {number}")
        await said(stage, asked, f"no luck {number}")
    stage.parallel.faults.next("create", status=404)  # the chain goes on no more
    await stage.ada.replies(asked, "since when?")
    run = await stage.parallel.next_run()
    assert "Egypt." in run.input
    assert run.input.count("It got no answer") == 3
