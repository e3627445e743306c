"""The stage, in both transports."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.e2e.stage import Stage, staged


@pytest.fixture(params=["socket", "http"])
async def stage(request: pytest.FixtureRequest, redis_url: str) -> AsyncIterator[Stage]:
    """A bot at work; afterwards no task of it may be left."""
    before = asyncio.all_tasks()
    async with staged(request.param, redis_url, rate_limits=False) as stage:
        await stage.start_bot()
        yield stage
    left = asyncio.all_tasks() - before - {asyncio.current_task()}
    assert not left
