"""A quick question that waits, asked in a new thread: it stays the quick question that it was."""

from __future__ import annotations

from typing import Any

import pytest

from bot.slack import action_ids as actions
from tests.e2e.dialogue import (
    action_ids,
    answered,
    chooses_for_thread,
    said,
    saw_ephemeral,
    shown,
)
from tests.e2e.stage import Stage
from tests.e2e.test_quick import finished, quick


async def test_a_moved_question_keeps_the_processor_chosen_for_its_thread(one: Stage) -> None:
    asked, chat = await quick(one)
    chat.finishes("Egypt.")
    answer = await finished(one, asked, "Egypt.")
    await chooses_for_thread(one.ada, answer, "speed")
    await one.ada.replies(asked, "!ultra since when?")
    run = await one.parallel.next_run()
    await one.waited_for(run)
    status = await said(one, asked, "Researching")
    await one.bob.replies(asked, "and before?")
    await one.slack.until(lambda: actions.NEW_THREAD in action_ids(status))
    await one.bob.clicks(status, actions.NEW_THREAD)
    await one.slack.until(lambda: len(one.parallel.chats) + len(one.parallel.runs) == 3)
    assert [chat.question for chat in one.parallel.chats] == ["who owns it?", "and before?"]


async def test_a_moved_question_continues_the_latest_answer_of_its_thread(one: Stage) -> None:
    asked, _, first = await answered(one)
    await one.ada.replies(asked, "!ultra what did it cost?")
    run = await one.parallel.next_run()
    await one.waited_for(run)
    status = await said(one, asked, "Exhaustive")
    reply = await one.bob.replies(asked, "!speed and befor them?")
    await one.slack.until(lambda: actions.NEW_THREAD in action_ids(status))
    await one.bob.edits(reply, "!speed and before them?")
    await one.slack.until(lambda: "and before them?" in shown(status))
    await one.bob.clicks(status, actions.NEW_THREAD)
    chat = await one.parallel.next_chat()
    assert chat.question == "and before them?"
    assert chat.previous_interaction_id == first.interaction_id
    chat.finishes("A company.")
    ours = [m for m in one.general.messages.values() if m.by_app and m.ts > reply.ts]
    root = next(each for each in ours if "and before them?" in each.text)
    answer = await said(one, root, "A company.")
    assert "ontinues the answer to “who owns it?”" in shown(answer)
    await one.bob.replies(root, "!speed who led it?")
    following = await one.parallel.next_chat()
    assert following.previous_interaction_id == chat.interaction_id


@pytest.mark.parametrize(
    "fault",
    [
        {"error": "restricted_action_thread_only_channel"},
        {"ratelimited": 30},
        {"status": 503},
    ],
    ids=str,
)
async def test_where_no_thread_can_be_started_the_question_stays(
    one: Stage, fault: dict[str, Any]
) -> None:
    asked = await one.ada.says(one.general, f"{one.me} !ultra who owns it?")
    run = await one.parallel.next_run()
    await one.waited_for(run)
    status = await said(one, asked, "Researching")
    await one.bob.replies(asked, "!speed and before?")
    await one.slack.until(lambda: actions.NEW_THREAD in action_ids(status))
    one.slack.faults.next("chat.postMessage", **fault)
    await one.bob.clicks(status, actions.NEW_THREAD)
    await one.slack.until(lambda: saw_ephemeral(one, "couldn't start a new", person=one.bob))
    run.finishes("Egypt.")
    chat = await one.parallel.next_chat()
    assert (chat.question, chat.previous_interaction_id) == ("and before?", run.interaction_id)
