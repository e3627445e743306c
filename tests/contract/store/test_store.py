"""The store on a real Valkey server: mailboxes, ownership, fencing, take-over."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from bot.domain import derived, exchanges, lifecycle
from bot.domain.choices import Choices
from bot.domain.research import Run, RunStatus
from bot.domain.thread import (
    ChannelId,
    InteractionId,
    MessageTs,
    RunId,
    TeamId,
    Thread,
    ThreadKey,
    TurnId,
    UserId,
)
from bot.domain.turn import Ending, EndingKind, Question, State, Turn, TurnKind
from bot.errors import LeaseLost, Unavailable
from bot.ports import Acceptance, Addressing, Channel, Claim, Job, Person
from bot.store.store import Store

T, C, ADA, BOB = TeamId("T1"), ChannelId("C1"), UserId("U1"), UserId("U2")
ROOT = MessageTs("1700000000.000100")
KEY = ThreadKey(T, C, ROOT)


def question(second: int = 0, text: str = "who?", start: TurnKind = TurnKind.QUESTION) -> Question:
    return Question(KEY, MessageTs(f"{1700000000 + second}.000100"), ADA, text, start=start)


class Replicas:
    """Several stores on one server, each as if in a process of its own."""

    def __init__(self, url: str, stack: AsyncExitStack) -> None:
        self._url, self._stack = url, stack

    async def join(self, lease: float = 60.0) -> Store:
        store = await self._stack.enter_async_context(
            Store(self._url, "B1", lease=lease, retention=90)
        )
        await store.work_queue.register()
        return store


@pytest.fixture
async def replicas(redis_url: str) -> AsyncIterator[Replicas]:
    async with AsyncExitStack() as stack:
        yield Replicas(redis_url, stack)


async def hold(store: Store) -> Claim:
    async with asyncio.timeout(60):
        while True:
            for work in await store.work_queue.receive(10):
                if isinstance(work, Claim):
                    return work


async def received(store: Store, number: int) -> list[Claim]:
    found: list[Claim] = []
    async with asyncio.timeout(60):
        while len(found) < number:
            work = await store.work_queue.receive(1)
            found += [each for each in work if isinstance(each, Claim)]
    return found


def finished(turn: Turn) -> Turn:
    return lifecycle.done(lifecycle.ended(turn, Ending(EndingKind.ANSWERED, 9.0)))


async def test_a_question_is_accepted_once(replicas: Replicas) -> None:
    store = await replicas.join()
    assert await store.mailbox.put(question(), Addressing.ADDRESSED) is Acceptance.NEW
    assert await store.mailbox.put(question(), Addressing.ADDRESSED) is Acceptance.DUPLICATE
    held = await hold(store)
    turn = await store.turns.current(held)
    assert turn
    assert turn.question == question()
    assert await store.turns.finish(held, finished(turn), None, job=None) is False
    assert await store.mailbox.put(question(), Addressing.ADDRESSED) is Acceptance.DUPLICATE
    assert await store.work_queue.list_pending() == []


async def test_a_reply_counts_only_in_our_threads(replicas: Replicas) -> None:
    store = await replicas.join()
    assert await store.mailbox.put(question(1), Addressing.THREAD_REPLY) is Acceptance.NOT_OURS
    assert await store.mailbox.put(question(0), Addressing.SIDE) is Acceptance.NEW
    assert await store.mailbox.put(question(2), Addressing.THREAD_REPLY) is Acceptance.NOT_OURS
    assert await store.mailbox.put(question(3), Addressing.ADDRESSED) is Acceptance.NEW
    assert await store.mailbox.put(question(4), Addressing.THREAD_REPLY) is Acceptance.NEW


async def test_a_reply_delivered_before_its_mention_is_not_lost(replicas: Replicas) -> None:
    store = await replicas.join()
    await store.mailbox.put(question(-5, "chatter before"), Addressing.THREAD_REPLY)
    await store.mailbox.put(question(5, "and when?"), Addressing.THREAD_REPLY)
    await store.mailbox.put(question(0, "who?"), Addressing.ADDRESSED)
    held = await hold(store)
    asked = []
    more = True
    while more:
        turn = await store.turns.current(held)
        assert turn
        asked.append(turn.question.text)
        more = await store.turns.finish(held, finished(turn), None, job=None)
    assert asked == ["who?", "and when?"]


async def test_messages_before_the_mention_are_not_ours(
    replicas: Replicas,
) -> None:
    store = await replicas.join()
    await store.mailbox.put(question(5), Addressing.ADDRESSED)
    assert (
        await store.mailbox.put(question(3, "chatter"), Addressing.THREAD_REPLY)
        is Acceptance.NOT_OURS
    )
    assert await store.mailbox.put(question(7), Addressing.THREAD_REPLY) is Acceptance.NEW
    # An earlier mention that comes even later takes it in after all.
    assert await store.mailbox.put(question(1), Addressing.ADDRESSED) is Acceptance.NEW
    assert (
        await store.mailbox.put(question(3, "chatter"), Addressing.THREAD_REPLY)
        is Acceptance.DUPLICATE
    )


async def test_turns_come_in_the_order_of_their_messages(replicas: Replicas) -> None:
    store = await replicas.join()
    await store.mailbox.put(question(0), Addressing.ADDRESSED)
    held = await hold(store)
    first = await store.turns.current(held)
    for second in (7, 3, 5):
        await store.mailbox.put(question(second), Addressing.THREAD_REPLY)
    # One that is older than the turn at work does not overtake it.
    await store.mailbox.put(question(-1), Addressing.ADDRESSED)
    order = []
    turn = first
    while turn:
        order.append(turn.question.message)
        again = await store.turns.current(held)
        assert again
        assert again.id == turn.id
        if not await store.turns.finish(held, finished(turn), None, job=None):
            break
        turn = await store.turns.current(held)
    expected = [question(s).message for s in (0, -1, 3, 5, 7)]
    assert order == expected


async def test_a_waiting_turn_gives_a_mark_to_make(replicas: Replicas) -> None:
    store = await replicas.join()
    await store.mailbox.put(question(0), Addressing.ADDRESSED)
    held = await hold(store)
    first = await store.turns.current(held)
    assert first
    await store.mailbox.put(question(1), Addressing.THREAD_REPLY)
    (job,) = await store.work_queue.receive(10)
    assert isinstance(job, Job)
    assert TurnId(job.about) == "T1:C1:1700000001.000100"
    assert await store.turns.is_queued(TurnId(job.about))
    await store.turns.finish(held, finished(first), None, job=None)
    second = await store.turns.current(held)
    assert second
    assert second.waited
    assert not await store.turns.is_queued(TurnId(job.about))
    await store.work_queue.acknowledge(job)
    assert await store.work_queue.list_pending() == [held]


async def test_the_next_owner_reads_the_saved_turn(replicas: Replicas) -> None:
    first, second = await replicas.join(lease=0.05), await replicas.join()
    await first.mailbox.put(question(), Addressing.ADDRESSED)
    held = await hold(first)
    turn = await first.turns.current(held)
    assert turn
    turn = lifecycle.about_to_start(lifecycle.chosen(turn, "pro"), 2.0)
    run = Run(RunId("trun_1"), InteractionId("inter_1"), RunStatus.QUEUED)
    turn = lifecycle.about_to_post(lifecycle.started(turn, run, 3.0), "answer:0", 4.0)
    await first.turns.save(held, turn)

    taken = await _taken_over(second)
    assert await second.turns.current(taken) == turn

    with pytest.raises(LeaseLost):
        await first.turns.save(held, turn)
    with pytest.raises(LeaseLost):
        await first.turns.finish(held, turn, None, job=None)
    with pytest.raises(LeaseLost):
        await first.turns.current(held)
    await first.work_queue.release(held, 0)
    assert await second.turns.current(taken) == turn


async def _taken_over(store: Store) -> Claim:
    async with asyncio.timeout(60):
        while True:
            for work in await store.work_queue.reclaim():
                assert isinstance(work, Claim)
                return work


async def test_a_deregistered_replica_is_replaced_at_once(replicas: Replicas) -> None:
    first, second = await replicas.join(), await replicas.join()
    await first.mailbox.put(question(), Addressing.ADDRESSED)
    held = await hold(first)
    await first.work_queue.deregister()
    assert await second.work_queue.reclaim() == [held]


async def _forgotten(store: Store, other: Store, url: str) -> None:
    """Let the lease of a store that holds nothing lapse, until the other's sweep forgets it."""
    async with Redis.from_url(url, decode_responses=True) as client, asyncio.timeout(60):
        (live,) = [key async for key in client.scan_iter("*:live")]
        while await client.zscore(live, store.connection.me) is not None:
            assert await other.work_queue.reclaim() == []
            await asyncio.sleep(0.01)


