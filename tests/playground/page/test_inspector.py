"""What the playground's page shows of chat requests: the chain, and the traffic."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.playground.bot_process import BotProcess
from bot.playground.page import inspector
from bot.playground.parts import Playground
from bot.playground.slack import LocalSlack, Message
from bot.playground.task_api import LocalTaskApi
from tests.playground.task_api.task_api_caller import CHAT, QUESTION, Caller, chatting


def turn(text: str, **more: Any) -> dict[str, Any]:
    """A turn's record, as far as the page reads it."""
    question = {"text": text, "along": more.pop("along", "")}
    return {"id": f"turn of {text}", "state": "done", "question": question, **more}


@pytest.fixture
async def api() -> AsyncIterator[LocalTaskApi]:
    """A Task API that was asked one question by chat, and its follow-up."""
    async with LocalTaskApi() as served, Caller(served) as caller:
        asked = asyncio.create_task(caller.post(CHAT, chatting()))
        first = await served.next_chat()
        first.finishes("Egypt.")
        await asked
        body = chatting(
            "Since when?\n\nThis continues …", previous_interaction_id=first.interaction_id
        )
        asked = asyncio.create_task(caller.post(CHAT, body))
        (await served.next_chat()).finishes("1956.")
        await asked
        yield served


async def test_the_chain_shows_what_a_chat_continues(api: LocalTaskApi) -> None:
    first, second = api.chats
    turns = [
        turn(QUESTION, processor="speed", interaction=first.interaction_id),
        turn("Since when?", processor="speed", previous=first.interaction_id),
        turn("And Panama?", processor="core", run="trun_1"),
    ]
    drawn = inspector.chain({"interaction": second.interaction_id}, turns, api.requests)
    assert drawn.count("<dt>asked</dt><dd>Chat API</dd>") == 2
    assert drawn.count(f"<dt>continues</dt><dd>{first.interaction_id}</dd>") == 1


def test_the_chain_says_what_is_asked_also_where_there_are_no_words() -> None:
    drawn = inspector.chain(None, [turn("Who owns it?"), turn("", along="France does.")], [])
    asked = ["Who owns it?", "(what was sent along, without a word)"]
    assert re.findall("<dt>asks</dt><dd>(.*?)</dd>", drawn) == asked


async def test_the_traffic_of_a_thread_has_its_chat_requests(api: LocalTaskApi) -> None:
    async def nothing(*_: object) -> tuple[None, list[Any]]:
        return None, []

    async with LocalSlack() as slack:
        ada = slack.person("ada")
        channel = slack.channel("general", members=[ada])
        thread: list[Message] = [await ada.says(channel, QUESTION)]
        playground = Playground(slack, api, BotProcess(("false",), {}), nothing)
        whole = inspector.traffic(playground, [], [])
        assert whole.count("POST /v1beta/chat/completions") == 2
        assert "previous_interaction_id: none" in whole
        assert f"previous_interaction_id: {api.chats[0].interaction_id}" in whole
        turns = [turn("Since when?", processor="speed")]
        its_own = inspector.traffic(playground, thread, turns)
        assert its_own.count("POST /v1beta/chat/completions") == 1
        others = inspector.traffic(playground, thread, [turn("Since when?", processor="core")])
        assert "POST /v1beta/chat/completions" not in others
        wordless = inspector.traffic(playground, thread, [turn("", processor="speed")])
        assert "POST /v1beta/chat/completions" not in wordless
