"""Quick answers: the Chat API in the same chain as the Task API, as people and both APIs see it."""

from __future__ import annotations

import pytest

from bot.playground.slack import Message
from bot.playground.task_api import LocalChat
from bot.slack import action_ids as actions
from bot.slack.messages.quick_answer import NO_SOURCES
from bot.slack.text.escaping import WORD_JOINER
from tests.e2e.dialogue import action_ids, said, saw_ephemeral, shown, turn
from tests.e2e.stage import Stage

#: The buttons and menus under a quick answer.
OFFERED = [actions.LOOK_UP, actions.FOLLOW_UP, actions.MORE]


async def quick(stage: Stage, words: str = "!speed who owns it?") -> tuple[Message, LocalChat]:
    """Ask in #general; returns the question and the request it became."""
    asked = await stage.ada.says(stage.general, f"{stage.me} {words}")
    return asked, await stage.parallel.next_chat()


async def finished(stage: Stage, asked: Message, words: str) -> Message:
    """Wait for the message that says these words, with its final footer."""

    def found(_: object) -> Message | None:
        messages = [m for m in stage.slack.thread(asked).said if not m.deleted]
        return next((m for m in messages if words in shown(m) and NO_SOURCES in shown(m)), None)

    return await stage.slack.thread(asked).until(found)


async def test_a_thread_goes_from_chat_to_task_and_back(stage: Stage) -> None:
    """The dialogue that interactions are for: each turn knows all before it."""
    asked, first = await quick(stage, "!speed who owns the Suez Canal?")
    assert (first.model, first.question) == ("speed", "who owns the Suez Canal?")
    assert first.previous_interaction_id is None
    first.finishes("It belongs to **Egypt**, see https://example.org/suez.")
    answer = await finished(stage, asked, "**Egypt**")
    assert action_ids(answer) == OFFERED

    await stage.bob.replies(asked, "!core-fast since when?")
    second = await stage.parallel.next_run()
    assert second.previous_interaction_id == first.interaction_id
    assert [earlier.input for earlier in second.context] == [first.question]
    second.finishes("Since 1956.")
    await said(stage, asked, "1956")

    await stage.ada.replies(asked, "!speed and who led it then?")
    third = await stage.parallel.next_chat()
    assert third.previous_interaction_id == second.interaction_id
    assert [earlier.input for earlier in third.context] == [first.question, "since when?"]
    third.finishes("Nasser did.")
    answer = await finished(stage, asked, "Nasser")

    await stage.ada.clicks(answer, actions.LOOK_UP)
    fourth = await stage.parallel.next_run()
    assert (fourth.input, fourth.processor) == ("and who led it then?", "core-fast")
    assert fourth.previous_interaction_id == third.interaction_id
    fourth.finishes("Nasser, as president.")
    await said(stage, asked, "as president")

    await stage.ada.command("/processor", "speed", stage.general)
    await stage.bob.replies(asked, "and now?")
    fifth = await stage.parallel.next_chat()
    assert fifth.previous_interaction_id == fourth.interaction_id
    fifth.says("El-Si")
    await said(stage, asked, "El-Si")
    fifth.breaks()
    cut = await finished(stage, asked, "cut off here")
    assert "El-Si" in shown(cut)

    await stage.bob.clicks(cut, actions.TRY_AGAIN)
    sixth = await stage.parallel.next_chat()
    assert (sixth.question, sixth.previous_interaction_id) == ("and now?", fourth.interaction_id)
    sixth.finishes("El-Sisi.")
    again = await finished(stage, asked, "El-Sisi.")
    assert again is not cut
    assert len(stage.parallel.chats) == 4
    assert len(stage.parallel.runs) == 2


@pytest.mark.also_over_http
async def test_the_answer_is_one_message_that_grows(stage: Stage) -> None:
    asked, chat = await quick(stage)
    chat.says("It belongs to ")
    growing = await said(stage, asked, "It belongs")
    assert NO_SOURCES not in shown(growing)
    assert action_ids(growing) == [actions.STOP]
    chat.says("**Egypt**, see [the bank](https://evil.example).")
    await stage.slack.thread(asked).until(lambda _: "Egypt" in shown(growing))
    chat.finishes(" [1]")
    answer = await finished(stage, asked, "**Egypt**")
    assert answer is growing
    assert stage.slack.thread(asked).said == [answer]
    assert shown(answer).count(NO_SOURCES) == 1
    assert "$0.005" in shown(answer)
    assert "](https" not in shown(answer)
    assert "[1]" in shown(answer)
    assert answer.text.replace(WORD_JOINER, "").startswith(
        "It belongs to Egypt, see the bank (evil.example). [1]"
    )
    assert action_ids(answer) == OFFERED


