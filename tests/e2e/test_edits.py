"""Edited and deleted questions: what each means depends on the state of its turn."""

from __future__ import annotations

import pytest
from redis.asyncio import Redis

from bot.slack import action_ids as actions
from tests.e2e.dialogue import BASIS, acknowledged, action_ids, answered, begun, said, shown
from tests.e2e.stage import Stage


@pytest.mark.also_over_http
async def test_an_edit_of_a_queued_question_replaces_its_text(stage: Stage) -> None:
    asked, status, run = await begun(stage)
    reply = await stage.bob.replies(asked, "since wehn?")
    await stage.slack.until(lambda: "since wehn?" in shown(status))
    await stage.bob.edits(reply, "!pro-fast since when?")
    await stage.slack.until(lambda: "since when?" in shown(status))
    run.finishes("Egypt.")
    second = await stage.parallel.next_run()
    assert (second.input, second.processor) == ("since when?", "pro-fast")
    second.finishes("1956.")
    await said(stage, asked, "1956.")
    assert len(stage.parallel.runs) == 2


@pytest.mark.also_over_http
async def test_a_deleted_question_that_waits_leaves_the_line(stage: Stage) -> None:
    asked, status, run = await begun(stage)
    first = await stage.bob.replies(asked, "since when?")
    second = await stage.bob.replies(asked, "and who built it?")
    await stage.slack.until(lambda: "2. “and who built it?”" in shown(status))
    await stage.bob.deletes(first)
    await stage.slack.until(lambda: "1. “and who built it?”" in shown(status))
    run.finishes("Egypt.")
    third = await stage.parallel.next_run()
    assert third.input == "and who built it?"
    third.finishes("Lesseps.")
    await said(stage, asked, "Lesseps.")
    assert second.reactions == {}
    assert len(stage.parallel.runs) == 2


async def test_an_edit_during_the_run_offers_the_new_text_quietly(stage: Stage) -> None:
    asked, status, run = await begun(stage, "who owns the Suez Canal?")
    await stage.ada.edits(asked, f"{stage.me} who owns the Panama Canal?")
    await stage.slack.until(lambda: "edited" in shown(status))
    assert actions.EDITED_AGAIN in action_ids(status)
    assert len(stage.texts(asked)) == 1
    await stage.ada.clicks(status, actions.EDITED_AGAIN)
    run.finishes("Egypt.", basis=BASIS)
    second = await stage.parallel.next_run()
    assert second.input == "who owns the Panama Canal?"
    assert second.previous_interaction_id is None
    second.finishes("Panama.")
    await said(stage, asked, "Panama.")
    await stage.ada.clicks(status, actions.EDITED_AGAIN)  # still there, and known
    assert len(stage.parallel.runs) == 2


async def test_an_edit_after_the_answer_is_ignored(stage: Stage) -> None:
    asked, _, _ = await answered(stage)
    said_before = [(m.text, m.blocks) for m in stage.slack.thread(asked).said]
    await stage.ada.edits(asked, f"{stage.me} who owns the Panama Canal?")
    await stage.ada.replies(asked, "since when?")
    (await stage.parallel.next_run()).finishes("1956.")
    await said(stage, asked, "1956.")
    assert [(m.text, m.blocks) for m in stage.slack.thread(asked).said][:2] == said_before
    assert len(stage.parallel.runs) == 2


async def test_a_link_preview_is_no_edit(stage: Stage) -> None:
    asked, status, run = await begun(stage, "what says <https://example.org/suez> of it?")
    await stage.slack.unfurls(asked)
    run.progress(40.0)
    await stage.slack.until(lambda: "40%" in shown(status))
    assert "edited" not in shown(status)
    run.finishes("Egypt.")
    await said(stage, asked, "Egypt.")


async def test_a_question_deleted_while_it_runs_is_not_answered(stage: Stage) -> None:
    asked, status, run = await begun(stage)
    await stage.ada.deletes(asked)
    await stage.slack.until(lambda: "was deleted" in shown(status))
    assert "billed" in shown(status)
    run.finishes("Egypt.")
    assert stage.texts(asked) == [status.text]
    await stage.ada.clicks(status, actions.LOOK_AGAIN)
    await said(stage, asked, "Egypt.")
    assert len(stage.parallel.runs) == 1


async def test_a_requested_ping_is_sent_when_the_question_is_deleted(stage: Stage) -> None:
    asked, status, _ = await begun(stage)
    await stage.ada.clicks(status, actions.PING)
    await stage.bob.clicks(status, actions.PING)
    await stage.ada.deletes(asked)
    notice = await said(stage, asked, "there's no answer this time")
    assert notice.pings == {stage.bob.id}
    assert "was deleted" in shown(notice)


