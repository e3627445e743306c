"""Places to run, shared by replicas on one real Valkey server, some of which die.

No test waits for a mailbox that was put off to be looked at again: whoever leaves a place wakes the
next in line.
"""

from __future__ import annotations

import asyncio
import os
from collections import defaultdict
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from bot.domain import lifecycle, naming
from bot.domain.bounds import Bounds
from bot.domain.thread import ChannelId, MessageTs, ThreadKey, TurnId, UserId
from bot.domain.turn import Ending, EndingKind, Question, Turn
from bot.errors import LeaseLost
from bot.ports import Acceptance, Addressing, Claim, Job
from bot.store.keys import Keys
from bot.store.store import Store
from tests.contract.store.store_harness import ADA, BOB, TEAM, asked, taken

MOST = 2
BOUNDS = Bounds(waiting_per_thread=4, running_per_person=MOST)
GENERAL, RANDOM = ChannelId("C1"), ChannelId("C2")


def question(number: int, asker: UserId, channel: ChannelId, root: int | None = None) -> Question:
    """Return the question of a mention, or of a reply in the thread of the mention `root`."""
    message = MessageTs(f"{1700000000 + number}.000100")
    began = message if root is None else MessageTs(f"{1700000000 + root}.000100")
    return Question(ThreadKey(TEAM, channel, began), message, asker, f"question {number}")


async def replica(url: str, stack: AsyncExitStack, bounds: Bounds = BOUNDS) -> Store:
    store = await stack.enter_async_context(
        Store(url, "B1", lease=60, retention=90, bounds=bounds, block=0.001)
    )
    await store.work_queue.register()
    return store


async def asked_and_taken(store: Store, number: int) -> list[tuple[Claim, Turn]]:
    """Have Ada ask so many questions, each in a thread of its own, and claim them all."""
    for each in range(number):
        await store.mailbox.put(question(each, ADA, GENERAL), Addressing.ADDRESSED)
    return [await taken(store) for _ in range(number)]


async def done(store: Store, claim: Claim, turn: Turn) -> bool:
    over = lifecycle.ended(turn, Ending(EndingKind.ANSWERED, 9.0))
    return await store.turns.finish(claim, lifecycle.done(over), None, job=None)


@dataclass
class World:
    """What is asked, and what each replica holds.

    `running` is what should run: turn -> whose place it takes.
    """

    url: str
    stack: AsyncExitStack
    stores: list[Store] = field(default_factory=list)
    held: list[tuple[Store, Claim, Turn]] = field(default_factory=list)
    running: dict[TurnId, str] = field(default_factory=dict)
    questions: dict[TurnId, Question] = field(default_factory=dict)
    over: list[TurnId] = field(default_factory=list)
    started: list[TurnId] = field(default_factory=list)

    async def ask(self, asker: UserId, channel: ChannelId, root: int | None) -> None:
        number = len(self.questions)
        roots = [each for each in self.questions.values() if each.thread.channel == channel]
        if root is not None and roots:
            thread = roots[root % len(roots)].thread
            new = replace(question(number, asker, channel), thread=thread)
        else:
            new = question(number, asker, channel)
        if await self.stores[0].mailbox.put(new, Addressing.ADDRESSED) is Acceptance.NEW:
            self.questions[naming.turn_id(new)] = new

    async def work(self, number: int) -> int:
        """Have a replica work on all that it is given; returns how much that was."""
        store = self.stores[number % len(self.stores)]
        pieces = [*await store.work_queue.reclaim(), *await store.work_queue.receive(20)]
        for piece in pieces:
            if isinstance(piece, Job):
                await store.work_queue.acknowledge(piece)
            else:
                await self.execute(store, piece)
        return len(pieces)

    async def execute(self, store: Store, claim: Claim) -> None:
        while turn := await store.turns.current(claim):
            if turn.signals.is_cancelled and turn.id not in self.running:
                self.over.append(turn.id)
                if not await done(store, claim, turn):
                    return
                continue
            if not turn.has_place:
                waiting = await store.places.line_up(claim, turn, put_off=True)
                if waiting is not None and waiting.is_put_off:
                    return
                if waiting is not None:  # it was stopped
                    continue
            if turn.id not in self.running:
                self.started.append(turn.id)
            self.running[turn.id] = naming.runner(turn.question)
            self.held.append((store, claim, turn))
            self.check()
            return

    async def finish(self, number: int) -> None:
        if self.held:
            store, claim, turn = self.held.pop(number % len(self.held))
            has_more = await done(store, claim, turn)
            del self.running[turn.id]
            self.over.append(turn.id)
            if has_more:
                await self.execute(store, claim)

    async def stop(self, number: int) -> None:
        if self.questions:
            turn = list(self.questions)[number % len(self.questions)]
            if turn not in self.running:
                await self.stores[0].mailbox.stop(turn, BOB)

    async def kill(self, number: int) -> None:
        """End a replica with all that it holds, and begin another."""
        dead = self.stores.pop(number % len(self.stores))
        await dead.work_queue.deregister()
        self.held = [each for each in self.held if each[0] is not dead]
        self.stores.append(await replica(self.url, self.stack))

    def check(self) -> None:
        """No person has too many running in a channel."""
        sums: dict[str, int] = defaultdict(int)
        for whose in self.running.values():
            sums[whose] += 1
        assert all(number <= MOST for number in sums.values())


STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("ask"),
            st.sampled_from([ADA, ADA, BOB]),
            st.sampled_from([GENERAL, GENERAL, RANDOM]),
            st.none() | st.integers(0, 5),
        ),
        st.tuples(st.sampled_from(["work", "work", "finish", "stop", "kill"]), st.integers(0, 5)),
    ),
    max_size=40,
)


@settings(max_examples=100 if os.environ.get("CHAOS") == "full" else 12)
@given(steps=STEPS)
def test_never_too_many_run_and_all_that_was_taken_starts_in_the_end(
    valkey: str, steps: list[tuple[object, ...]]
) -> None:
    async def play() -> None:
        async with (
            Redis.from_url(valkey, decode_responses=True) as redis,
            AsyncExitStack() as stack,
        ):
            await redis.flushall()
            world = World(valkey, stack)
            world.stores = [await replica(valkey, stack) for _ in range(3)]
            for what, *args in steps:
                await getattr(world, str(what))(*args)
                world.check()
            idle = 0
            while idle < 2:
                found = sum([await world.work(number) for number in range(3)])
                idle = 0 if found or world.held else idle + 1
                while world.held:
                    await world.finish(0)
            assert sorted(world.over) == sorted(world.questions)
            order = [turn for turn in world.started if turn in world.questions]
            for thread in {each.thread for each in world.questions.values()}:
                there = [turn for turn in order if world.questions[turn].thread == thread]
                assert there == sorted(there)
            keys = Keys("B1")
            left = [key async for key in redis.scan_iter("*") if await redis.ttl(key) < 0]
            assert set(left) <= {keys.ready, keys.live, keys.later}
            assert [key async for key in redis.scan_iter(f"{keys.running('')}*")] == []
            assert await redis.zcard(keys.later) == 0
            await redis.flushall()

    asyncio.run(play())


async def test_the_line_goes_by_the_time_of_asking(redis_url: str) -> None:
    async with AsyncExitStack() as stack:
        store = await replica(redis_url, stack)
        for number in (0, 1, 4, 3, 2):
            await store.mailbox.put(question(number, ADA, GENERAL), Addressing.ADDRESSED)
        held = [await taken(store) for _ in range(5)]
        assert [turn.has_place for _, turn in held] == [True, True, False, False, False]
        ahead = []
        for claim, turn in held[2:]:
            waiting = await store.places.line_up(claim, turn)
            assert waiting
            assert not waiting.is_put_off
            waiting = await store.places.line_up(claim, turn, put_off=True)
            assert waiting
            assert waiting.is_put_off
            ahead.append(waiting.ahead)
        assert ahead == [0, 0, 0]  # each was asked before those that were there
        for claim, turn in held[:2]:
            await done(store, claim, turn)
        woken = [await taken(store) for _ in range(2)]
        assert [turn.question.text for _, turn in woken] == ["question 2", "question 3"]
        assert all(turn.has_place for _, turn in woken)


