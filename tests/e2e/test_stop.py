"""Stop: by button, by the word, by Slack's own button; who may, and what is said of the money."""

from __future__ import annotations

import pytest

from bot.slack import action_ids as actions
from tests.e2e.dialogue import acknowledged, action_ids, begun, said, saw_ephemeral, shown
from tests.e2e.stage import Stage, staged


@pytest.mark.also_over_http
async def test_the_button_stops_waiting_and_says_what_is_still_paid(stage: Stage) -> None:
    asked, status, run = await begun(stage)
    assert actions.STOP in action_ids(status)
    await stage.ada.clicks(status, actions.STOP)
    stopped = await said(stage, asked, "Stopped waiting")
    assert "can't cancel a run" in shown(stopped)
    assert "$0.025" in shown(stopped)
    await stage.slack.until(lambda: "stopped" in shown(status))
    assert actions.STOP not in action_ids(status)

    run.finishes("Egypt.")  # nobody waits for it any more
    await stage.ada.clicks(stopped, actions.LOOK_AGAIN)
    answer = await said(stage, asked, "Egypt.")
    assert answer.ts > stopped.ts
    assert len(stage.parallel.runs) == 1


async def test_a_stopped_answer_can_be_delivered_when_ready(stage: Stage) -> None:
    asked, status, run = await begun(stage)
    await stage.ada.clicks(status, actions.STOP)
    stopped = await said(stage, asked, "Stopped waiting")
    await stage.ada.clicks(stopped, actions.LOOK_AGAIN)
    again = await said(stage, asked, "Still waiting for the same run")
    run.finishes("Egypt.")
    await said(stage, asked, "Egypt.")
    await stage.slack.until(lambda: "$0.025, paid once" in shown(again))
    assert len(stage.parallel.runs) == 1


@pytest.mark.also_over_http
async def test_the_word_stops_with_and_without_a_mention(stage: Stage) -> None:
    for word in ("stop", "Stop!", f"{stage.me} STOP."):
        asked, _, _ = await begun(stage, "who owns it?")
        await stage.ada.replies(asked, word)
        await said(stage, asked, "Stopped waiting")
        assert len(stage.texts(asked)) == 2
    assert len(stage.parallel.runs) == 3


async def test_near_orders_stop_with_and_without_a_mention(stage: Stage) -> None:
    for word in ("please stop", "cancel that!", "never mind", f"{stage.me} cancel", "Stopp, bitte"):
        asked, _, _ = await begun(stage, "who owns it?")
        await stage.ada.replies(asked, word)
        await said(stage, asked, "Stopped waiting")
        assert len(stage.texts(asked)) == 2
    assert len(stage.parallel.runs) == 5


async def test_an_order_is_never_a_question(stage: Stage) -> None:
    """Nothing is going on: it gets a word, in threads, in channels and in direct messages."""
    asked, status, run = await begun(stage)
    run.finishes("Egypt.")
    await said(stage, asked, "Egypt.")
    await stage.slack.until(lambda: "0 sources" in shown(status))
    for number, word in enumerate(("cancel", "please stop", f"{stage.me} never mind"), 1):
        await stage.ada.replies(asked, word)
        await stage.slack.until(
            lambda number=number: sum("othing to stop" in t for t in stage.texts(asked)) == number  # type: ignore[misc]
        )
    top = await stage.ada.says(stage.general, f"{stage.me} cancel")
    await said(stage, top, "othing to stop")
    direct = await stage.ada.says(stage.slack.dm(stage.ada), "nvm")
    await said(stage, direct, "othing to stop")
    assert len(stage.parallel.runs) == 1


@pytest.mark.parametrize("words", ["stop", "never mind"])
async def test_a_stop_in_a_direct_message_means_the_latest_question_there(
    stage: Stage, words: str
) -> None:
    place = stage.slack.dm(stage.ada)
    elsewhere, _, _ = await begun(stage)
    earlier = await stage.ada.says(place, "who owns it?")
    await stage.waited_for(await stage.parallel.next_run())
    asked = await stage.ada.says(place, "who built it?")
    await stage.waited_for(await stage.parallel.next_run())
    await stage.ada.says(place, words)
    await said(stage, asked, "Stopped waiting")
    await stage.ada.says(place, words)
    await said(stage, earlier, "Stopped waiting")
    last = await stage.ada.says(place, words)
    await said(stage, last, "othing to stop")
    assert not any("Stopped" in text for text in stage.texts(elsewhere))


async def test_a_stop_in_a_direct_message_passes_over_what_left_the_line(stage: Stage) -> None:
    place = stage.slack.dm(stage.ada)
    asked = await stage.ada.says(place, "who owns it?")
    await stage.waited_for(await stage.parallel.next_run())
    reply = await stage.ada.replies(asked, "and who built it?")
    await stage.slack.until(lambda: reply.reactions)
    await stage.ada.deletes(reply)
    await acknowledged(stage)
    await stage.ada.says(place, "stop")
    await said(stage, asked, "Stopped waiting")
    last = await stage.ada.says(place, "stop")
    await said(stage, last, "othing to stop")


async def test_never_mind_between_people_stops_only_ones_own(stage: Stage) -> None:
    asked, status, run = await begun(stage)
    reply = await stage.bob.replies(asked, "and since when?")
    await stage.slack.until(lambda: reply.reactions)
    await stage.bob.replies(asked, "never mind")
    await said(stage, asked, "No run was started")
    assert "topped" not in shown(status)
    run.finishes("Egypt.")
    await said(stage, asked, "Egypt.")
    assert len(stage.parallel.runs) == 1


