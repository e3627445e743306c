"""Posts are shared out by person and channel, by replicas on one real Valkey server.

The server's clock is not ours, so the windows here are an hour: nothing that was taken becomes free
during a test, unless the test takes it out of Redis.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from bot.domain.thread import ChannelId, UserId
from bot.store.keys import Keys
from bot.store.rate_limiter import ALL, RateLimits
from bot.store.store import Store

GENERAL, RANDOM = ChannelId("C1"), ChannelId("C2")
ADA, BOB, CY = UserId("U1"), UserId("U2"), UserId("U3")
HOUR = 3600.0
LIMITS = RateLimits(posts=5, posts_window=HOUR, patience=24 * HOUR)


def joined(url: str, stack: AsyncExitStack, limits: RateLimits = LIMITS) -> Store:
    store = Store(url, "B1", lease=60, retention=90, limits=limits)
    stack.push_async_callback(store.connection.close)
    return store


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


async def waits(
    store: Store, person: UserId, number: int, channel: ChannelId = GENERAL
) -> list[float]:
    """Ask for so many posts of a person; return what each has to wait for, in minutes."""
    return [
        round(await store.rate_limiter.reserve_post(channel, person, f"{person} {n}") / 60)
        for n in range(number)
    ]


async def test_one_person_leaves_room_for_another(redis_url: str, stack: AsyncExitStack) -> None:
    store = joined(redis_url, stack)
    assert await waits(store, ADA, 6) == [0, 0, 24, 24, 48, 60]
    assert await waits(store, BOB, 2) == [0, 24]


async def test_who_has_not_posted_goes_before_who_waits(
    redis_url: str, stack: AsyncExitStack
) -> None:
    one, other = joined(redis_url, stack), joined(redis_url, stack)
    assert (await waits(one, ADA, 50))[-1] > 500
    assert await waits(other, BOB, 1) == [0]
    assert await waits(other, CY, 1) == [0]


async def test_who_asks_again_keeps_the_place_in_line(
    redis_url: str, stack: AsyncExitStack
) -> None:
    one, other = joined(redis_url, stack), joined(redis_url, stack)
    before = await waits(one, ADA, 8)
    again = [await other.rate_limiter.reserve_post(GENERAL, ADA, f"U1 {n}") for n in range(2, 8)]
    assert [round(wait / 60) for wait in again] == before[2:]


async def test_posts_of_the_workspace_are_shared_out_by_channel(
    redis_url: str, stack: AsyncExitStack
) -> None:
    limits = replace(LIMITS, busy_channels=1)
    store = joined(redis_url, stack, limits)
    assert await waits(store, ADA, 3) == [0, 0, 24]
    assert await waits(store, BOB, 1) == [24]  # the channel has used its part
    assert await waits(store, ADA, 1, RANDOM) == [0]


async def test_a_rush_does_not_fill_the_line_for_hours(
    redis_url: str, stack: AsyncExitStack
) -> None:
    limits = RateLimits(posts=1, posts_window=20, patience=50)
    store = joined(redis_url, stack, limits)
    found = [await store.rate_limiter.reserve_post(GENERAL, ADA, f"{n:02}") for n in range(50)]
    assert found[:3] == pytest.approx([0, 20, 40], abs=2)
    assert set(found[3:]) == {50}
    async with Redis.from_url(redis_url, decode_responses=True) as redis:
        assert len(await redis.hgetall(Keys("B1").post_line(GENERAL))) == 2


async def test_who_does_not_ask_again_is_dropped(redis_url: str, stack: AsyncExitStack) -> None:
    store = joined(redis_url, stack, RateLimits(posts=1, posts_window=0.05))
    async with Redis.from_url(redis_url, decode_responses=True) as redis:
        line = Keys("B1").post_line(GENERAL)
        await redis.hset(line, mapping={f"{n}": "1 1 U2" for n in range(100)})
        async with asyncio.timeout(60):
            while wait := await store.rate_limiter.reserve_post(GENERAL, ADA, "mine"):
                await asyncio.sleep(wait)
        assert await redis.hgetall(line) == {}


async def test_every_key_has_a_life(redis_url: str, stack: AsyncExitStack) -> None:
    store = joined(redis_url, stack)
    await waits(store, ADA, 8)
    async with Redis.from_url(redis_url, decode_responses=True) as redis:
        async for key in redis.scan_iter("*"):
            assert await redis.pttl(key) > 0, key


PEOPLE = [ADA, BOB, CY, UserId("U4")]
ASKED = st.lists(st.tuples(st.sampled_from(PEOPLE), st.integers(1, 12)), min_size=1, max_size=8)


@settings(max_examples=40)
@given(asked=ASKED, replicas=st.integers(1, 3))
def test_whoever_waits_is_served_once_in_each_round(
    valkey: str, asked: list[tuple[UserId, int]], replicas: int
) -> None:
    """With P people in line, each has one of any P consecutive posts, in the order they asked."""

    async def play() -> None:
        keys = Keys("B1")
        async with (
            Redis.from_url(valkey, decode_responses=True) as redis,
            AsyncExitStack() as stack,
        ):
            await redis.flushall()
            limits = RateLimits(posts=1, posts_window=HOUR, busy_channels=1, patience=10_000 * HOUR)
            stores = [joined(valkey, stack, limits) for _ in range(replicas)]
            await redis.rpush(keys.posts(GENERAL), str(2**41))  # nobody can post yet
            waiting: dict[UserId, list[str]] = defaultdict(list)
            for person, number in asked:
                for _ in range(number):
                    post = f"{sum(map(len, waiting.values())):03}"
                    waiting[person].append(post)
                    store = stores[len(post) % replicas]
                    assert await store.rate_limiter.reserve_post(GENERAL, person, post)
            served: list[UserId] = []
            while any(waiting.values()):
                # The window is over. Everybody asks, and only one may post.
                await redis.delete(keys.posts(GENERAL), keys.posts(ALL))
                in_line = {person for person, posts in waiting.items() if posts}
                found = [
                    (person, post)
                    for n, (person, posts) in enumerate(sorted(waiting.items()))
                    for post in posts
                    if not await stores[n % replicas].rate_limiter.reserve_post(
                        GENERAL, person, post
                    )
                ]
                ((person, post),) = found
                assert post == waiting[person].pop(0)
                served.append(person)
                for other in in_line - {person}:
                    latest = served[::-1].index(other) if other in served else len(served)
                    assert latest < len(waiting)
            await redis.flushall()

    asyncio.run(play())
