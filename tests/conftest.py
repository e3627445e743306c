"""A real Valkey server for the whole test run; each test gets an empty one."""

from __future__ import annotations

import gc
import os
from collections import defaultdict
from collections.abc import AsyncIterator, Generator, Iterator
from pathlib import Path

import pytest
import redis
from hypothesis import HealthCheck, settings

from bot.connections.network import WITHOUT_PROXIES
from tests.server import valkey_server

# The tests' own clients go straight to what they test; some ask for proxies in the environment.
for name in WITHOUT_PROXIES:
    os.environ.pop(name, None)

# No test fails because a machine is busy: `unit/test_linear.py` and the benchmarks look at times.
settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")

TESTS = Path(__file__).parent
FIXED_KEYS = {"ready", "live", "later"}


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Keep the garbage collector away from thousands of collected tests, now and later."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Spread each folder's files over the run: `unit` computes, `chaos` and `e2e` mostly wait."""
    folders: defaultdict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        folders[item.path.relative_to(TESTS).parts[0]].append(item)
    place = {
        item.path: number / len(found)
        for found in folders.values()
        for number, item in enumerate(found)
    }
    items.sort(key=lambda item: place[item.path])


@pytest.fixture
def nothing_is_collected() -> Iterator[None]:
    """Keep the garbage collector out of a measured time: it looks at what all tests left behind."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(scope="session")
def valkey() -> Iterator[str]:
    """The address of a Valkey server that lives as long as the tests."""
    with valkey_server(append_only=False) as url:
        yield url


@pytest.fixture
async def redis_url(valkey: str) -> AsyncIterator[str]:
    """An empty server; afterwards every key but the fixed ones must have a life."""
    client = redis.Redis.from_url(valkey, decode_responses=True)
    client.flushall()
    yield valkey
    immortal = [
        key
        for key in client.scan_iter()
        if client.ttl(key) == -1 and key.rsplit(":", 1)[-1] not in FIXED_KEYS
    ]
    client.close()
    assert immortal == []
