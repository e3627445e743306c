"""When a quick answer goes wrong: refused, busy, cut off, empty; each is reported once."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from bot.playground.slack import Message
from bot.slack import action_ids as actions
from bot.slack.messages.quick_answer import NO_SOURCES
from bot.store.rate_limiter import RateLimits
from tests.e2e.dialogue import acknowledged, action_ids, said, shown
from tests.e2e.stage import NO_LIMITS, QUICK, Stage, staged
from tests.e2e.test_quick import finished, quick

ENVELOPE = {"type": "error", "error": {"ref_id": "ref-1", "message": "No <way>.", "detail": None}}
OPENAI = {"error": {"message": "No <way>.", "type": "invalid_request_error", "code": None}}
FASTAPI = {"detail": [{"loc": ["body", "messages"], "msg": "No <way>.", "type": "value_error"}]}
TEXT = {"detail": "No <way>."}
WORDS = {401: "API key", 402: "credit", 403: "can't use *Quick (speed)*", 422: "No &lt;way&gt;."}


async def failed(stage: Stage, asked: Message, words: str) -> Message:
    """Wait for the one message that says why there is no answer."""
    message = await said(stage, asked, words)
    assert [m for m in stage.slack.thread(asked).said if not m.deleted] == [message]
    return message


@pytest.mark.parametrize("body", [ENVELOPE, OPENAI, FASTAPI, TEXT])
@pytest.mark.parametrize("status", WORDS)
async def test_each_refusal_has_its_own_words_in_any_form(
    one: Stage, status: int, body: dict[str, Any]
) -> None:
    one.parallel.faults.next("chat", status=status, body=json.dumps(body).encode())
    asked = await one.ada.says(one.general, f"{one.me} !speed who?")
    message = await failed(one, asked, WORDS[status])
    if status == 403:  # it would be refused again
        assert action_ids(message) == [actions.RERUN]
    else:
        assert action_ids(message) == [actions.TRY_AGAIN]
        assert "Try again · Quick (speed) · $0.005" in str(message.blocks)
    assert one.parallel.chats == []
    assert requests(one) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408])
async def test_an_error_of_theirs_is_not_asked_again(one: Stage, status: int) -> None:
    one.parallel.faults.next("chat", status=status)
    asked = await one.ada.says(one.general, f"{one.me} !speed who?")
    message = await failed(one, asked, "No answer came")
    assert action_ids(message) == [actions.TRY_AGAIN]
    assert requests(one) == 1


async def test_a_lost_request_is_not_asked_again(one: Stage) -> None:
    one.parallel.faults.next("chat", cut="before")
    asked = await one.ada.says(one.general, f"{one.me} !speed who?")
    await failed(one, asked, "No answer came")
    assert requests(one) == 1


async def test_busy_is_waited_for_as_long_as_is_asked(one: Stage) -> None:
    one.parallel.faults.next("chat", retry_after=1)
    _, chat = await quick(one)
    chat.finishes("Egypt.")
    assert requests(one) == 2


async def test_busy_for_too_long_is_said_in_the_same_message(one: Stage) -> None:
    await one.stop_bot()
    await one.start_bot(timing=replace(QUICK, thinking_after=0.05))
    one.parallel.faults.next("chat", retry_after=1)
    one.parallel.faults.next("chat", retry_after=30)
    asked = await one.ada.says(one.general, f"{one.me} !speed who?")
    thinking = await said(one, asked, "Still thinking")
    assert action_ids(thinking) == [actions.STOP]
    message = await failed(one, asked, "Parallel is busy")
    assert message is thinking
    assert action_ids(message) == [actions.TRY_AGAIN]
    assert requests(one) == 2


async def test_too_many_questions_at_once_end_as_busy(redis_url: str) -> None:
    limits = replace(NO_LIMITS, chats=1, chats_window=60.0)
    async with staged("socket", redis_url, rate_limits=False) as stage:
        await stage.start_bot(limits=limits)
        _, chat = await quick(stage)
        chat.finishes("Egypt.")
        asked = await stage.ada.says(stage.general, f"{stage.me} !speed and who?")
        await failed(stage, asked, "Parallel is busy")
        assert requests(stage) == 1


async def test_an_answer_takes_one_place_in_line(redis_url: str) -> None:
    limits = replace(NO_LIMITS, chats=2, chats_window=60.0)
    async with staged("socket", redis_url, rate_limits=False) as stage:
        await stage.start_bot(limits=limits)
        for _ in range(2):
            asked, chat = await quick(stage)
            chat.finishes("Egypt.")
            await finished(stage, asked, "Egypt.")


async def test_when_nothing_comes_it_is_still_thinking_in_the_same_message(one: Stage) -> None:
    await one.stop_bot()
    await one.start_bot(timing=replace(QUICK, thinking_after=0.05))
    asked, chat = await quick(one)
    thinking = await said(one, asked, "Still thinking")
    chat.says("It belongs to ")
    await one.slack.until(lambda: "It belongs to" in shown(thinking))
    chat.finishes("Egypt.")
    assert await finished(one, asked, "Egypt.") is thinking


async def test_an_empty_quick_answer_is_a_failure(one: Stage) -> None:
    asked, chat = await quick(one)
    chat.finishes()
    await failed(one, asked, "No answer came")


GARBAGE = [
    b"data: {\n\n",
    b"data: [1]\n\n",
    b'data: {"choices": [{"index": 0, "delta": {"content": ["x"]}}]}\n\n',
    b'data: {"error": {"message": "it broke"}}\n\n',
    b'event: error\ndata: {"message": "it broke"}\n\n',
]


@pytest.mark.parametrize("garbage", GARBAGE)
async def test_text_before_garbage_stays_and_is_marked(one: Stage, garbage: bytes) -> None:
    asked, chat = await quick(one)
    chat.says("It belongs to ")
    growing = await said(one, asked, "It belongs")
    chat.sends(garbage)
    cut = await finished(one, asked, "cut off here")
    assert cut is growing
    assert "It belongs to" in shown(cut)
    assert action_ids(cut) == [actions.TRY_AGAIN, actions.LOOK_UP]
    assert shown(cut).count(NO_SOURCES) == 1


@pytest.mark.parametrize("pieces", range(4))
async def test_a_cut_after_any_piece_leaves_what_came(one: Stage, pieces: int) -> None:
    words = ["It ", "belongs ", "to 埃及"][:pieces]
    asked, chat = await quick(one)
    for word in words:
        chat.says(word)
    chat.breaks()
    if words:
        cut = await finished(one, asked, "cut off here")
        assert "".join(words).strip() in shown(cut)
    else:
        await failed(one, asked, "No answer came")
    assert requests(one) == 1


async def test_megabytes_of_answer_are_cut_and_shared_as_a_file(one: Stage) -> None:
    asked, chat = await quick(one)
    for _ in range(50):
        chat.says("All of it. " * 10_000)
    cut = await finished(one, asked, "cut off here")
    assert "Full report" in shown(cut)
    await one.slack.until(lambda: len(one.slack.workspace.files) == 1)
    await chat.disconnected.wait()


async def test_a_deleted_question_is_not_answered(one: Stage) -> None:
    asked, chat = await quick(one)
    chat.says("It belongs to ")
    growing = await said(one, asked, "It belongs")
    await one.ada.deletes(asked)
    await one.slack.until(lambda: "question was deleted" in shown(growing))
    assert "It belongs" not in shown(growing) + growing.text
    await chat.disconnected.wait()


async def test_an_edit_during_the_stream_offers_the_new_text(one: Stage) -> None:
    asked, chat = await quick(one)
    chat.says("It belongs to ")
    await said(one, asked, "It belongs")
    await one.ada.edits(asked, f"{one.me} !speed who built it?")
    await one.slack.until(lambda: all(d.over.is_set() for d in one.slack.deliveries))
    chat.finishes("Egypt.")
    answer = await finished(one, asked, "Egypt.")
    assert "edited in the meantime" in shown(answer)
    await one.ada.clicks(answer, actions.EDITED_AGAIN)
    anew = await one.parallel.next_chat()
    assert anew.question == "who built it?"


@pytest.mark.parametrize("ends", ["empty", "cut off", "stopped", "busy"])
async def test_an_edited_quick_question_is_tried_again_however_it_ended(
    one: Stage, ends: str
) -> None:
    await one.stop_bot()
    await one.start_bot(timing=replace(QUICK, thinking_after=0.05))
    if ends == "busy":
        one.parallel.faults.next("chat", retry_after=1)
        one.parallel.faults.next("chat", retry_after=30)
    asked = await one.ada.says(one.general, f"{one.me} !speed who owns it?")
    chat = None if ends == "busy" else await one.parallel.next_chat()
    if chat and ends != "empty":
        chat.says("It belongs to ")
    words = "It belongs" if ends in ("cut off", "stopped") else "Still thinking"
    message = await said(one, asked, words)
    await one.ada.edits(asked, f"{one.me} !speed who built it?")
    await acknowledged(one)
    if ends == "stopped":
        await one.ada.clicks(message, actions.STOP)
    elif chat:
        chat.breaks()
    await one.slack.until(lambda: actions.TRY_AGAIN in action_ids(message))
    await one.ada.clicks(message, actions.TRY_AGAIN)
    assert (await one.parallel.next_chat()).question.startswith("who built it?")


async def test_a_refused_chain_restarts_with_the_restated_history(one: Stage) -> None:
    asked, first = await quick(one)
    first.finishes("Egypt.")
    await finished(one, asked, "Egypt.")
    one.parallel.refuse_chaining(422, "previous_interaction_id: no such interaction")
    await one.ada.replies(asked, "!speed since when?")
    second = await one.parallel.next_chat()
    assert second.previous_interaction_id is None
    assert "Answer:\n> Egypt." in second.question
    second.finishes("Since 1956.")
    answer = await finished(one, asked, "1956")
    assert "couldn't continue the earlier research" in shown(answer)


async def test_a_quick_answer_without_room_for_edits_is_posted_whole(redis_url: str) -> None:
    """Slack's edits go to those that must be made: an answer begun must be ended by one."""
    limits: RateLimits = replace(NO_LIMITS, optional_edits=1, edits=1, edits_window=60.0)
    async with staged("socket", redis_url, rate_limits=False) as stage:
        await stage.start_bot(limits=limits)
        asked, chat = await quick(stage)
        chat.says("It belongs to ")
        growing = await said(stage, asked, "It belongs")
        other, second = await quick(stage)
        second.says("It is all ")
        second.finishes("theirs.")
        await finished(stage, other, "theirs.")
        calls = [c.method for c in stage.slack.calls if "chat." in c.method]
        assert calls == ["chat.postMessage", "chat.postMessage"]
        chat.finishes("Egypt.")
        assert await finished(stage, asked, "Egypt.") is growing


def requests(stage: Stage) -> int:
    """Count the requests to the Chat API."""
    return sum(request.kind == "chat" for request in stage.parallel.requests)
