"""The stage, in both transports."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

import pytest

from tests.e2e.stage import Stage, staged


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run every dialogue over sockets, and one of each surface over HTTP as well.

    What HTTP changes is how a payload comes in: `contract/slack/test_http.py` and the like have
    each listener receive it signed.
    """
    if metafunc.definition.get_closest_marker("also_over_http"):
        metafunc.parametrize("transport", ["socket", "http"], indirect=True)


@pytest.fixture
def transport(request: pytest.FixtureRequest) -> Literal["socket", "http"]:
    """How Slack's payloads come in."""
    found: Literal["socket", "http"] = getattr(request, "param", "socket")
    return found


@pytest.fixture
async def stage(transport: Literal["socket", "http"], redis_url: str) -> AsyncIterator[Stage]:
    """A bot at work; afterwards no task of it may be left."""
    async with at_work(transport, redis_url) as stage:
        yield stage


@pytest.fixture
async def one(redis_url: str) -> AsyncIterator[Stage]:
    """The same over a socket, for what no transport can change."""
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
