"""Whom a reply is for: asides, other people, muted and sleeping threads, mentions only."""

from __future__ import annotations

from typing import Any

import pytest

from bot.slack import action_ids as actions
from tests.e2e.dialogue import (
    Clock,
    acknowledged,
    action_ids,
    answered,
    begun,
    said,
    saw_ephemeral,
    shown,
    turn,
)
from tests.e2e.stage import Stage

DAY = 24 * 3600.0


async def follow_up(stage: Stage, asked: Any, words: str = "since when?") -> None:
    """Ask a follow-up and have it answered: whatever was said before it has been dealt with."""
    known = len(stage.parallel.runs)
    await stage.ada.replies(asked, words)
    run = await stage.parallel.next_run()
    assert run.input == words
    run.finishes("In 1956.")
    await said(stage, asked, "In 1956.")
    assert len(stage.parallel.runs) == known + 1


@pytest.mark.parametrize(
    "words",
    ["// is this about the right canal?", "aside: lunch?", "Aside - lunch?", "<@{bob}> what now?"],
)
async def test_what_is_not_for_the_bot(stage: Stage, words: str) -> None:
    asked, _, _ = await answered(stage)
    chat = await stage.ada.replies(asked, words.format(bob=stage.bob.id))
    await follow_up(stage, asked)
    assert chat.reactions == {}


async def test_what_looks_like_it_and_is(stage: Stage) -> None:
    asked, _, _ = await answered(stage)
    for words in ("aside from Egypt, who?", f"<@{stage.bob.id}> {stage.me} and who else?"):
        await stage.ada.replies(asked, words)
        run = await stage.parallel.next_run()
        run.finishes("Nobody.")
    _, first, second = stage.parallel.runs
    assert first.input == "aside from Egypt, who?"
    assert "and who else?" in second.input


async def test_a_muted_thread_reacts_to_mentions_only(stage: Stage) -> None:
    asked, _, _ = await answered(stage)
    await stage.bob.replies(asked, f"{stage.me} mute")
    note = await said(stage, asked, "ignore replies")
    assert action_ids(note) == [actions.UNMUTE]
    await stage.ada.replies(asked, "we talk among ourselves")
    await stage.ada.replies(asked, f"{stage.me} since when?")
    run = await stage.parallel.next_run()
    assert run.input == "since when?"
    run.finishes("1956.")
    await said(stage, asked, "1956.")
    await stage.ada.clicks(note, actions.UNMUTE)
    await follow_up(stage, asked, "and before?")
    await stage.bob.replies(asked, f"{stage.me} mute")
    await stage.bob.replies(asked, f"{stage.me} unmute")
    await follow_up(stage, asked, "and after?")


async def test_a_stop_between_people_is_not_answered_where_replies_are_theirs(
    stage: Stage,
) -> None:
    asked, _, _ = await answered(stage)
    await stage.ada.replies(asked, "stop")
    await said(stage, asked, "Nothing to stop")
    await stage.ada.replies(asked, f"{stage.me} mute")
    await said(stage, asked, "ignore replies")
    await stage.ada.replies(asked, "Stop!")
    await stage.ada.replies(asked, f"{stage.me} since when?")
    (await stage.parallel.next_run()).finishes("1956.")
    await said(stage, asked, "1956.")
    assert sum("Nothing to stop" in text for text in stage.texts(asked)) == 1


async def test_a_thread_of_a_direct_message_can_be_muted_too(stage: Stage) -> None:
    asked = await stage.ada.says(stage.slack.dm(stage.ada), "who owns it?")
    (await stage.parallel.next_run()).finishes("Egypt.")
    await said(stage, asked, "Egypt.")
    await stage.ada.replies(asked, "mute")
    await said(stage, asked, "ignore replies")
    await stage.ada.replies(asked, "a note to myself")
    await stage.ada.replies(asked, f"{stage.me} since when?")
    run = await stage.parallel.next_run()
    assert run.input == "since when?"
    run.finishes("1956.")
    await said(stage, asked, "1956.")
    await stage.ada.replies(asked, "unmute")
    await said(stage, asked, "answer replies")
    await follow_up(stage, asked, "and before?")


@pytest.mark.also_over_http
async def test_an_answers_menu_mutes(stage: Stage) -> None:
    asked, answer, _ = await answered(stage)
    await stage.ada.chooses(answer, actions.MORE, f"{actions.MORE_MUTE} {turn(stage, asked)}")
    await said(stage, asked, "ignore replies")
    await stage.ada.replies(asked, "we talk among ourselves")
    await stage.ada.replies(asked, f"{stage.me} since when?")
    assert (await stage.parallel.next_run()).input == "since when?"