async def test_a_question_deleted_before_its_run_leaves_nothing_behind(stage: Stage) -> None:
    stage.parallel.faults.next("create", times=1_000, status=429, retry_after=60)
    asked = await stage.ada.says(stage.general, f"{stage.me} who owns it?")
    status = await said(stage, asked, "Parallel is busy")
    await stage.ada.deletes(asked)
    await stage.slack.until(lambda: status.deleted)
    assert stage.parallel.runs == []


async def test_a_question_taken_back_by_an_edit_is_not_asked(stage: Stage) -> None:
    asked, status, run = await begun(stage)
    reply = await stage.bob.replies(asked, "since when?")
    await stage.slack.until(lambda: "since when?" in shown(status))
    await stage.bob.edits(reply, "// never mind")
    await stage.slack.until(lambda: "since when?" not in shown(status))
    await stage.ada.edits(asked, "nothing")  # too late: that run is paid, and goes on
    run.finishes("Egypt.")
    await said(stage, asked, "Egypt.")
    await stage.bob.replies(asked, "and who built it?")
    assert (await stage.parallel.next_run()).input == "and who built it?"


async def test_a_question_that_an_edit_makes_an_order_to_stop_is_stopped(stage: Stage) -> None:
    asked, _, _ = await begun(stage)
    reply = await stage.bob.replies(asked, "since when?")
    await stage.slack.until(lambda: reply.reactions)
    await stage.ada.edits(asked, f"{stage.me} never mind")
    await said(stage, asked, "Stopped waiting")
    second = await stage.parallel.next_run()
    await stage.waited_for(second)
    await stage.bob.edits(reply, "cancel that, please")
    await stage.slack.until(
        lambda: sum("Stopped waiting" in text for text in stage.texts(asked)) == 2
    )
    assert len(stage.parallel.runs) == 2


@pytest.mark.parametrize("before", ["thanks", "// that takes long", "<@U0ELSE> stop?", "ok"])
async def test_a_reply_that_an_edit_makes_an_order_to_stop_is_obeyed(
    stage: Stage, before: str
) -> None:
    asked, _, _ = await begun(stage)
    reply = await stage.ada.replies(asked, before)
    await acknowledged(stage)
    await stage.ada.edits(reply, f"{stage.me} stop")
    await said(stage, asked, "Stopped waiting")


@pytest.mark.parametrize("before", ["// mute?", "thanks", "mtue!"])
async def test_a_reply_that_an_edit_makes_an_order_to_mute_is_obeyed(
    stage: Stage, before: str
) -> None:
    asked, _, run = await begun(stage)
    reply = await stage.ada.replies(asked, before)
    await acknowledged(stage)
    await stage.ada.edits(reply, f"{stage.me} mute")
    await said(stage, asked, "ignore replies")
    await stage.bob.replies(asked, "lunch anyone today?")
    run.finishes("Egypt.")
    await said(stage, asked, "Egypt.")
    await stage.bob.replies(asked, f"{stage.me} since when?")
    assert (await stage.parallel.next_run()).input.startswith("since when?")


@pytest.mark.parametrize("has_ended", [True, False])
async def test_a_question_that_was_edited_to_stop_it_can_be_asked_after_all(
    stage: Stage, has_ended: bool
) -> None:
    asked, status, _ = await begun(stage)
    await stage.ada.edits(asked, f"{stage.me} stop")
    await acknowledged(stage)
    if has_ended:
        await said(stage, asked, "Stopped waiting")
    await stage.ada.edits(asked, f"{stage.me} who built it?")
    assert (await stage.parallel.next_run()).input == "who built it?"
    await stage.ada.edits(asked, f"{stage.me} who built it then?")
    await stage.ada.replies(asked, "and who pays?")
    await stage.slack.until(lambda: "stopped" in shown(status).lower())
    assert len(stage.parallel.runs) == 2


async def test_a_question_that_was_taken_back_can_be_asked_after_all(stage: Stage) -> None:
    asked, status, run = await begun(stage)
    reply = await stage.bob.replies(asked, "since when?")
    await stage.slack.until(lambda: reply.reactions)
    for _ in range(2):
        await stage.bob.edits(reply, "// never mind")
        await stage.slack.until(lambda: "when?" not in shown(status))
        await stage.slack.until(lambda: not reply.reactions)
        await stage.bob.edits(reply, "since when?")
        await stage.slack.until(lambda: "since when?" in shown(status))
    run.finishes("Egypt.")
    second = await stage.parallel.next_run()
    assert second.input == "since when?"
    second.finishes("1956.")
    await said(stage, asked, "1956.")
    assert len(stage.parallel.runs) == 2


