"""What people want of turns since they asked, and what is theirs: written beside the record."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from bot.domain import lifecycle, naming
from bot.domain.thread import (
    TurnId,
    UserId,
)
from bot.domain.turn import Ending, EndingKind
from bot.ports import DELETED, Acceptance, Addressing
from bot.store.keys import DAY, STRAY_LIFE
from bot.store.store import Store
from tests.contract.store.store_harness import (
    ADA,
    BOB,
    KEY,
    ROOT,
    Clock,
    asked,
    at,
    done,
    taken,
    waiting,
)


async def test_a_signal_is_read_with_its_turn_and_notifies_every_replica(
    store: Store, redis_url: str
) -> None:
    async with Store(redis_url, "B1", lease=10, retention=90) as other:
        await other.work_queue.register()
        await store.mailbox.put(asked(), Addressing.ADDRESSED)
        hold, turn = await taken(store)
        assert turn.signals.stop is None
        await store.mailbox.stop(turn.id, BOB)
        assert await store.work_queue.notifications() == [str(KEY)]
        assert await other.work_queue.notifications() == [str(KEY)]
        assert await other.work_queue.notifications() == []
        again = await store.turns.current(hold)
        assert again
        assert again.signals.stop == BOB
        read = await other.mailbox.turn(turn.id)
        assert read == again


async def test_a_new_replica_gets_no_earlier_notifications(store: Store, redis_url: str) -> None:
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    await store.mailbox.stop(naming.turn_id(asked()), BOB)
    async with Store(redis_url, "B1", lease=10, retention=90) as late:
        await late.work_queue.register()
        assert await late.work_queue.notifications() == []


@pytest.mark.parametrize("kind", [EndingKind.ANSWERED, EndingKind.CANCELLED])
async def test_an_ended_turn_takes_no_signals_but_keeps_what_its_message_says(
    store: Store, kind: EndingKind
) -> None:
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    hold, turn = await taken(store)
    assert await store.mailbox.ping(turn.id, BOB)
    await done(store, hold, turn, kind)
    assert not await store.mailbox.ping(turn.id, ADA)
    await store.mailbox.stop(turn.id, BOB)
    await store.mailbox.edit(turn.id, asked(text="another"), ROOT)
    assert await store.mailbox.latest_edit(turn.id) == asked(text="another", at=ROOT)
    await store.mailbox.withdraw(turn.id, DELETED)
    read = await store.mailbox.turn(turn.id)
    assert read
    assert read.signals.pings == (BOB,)
    assert (read.signals.stop, read.signals.gone, read.signals.edited) == (None, False, None)


@pytest.mark.parametrize("is_open", [True, False])
async def test_what_a_message_says_is_the_latest_edit_unless_that_is_taken_back(
    store: Store, is_open: bool
) -> None:
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    hold, turn = await taken(store)
    if not is_open:
        await done(store, hold, turn)
    for text, second in (("second", 2), ("first", 1), ("second", 2)):  # late, and again
        await store.mailbox.edit(turn.id, asked(text=text), at(second), when=at(second))
        assert await store.mailbox.latest_edit(turn.id) == asked(text="second", at=at(2))
    await store.mailbox.withdraw(turn.id, at(1), waiting=True)  # late
    assert await store.mailbox.latest_edit(turn.id)
    await store.mailbox.withdraw(turn.id, at(3), waiting=True)
    assert await store.mailbox.latest_edit(turn.id) is None
    await store.mailbox.edit(turn.id, asked(text="second"), at(2))  # again
    assert await store.mailbox.latest_edit(turn.id) is None


async def test_signals_of_messages_that_are_no_turns_expire_soon(
    store: Store, redis_url: str
) -> None:
    await store.mailbox.withdraw(naming.turn_id(asked()), DELETED)
    async with Redis.from_url(redis_url) as client:
        (key,) = [key async for key in client.scan_iter("*:turn:*")]
        assert 0 < await client.ttl(key) <= STRAY_LIFE
        assert await store.mailbox.put(asked(), Addressing.ADDRESSED) is Acceptance.NEW
        assert await client.ttl(key) > DAY


async def test_an_applied_keyword_command_is_remembered(store: Store) -> None:
    order = TurnId("T1:C1:1700000005.000100")
    assert not await store.mailbox.was_obeyed(order)
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    hold, turn = await taken(store)
    await store.mailbox.stop(turn.id, BOB, order)
    assert await store.mailbox.was_obeyed(order)
    await done(store, hold, turn)
    other = TurnId("T1:C1:1700000006.000100")
    await store.mailbox.stop(turn.id, BOB, other)  # too late
    assert not await store.mailbox.was_obeyed(other)


async def test_no_ping_is_promised_once_the_answer_is_made(store: Store) -> None:
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    hold, turn = await taken(store)
    await store.turns.save(hold, lifecycle.ended(turn, Ending(EndingKind.ANSWERED, 1.0)))
    assert not await store.mailbox.ping(turn.id, BOB)
    found = await store.mailbox.turn(turn.id)
    assert found
    assert found.signals.pings == ()


async def test_a_deleted_question_leaves_the_queue(store: Store) -> None:
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    hold, turn = await taken(store)
    for number in (1, 2):
        await store.mailbox.put(asked(number), Addressing.THREAD_REPLY)
    await store.mailbox.withdraw(naming.turn_id(asked(1)), DELETED)
    assert await waiting(store, hold) == (("question 2",), 1)
    await store.mailbox.withdraw(turn.id, DELETED)  # the one at work: its owner ends it
    head = await store.turns.current(hold)
    assert head
    assert head.signals.gone
    assert await store.mailbox.put(asked(1), Addressing.THREAD_REPLY) is Acceptance.DUPLICATE


async def test_replies_before_a_late_mention_count_for_ten_minutes(
    store: Store, clock: Clock
) -> None:
    assert await store.mailbox.put(asked(1), Addressing.THREAD_REPLY) is Acceptance.NOT_OURS
    clock.now += STRAY_LIFE - 1
    assert await store.mailbox.put(asked(2), Addressing.THREAD_REPLY) is Acceptance.NOT_OURS
    clock.now += 2
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    hold, _ = await taken(store)
    assert await waiting(store, hold) == (("question 2",), 1)


async def test_replies_before_a_mention_added_by_an_edit_are_not_ours(
    store: Store,
) -> None:
    assert await store.mailbox.put(asked(1, BOB), Addressing.THREAD_REPLY) is Acceptance.NOT_OURS
    await store.mailbox.put(replace(asked(), at=at(2)), Addressing.ADDRESSED)
    hold, turn = await taken(store)
    assert turn.id == naming.turn_id(asked())
    assert await waiting(store, hold) == ((), 0)
    assert await store.mailbox.put(asked(200, BOB), Addressing.THREAD_REPLY) is Acceptance.NEW


async def test_the_queue_preview_has_five_questions_and_the_total(store: Store) -> None:
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    hold, _ = await taken(store)
    for number in range(1, 8):
        await store.mailbox.put(asked(number), Addressing.THREAD_REPLY)
    first = tuple(f"question {number}" for number in range(1, 6))
    assert await waiting(store, hold) == (first, 7)


async def test_a_question_stopped_in_the_queue_gets_a_mailbox_of_its_own(store: Store) -> None:
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    hold, _ = await taken(store)
    for number in (1, 2):
        await store.mailbox.put(asked(number), Addressing.THREAD_REPLY)
    stopped = naming.turn_id(asked(1))
    assert await store.turns.is_queued(stopped)
    await store.mailbox.stop(stopped, BOB)
    assert await waiting(store, hold) == (("question 2",), 1)
    assert not await store.turns.is_queued(stopped)
    beside, turn = await taken(store)
    assert beside.mailbox == naming.side_mailbox(hold.mailbox)
    assert (turn.id, turn.waited, turn.signals.stop) == (stopped, True, BOB)
    await done(store, beside, turn)
    assert (await store.mailbox.at_work(KEY)) == (await store.turns.current(hold))


async def test_the_only_question_may_be_deleted_before_it_is_claimed(store: Store) -> None:
    """Its stream entry means that the mailbox is not empty: its owner must find it there."""
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    await store.mailbox.withdraw(naming.turn_id(asked()), DELETED)
    hold, turn = await taken(store)
    assert turn.signals.gone
    await done(store, hold, turn)
    assert await store.mailbox.put(asked(1), Addressing.THREAD_REPLY) is Acceptance.NEW
    again, _ = await taken(store)
    assert again.entry != hold.entry


async def test_a_signal_wakes_a_mailbox_released_with_a_delay(store: Store) -> None:
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    hold, turn = await taken(store)
    await store.work_queue.release(hold, 3600.0)
    await store.mailbox.stop(turn.id, ADA)
    async with asyncio.timeout(60):
        _, again = await taken(store)
    assert again.signals.stop == ADA


@pytest.mark.parametrize("signal", ["stop", "withdraw"])
async def test_a_signal_during_a_delayed_release_cancels_the_delay(
    store: Store, signal: str
) -> None:
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    hold, turn = await taken(store)
    await (
        store.mailbox.stop(turn.id, ADA)
        if signal == "stop"
        else store.mailbox.withdraw(turn.id, DELETED)
    )
    await store.work_queue.release(hold, 3600.0, turn.id)  # it was wanted when last looked at
    async with asyncio.timeout(60):
        hold, turn = await taken(store)
    assert turn.signals.is_cancelled
    await store.work_queue.release(hold, 3600.0)  # that is known by now, and has to wait
    assert await store.work_queue.reclaim() == []
    assert await store.work_queue.list_pending() == []


async def test_the_current_turn_and_the_askers_of_a_thread_are_known(store: Store) -> None:
    assert await store.mailbox.at_work(KEY) is None
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    first = await store.mailbox.at_work(KEY)
    assert first
    assert first.question == asked()
    hold, turn = await taken(store)
    await store.mailbox.put(asked(1, BOB), Addressing.THREAD_REPLY)
    at_work = await store.mailbox.at_work(KEY)
    assert at_work
    assert at_work.id == turn.id
    assert await store.mailbox.has_asked(KEY, BOB)
    assert not await store.mailbox.has_asked(KEY, UserId("U3"))
    await done(store, hold, turn)
    second = await store.mailbox.at_work(KEY)
    assert second
    assert second.question.asker == BOB