@pytest.mark.also_over_http
async def test_a_thread_that_slept_asks_before_it_pays(stage: Stage) -> None:
    await stage.stop_bot()
    clock = Clock()
    await stage.start_bot(clock)
    asked, _, first = await answered(stage)
    clock.ahead = 15 * DAY
    await stage.bob.replies(asked, "is this still so?")
    note = await said(stage, asked, "quiet")
    assert action_ids(note) == [actions.CONTINUE]
    await stage.bob.replies(asked, "hello?")
    await acknowledged(stage)
    await stage.ada.clicks(note, actions.CONTINUE)
    run = await stage.parallel.next_run()
    assert run.input == "is this still so?"
    assert run.previous_interaction_id == first.interaction_id
    run.finishes("It is.")
    await said(stage, asked, "It is.")
    await follow_up(stage, asked)
    assert len([text for text in stage.texts(asked) if "quiet" in text]) == 1


@pytest.mark.parametrize("change", ["edited", "deleted", "edited to an aside"])
async def test_a_reply_that_woke_a_thread_is_asked_as_it_says_now(
    stage: Stage, change: str
) -> None:
    await stage.stop_bot()
    clock = Clock()
    await stage.start_bot(clock)
    asked, _, _ = await answered(stage)
    clock.ahead = 15 * DAY
    reply = await stage.bob.replies(asked, "is this stil so?")
    note = await said(stage, asked, "quiet")
    if change == "deleted":
        await stage.bob.deletes(reply)
    else:
        await stage.bob.edits(reply, "is it still so?" if change == "edited" else "// no")
    clock.ahead += 3600  # so that no early edit is kept
    await stage.ada.clicks(note, actions.CONTINUE)
    if change == "edited":
        assert (await stage.parallel.next_run()).input == "is it still so?"
    else:
        assert saw_ephemeral(stage, "edited or deleted")
        assert len(stage.parallel.runs) == 1


async def test_a_mention_wakes_a_thread(stage: Stage) -> None:
    await stage.stop_bot()
    clock = Clock()
    await stage.start_bot(clock)
    asked, _, _ = await answered(stage)
    clock.ahead = 15 * DAY
    await stage.bob.replies(asked, f"{stage.me} is this still so?")
    (await stage.parallel.next_run()).finishes("It is.")
    await said(stage, asked, "It is.")
    await follow_up(stage, asked)


async def test_mentions_only_everywhere_or_in_a_channel(stage: Stage) -> None:
    await stage.stop_bot()
    await stage.start_bot(FOLLOW_UPS="mention")
    asked, _, _ = await answered(stage)
    await stage.ada.replies(asked, "we talk among ourselves")
    await stage.ada.replies(asked, f"{stage.me} since when?")
    (await stage.parallel.next_run()).finishes("1956.")
    await said(stage, asked, "1956.")

    await stage.ada.command("/processor", "replies every", stage.general)
    assert saw_ephemeral(stage, "every reply")
    await follow_up(stage, asked)
    await stage.ada.command("/processor", "replies mention", stage.general)
    await stage.ada.replies(asked, "we talk among ourselves")
    await stage.ada.command("/processor", "replies reset", stage.general)
    await stage.ada.replies(asked, "we still do")
    await stage.ada.replies(asked, f"{stage.me} and before?")
    assert (await stage.parallel.next_run()).input == "and before?"


async def test_two_bots_do_not_talk_in_circles(stage: Stage) -> None:
    asked, _, _ = await answered(stage)
    await stage.slack.deliver(
        {
            "type": "message",
            "channel": stage.general.id,
            "channel_type": "channel",
            "user": "U0OTHERBOT",
            "bot_id": "B0OTHERBOT",
            "text": f"{stage.me} thank you, and who owns it?",
            "ts": stage.slack.workspace.new_ts(),
            "thread_ts": asked.ts,
        }
    )
    await follow_up(stage, asked)


async def test_replies_that_wait_are_shown_in_line(stage: Stage) -> None:
    asked, status, run = await begun(stage)
    await stage.bob.replies(asked, "since when?")
    await stage.ada.replies(asked, "and who built <!channel> it?")
    await stage.slack.until(lambda: "2. “and who built" in shown(status))
    assert "1. “since when?”" in shown(status)
    assert status.pings == set()
    run.finishes("Egypt.")
    await said(stage, asked, "Egypt.")
