"""What is remembered of people and channels: for a while, for all replicas, until they change."""

from __future__ import annotations

from redis.asyncio import Redis

from bot.domain.access import Member, Room
from bot.domain.thread import ChannelId
from bot.store.access import CHANGED_FOR, KEPT_FOR, LISTED_EVERY
from bot.store.store import Store
from tests.contract.store.store_harness import ADA, BOB, KEY, TEAM

GUEST = Member(TEAM, "E1", is_guest=True)
KINDS = ("*:member:*", "*:room:*")  # of keys
SALES = ChannelId("C2")
SHARED = Room(is_shared=True, is_ext_shared=True)


async def test_look_ups_are_kept_for_ten_minutes(store: Store, redis_url: str) -> None:
    await store.access.remember_member(TEAM, ADA, GUEST)
    await store.access.remember_rooms(TEAM, {KEY.channel: SHARED})
    known = await store.access.known(TEAM, KEY.channel, ADA)
    assert (known.member, known.room) == (GUEST, SHARED)
    assert (await store.access.known(TEAM, KEY.channel, BOB)).member is None
    async with Redis.from_url(redis_url) as redis:
        keys = [key for match in KINDS async for key in redis.scan_iter(match)]
        assert [0 < await redis.ttl(key) <= KEPT_FOR for key in keys] == [True, True]


async def test_what_changed_is_looked_up_again_and_not_by_a_look_up_that_was_under_way(
    store: Store, redis_url: str
) -> None:
    await store.access.remember_member(TEAM, ADA, Member(TEAM))
    await store.access.drop_member(TEAM, ADA)
    await store.access.drop_room(TEAM, KEY.channel)
    await store.access.remember_member(TEAM, ADA, Member(TEAM))  # asked for before the change
    await store.access.remember_rooms(TEAM, {KEY.channel: Room(), SALES: SHARED})
    known = await store.access.known(TEAM, KEY.channel, ADA)
    assert (known.member, known.room) == (None, None)
    assert (await store.access.known(TEAM, SALES, ADA)).room == SHARED  # listed with the other
    async with Redis.from_url(redis_url) as redis:
        for match in (KINDS[0], f"*:room:*{KEY.channel}"):
            (key,) = [key async for key in redis.scan_iter(match)]
            assert 0 < await redis.ttl(key) <= CHANGED_FOR


async def test_our_channels_are_listed_by_one_replica_every_few_seconds(
    store: Store, redis_url: str
) -> None:
    async with Store(redis_url, "B1", lease=10, retention=90) as other:
        assert await store.access.may_list(TEAM)
        assert not await other.access.may_list(TEAM)
    async with Redis.from_url(redis_url) as redis:
        (key,) = [key async for key in redis.scan_iter("*:listed:*")]
        assert 0 < await redis.ttl(key) <= LISTED_EVERY
        await redis.delete(key)  # as time does
    assert await store.access.may_list(TEAM)


async def test_what_another_release_kept_is_looked_up_again(store: Store, redis_url: str) -> None:
    await store.access.remember_member(TEAM, ADA, GUEST)
    async with Redis.from_url(redis_url) as redis:
        (key,) = [key async for key in redis.scan_iter("*:member:*")]
        for odd in ("", "x", "[]", "{}", '{"team": "T1", "height": 7}'):
            await redis.set(key, odd, keepttl=True)
            assert (await store.access.known(TEAM, KEY.channel, ADA)).member is None


async def test_a_first_refusal_is_one_a_day(store: Store) -> None:
    first = [await store.access.is_first_refusal(TEAM, ADA, day) for day in ("1", "1", "2")]
    assert first == [True, False, True]
    assert await store.access.is_first_refusal(TEAM, BOB, "1")
