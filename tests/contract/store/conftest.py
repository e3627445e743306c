"""Fixtures: a store on a real Valkey server, the clock it goes by, and a client of the server."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from bot.store.store import Store
from tests.contract.store.store_harness import Clock


@pytest.fixture
def clock() -> Clock:
    """The time of the store."""
    return Clock()


@pytest.fixture
async def store(redis_url: str, clock: Clock) -> AsyncIterator[Store]:
    """A store whose replica is registered."""
    async with Store(redis_url, "B1", lease=10, retention=90, clock=clock) as store:
        await store.work_queue.register()
        yield store


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    """A client of the store's server."""
    async with Redis.from_url(redis_url, decode_responses=True) as client:
        yield client