async def test_an_edit_can_turn_a_message_into_a_question(stage: Stage) -> None:
    asked, _, _ = await answered(stage)
    note = await stage.bob.replies(asked, "// who knows?")
    await stage.bob.edits(note, "since when?")
    assert (await stage.parallel.next_run()).input == "since when?"


async def test_an_edit_corrects_a_question_that_could_not_be_asked(stage: Stage) -> None:
    asked = await stage.ada.says(stage.general, f"{stage.me} !pro-fst who owns it?")
    await said(stage, asked, "There's no processor called")
    await stage.ada.edits(asked, f"{stage.me} !pro-fast who owns it?")
    run = await stage.parallel.next_run()
    assert (run.input, run.processor) == ("who owns it?", "pro-fast")
    await stage.waited_for(run)
    # From here on it is a question like any other.
    status = await said(stage, asked, "Researching")
    await stage.ada.edits(asked, f"{stage.me} !pro-fast who owns the canal?")
    await stage.slack.until(lambda: actions.EDITED_AGAIN in action_ids(status))
    await stage.ada.deletes(asked)
    await stage.slack.until(lambda: "was deleted" in shown(status))
    assert len(stage.parallel.runs) == 1


async def test_an_edited_text_that_was_asked_goes_with_its_question(stage: Stage) -> None:
    asked, status, run = await begun(stage)
    await stage.ada.edits(asked, f"{stage.me} who built it?")
    await stage.slack.until(lambda: actions.EDITED_AGAIN in action_ids(status))
    await stage.ada.clicks(status, actions.EDITED_AGAIN)
    await stage.slack.until(lambda: "who built it?" in shown(status))
    await stage.ada.deletes(asked)
    await stage.slack.until(lambda: "was deleted" in shown(status))
    run.finishes("Egypt.")
    # Only what is asked after it is asked.
    await stage.bob.replies(asked, "since when?")
    assert (await stage.parallel.next_run()).input == "since when?"


async def test_a_question_that_is_edited_to_a_misspelt_processor_waits_to_be_corrected(
    stage: Stage,
) -> None:
    asked, status, run = await begun(stage)
    reply = await stage.bob.replies(asked, "since wehn?")
    await stage.slack.until(lambda: "since wehn?" in shown(status))
    await stage.bob.edits(reply, "!pro-fst who built it?")
    await said(stage, asked, "There's no processor called `pro-fst`")
    await stage.slack.until(lambda: "since wehn?" not in shown(status))
    await stage.bob.edits(reply, "!pro-fast who built it?")
    await stage.slack.until(lambda: "who built it?" in shown(status))
    run.finishes("Egypt.")
    second = await stage.parallel.next_run()
    assert (second.input, second.processor) == ("who built it?", "pro-fast")


@pytest.mark.parametrize("now", ["thanks", "!pro-fst who built it?", "// no"])
async def test_an_edit_that_is_taken_back_during_the_run_is_not_offered_any_more(
    stage: Stage, now: str
) -> None:
    asked, status, _ = await begun(stage)
    await stage.ada.edits(asked, f"{stage.me} who built it?")
    await stage.slack.until(lambda: actions.EDITED_AGAIN in action_ids(status))
    await stage.ada.edits(asked, now if now.startswith("//") else f"{stage.me} {now}")
    await stage.slack.until(lambda: actions.EDITED_AGAIN not in action_ids(status))
    assert actions.STOP in action_ids(status)  # that run is paid, and goes on


async def test_a_deleted_answered_question_stays_answered(stage: Stage) -> None:
    asked, answer, _ = await answered(stage)
    before = stage.texts(asked)
    await stage.ada.deletes(asked)
    reply = await stage.bob.replies(answer, "since when?")
    (await stage.parallel.next_run()).finishes("1956.")
    await said(stage, reply, "1956.")
    assert stage.texts(asked)[:2] == before


async def test_who_asks_an_edited_text_pays_although_it_is_edited_again(
    stage: Stage, redis_url: str
) -> None:
    asked, status, run = await begun(stage)
    await stage.ada.edits(asked, f"{stage.me} who built it?")
    await stage.slack.until(lambda: actions.EDITED_AGAIN in action_ids(status))
    await stage.bob.clicks(status, actions.EDITED_AGAIN)
    await stage.slack.until(lambda: "1. “who built it?”" in shown(status))
    await stage.ada.edits(asked, f"{stage.me} who paid for it?")
    await stage.slack.until(lambda: "1. “who paid for it?”" in shown(status))
    run.finishes("Egypt.")
    assert (await stage.parallel.next_run()).input == "who paid for it?"
    async with Redis.from_url(redis_url, decode_responses=True) as client:
        (key,) = [key async for key in client.scan_iter("*:reservations")]
        holders = [str(value).split(" ")[6] for value in await client.hvals(key)]
    assert stage.bob.id in holders
