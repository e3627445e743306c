"""The client of the Chat API with the local one: answers, chains, trouble, and the contract."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import pytest

from bot.domain.research import FieldBasis, RunRequest
from bot.domain.thread import InteractionId
from bot.errors import AnswerLost, Cause, Refused, Unavailable
from bot.parallel.chat_client import ChatApi
from bot.parallel.client import TaskApi
from bot.parallel.timeouts import Timeouts
from bot.playground.task_api import LocalChat, LocalTaskApi, Status, contract
from tests.contract.parallel.chat_helpers import ASKED, BASIS, Came, read
from tests.contract.parallel.parallel_helpers import (
    KEY,
    QUESTION,
    error_of,
)

HASTY = Timeouts(first_byte=0.5, chunk=0.3)


@pytest.fixture
async def local() -> AsyncIterator[LocalTaskApi]:
    """A Chat API; what it is asked must keep to the contract."""
    async with LocalTaskApi(keys=[KEY]) as served:
        yield served
        for chat in served.chats:
            contract.check("ChatCompletionRequest", chat.body)


@pytest.fixture
async def api(local: LocalTaskApi) -> AsyncIterator[ChatApi]:
    async with ChatApi(local.url, KEY) as made:
        yield made


@pytest.fixture
async def hasty(local: LocalTaskApi) -> AsyncIterator[ChatApi]:
    """Short timeouts, for tests of answers that never come."""
    async with ChatApi(local.url, KEY, timeouts=HASTY) as made:
        yield made


class Reading:
    """An answer that is being read, and the chat that gives it."""

    def __init__(self, api: ChatApi, request: RunRequest = ASKED) -> None:
        self.came = Came()
        self.task = asyncio.create_task(read(api, request, self.came))


async def begun(local: LocalTaskApi, api: ChatApi, **more: Any) -> tuple[LocalChat, Reading]:
    """Ask something; returns once the question has arrived."""
    reading = Reading(api, **more)
    return await local.next_chat(), reading


async def test_a_question_gets_its_answer(local: LocalTaskApi, api: ChatApi) -> None:
    chat, reading = await begun(local, api)
    assert (chat.model, chat.question, chat.is_streamed) == ("speed", QUESTION, True)
    assert "no sources" in chat.system
    assert chat.previous_interaction_id is None
    for text in ("Egypt", " does", ", ", "since 1956. 😀"):
        chat.says(text)
    chat.finishes()
    came = await reading.task
    assert came.pieces == ["Egypt", " does", ", ", "since 1956. 😀"]
    assert came.interaction == chat.interaction_id
    assert [(r.kind, r.status) for r in local.requests] == [("chat", 200)]


@pytest.mark.parametrize("id_on", ["last", "first", "every", "separate"])
@pytest.mark.parametrize("finish_reason", [None, "stop"])
@pytest.mark.parametrize("done", [True, False])
async def test_the_id_arrives_on_whichever_chunk(
    local: LocalTaskApi, api: ChatApi, id_on: Any, finish_reason: Any, done: bool
) -> None:
    chat, reading = await begun(local, api)
    chat.id_on = id_on
    chat.says("Egypt")
    chat.finishes(".", finish_reason=finish_reason, done=done)
    came = await reading.task
    assert (came.text, came.interaction) == ("Egypt.", chat.interaction_id)


async def test_an_answer_may_have_no_id(local: LocalTaskApi, api: ChatApi) -> None:
    chat, reading = await begun(local, api)
    chat.interaction_id = None
    chat.finishes("Egypt.")
    assert (await reading.task).interaction is None


async def test_the_last_id_and_sources_count(local: LocalTaskApi, api: ChatApi) -> None:
    chat, reading = await begun(local, api)
    chat.interaction_id = None
    chat.attaches(interaction_id="i1", basis=[{**BASIS[0], "field": "first"}])
    chat.says("Egypt.")
    chat.attaches(interaction_id="i2")
    chat.attaches(basis=BASIS)
    chat.finishes()
    came = await reading.task
    assert (came.interaction, came.basis) == ("i2", (FieldBasis("output", "It says so."),))


async def test_chats_and_runs_continue_each_other(local: LocalTaskApi, api: ChatApi) -> None:
    async with TaskApi(local.url, KEY) as tasks:
        run = await tasks.create(RunRequest("who?", "core", None, {}))
        first = await local.next_run()
        first.finishes("Egypt.")
        chained = RunRequest("since when?", "speed", run.interaction, {})
        chat, reading = await begun(local, api, request=chained)
        assert chat.previous is first
        chat.finishes("Since 1956.")
        interaction = (await reading.task).interaction
        await tasks.create(RunRequest("and why?", "core", interaction, {}))
        follower = await local.next_run()
    assert follower.context == [first, chat]


async def test_a_chain_that_is_forgotten_is_refused_as_one(
    local: LocalTaskApi, api: ChatApi
) -> None:
    error = await error_of(read(api, RunRequest("who?", "speed", InteractionId("gone"), {})))
    assert isinstance(error, Refused)
    assert error.cause is Cause.CHAIN
    local.refuse_chaining(403, "Interactions are not available to this account")
    error = await error_of(read(api, RunRequest("who?", "speed", InteractionId("gone"), {})))
    assert isinstance(error, Refused)
    assert error.cause is Cause.CHAIN
    assert local.chats == []


async def test_a_wrong_key_is_refused_as_one(local: LocalTaskApi) -> None:
    async with ChatApi(local.url, "another") as api:
        error = await error_of(read(api))
    assert isinstance(error, Refused)
    assert error.cause is Cause.KEY


@pytest.mark.parametrize(
    ("text", "named_event"), [("Egypt", True), ("Egypt", False), ("", True), ("", False)]
)
async def test_an_error_of_the_model_loses_the_answer(
    local: LocalTaskApi, api: ChatApi, text: str, named_event: bool
) -> None:
    chat, reading = await begun(local, api)
    if text:
        chat.says(text)
    chat.errs("The model gave up.", named_event=named_event)
    error = await error_of(reading.task)
    assert isinstance(error, AnswerLost)
    assert "The model gave up." in str(error)
    assert reading.came.text == text


@pytest.mark.parametrize("said", [0, 1, 2])
@pytest.mark.parametrize("how", ["breaks", "is cut off"])
async def test_a_model_that_breaks_off_loses_the_answer(
    local: LocalTaskApi, api: ChatApi, said: int, how: str
) -> None:
    chat, reading = await begun(local, api)
    for text in ["Egypt", " does"][:said]:
        chat.says(text)
    if how == "breaks":
        chat.breaks()
    elif how == "is cut off":
        local.drop_connections("chat")
    assert isinstance(await error_of(reading.task), AnswerLost)
    if how != "is cut off":  # what was said may not have left
        assert reading.came.pieces == ["Egypt", " does"][:said]
    assert len(local.requests) == 1


@pytest.mark.parametrize("said", ["", "Egypt"])
async def test_a_model_that_hangs_loses_the_answer(
    local: LocalTaskApi, hasty: ChatApi, said: str
) -> None:
    chat, reading = await begun(local, hasty)
    if said:
        chat.says(said)
    assert isinstance(await error_of(reading.task), AnswerLost)
    async with asyncio.timeout(60):
        await chat.disconnected.wait()
    assert reading.came.text == said
    assert len(local.requests) == 1


@pytest.mark.parametrize(
    "fault",
    [
        {"cut": "before"},
        {"cut": "after"},
        {"delay": 30.0},
        {"gate": asyncio.Event()},
        {"status": 503},
        {"status": 502, "body": b"<html>"},
    ],
)
async def test_trouble_underway_loses_the_answer(
    local: LocalTaskApi, hasty: ChatApi, fault: dict[str, Any]
) -> None:
    local.faults.next("chat", **fault)
    reading = Reading(hasty)
    error = await error_of(reading.task)
    assert isinstance(error, AnswerLost)
    assert len(local.requests) == 1


async def test_a_garbled_answer_has_no_text(local: LocalTaskApi, api: ChatApi) -> None:
    local.faults.next("chat", body=b"<html>")  # under the name of a stream
    reading = Reading(api)
    with suppress(AnswerLost):
        await reading.task
    assert reading.came == Came()
    assert len(local.requests) == 1


async def test_too_many_requests_may_be_sent_again(local: LocalTaskApi, api: ChatApi) -> None:
    local.faults.next("chat", retry_after=7)
    error = await error_of(read(api))
    assert isinstance(error, Unavailable)
    assert error.retry_after == 7
    chat, reading = await begun(local, api)
    chat.finishes("Egypt.")
    assert (await reading.task).text == "Egypt."


async def test_leaving_is_noticed_by_the_server(local: LocalTaskApi, api: ChatApi) -> None:
    chat, reading = await begun(local, api)
    chat.says("Egypt")
    reading.task.cancel()
    async with asyncio.timeout(60):
        await chat.disconnected.wait()
    assert chat.status is Status.RUNNING
