"""What is chosen for threads and channels: muting, which replies are follow-ups, and sleep."""

from __future__ import annotations

import itertools

import pytest

from bot.domain.choices import FollowUps
from bot.domain.turn import TurnKind
from bot.ports import Acceptance, Addressing, Channel, DefaultChange, Job, JobKind
from bot.store.keys import DAY
from bot.store.store import Store
from tests.contract.store.store_harness import ADA, BOB, KEY, TEAM, Clock, asked, at, done, taken


async def test_a_muted_thread_is_left_alone_until_it_is_unmuted(store: Store) -> None:
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    await store.mailbox.mute(KEY, at(0), muted=True)
    assert await store.mailbox.put(asked(101), Addressing.THREAD_REPLY) is Acceptance.NOT_OURS
    assert await store.mailbox.put(asked(102), Addressing.ADDRESSED) is Acceptance.NEW
    await store.mailbox.mute(KEY, at(3), muted=False)
    assert await store.mailbox.put(asked(104), Addressing.THREAD_REPLY) is Acceptance.NEW


@pytest.mark.parametrize("addressing", [Addressing.THREAD_REPLY, Addressing.DIRECT_REPLY])
async def test_what_was_written_before_a_thread_was_muted_is_asked(
    store: Store, addressing: Addressing
) -> None:
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    await store.mailbox.mute(KEY, at(0), muted=True)
    assert await store.mailbox.put(asked(99), addressing) is Acceptance.NEW


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
@pytest.mark.parametrize("is_muted_first", [True, False])
async def test_of_all_that_mutes_a_thread_the_latest_counts(
    store: Store, order: tuple[int, ...], is_muted_first: bool
) -> None:
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    for seconds in order:
        await store.mailbox.mute(KEY, at(seconds), muted=(seconds % 2 == 0) is is_muted_first)
    assert await store.mailbox.is_muted(KEY) is not is_muted_first


async def test_follow_ups_are_chosen_for_a_channel(store: Store) -> None:
    channel = Channel(TEAM, KEY.channel)
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    assert await store.choices.follow_ups(channel) is None
    await store.choices.choose_follow_ups(channel, FollowUps.MENTION)
    assert await store.choices.follow_ups(channel) is FollowUps.MENTION
    assert await store.mailbox.put(asked(1), Addressing.THREAD_REPLY) is Acceptance.NOT_OURS
    assert await store.mailbox.put(asked(2), Addressing.ADDRESSED) is Acceptance.NEW
    await store.choices.choose_follow_ups(channel, None)
    assert await store.mailbox.put(asked(3), Addressing.THREAD_REPLY) is Acceptance.NEW


async def test_follow_ups_can_be_mentions_everywhere(redis_url: str) -> None:
    mention = FollowUps.MENTION
    async with Store(redis_url, "B1", lease=10, retention=90, follow_ups=mention) as store:
        await store.mailbox.put(asked(), Addressing.ADDRESSED)
        assert await store.mailbox.put(asked(1), Addressing.THREAD_REPLY) is Acceptance.NOT_OURS
        await store.choices.choose_follow_ups(Channel(TEAM, KEY.channel), FollowUps.EVERY)
        assert await store.mailbox.put(asked(2), Addressing.THREAD_REPLY) is Acceptance.NEW


async def test_a_change_of_a_channels_default_is_kept_with_the_job_that_announces_it(
    store: Store, clock: Clock
) -> None:
    place = Channel(TEAM, KEY.channel)
    for processor in ("pro", None):
        kept = await store.choices.choose_default(place, ADA, processor)
        assert await store.choices.choose_default(place, BOB, processor) is None  # no change
        assert (await store.choices.read(TEAM, place.channel, ADA, None)).channel == processor
        (job,) = await store.work_queue.receive(5)
        assert isinstance(job, Job)
        assert (job.entry, job.kind) == (kept, JobKind.ANNOUNCEMENT)
        assert DefaultChange.parse(job.about) == DefaultChange(place, ADA, processor, clock.now)
        assert await store.choices.is_unannounced(job.entry)
        await store.choices.announced(job.entry)
        assert not await store.choices.is_unannounced(job.entry)
        assert await store.work_queue.list_pending() == []


async def test_a_thread_sleeps_after_two_weeks_and_says_so_once(store: Store, clock: Clock) -> None:
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    hold, turn = await taken(store)
    clock.now += 10 * DAY
    await done(store, hold, turn)  # a turn that ends keeps it awake, too
    clock.now += 13 * DAY
    assert await store.mailbox.put(asked(1), Addressing.THREAD_REPLY) is Acceptance.NEW
    clock.now += 15 * DAY
    assert await store.mailbox.put(asked(2), Addressing.THREAD_REPLY) is Acceptance.DORMANT
    assert (
        await store.mailbox.put(asked(2), Addressing.THREAD_REPLY) is Acceptance.DORMANT
    )  # delivered again
    assert await store.mailbox.put(asked(3), Addressing.THREAD_REPLY) is Acceptance.NOT_OURS
    note = asked(2, start=TurnKind.DORMANT, press="asleep")
    assert await store.mailbox.put(note, Addressing.SIDE) is Acceptance.NEW
    assert await store.mailbox.put(asked(4), Addressing.THREAD_REPLY) is Acceptance.NOT_OURS
    assert await store.mailbox.put(asked(2), Addressing.ADDRESSED) is Acceptance.NEW  # *Continue*
    assert await store.mailbox.put(asked(5), Addressing.THREAD_REPLY) is Acceptance.NEW
