"""The local Parallel, and OpenAI's client for its Chat API."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from openai import AsyncOpenAI

from bot.playground.task_api import LocalTaskApi
from tests.playground.task_api.chat_caller import openai_client


@pytest.fixture
async def api() -> AsyncIterator[LocalTaskApi]:
    """The local Task API and Chat API."""
    async with LocalTaskApi() as served:
        yield served


@pytest.fixture
async def client(api: LocalTaskApi) -> AsyncIterator[AsyncOpenAI]:
    """The official client of the Chat API."""
    async with openai_client(api) as made:
        yield made
