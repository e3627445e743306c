"""Channels with another id: taken down once, for all replicas."""

from __future__ import annotations

from bot.domain.thread import ChannelId
from bot.store.channel_ids import READ_EVERY, RedisChannelIds
from bot.store.keys import COUNT_LIFE
from bot.store.store import Store
from tests.contract.store.store_harness import Clock

ONE, TWO, THREE = ChannelId("C1"), ChannelId("C2"), ChannelId("C3")


async def test_a_channel_keeps_its_first_id_however_often_it_is_renamed(store: Store) -> None:
    ids = store.channel_ids
    for _ in range(2):  # events are delivered again
        await ids.rename(ONE, TWO)
        await ids.rename(TWO, THREE)
    assert ids.first == {TWO: ONE, THREE: ONE}
    assert ids.current == {ONE: THREE}
    await ids.rename(ONE, TWO)  # an old event, delivered again
    assert ids.current == {ONE: THREE}


async def test_a_channel_may_get_its_first_id_back(store: Store) -> None:
    ids = store.channel_ids
    await ids.rename(ONE, TWO)
    await ids.rename(TWO, ONE)
    assert ids.current == {}
    assert ids.first == {TWO: ONE}


async def test_another_replica_knows_when_it_meets_the_new_id(store: Store, clock: Clock) -> None:
    other = RedisChannelIds(store.connection, clock)
    await other.know(ONE)
    await store.channel_ids.rename(ONE, TWO)
    await other.know(ONE)
    assert other.first == {}  # it was read just before
    await other.know(TWO)
    assert other.first == {TWO: ONE}
    await store.channel_ids.rename(TWO, THREE)
    clock.now += READ_EVERY
    await other.know(ONE)
    assert other.current == {ONE: THREE}


async def test_it_lives_for_as_long_as_it_is_read(store: Store) -> None:
    await store.channel_ids.rename(ONE, TWO)
    async with store.connection.call() as redis:
        await redis.expire(store.connection.keys.channel_ids, 60)
        await store.channel_ids.reload()
        assert await redis.ttl(store.connection.keys.channel_ids) > COUNT_LIFE - 60
