"""Fixtures: the listeners in a Bolt app with a mailbox in memory, also on the local Slack."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from slack_bolt.app.async_app import AsyncApp

from bot.ports import DEADLINES, Deadlines
from tests.contract.handlers.bolt_harness import ResponseUrl, bolt_app, response_address
from tests.contract.handlers.memory import Memory
from tests.contract.handlers.world_of_views import World, opened


@pytest.fixture
def mailbox() -> Memory:
    """An empty mailbox."""
    return Memory()


@pytest.fixture
def app(mailbox: Memory) -> AsyncApp:
    """The listeners in a Bolt app; U7ROOT is an admin."""
    return bolt_app(mailbox, admins=["U7ROOT"])


@pytest.fixture
async def response_url() -> AsyncIterator[ResponseUrl]:
    """A response URL that keeps what is sent to it."""
    async with response_address() as url:
        yield url


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