async def test_a_stopped_quick_answer_keeps_its_text(stage: Stage) -> None:
    asked, chat = await quick(stage)
    chat.says("It belongs to ")
    growing = await said(stage, asked, "It belongs")
    await stage.ada.clicks(growing, actions.STOP)
    answer = await finished(stage, asked, "stopped")
    assert answer is growing
    assert "It belongs to" in shown(answer)
    await chat.disconnected.wait()
    await stage.ada.replies(asked, "!lite who?")
    run = await stage.parallel.next_run()
    assert run.previous_interaction_id is None  # it did not join the chain


async def test_an_answer_without_an_id_joins_the_thread_all_the_same(stage: Stage) -> None:
    asked, first = await quick(stage)
    first.finishes("Egypt.")
    await finished(stage, asked, "Egypt.")
    await stage.ada.replies(asked, "!speed since when?")
    second = await stage.parallel.next_chat()
    second.interaction_id = None
    second.finishes("Since 1956.")
    await finished(stage, asked, "1956")
    await stage.ada.replies(asked, "!lite and before?")
    third = await stage.parallel.next_run()
    assert third.previous_interaction_id == first.interaction_id
    assert third.input.startswith("and before?")
    assert "Question:\n> since when?\nAnswer:\n> Since 1956." in third.input
    assert "Egypt." not in third.input
    third.finishes("A company.")
    await said(stage, asked, "A company.")
    await stage.ada.replies(asked, "!speed which?")
    fourth = await stage.parallel.next_chat()
    assert fourth.previous_interaction_id == third.interaction_id
    assert fourth.question == "which?"


async def test_a_quick_question_waits_for_the_run_it_follows(stage: Stage) -> None:
    asked = await stage.ada.says(stage.general, f"{stage.me} !ultra who owns it?")
    status = await stage.slack.thread(asked).next()
    run = await stage.parallel.next_run()
    await stage.waited_for(run)
    waiting = await stage.bob.replies(asked, "!speed since when?")
    await stage.slack.until(lambda: "question waits, too" in shown(status))
    await stage.slack.until(lambda: "hourglass_flowing_sand" in waiting.reactions)
    assert actions.NEW_THREAD in action_ids(status)
    run.finishes("Egypt.")
    chat = await stage.parallel.next_chat()
    assert chat.previous_interaction_id == run.interaction_id
    chat.finishes("Since 1956.")
    await finished(stage, asked, "1956")
    await stage.slack.until(lambda: not waiting.reactions)


async def test_a_question_that_waits_can_be_asked_in_a_new_thread(stage: Stage) -> None:
    asked = await stage.ada.says(stage.general, f"{stage.me} !ultra who owns it?")
    status = await stage.slack.thread(asked).next()
    run = await stage.parallel.next_run()
    await stage.waited_for(run)
    waiting = await stage.bob.replies(asked, "!speed since <when>?")
    await stage.slack.until(lambda: actions.NEW_THREAD in action_ids(status))
    await stage.bob.clicks(status, actions.NEW_THREAD)
    chat = await stage.parallel.next_chat()
    assert (chat.question, chat.previous_interaction_id) == ("since <when>?", None)
    root = next(m for m in stage.general.visible() if m.by_app and m.thread_ts is None)
    assert f"<@{stage.bob.id}> asked" in root.text
    assert "since &lt;when&gt;?" in root.text
    chat.finishes("Since 1956.")
    await finished(stage, root, "1956")
    await stage.slack.until(lambda: not waiting.reactions)
    assert saw_ephemeral(stage, "a new thread", person=stage.bob)
    run.finishes("Egypt.")
    await said(stage, asked, "Egypt.")
    assert len(stage.parallel.chats) == 1
    await stage.ada.replies(root, "!speed and before?")
    chat = await stage.parallel.next_chat()
    assert [earlier.input for earlier in chat.context] == ["since <when>?"]


async def test_evidence_and_files_are_not_offered_for_a_quick_answer(stage: Stage) -> None:
    asked, chat = await quick(stage)
    chat.finishes("Egypt.")
    answer = await finished(stage, asked, "Egypt.")
    more = next(
        element
        for block in answer.blocks
        if block["type"] == "actions"
        for element in block["elements"]
        if element["action_id"] == actions.MORE
    )
    assert [option["value"].split()[0] for option in more["options"]] == [
        actions.RERUN,
        actions.MORE_PROCESSOR,
        actions.MORE_MUTE,
        actions.MORE_RATE,
        actions.FORGET,
    ]
    assert turn(stage, asked) in str(more)
