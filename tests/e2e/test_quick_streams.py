"""Quick answers in direct messages: shown by Slack's own streaming, or where it fails by edits."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.playground.slack import Message
from bot.playground.task_api import LocalChat
from bot.slack import action_ids as actions
from bot.slack.messages.quick_answer import NO_SOURCES
from tests.e2e.dialogue import action_ids, said, shown
from tests.e2e.stage import QUICK, Stage
from tests.e2e.test_quick import OFFERED, finished

SWIFT = replace(QUICK, append_interval=0.02)


async def asked_directly(stage: Stage) -> tuple[Message, LocalChat]:
    """Ask in a direct message; returns the question and the request it became."""
    asked = await stage.ada.says(stage.slack.dm(stage.ada), "!speed who owns it?")
    return asked, await stage.parallel.next_chat()


@pytest.mark.also_over_http
async def test_a_stream_grows_and_becomes_the_answer(stage: Stage) -> None:
    await stage.stop_bot()
    await stage.start_bot(timing=SWIFT)
    asked, chat = await asked_directly(stage)
    chat.says("It belongs to ")
    growing = await said(stage, asked, "It belongs")
    assert stage.slack.streaming(growing)
    assert stage.slack.session(asked) == "processing"
    chat.says("**Egypt**, and has since ")
    chat.says("1956.\nBefore, it was [a company](https://evil.example) ")
    await stage.slack.until(lambda: "Egypt" in growing.text)
    assert "](" not in growing.markdown
    chat.finishes("of shareholders.")
    answer = await finished(stage, asked, "shareholders")
    assert answer is growing
    assert not stage.slack.streaming(answer)
    assert stage.slack.session(asked) == "active"
    assert stage.slack.thread(asked).said == [answer]
    assert action_ids(answer) == OFFERED
    assert "**Egypt**" in shown(answer)
    assert answer.text.endswith(NO_SOURCES)
    assert answer.metadata


async def test_slacks_own_stop_keeps_what_came(stage: Stage) -> None:
    asked, chat = await asked_directly(stage)
    chat.says("It belongs to ")
    growing = await said(stage, asked, "It belongs")
    await stage.ada.stops(growing)
    answer = await finished(stage, asked, "stopped")
    assert answer is growing
    assert "It belongs" in shown(answer)
    await chat.disconnected.wait()


@pytest.mark.parametrize("error", ["unknown_method", "feature_disabled", "missing_scope"])
async def test_where_slack_streams_nothing_it_is_edited(one: Stage, error: str) -> None:
    one.slack.faults.next("chat.startStream", error=error)
    for _ in range(2):
        asked, chat = await asked_directly(one)
        chat.says("It belongs to ")
        growing = await said(one, asked, "It belongs")
        assert not one.slack.streaming(growing)
        chat.finishes("Egypt.")
        assert await finished(one, asked, "Egypt.") is growing
    assert [c.method for c in one.slack.calls].count("chat.startStream") == 1


async def test_a_start_whose_answer_is_lost_is_found_again(one: Stage) -> None:
    one.slack.faults.next("chat.startStream", cut="after")
    asked, chat = await asked_directly(one)
    chat.says("It belongs to ")
    growing = await said(one, asked, "It belongs")
    chat.finishes("Egypt.")
    assert await finished(one, asked, "Egypt.") is growing
    assert one.slack.thread(asked).said == [growing]


async def test_a_start_that_never_came_about_doubles_nothing(one: Stage) -> None:
    one.slack.faults.next("chat.startStream", cut="before")
    one.slack.faults.next("chat.postMessage", cut="after")
    asked, chat = await asked_directly(one)
    chat.says("It belongs to ")
    chat.finishes("Egypt.")
    answer = await finished(one, asked, "Egypt.")
    await one.slack.until(lambda: all(d.over.is_set() for d in one.slack.deliveries))
    assert one.slack.thread(asked).said == [answer]


@pytest.mark.parametrize("method", ["chat.appendStream", "chat.stopStream"])
@pytest.mark.parametrize("cut", ["before", "after"])
async def test_text_that_slack_lost_of_a_stream_is_restored(
    one: Stage, method: str, cut: Any
) -> None:
    await one.stop_bot()
    await one.start_bot(timing=SWIFT)
    one.slack.faults.next(method, cut=cut)
    asked, chat = await asked_directly(one)
    chat.says("It belongs to ")
    growing = await said(one, asked, "It belongs")
    chat.says("the state of ")
    chat.finishes("Egypt.")
    assert await finished(one, asked, "the state of Egypt.") is growing
    assert one.slack.thread(asked).said == [growing]


#: Each kind of trouble, longer than unexpected errors of one turn are borne.
TROUBLE: dict[str, dict[str, Any]] = {
    "503": {"status": 503, "times": 6},
    "server errors": {"error": "internal_error", "times": 3},
    "lost before": {"cut": "before", "times": 6},
    "lost after": {"cut": "after", "times": 6},
}


async def is_answered_once(stage: Stage) -> None:
    """Ask, and wait until the whole answer is the only message."""
    asked, chat = await asked_directly(stage)
    chat.says("It belongs to ")
    await said(stage, asked, "It belongs")
    chat.finishes("Egypt.")

    def is_whole() -> bool:
        present = [m.text for m in stage.slack.thread(asked).said if not m.deleted]
        whole = [text for text in present if "It belongs to Egypt." in text]
        return present == whole and [text.endswith(NO_SOURCES) for text in whole] == [True]

    await stage.slack.until(is_whole)


@pytest.mark.parametrize("trouble", TROUBLE)
@pytest.mark.parametrize("method", ["chat.stopStream", "chat.update", "chat.delete"])
async def test_an_answer_outlives_the_trouble_of_slack(
    one: Stage, method: str, trouble: str
) -> None:
    if method == "chat.delete":
        one.slack.faults.next("chat.update", error="block_mismatch", times=6)
    one.slack.faults.next(method, **TROUBLE[trouble])
    await is_answered_once(one)


@pytest.mark.parametrize("method", ["chat.stopStream", "chat.update"])
async def test_a_message_that_slack_always_fails_to_change_gives_way(
    one: Stage, method: str
) -> None:
    one.slack.faults.next(method, error="internal_error", times=100)
    await is_answered_once(one)


async def test_a_message_that_may_not_be_edited_gives_way_to_a_new_one(one: Stage) -> None:
    one.slack.faults.next("chat.update", error="block_mismatch")
    asked, chat = await asked_directly(one)
    chat.says("It belongs to ")
    growing = await said(one, asked, "It belongs")
    chat.finishes("Egypt.")
    answer = await said(one, asked, "Egypt.")
    assert answer is not growing
    assert growing.deleted


async def test_nothing_at_all_is_said_in_a_direct_message_too(one: Stage) -> None:
    await one.stop_bot()
    await one.start_bot(timing=replace(SWIFT, thinking_after=0.05))
    asked, chat = await asked_directly(one)
    thinking = await said(one, asked, "Still thinking")
    assert action_ids(thinking) == [actions.STOP]
    chat.finishes("Egypt.")
    assert await finished(one, asked, "Egypt.") is thinking
