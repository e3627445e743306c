"""The playground's chat model: samples that say so, follow the chain, and go wrong if asked."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from bot.playground.task_api import LocalTaskApi, SampleChat, SampleResearch, sample_chat
from tests.playground.task_api.task_api_caller import CHAT, QUESTION, RUNS, Caller, asking, chatting

AT_ONCE = SampleChat(first_token=0.0, thinking=0.0, tokens_a_second=math.inf)


@pytest.fixture
async def api() -> AsyncIterator[LocalTaskApi]:
    async with LocalTaskApi() as served:
        served.automatic_chat = AT_ONCE
        served.automatic = SampleResearch(seconds=(0.0, 0.0))
        yield served


@pytest.fixture
async def caller(api: LocalTaskApi) -> AsyncIterator[Caller]:
    async with Caller(api) as made:
        yield made


async def answered(caller: Caller, question: str, **more: Any) -> tuple[str, str]:
    """Ask for a whole answer; returns its text and its interaction id."""
    answer = (await caller.post(CHAT, chatting(question, **more))).json()
    return answer["choices"][0]["message"]["content"], answer["interaction_id"]


async def test_a_sample_says_so_and_names_the_question(caller: Caller) -> None:
    text, _ = await answered(caller, QUESTION)
    assert text.startswith("**Sample answer.**")
    assert QUESTION in text
    assert "](" not in text
    assert "https://example.org/" in text
    assert "please fail" in text
    assert "cut off" in text


async def test_a_sample_lists_earlier_questions_of_runs_and_chats(caller: Caller) -> None:
    _, first = await answered(caller, QUESTION)
    created = await caller.create(input="Since when?", previous_interaction_id=first)
    result = (await caller.get(f"{RUNS}/{created['run_id']}/result")).json()
    assert QUESTION in str(result["output"]["content"])
    text, _ = await answered(
        caller, "And before?", previous_interaction_id=created["interaction_id"]
    )
    assert f"1. “{QUESTION}”\n2. “Since when?”" in text
    alone, _ = await answered(caller, "And before?")
    assert QUESTION not in alone


async def test_a_sample_can_be_cut_off(api: LocalTaskApi, caller: Caller) -> None:
    with pytest.raises(httpx.TransportError):
        await caller.post(CHAT, chatting("please fail", stream=True))
    (chat,) = api.chats
    assert chat.is_broken
    assert len(chat.text.split()) == 25
    text, _ = await answered(caller, "Try again\n\nEarlier: please fail")
    assert text.endswith("late.")


async def test_a_sample_thinks_when_asked_to(api: LocalTaskApi, caller: Caller) -> None:
    api.automatic_chat = replace(AT_ONCE, thinking=0.3)
    begun = time.perf_counter()
    await answered(caller, "What do you think?")
    assert time.perf_counter() - begun >= 0.3


async def test_a_sample_ends_when_its_client_has_left(api: LocalTaskApi, caller: Caller) -> None:
    api.automatic_chat = replace(AT_ONCE, tokens_a_second=50.0)
    asked = asyncio.create_task(caller.post(CHAT, chatting(stream=True)))
    chat = await api.next_chat()
    asked.cancel()
    await asyncio.wait_for(chat.disconnected.wait(), 60)
    said = chat.text
    await asyncio.sleep(0.2)
    assert len(chat.text.split()) <= len(said.split()) + 1
    assert not chat.is_over


def test_the_shipped_model_answers_in_seconds() -> None:
    assert sample_chat.first_token == 0.8
    assert sample_chat.thinking == 7.0
    assert sample_chat.tokens_a_second == 30.0


async def test_a_run_knows_nothing_of_the_model_speed(caller: Caller) -> None:
    assert (await caller.post(RUNS, asking(processor="speed"))).status_code == 403
    assert SampleResearch().duration("speed") == SampleResearch().duration("lite")
