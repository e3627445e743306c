"""Chains of chats and runs in the local Chat API, and where an answer has its id."""

from __future__ import annotations

import asyncio

import pytest
from openai import AsyncOpenAI

from bot.playground.task_api import LocalTaskApi
from bot.playground.task_api.chats import IdOn
from tests.playground.task_api.chat_caller import (
    answered,
    chunks,
    ended,
    ids,
    openai_client,
    streaming,
    whole,
)
from tests.playground.task_api.task_api_caller import CHAT, QUESTION, RUNS, Caller, asking, chatting
from tests.playground.task_api.test_chat_api import BASIS

# --- chains -----------------------------------------------------------------------------


async def test_a_chat_continues_a_chat(api: LocalTaskApi, client: AsyncOpenAI) -> None:
    first = await ended(api, client, "Egypt.")
    instruction = {"role": "system", "content": "Be brief."}
    messages = [instruction, *chatting("Since when?")["messages"]]
    second = await ended(
        api,
        client,
        "1956.",
        messages=messages,
        extra_body={"previous_interaction_id": first.interaction_id},
    )
    assert (second.system, second.question) == ("Be brief.", "Since when?")
    assert second.previous_interaction_id == first.interaction_id
    assert second.previous is first
    assert second.context == [first]
    assert second.interaction_id != first.interaction_id


async def test_runs_and_chats_are_in_one_chain(api: LocalTaskApi, client: AsyncOpenAI) -> None:
    chat = await ended(api, client, "Egypt.")
    async with Caller(api) as caller:
        created = await caller.create(
            input="Since when?", previous_interaction_id=chat.interaction_id
        )
    run = await api.next_run()
    assert run.context == [chat]
    run.finishes("1956.")
    after = await ended(
        api, client, "Britain.", extra_body={"previous_interaction_id": created["interaction_id"]}
    )
    assert after.context == [chat, run]
    assert [(each.input, each.processor) for each in after.context] == [
        (QUESTION, "speed"),
        ("Since when?", "core"),
    ]


# --- where the id is --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("id_on", "carries"),
    [
        ("last", [False, False, True]),
        ("first", [True, False, False]),
        ("every", [True, True, True]),
        ("separate", [False, False, False, True]),
    ],
)
async def test_the_id_is_on_the_chunks_it_shall_be_on(
    api: LocalTaskApi, client: AsyncOpenAI, id_on: IdOn, carries: list[bool]
) -> None:
    stream = await streaming(client)
    chat = await api.next_chat()
    chat.id_on = id_on
    chat.says("Egypt")
    chat.finishes(".")
    found = await chunks(stream)
    assert ids(found) == [chat.interaction_id if each else None for each in carries]
    assert [bool(chunk.choices) for chunk in found] == [True, True, True, False][: len(carries)]
    follower = await ended(
        api, client, "1956.", extra_body={"previous_interaction_id": chat.interaction_id}
    )
    assert follower.previous is chat


@pytest.mark.parametrize("id_on", ["last", "first", "every", "separate"])
async def test_a_streamed_answer_can_have_no_id(
    api: LocalTaskApi, client: AsyncOpenAI, id_on: IdOn
) -> None:
    stream = await streaming(client)
    chat = await api.next_chat()
    chat.id_on, chat.interaction_id = id_on, None
    chat.finishes("Egypt.")
    assert set(ids(await chunks(stream))) == {None}


async def test_a_whole_answer_can_have_no_id(api: LocalTaskApi, client: AsyncOpenAI) -> None:
    asked = asyncio.create_task(whole(client))
    chat = await api.next_chat()
    chat.interaction_id = None
    chat.finishes("Egypt.")
    assert (await asked).to_dict()["interaction_id"] is None


async def test_an_id_and_a_basis_can_come_in_chunks_without_choices(
    api: LocalTaskApi, client: AsyncOpenAI
) -> None:
    stream = await streaming(client, model="base")
    chat = await api.next_chat()
    own, chat.interaction_id = chat.interaction_id, None
    chat.attaches(interaction_id="interaction_of_a_draft")
    chat.says("Egypt.")
    chat.attaches(interaction_id=own, basis=BASIS)
    chat.finishes()
    found = await chunks(stream)
    assert ids(found) == ["interaction_of_a_draft", None, own, None]
    assert [chunk.to_dict()["basis"] for chunk in found] == [[], [], BASIS, []]
    assert [len(chunk.choices) for chunk in found] == [0, 1, 0, 1]
    follower = await ended(api, client, "1956.", extra_body={"previous_interaction_id": own})
    assert follower.previous is chat


# --- refused ----------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["going on", "broken", "failed"])
async def test_only_a_completed_chat_can_be_continued(state: str) -> None:
    async with LocalTaskApi() as api, Caller(api) as caller:
        async with openai_client(api) as client:
            await streaming(client)
            chat = await api.next_chat()
            match state:
                case "broken":
                    chat.breaks()
                case "failed":
                    chat.errs("No.")
            follower = {"previous_interaction_id": chat.interaction_id}
            refused = await caller.post(CHAT, chatting(**follower))
            assert refused.status_code == 422
            assert refused.json()["detail"][0]["loc"] == ["body", "previous_interaction_id"]
            assert (await caller.post(RUNS, asking(**follower))).status_code == 422
        assert (len(api.chats), api.runs) == (1, [])


async def test_a_run_still_going_cannot_be_continued_by_a_chat() -> None:
    async with LocalTaskApi() as api, Caller(api) as caller:
        created = await caller.create()
        follower = chatting(previous_interaction_id=created["interaction_id"])
        assert (await caller.post(CHAT, follower)).status_code == 422
        api.runs[0].finishes("Egypt.")
        await answered(caller, api, previous_interaction_id=created["interaction_id"])


async def test_interactions_of_chats_can_be_forgotten() -> None:
    async with LocalTaskApi() as api, Caller(api) as caller:
        first = await answered(caller, api)
        api.forget_interactions()
        for path, body in ((CHAT, chatting()), (RUNS, asking())):
            refused = await caller.post(path, {**body, "previous_interaction_id": first})
            assert refused.status_code == 422
        fresh = await answered(caller, api)
        await answered(caller, api, previous_interaction_id=fresh)


@pytest.mark.parametrize("status", [403, 404, 422])
async def test_chaining_can_be_refused_in_any_words(status: int) -> None:
    async with LocalTaskApi() as api, Caller(api) as caller:
        first = await answered(caller, api)
        api.refuse_chaining(status, "Interactions are not available with zero data retention")
        refused = await caller.post(CHAT, chatting(previous_interaction_id=first))
        assert refused.status_code == status
        assert "zero data retention" in refused.text
        await answered(caller, api)
        api.allow_chaining()
        await answered(caller, api, previous_interaction_id=first)
        assert api.chats[-1].context == [api.chats[0]]
        assert api.chats[0].question == QUESTION