async def test_a_forgotten_replica_that_reads_and_dies_is_replaced(
    replicas: Replicas, redis_url: str
) -> None:
    frozen, other = await replicas.join(lease=0.05), await replicas.join(lease=0.2)
    await _forgotten(frozen, other, redis_url)
    await frozen.mailbox.put(question(), Addressing.ADDRESSED)
    held = await hold(frozen)  # before its beat; and it never beats again
    assert await _taken_over(other) == held
    turn = await other.turns.current(held)
    assert turn
    assert turn.question == question()


async def test_a_forgotten_replica_that_reads_keeps_its_claims(
    replicas: Replicas, redis_url: str
) -> None:
    frozen, other = await replicas.join(lease=0.05), await replicas.join(lease=10.0)
    await _forgotten(frozen, other, redis_url)
    await frozen.mailbox.put(question(), Addressing.ADDRESSED)
    held = await hold(frozen)
    assert await other.work_queue.reclaim() == []
    assert await frozen.turns.current(held)


async def test_a_forgotten_replica_that_deregisters_is_replaced_at_once(
    replicas: Replicas, redis_url: str
) -> None:
    frozen, other = await replicas.join(lease=0.05), await replicas.join()
    await _forgotten(frozen, other, redis_url)
    await frozen.mailbox.put(question(), Addressing.ADDRESSED)
    held = await hold(frozen)
    await frozen.work_queue.deregister()
    assert await other.work_queue.reclaim() == [held]


