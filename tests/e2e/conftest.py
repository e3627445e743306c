"""The stage, in both transports."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

import pytest

from tests.e2e.stage import Stage, staged


@pytest.fixture(params=["socket", "http"])
async def stage(request: pytest.FixtureRequest, redis_url: str) -> AsyncIterator[Stage]:
    """A bot at work, in both transports; afterwards no task of it may be left."""
    async with at_work(request.param, redis_url) as stage:
        yield stage


@pytest.fixture
async def one(redis_url: str) -> AsyncIterator[Stage]:
    """The same in one transport, where it makes no difference."""
    async with at_work("socket", redis_url) as stage:
        yield stage


@asynccontextmanager
async def at_work(transport: Literal["socket", "http"], redis_url: str) -> AsyncIterator[Stage]:
    """A bot at work; afterwards no task of it may be left."""
    before = asyncio.all_tasks()
    async with staged(transport, redis_url, rate_limits=False) as stage:
        await stage.start_bot()
        yield stage
    left = asyncio.all_tasks() - before - {asyncio.current_task()}
    assert not left