async def test_whoever_comes_later_does_not_pass_those_in_line(redis_url: str) -> None:
    async with AsyncExitStack() as stack:
        store = await replica(redis_url, stack)
        held = await asked_and_taken(store, 3)
        await store.places.line_up(*held[2], put_off=True)
        await done(store, *held[0])  # the third is woken
        await store.mailbox.put(question(3, ADA, GENERAL), Addressing.ADDRESSED)
        await taken(store, naming.mailbox(held[2][1].question)), await taken(store)
        async with Redis.from_url(redis_url, decode_responses=True) as redis:
            running = await redis.zrange(Keys("B1").running("T1:C1:U1"), 0, -1)
        assert sorted(running) == sorted([held[1][1].id, held[2][1].id])


async def test_a_place_that_an_older_release_did_not_leave_is_taken_back(redis_url: str) -> None:
    async with AsyncExitStack() as stack:
        store = await replica(redis_url, stack)
        held = await asked_and_taken(store, 2)
        for claim, turn in held:
            await done(store, claim, turn)
        async with Redis.from_url(redis_url, decode_responses=True) as redis:
            await redis.zadd(Keys("B1").running("T1:C1:U1"), {turn.id: 1.0 for _, turn in held})
        await store.mailbox.put(question(2, ADA, GENERAL), Addressing.ADDRESSED)
        assert (await taken(store))[1].has_place


async def test_without_a_bound_from_now_on_all_in_line_are_woken(redis_url: str) -> None:
    async with AsyncExitStack() as stack:
        store = await replica(redis_url, stack)
        held = await asked_and_taken(store, 5)
        for claim, turn in held[2:]:
            await store.places.line_up(claim, turn, put_off=True)
        await store.work_queue.deregister()
        unbound = await replica(redis_url, stack, Bounds())
        (first, _) = await unbound.work_queue.reclaim()
        assert isinstance(first, Claim)
        current = await unbound.turns.current(first)
        assert current
        await done(unbound, first, current)
        woken = [await taken(unbound) for _ in range(3)]
        assert [turn.id for _, turn in woken] == [turn.id for _, turn in held[2:]]
        assert all(turn.has_place for _, turn in woken)


async def test_who_lost_the_turn_stands_in_no_line(redis_url: str) -> None:
    async with AsyncExitStack() as stack:
        store, other = await replica(redis_url, stack), await replica(redis_url, stack)
        held = await asked_and_taken(store, 3)
        with pytest.raises(LeaseLost):
            await other.places.line_up(*held[2])


async def test_replies_before_a_late_mention_are_taken_however_many(redis_url: str) -> None:
    async with AsyncExitStack() as stack:
        store = await replica(redis_url, stack)
        for number in range(1, 9):
            reply = asked(number)
            assert await store.mailbox.put(reply, Addressing.THREAD_REPLY) is Acceptance.NOT_OURS
        await store.mailbox.put(asked(0), Addressing.ADDRESSED)
        taken_in = await store.mailbox.all_asked_by(asked(0).thread, ADA)
        assert [turn.question for turn in taken_in] == [asked(n) for n in range(8, -1, -1)]
        assert await store.mailbox.put(asked(9), Addressing.THREAD_REPLY) is Acceptance.FULL


async def test_a_full_thread_takes_no_more_and_says_so_once(redis_url: str) -> None:
    async with AsyncExitStack() as stack:
        store = await replica(redis_url, stack)
        for number in range(4):
            assert await store.mailbox.put(asked(number), Addressing.ADDRESSED) is Acceptance.NEW
        claim, first = await taken(store)
        replies = [asked(number) for number in range(4, 9)]
        found = [await store.mailbox.put(each, Addressing.THREAD_REPLY) for each in replies]
        full, still = Acceptance.FULL, Acceptance.STILL_FULL
        assert found == [Acceptance.NEW, full, still, still, still]
        again = [await store.mailbox.put(each, Addressing.THREAD_REPLY) for each in replies[:2]]
        assert again == [Acceptance.DUPLICATE, full]
        bobs = [await store.mailbox.put(asked(n, BOB), Addressing.THREAD_REPLY) for n in (9, 10)]
        assert bobs == [full, still]
        await done(store, claim, first)
        assert await store.turns.current(claim)
        # What was said not to be taken is not taken when Slack delivers it again.
        assert await store.mailbox.put(replies[1], Addressing.THREAD_REPLY) is full
        assert await store.mailbox.put(asked(11), Addressing.THREAD_REPLY) is Acceptance.NEW
        assert await store.mailbox.put(asked(12), Addressing.THREAD_REPLY) is full
