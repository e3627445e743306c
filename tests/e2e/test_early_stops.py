"""A stop that arrives before its question does: Slack promises no order, and look-ups wait."""

from __future__ import annotations

from typing import Any

import pytest

from bot.playground.slack import Message, Person
from bot.slack import action_ids as actions
from tests.e2e.dialogue import acknowledged, answered, begun, said, saw_ephemeral
from tests.e2e.stage import Stage
from tests.e2e.test_access import WAITS

STOPPED = "Stopped"


async def deliver(stage: Stage, by: Person, text: str, ts: float, root: str | None = None) -> None:
    """Deliver a message, as a reply where there is a root."""
    event: dict[str, Any] = {
        "type": "message",
        "channel": stage.general.id,
        "channel_type": "channel",
        "user": by.id,
        "text": text,
        "ts": f"{ts:.6f}",
        "event_ts": f"{ts:.6f}",
    }
    await stage.slack.deliver(event | ({"thread_ts": root} if root else {}))
    await acknowledged(stage)


@pytest.mark.parametrize("words", ["stop", "never mind", "<@BOT> cancel", "// no, stop it"])
async def test_a_reply_that_was_stopped_before_it_came_is_not_asked(
    stage: Stage, words: str
) -> None:
    root, answer, _ = await answered(stage)
    at = float(answer.ts)
    words = words.replace("<@BOT>", stage.me)
    await deliver(stage, stage.ada, words, at + 2, root.ts)
    await deliver(stage, stage.ada, "since when?", at + 1, root.ts)
    if not words.startswith("//"):
        await said(stage, root, STOPPED)
    await deliver(stage, stage.ada, "who built it?", at + 3, root.ts)
    asked = "since when?" if words.startswith("//") else "who built it?"
    assert (await stage.parallel.next_run()).input.startswith(asked)


async def test_a_stop_of_another_person_or_of_an_earlier_time_is_not_meant(stage: Stage) -> None:
    root, answer, _ = await answered(stage)
    at = float(answer.ts)
    await deliver(stage, stage.bob, "stop", at + 2, root.ts)
    await deliver(stage, stage.ada, "stop", at + 1, root.ts)
    await deliver(stage, stage.ada, "since when?", at + 1.5, root.ts)
    assert (await stage.parallel.next_run()).input == "since when?"


async def test_a_mention_that_was_stopped_before_it_came_is_not_asked(stage: Stage) -> None:
    root = await stage.bob.says(stage.general, "the Suez Canal again")
    at = float(root.ts)
    await deliver(stage, stage.ada, "stop", at + 2, root.ts)
    await deliver(stage, stage.ada, f"{stage.me} who owns it?", at + 1, root.ts)
    await said(stage, root, STOPPED)
    assert stage.parallel.runs == []


async def test_a_stop_of_one_turn_stops_no_other_that_comes_later(stage: Stage) -> None:
    asked: Message = await stage.ada.says(stage.general, f"{stage.me} who owns it?")
    await stage.waited_for(await stage.parallel.next_run())
    at = float(asked.ts)
    await deliver(stage, stage.ada, "stop", at + 0.2, asked.ts)
    await said(stage, asked, STOPPED)
    await deliver(stage, stage.ada, "since when?", at + 0.1, asked.ts)
    assert "since when?" in str((await stage.parallel.next_run()).body["input"])


async def test_a_question_whose_asker_is_still_looked_up_can_be_stopped(stage: Stage) -> None:
    stage.slack.faults.next("users.info", ratelimited=1)
    asked = await stage.ada.says(stage.general, f"{stage.me} who owns it?")
    await stage.slack.until(lambda: saw_ephemeral(stage, WAITS))
    await stage.ada.replies(asked, "stop")
    await said(stage, asked, STOPPED)
    assert stage.parallel.runs == []


async def test_a_stop_that_is_delivered_again_after_its_question_stops_it(stage: Stage) -> None:
    """The bot was away, so Slack brings both again, in the right order."""
    root, _, _ = await answered(stage)
    await stage.stop_bot()
    reply = await stage.ada.replies(root, "who built it?")
    stop = await stage.ada.replies(root, "stop")
    await stage.start_bot()
    await stage.slack.redeliver(reply)
    await stage.waited_for(await stage.parallel.next_run())
    await stage.slack.redeliver(stop)
    await said(stage, root, STOPPED)


async def test_a_stop_that_is_delivered_again_leaves_what_is_tried_again_since(
    stage: Stage,
) -> None:
    asked, _, run = await begun(stage)
    run.fails("no luck")
    failure = await said(stage, asked, "no luck")
    stop = await stage.ada.replies(asked, "stop")
    await said(stage, asked, "othing to stop")
    await stage.ada.clicks(failure, actions.TRY_AGAIN)
    second = await stage.parallel.next_run()
    await stage.waited_for(second)
    await stage.slack.redeliver(stop)
    await acknowledged(stage)
    second.finishes("Egypt.")
    await said(stage, asked, "Egypt.")
