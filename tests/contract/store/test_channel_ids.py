"""Channels with another id: taken down once, for all replicas."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.thread import ChannelId, MessageTs, ThreadKey
from bot.ports import Acceptance, Addressing
from bot.store.channel_ids import READ_EVERY, RedisChannelIds
from bot.store.early_messages import EarlyMessages
from bot.store.keys import COUNT_LIFE
from bot.store.store import Store
from tests.contract.store.store_harness import ADA, KEY, TEAM, Clock, asked

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
    early = EarlyMessages(store.connection, store.mailbox)
    other = RedisChannelIds(store.connection, early, clock)
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


async def test_messages_that_came_before_the_event_are_brought_to_the_first_id(
    store: Store,
) -> None:
    """Slack promises no order: those of the channel's new id may be delivered first."""
    there = replace(KEY, channel=TWO)
    begun = ThreadKey(TEAM, TWO, MessageTs("1700000050.000100"))
    mailbox = store.mailbox
    await mailbox.put(asked(), Addressing.ADDRESSED)  # a thread of ours
    reply = replace(asked(1), thread=there)
    assert await mailbox.put(reply, Addressing.THREAD_REPLY) is Acceptance.NOT_OURS
    new = replace(asked(50), thread=begun)
    await mailbox.put(new, Addressing.ADDRESSED)  # a thread that begins under the new id
    for _ in range(2):  # the event is delivered again
        await store.channel_ids.rename(ONE, TWO)
        waiting = [turn.question.text for turn in await mailbox.all_asked_by(KEY, ADA)]
        assert waiting == ["question 1", "question 0"]
    later = replace(asked(51), thread=replace(begun, channel=ONE))
    assert await mailbox.put(later, Addressing.THREAD_REPLY) is Acceptance.NEW
    stranger = replace(asked(60), thread=ThreadKey(TEAM, ONE, MessageTs("1700000055.000100")))
    assert await mailbox.put(stranger, Addressing.THREAD_REPLY) is Acceptance.NOT_OURS
