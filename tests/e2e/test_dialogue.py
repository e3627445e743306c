"""The whole dialogue, over a socket and over HTTP: what people see, and what reaches the API."""

from __future__ import annotations

import pytest

from bot.slack import action_ids as actions
from tests.e2e.dialogue import BASIS, OFFERED, action_ids, chooses_for_thread, shown
from tests.e2e.stage import Stage


@pytest.mark.also_over_http
async def test_a_mention_is_answered_with_sources(stage: Stage) -> None:
    asked = await stage.ada.says(stage.general, f"{stage.me} who owns the Suez Canal?")
    thread = stage.slack.thread(asked)

    status = await thread.next()
    assert "core-fast" in shown(status)
    assert "$0.025" in shown(status)
    assert "15 s–2 min" in shown(status)

    run = await stage.parallel.next_run()
    assert run.input == "who owns the Suez Canal?"
    assert run.processor == "core-fast"
    assert run.previous_interaction_id is None
    assert run.body["enable_events"] is True

    run.finishes("It is owned by **Egypt**, see <!channel> <@U123>.", basis=BASIS)
    answer = await thread.next()
    assert "owned by **Egypt**" in shown(answer)
    assert "1. <https://example.org/suez|Suez Canal Authority>" in shown(answer)
    assert "2. <https://example.com/history|A history>" in shown(answer)
    assert "Confidence: high" in shown(answer)
    assert "owned by Egypt" in answer.text
    assert "https://example.org/suez" in answer.text
    assert answer.pings == set()
    assert action_ids(answer) == OFFERED

    await thread.until(lambda _: "white_check_mark" in shown(status))
    receipt = shown(status)
    assert "core-fast" in receipt
    assert "$0.025" in receipt
    assert receipt.count("\n") == 1  # the sentence, and the ids below it
    assert len(stage.texts(asked)) == 2


@pytest.mark.also_over_http
async def test_every_reply_is_the_next_turn_on_the_processor_in_force(stage: Stage) -> None:
    """Three follow-ups: one plain, one with `!name`, one after the thread's form was used."""
    asked = await stage.ada.says(stage.general, f"{stage.me} who owns the Suez Canal?")
    thread = stage.slack.thread(asked)
    await thread.next()
    first = await stage.parallel.next_run()
    first.finishes("Egypt.")
    answer = await thread.next()

    await stage.bob.replies(asked, "since when?")
    await thread.next()
    second = await stage.parallel.next_run()
    second.finishes("In 1956.")
    await thread.next()

    await stage.ada.replies(asked, "!pro-fast and before?")
    await thread.next()
    third = await stage.parallel.next_run()
    third.finishes("The company.")
    await thread.next()

    await chooses_for_thread(stage.ada, answer, "ultra-fast")
    await stage.ada.replies(asked, f"{stage.me} who led it?")
    status = await thread.next()
    assert "ultra-fast" in shown(status)
    fourth = await stage.parallel.next_run()
    fourth.finishes("Lesseps.")
    assert "Lesseps" in shown(await thread.next())

    runs = [first, second, third, fourth]
    assert [r.input for r in runs[1:]] == ["since when?", "and before?", "who led it?"]
    assert [r.processor for r in runs] == ["core-fast", "core-fast", "pro-fast", "ultra-fast"]
    assert [r.previous_interaction_id for r in runs] == [
        None,
        first.interaction_id,
        second.interaction_id,
        third.interaction_id,
    ]
    assert len(stage.parallel.runs) == 4


async def test_replies_wait_their_turn_and_say_so(stage: Stage) -> None:
    asked = await stage.ada.says(stage.general, f"{stage.me} who owns the Suez Canal?")
    thread = stage.slack.thread(asked)
    await thread.next()
    first = await stage.parallel.next_run()

    late = await stage.bob.replies(asked, "since when?")
    later = await stage.ada.replies(asked, "and before?")
    await stage.slack.until(lambda: late.reactions and later.reactions)
    assert set(late.reactions) == {"hourglass_flowing_sand"}
    assert len(stage.parallel.runs) == 1

    first.finishes("Egypt.")
    second = await stage.parallel.next_run()
    assert second.input == "since when?"
    await stage.slack.until(lambda: not late.reactions)
    assert later.reactions
    second.finishes("In 1956.")
    third = await stage.parallel.next_run()
    third.finishes("The company.")
    await thread.until(lambda _: len(stage.texts(asked)) == 6)
    assert [r.previous_interaction_id for r in stage.parallel.runs] == [
        None,
        first.interaction_id,
        second.interaction_id,
    ]
    await stage.slack.until(lambda: not later.reactions)


async def test_a_failed_run_says_why_and_can_be_tried_again(stage: Stage) -> None:
    asked = await stage.ada.says(stage.general, f"{stage.me} who owns the Suez Canal?")
    thread = stage.slack.thread(asked)
    status = await thread.next()
    first = await stage.parallel.next_run()
    first.finishes("Egypt.")
    await thread.next()

    await stage.ada.replies(asked, "since when?")
    await thread.next()
    failing = await stage.parallel.next_run()
    failing.fails("The research engine gave up.")
    failure = await thread.next()
    assert "The research engine gave up." in shown(failure)
    assert failing.run_id in shown(failure)
    assert action_ids(failure) == [actions.TRY_AGAIN]

    await stage.bob.clicks(failure, actions.TRY_AGAIN)
    await stage.bob.clicks(failure, actions.TRY_AGAIN)
    status = await thread.next()
    assert "Researching" in shown(status)
    retried = await stage.parallel.next_run()
    assert retried.input == "since when?"
    assert retried.previous_interaction_id == first.interaction_id
    retried.finishes("In 1956.")
    assert "1956." in shown(await thread.next())
    assert len(stage.parallel.runs) == 3


