"""Asks the local Chat API through OpenAI's official client."""

from __future__ import annotations

import asyncio
from typing import Any

from openai import AsyncOpenAI, AsyncStream
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from bot.playground.task_api import LocalChat, LocalTaskApi, contract
from tests.playground.task_api.task_api_caller import (
    CHAT,
    Caller,
    chatting,
)


def openai_client(api: LocalTaskApi, key: str = "local-key") -> AsyncOpenAI:
    """The documented client: it sends its key as a bearer token."""
    return AsyncOpenAI(base_url=f"{api.url}/v1beta", api_key=key, max_retries=0, timeout=60)


async def streaming(client: AsyncOpenAI, **more: Any) -> AsyncStream[ChatCompletionChunk]:
    """Ask for a streamed answer; returns once its headers are here."""
    asked = client.chat.completions.create(**chatting(stream=True, **more))
    stream: AsyncStream[ChatCompletionChunk] = await asked
    return stream


async def whole(client: AsyncOpenAI, **more: Any) -> ChatCompletion:
    """Ask for a whole answer, which must keep to the contract."""
    answer: ChatCompletion = await client.chat.completions.create(**chatting(**more))
    contract.check("ChatCompletion", answer.to_dict())
    return answer


async def chunks(stream: AsyncStream[ChatCompletionChunk]) -> list[ChatCompletionChunk]:
    """Return the chunks of a stream up to its end; each must keep to the contract."""
    found = [chunk async for chunk in stream]
    for chunk in found:
        contract.check("ChatCompletionResponseChunk", chunk.to_dict())
    return found


def text(found: list[ChatCompletionChunk]) -> str:
    return "".join(choice.delta.content or "" for chunk in found for choice in chunk.choices)


def ids(found: list[ChatCompletionChunk]) -> list[str | None]:
    return [chunk.to_dict()["interaction_id"] for chunk in found]  # type: ignore[misc]


async def ended(api: LocalTaskApi, client: AsyncOpenAI, said: str, **more: Any) -> LocalChat:
    """Ask something and have it answered; returns the chat."""
    asked = asyncio.create_task(whole(client, **more))
    chat = await api.next_chat()
    chat.finishes(said)
    await asked
    return chat


async def answered(caller: Caller, api: LocalTaskApi, **more: Any) -> str:
    """Ask something and have it answered; returns the interaction id."""
    asked = asyncio.create_task(caller.post(CHAT, chatting(**more)))
    (await api.next_chat()).finishes("Egypt.")
    answer = await asked
    assert answer.status_code == 200
    return str(answer.json()["interaction_id"])