async def test_a_server_without_its_data_can_be_swept(replicas: Replicas, redis_url: str) -> None:
    store = await replicas.join()
    async with Redis.from_url(redis_url) as client:
        await client.flushall()
    assert await store.work_queue.reclaim() == []


async def test_all_work_is_found_again_when_its_stream_alone_is_lost(
    replicas: Replicas, redis_url: str
) -> None:
    threads = [replace(KEY, ts=MessageTs(f"17000000{each}0.000100")) for each in range(10, 14)]
    claimed, put_off, waiting, new = threads
    first, second = await replicas.join(), await replicas.join()

    async def put(*threads: ThreadKey) -> None:
        for each in threads:
            asked = Question(each, each.ts, ADA, "who?")
            await first.mailbox.put(asked, Addressing.ADDRESSED)

    await put(claimed, put_off)
    held = {claim.mailbox: claim for claim in await received(first, 2)}
    await first.work_queue.release(held[str(put_off)], 3_600.0)
    await put(waiting)
    async with Redis.from_url(redis_url) as client:
        await client.delete("{threadline-B1}:ready")
    await put(new)  # its entry begins the stream anew, without a consumer group
    await asyncio.gather(*(each.work_queue.receive(1) for each in (first, second)))
    found = await received(second, 3)
    assert {claim.mailbox for claim in found} == {str(each) for each in (claimed, waiting, new)}
    assert await second.work_queue.receive(10) == []
    for claim in found:
        assert await second.turns.current(claim)
    with pytest.raises(LeaseLost):
        await first.turns.current(held[str(claimed)])


async def test_the_claims_of_a_live_replica_are_not_reclaimed(replicas: Replicas) -> None:
    first, second = await replicas.join(), await replicas.join()
    await first.mailbox.put(question(), Addressing.ADDRESSED)
    held = await hold(first)
    assert await second.work_queue.reclaim() == []
    assert await first.work_queue.heartbeat()
    assert await first.turns.current(held)