async def test_stop_in_a_sentence_is_a_question(stage: Stage) -> None:
    asked, _, run = await begun(stage)
    await stage.ada.replies(asked, "stop signs: who invented them?")
    run.finishes("Egypt.")
    second = await stage.parallel.next_run()
    assert second.input == "stop signs: who invented them?"
    second.finishes("William Phelps Eno.")
    await said(stage, asked, "Eno")


@pytest.mark.also_over_http
async def test_slacks_own_stop_button_stops_the_run(stage: Stage) -> None:
    asked, status, _ = await begun(stage)
    await stage.slack.until(lambda: stage.slack.session(asked) == "processing")
    await stage.ada.stops(asked)
    await said(stage, asked, "Stopped waiting")
    await stage.slack.until(lambda: stage.slack.session(asked) == "active")
    await stage.slack.until(lambda: "stopped" in shown(status))


async def test_the_next_question_continues_after_a_stop(stage: Stage) -> None:
    asked, status, _ = await begun(stage)
    reply = await stage.bob.replies(asked, "and since when?")
    await stage.slack.until(lambda: reply.reactions)
    await stage.ada.clicks(status, actions.STOP)
    second = await stage.parallel.next_run()
    assert second.input.startswith("and since when?")
    assert second.previous_interaction_id is None
    second.finishes("1956.")
    await said(stage, asked, "1956.")


async def test_a_question_that_waits_is_stopped_from_home_at_once(stage: Stage) -> None:
    asked, status, run = await begun(stage)
    reply = await stage.bob.replies(asked, "since when?")
    await stage.slack.until(lambda: "since when?" in shown(status))
    await stage.slack.until(lambda: reply.reactions)
    await stage.bob.opens_home()
    home = await stage.slack.until(lambda: stage.slack.home(stage.bob))
    await stage.bob.clicks(home, actions.STOP)
    # It need not wait for the run before it to end.
    await said(stage, asked, "No run was started")
    await stage.slack.until(lambda: "since when?" not in shown(status))
    assert reply.reactions == {}
    run.finishes("Egypt.")
    await said(stage, asked, "Egypt.")
    await stage.ada.replies(asked, "and who built it?")
    second = await stage.parallel.next_run()
    assert second.input == "and who built it?"
    assert second.previous_interaction_id == run.interaction_id


async def test_other_people_may_not_stop_and_read_why(stage: Stage) -> None:
    asked, status, run = await begun(stage)
    await stage.bob.clicks(status, actions.STOP)
    await stage.slack.until(lambda: saw_ephemeral(stage, "can stop", person=stage.bob))
    await stage.bob.replies(asked, "stop")
    await said(stage, asked, "can stop")
    run.finishes("Egypt.")
    await said(stage, asked, "Egypt.")
    assert len(stage.parallel.runs) == 1


async def test_askers_of_the_thread_may_stop(stage: Stage) -> None:
    asked, status, _ = await begun(stage)
    reply = await stage.bob.replies(asked, "and since when?")
    await stage.slack.until(lambda: reply.reactions)
    await stage.bob.clicks(status, actions.STOP)
    await said(stage, asked, "Stopped waiting")
    (await stage.parallel.next_run()).finishes("1956.")
    await said(stage, asked, "1956.")


async def test_admins_may_stop(stage: Stage) -> None:
    await stage.stop_bot()
    await stage.start_bot(ADMINS=stage.bob.id)
    asked, status, _ = await begun(stage)
    await stage.bob.clicks(status, actions.STOP)
    await said(stage, asked, "Stopped waiting")


async def test_a_stop_without_a_running_question_says_so(stage: Stage) -> None:
    asked, status, run = await begun(stage)
    run.finishes("Egypt.")
    await said(stage, asked, "Egypt.")
    await stage.slack.until(lambda: "0 sources" in shown(status))
    await stage.ada.replies(asked, "stop")
    await said(stage, asked, "othing to stop")
    chat = await stage.bob.says(stage.general, "what a day")
    await stage.ada.replies(chat, "stop")  # a thread that is not the bot's
    assert stage.texts(chat) == []
    assert len(stage.parallel.runs) == 1


async def test_a_question_that_parallel_is_too_busy_for_can_be_stopped(stage: Stage) -> None:
    stage.parallel.faults.next("create", times=1_000, status=429, retry_after=60)
    asked = await stage.ada.says(stage.general, f"{stage.me} who owns it?")
    status = await said(stage, asked, "Parallel is busy")
    await stage.ada.clicks(status, actions.STOP)
    stopped = await said(stage, asked, "No run was started")
    assert action_ids(stopped) == []
    assert stage.parallel.runs == []


async def test_a_stop_reaches_the_replica_that_waits(redis_url: str) -> None:
    """The replica that gets the event need not be the one that waits."""
    async with staged("socket", redis_url, rate_limits=False) as stage:
        await stage.start_bot()
        other = Stage("socket", stage.slack, stage.parallel, redis_url)
        await other.start_bot()
        for _ in range(
            6
        ):  # Slack sends the event to one of the two, by chance, and one of them waits
            asked, status, _ = await begun(stage)
            await stage.ada.clicks(status, actions.STOP)
            await said(stage, asked, "Stopped waiting")
            assert len(stage.texts(asked)) == 2
        await other.close()
