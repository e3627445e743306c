"""A world for listeners that open modals and Home tabs, in both transports or in one."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.ports import DEADLINES, Deadlines
from tests.contract.handlers.world_of_views import World, opened


@pytest.fixture(params=["socket", "http"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """Both transports."""
    async with opened(request.param) as world:
        yield world


@pytest.fixture
def deadlines() -> Deadlines:
    """Return the deadlines of listeners; tests with a hanging server set shorter ones."""
    return DEADLINES


@pytest.fixture
async def one(deadlines: Deadlines) -> AsyncIterator[World]:
    """One transport, where it makes no difference."""
    async with opened("socket", deadlines) as world:
        yield world
