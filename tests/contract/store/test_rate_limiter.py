"""Slack's limits, shared by replicas on one real Valkey server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from bot.domain import lifecycle
from bot.domain.thread import ChannelId, MessageTs, TeamId, ThreadKey, UserId
from bot.domain.turn import Ending, EndingKind, Question
from bot.errors import Unavailable
from bot.ports import Addressing, Claim
from bot.store.rate_limiter import SLACK, RateLimits
from bot.store.store import Store

GENERAL, RANDOM = ChannelId("C1"), ChannelId("C2")
ADA = UserId("U1")
LIMITS = RateLimits(
    posts=2, posts_window=60, edits=5, edits_window=60, optional_edits=3, patience=1_000
)
Pair = tuple[Store, Store]


async def joined(url: str, stack: AsyncExitStack, limits: RateLimits) -> Store:
    store = await stack.enter_async_context(Store(url, "B1", lease=60, retention=90, limits=limits))
    await store.work_queue.register()
    return store


@pytest.fixture
async def pair(redis_url: str) -> AsyncIterator[Pair]:
    async with AsyncExitStack() as stack:
        yield await joined(redis_url, stack, LIMITS), await joined(redis_url, stack, LIMITS)


async def held(store: Store) -> Claim:
    """Return a thread that this replica has in work."""
    ts = MessageTs("1700000000.000100")
    key = ThreadKey(TeamId("T1"), GENERAL, ts)
    await store.mailbox.put(Question(key, ts, UserId("U1"), "who?"), Addressing.ADDRESSED)
    async with asyncio.timeout(60):
        while True:
            for work in await store.work_queue.receive(10):
                assert isinstance(work, Claim)
                return work


async def test_posts_of_each_channel_and_edits_are_counted_by_themselves(pair: Pair) -> None:
    one, other = pair
    assert await one.rate_limiter.reserve_post(GENERAL, ADA, "1") == 0
    assert await other.rate_limiter.reserve_post(RANDOM, ADA, "2") == 0
    assert await other.rate_limiter.reserve_edit() == 0


async def test_however_many_ask_at_once_no_window_holds_too_many(redis_url: str) -> None:
    async with AsyncExitStack() as stack:
        stores = [await joined(redis_url, stack, SLACK) for _ in range(2)]
        waits = await asyncio.gather(
            *(stores[n % 2].rate_limiter.reserve_edit() for n in range(120))
        )
        assert sum(wait == 0 for wait in waits) == 50
        assert sum(wait < 100 for wait in waits) == 100
        assert max(waits) <= 2 * SLACK.edits_window


async def test_optional_edits_leave_room_for_those_that_must_go(pair: Pair) -> None:
    one, other = pair
    hold = await held(one)
    assert [await one.rate_limiter.try_edit(hold) for _ in range(4)] == [True, True, True, False]
    assert [await other.rate_limiter.reserve_edit() for _ in range(2)] == [0, 0]
    assert await other.rate_limiter.reserve_edit() == pytest.approx(60, abs=2)
    assert not await one.rate_limiter.try_edit(hold)


async def test_optional_edits_go_last(pair: Pair) -> None:
    one, other = pair
    hold = await held(one)
    for _ in range(3):
        assert await other.rate_limiter.reserve_edit() == 0
    assert not await one.rate_limiter.try_edit(hold)
    assert await other.rate_limiter.reserve_edit() == 0


async def test_only_the_owner_of_the_lease_may_edit(pair: Pair) -> None:
    one, other = pair
    hold = await held(one)
    assert not await other.rate_limiter.try_edit(hold)
    assert await one.rate_limiter.try_edit(hold)
    await one.work_queue.deregister()
    assert await other.work_queue.reclaim() == [hold]
    assert not await one.rate_limiter.try_edit(hold)
    turn = await other.turns.current(hold)
    assert turn
    assert await other.rate_limiter.try_edit(hold)
    ended = lifecycle.done(lifecycle.ended(turn, Ending(EndingKind.ANSWERED, 9.0)))
    await other.turns.finish(hold, ended, None, job=None)
    assert not await other.rate_limiter.try_edit(hold)


async def test_pausing_optional_edits_pauses_them_in_all_replicas_only(
    pair: Pair,
) -> None:
    one, other = pair
    hold = await held(one)
    await other.rate_limiter.pause_optional_edits(0.3)
    assert not await one.rate_limiter.try_edit(hold)
    assert await one.rate_limiter.reserve_edit() == 0
    assert await one.rate_limiter.reserve_post(GENERAL, ADA, "1") == 0
    async with asyncio.timeout(60):
        while not await one.rate_limiter.try_edit(hold):
            await asyncio.sleep(0.02)


async def test_a_reservation_without_a_server_fails_in_time() -> None:
    async with Store("unix:///nowhere.sock", "B1", lease=60, retention=90) as store:
        async with asyncio.timeout(60):
            with pytest.raises(Unavailable):
                await store.rate_limiter.reserve_post(GENERAL, ADA, "1")