@pytest.mark.also_over_http
async def test_a_direct_message_is_a_question_and_its_thread_a_chain(stage: Stage) -> None:
    dm = stage.slack.dm(stage.ada)
    asked = await stage.ada.says(dm, "who owns the Suez Canal?")
    thread = stage.slack.thread(asked)
    await thread.next()
    first = await stage.parallel.next_run()
    first.finishes("Egypt.")
    await thread.next()
    await stage.ada.replies(asked, "since when?")
    await thread.next()
    second = await stage.parallel.next_run()
    assert second.previous_interaction_id == first.interaction_id
    second.finishes("In 1956.")
    assert "1956." in shown(await thread.next())

    other = await stage.ada.says(dm, "what is the time?")
    other_thread = stage.slack.thread(other)
    await other_thread.next()
    third = await stage.parallel.next_run()
    assert third.previous_interaction_id is None
    third.finishes("Late.")
    assert "Late." in shown(await other_thread.next())


@pytest.mark.also_over_http
async def test_the_slash_command_sets_the_channel_and_the_person(stage: Stage) -> None:
    (picker,) = (await stage.ada.command("/processor", "", stage.general)).messages
    assert "core-fast" in picker.text
    assert "Exhaustive (ultra)" in picker.text
    await stage.ada.command("/processor", "pro-fast", stage.general)
    await stage.bob.command("/processor", "me lite", stage.general)

    by_ada = await stage.ada.says(stage.general, f"{stage.me} who?")
    assert "pro-fast" in shown(await stage.slack.thread(by_ada).next())
    by_bob = await stage.bob.says(stage.general, f"{stage.me} who?")
    assert "*lite*" in shown(await stage.slack.thread(by_bob).next())
    runs = [await stage.parallel.next_run(), await stage.parallel.next_run()]
    assert sorted(r.processor for r in runs) == ["lite", "pro-fast"]
    for run in runs:
        run.finishes("Ada.")
    for asked in (by_ada, by_bob):
        await stage.slack.thread(asked).until(lambda thread: len(thread.said) == 2)

    (wrong,) = (await stage.ada.command("/processor", "profast", stage.general)).messages
    assert "Did you mean `pro-fast`?" in wrong.text


async def test_a_mention_among_people_takes_the_thread_along(stage: Stage) -> None:
    root = await stage.ada.says(stage.general, "I read that the canal belongs to France.")
    await stage.bob.replies(root, "I doubt it.")
    await stage.bob.replies(root, f"{stage.me} is this true?")
    thread = stage.slack.thread(root)
    await thread.next()
    run = await stage.parallel.next_run()
    assert run.input.startswith("is this true?"), run.input
    assert "Person 1: I read that the canal belongs to France." in run.input
    assert "Person 2: I doubt it." in run.input
    run.finishes("No.")
    assert "No." in shown(await thread.next())


async def test_a_question_is_sent_alone_without_permission_to_read_history(stage: Stage) -> None:
    root = await stage.ada.says(stage.general, "I read that the canal belongs to France.")
    stage.slack.faults.next("conversations.replies", error="missing_scope")
    await stage.bob.replies(root, f"{stage.me} is this true?")
    thread = stage.slack.thread(root)
    status = await thread.next()
    run = await stage.parallel.next_run()
    assert run.input == "is this true?"
    await thread.until(lambda _: "not allowed to read" in shown(status))
    run.finishes("No.")
    assert "No." in shown(await thread.next())


async def test_a_message_that_is_no_question_starts_no_run(stage: Stage) -> None:
    empty = await stage.ada.says(stage.general, stage.me)
    help_text = shown(await stage.slack.thread(empty).next())
    assert "/processor" in help_text
    chatter = await stage.ada.says(stage.general, "hello all")
    await stage.bob.replies(chatter, "hello ada")
    slip = await stage.ada.says(stage.general, f"{stage.me} !profast who owns it?")
    assert "!pro-fast" in shown(await stage.slack.thread(slip).next())
    asked = await stage.ada.says(stage.general, f"{stage.me} who owns it?")
    thread = stage.slack.thread(asked)
    await thread.next()
    run = await stage.parallel.next_run()
    run.finishes("Egypt.")
    assert "Egypt." in shown(await thread.next())
    assert len(stage.parallel.runs) == 1
    assert stage.texts(chatter) == []


@pytest.mark.also_over_http
async def test_a_redelivered_question_is_answered_once(stage: Stage) -> None:
    asked = await stage.ada.says(stage.general, f"{stage.me} who owns the Suez Canal?")
    thread = stage.slack.thread(asked)
    await thread.next()
    await stage.slack.redeliver(asked)
    run = await stage.parallel.next_run()
    run.finishes("Egypt.")
    await thread.next()
    await stage.slack.redeliver(asked)
    # The next question overtakes nothing: when it is answered, the redelivery has been handled.
    other = await stage.ada.says(stage.general, f"{stage.me} and the Panama Canal?")
    other_thread = stage.slack.thread(other)
    await other_thread.next()
    (await stage.parallel.next_run()).finishes("Panama.")
    assert "Panama." in shown(await other_thread.next())
    assert len(stage.parallel.runs) == 2
    assert len(stage.texts(asked)) == 2