async def test_a_lapsed_lease_is_reported_to_its_owner(replicas: Replicas) -> None:
    store = await replicas.join()
    assert await store.work_queue.heartbeat()
    await store.work_queue.deregister()
    assert not await store.work_queue.heartbeat()
    assert await store.work_queue.heartbeat()


async def test_a_mailbox_released_with_a_delay_is_received_again(replicas: Replicas) -> None:
    store = await replicas.join()
    await store.mailbox.put(question(), Addressing.ADDRESSED)
    held = await hold(store)
    await store.work_queue.release(held, 0.01)
    assert await store.work_queue.list_pending() == []
    # A new reply does not wake what was put off, and is not lost.
    await store.mailbox.put(question(1), Addressing.THREAD_REPLY)
    async with asyncio.timeout(60):
        again = None
        while not again:
            await store.work_queue.reclaim()
            again = next(
                (w for w in await store.work_queue.receive(10) if isinstance(w, Claim)), None
            )
    turn = await store.turns.current(again)
    assert turn
    assert turn.question.message == ROOT


async def test_the_answer_moves_the_chain_on(replicas: Replicas) -> None:
    store = await replicas.join()
    await store.mailbox.put(question(), Addressing.ADDRESSED)
    held = await hold(store)
    turn = await store.turns.current(held)
    assert turn
    assert await store.turns.thread(KEY) == Thread(KEY)
    turn = replace(turn, interaction=InteractionId("inter_1"))
    thread = exchanges.with_exchange(Thread(KEY), turn, "Ada.")
    await store.turns.finish(held, finished(turn), thread, job=None)
    assert await store.turns.thread(KEY) == thread


async def test_asking_again_is_one_turn_however_often_the_button_is_pressed(
    replicas: Replicas,
) -> None:
    store = await replicas.join()
    await store.mailbox.put(question(), Addressing.ADDRESSED)
    held = await hold(store)
    turn = await store.turns.current(held)
    assert turn
    await store.turns.finish(held, finished(turn), None, job=None)
    button = MessageTs("1700000050.000100")
    for look, expected in ((False, Acceptance.NEW), (True, Acceptance.DUPLICATE)):
        asking = derived.asked_again(turn, BOB, button, look=look)
        assert await store.mailbox.append(asking, Addressing.ADDRESSED) is expected
    again = await store.turns.current(await hold(store))
    assert again
    # Who pressed it wants it, and pays.
    asked = again.question
    assert (asked.text, asked.asker, again.state) == ("who?", BOB, State.QUEUED)


async def test_choices_are_kept_by_scope(replicas: Replicas) -> None:
    store = await replicas.join()
    assert await store.choices.read(T, C, ADA, KEY) == Choices()
    await store.choices.choose(KEY, "pro")
    await store.choices.choose(Person(T, ADA), "lite")
    await store.choices.choose(Channel(T, C), "core")
    assert await store.choices.read(T, C, ADA, KEY) == Choices("pro", "lite", "core")
    assert await store.choices.read(T, C, BOB, None) == Choices(None, None, "core")
    await store.choices.choose(KEY, None)
    assert (await store.choices.read(T, C, ADA, KEY)).thread is None


async def test_bots_of_different_apps_share_a_server_without_meeting(redis_url: str) -> None:
    async with (
        Store(redis_url, "B1", lease=60, retention=90) as one,
        Store(redis_url, "B2", lease=60, retention=90) as other,
    ):
        await one.work_queue.register()
        await other.work_queue.register()
        await one.mailbox.put(question(), Addressing.ADDRESSED)
        assert await other.mailbox.put(question(), Addressing.THREAD_REPLY) is Acceptance.NOT_OURS
        assert await other.work_queue.reclaim() == []


async def test_accepting_without_a_server_fails_in_time_for_slack() -> None:
    async with Store("unix:///nowhere.sock", "B1", lease=60, retention=90) as store:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        with pytest.raises(Unavailable):
            await store.mailbox.put(question(), Addressing.ADDRESSED)
        assert loop.time() - begun < 2
