"""Requests to the Chat API and streams in Slack, shared by replicas on one real Valkey server."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest
from redis.asyncio import Redis

from bot.domain import lifecycle
from bot.domain.thread import ChannelId, MessageTs, TeamId, ThreadKey, UserId
from bot.domain.turn import Ending, EndingKind, Question
from bot.errors import Unavailable
from bot.ports import Addressing, Claim
from bot.store.keys import Keys
from bot.store.rate_limiter import SLACK, RateLimits
from bot.store.store import Store

Join = Callable[[RateLimits], Awaitable[Store]]
TS = MessageTs("1700000000.000100")
KEY = ThreadKey(TeamId("T1"), ChannelId("C1"), TS)
LINE = Keys("B1").chats


@pytest.fixture
async def join(redis_url: str) -> AsyncIterator[Join]:
    """Start replicas."""
    async with AsyncExitStack() as stack:

        async def start(limits: RateLimits = SLACK) -> Store:
            made = Store(redis_url, "B1", lease=60, retention=90, limits=limits)
            store = await stack.enter_async_context(made)
            await store.work_queue.register()
            return store

        yield start


async def held(store: Store) -> Claim:
    """Return a thread that this replica has in work."""
    await store.mailbox.put(Question(KEY, TS, UserId("U1"), "who?"), Addressing.ADDRESSED)
    async with asyncio.timeout(60):
        while True:
            for work in await store.work_queue.receive(10):
                assert isinstance(work, Claim)
                return work


# --- chat completions -------------------------------------------------------------------


async def test_four_replicas_send_250_requests_at_once_and_no_more(join: Join) -> None:
    stores = [await join(SLACK) for _ in range(4)]
    waits = await asyncio.gather(*(stores[n % 4].rate_limiter.reserve_chat() for n in range(400)))
    assert Counter(waits) == {0: 250, None: 150}  # 61 s would be too long to wait


async def test_a_short_wait_gets_a_reservation(join: Join) -> None:
    limits = RateLimits(chats=3, chats_window=10, chat_patience=15)
    one, other = await join(limits), await join(limits)
    waits = [await store.rate_limiter.reserve_chat() for store in (one, other) * 4]
    assert waits[:6] == pytest.approx([0, 0, 0, 10, 10, 10], abs=2)
    assert waits[6:] == [None, None]


async def test_a_wait_that_is_too_long_reserves_nothing(join: Join, redis_url: str) -> None:
    """The next caller after the window finds no reservations."""
    store = await join(RateLimits(chats=2, chats_window=60, chat_patience=20))
    waits = [await store.rate_limiter.reserve_chat() for _ in range(50)]
    assert Counter(waits) == {0: 2, None: 48}
    async with Redis.from_url(redis_url) as client:
        assert await client.llen(LINE) == 2


async def test_a_place_is_free_again_when_its_window_is_over(join: Join) -> None:
    store = await join(RateLimits(chats=1, chats_window=0.05))
    assert await store.rate_limiter.reserve_chat() == 0
    second = await store.rate_limiter.reserve_chat()
    assert second is not None
    assert 0 < second <= 0.05
    await asyncio.sleep(second + 0.05)  # as a caller with a reservation does
    assert await store.rate_limiter.reserve_chat() == 0


async def test_however_many_ask_at_once_no_window_holds_too_many(join: Join) -> None:
    limits = RateLimits(chats=5, chats_window=20, chat_patience=200)
    stores = [await join(limits) for _ in range(4)]
    waits = await asyncio.gather(*(stores[n % 4].rate_limiter.reserve_chat() for n in range(30)))
    windows = Counter(round((wait or 0) / 20) for wait in waits)
    assert windows == dict.fromkeys(range(6), 5)


async def test_requests_stand_in_a_line_of_their_own(join: Join) -> None:
    store = await join(RateLimits(chats=1, posts=1, edits=1))
    hold = await held(store)
    assert await store.rate_limiter.reserve_chat() == 0
    assert await store.rate_limiter.reserve_chat() is None
    assert await store.rate_limiter.reserve_post(KEY.channel, UserId("U1"), "1") == 0
    assert await store.rate_limiter.reserve_edit() == 0
    assert await store.rate_limiter.try_stream(hold)
    assert await store.rate_limiter.try_append(hold)


async def test_holding_back_edits_or_streams_holds_no_request_back(join: Join) -> None:
    store = await join(SLACK)
    await store.rate_limiter.pause_optional_edits(60)
    await store.rate_limiter.disable_streams(60)
    await store.rate_limiter.disable_sessions(60)
    assert await store.rate_limiter.reserve_chat() == 0


@pytest.mark.parametrize("name", ["reserve_chat", "disable_streams"])
async def test_a_reservation_without_a_server_fails_in_time(name: str) -> None:
    async with Store("unix:///nowhere.sock", "B1", lease=60, retention=90) as store:
        arguments = (60.0,) if name == "disable_streams" else ()
        async with asyncio.timeout(60):
            with pytest.raises(Unavailable):
                await getattr(store.rate_limiter, name)(*arguments)


# --- streams ----------------------------------------------------------------------------


async def test_streams_are_started_at_slacks_rate_limit(join: Join) -> None:
    store = await join(SLACK)
    hold = await held(store)
    begun = [await store.rate_limiter.try_stream(hold) for _ in range(20)]
    assert begun == [True] * 18 + [False] * 2


async def test_stream_appends_are_sent_at_slacks_rate_limit(join: Join) -> None:
    store = await join(SLACK)
    hold = await held(store)
    sent = [await store.rate_limiter.try_append(hold) for _ in range(95)]
    assert sent == [True] * 90 + [False] * 5


async def test_streams_of_all_replicas_are_counted_together(join: Join) -> None:
    limits = RateLimits(streams=3, appends=3)
    one, other = await join(limits), await join(limits)
    first = await held(one)
    for _ in range(2):
        assert await one.rate_limiter.try_stream(first)
        assert await one.rate_limiter.try_append(first)
    await one.work_queue.deregister()
    assert await other.work_queue.reclaim() == [first]
    assert [await other.rate_limiter.try_stream(first) for _ in range(2)] == [True, False]
    assert [await other.rate_limiter.try_append(first) for _ in range(2)] == [True, False]


@pytest.mark.parametrize("name", ["try_stream", "try_append"])
async def test_only_the_owner_of_the_lease_may_stream(join: Join, name: str) -> None:
    one, other = await join(SLACK), await join(SLACK)
    hold = await held(one)
    assert not await getattr(other.rate_limiter, name)(hold)
    assert await getattr(one.rate_limiter, name)(hold)
    await one.work_queue.deregister()
    assert await other.work_queue.reclaim() == [hold]
    assert not await getattr(one.rate_limiter, name)(hold)
    assert await getattr(other.rate_limiter, name)(hold)
    turn = await other.turns.current(hold)
    assert turn
    done = lifecycle.done(lifecycle.ended(turn, Ending(EndingKind.ANSWERED, 9.0)))
    await other.turns.finish(hold, done, None, job=None)
    assert not await getattr(other.rate_limiter, name)(hold)


@pytest.mark.parametrize("name", ["try_stream", "try_append"])
async def test_a_denied_call_reserves_nothing(join: Join, name: str) -> None:
    limits = RateLimits(streams=1, streams_window=0.2, appends=1, appends_window=0.2)
    store = await join(limits)
    hold = await held(store)
    may = getattr(store.rate_limiter, name)
    assert await may(hold)
    assert not await may(hold)
    async with asyncio.timeout(60):  # if each try took one, it would never be over
        while not await may(hold):
            pass


async def test_disabled_streams_are_disabled_for_every_replica(join: Join) -> None:
    one, other = await join(SLACK), await join(SLACK)
    hold = await held(one)
    await other.rate_limiter.disable_streams(0.2)
    assert not await one.rate_limiter.try_stream(hold)
    assert await one.rate_limiter.try_append(hold)  # to one that had begun
    assert await one.rate_limiter.try_edit(hold)
    assert await one.rate_limiter.try_session(hold)
    async with asyncio.timeout(60):
        while not await one.rate_limiter.try_stream(hold):
            pass


async def test_holding_back_edits_stops_pieces_and_no_streams(join: Join) -> None:
    store = await join(SLACK)
    hold = await held(store)
    await store.rate_limiter.pause_optional_edits(60)
    assert not await store.rate_limiter.try_append(hold)
    assert await store.rate_limiter.try_stream(hold)
