"""Budgets on a real Valkey server: what is held and spent agrees with the turns, never too much."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from bot.domain import budgets, lifecycle
from bot.domain.budgets import Limits, OverBudget, Reserved, Scope, Settlement
from bot.domain.naming import turn_id
from bot.domain.policies import budget as policy_of
from bot.domain.thread import ChannelId, MessageTs, TeamId, ThreadKey, UserId
from bot.domain.turn import Question, State, Turn
from bot.errors import LeaseLost
from bot.ports import DELETED, Addressing, Claim
from bot.store.budgets import RedisBudgets
from bot.store.keys import Keys
from bot.store.policies import RedisPolicies
from bot.store.store import Store

DAY = 86_400
NOW = 1_764_324_000.0  # 2025-11-28 10:00 UTC
TEAM = TeamId("T1")
PEOPLE = [UserId("U1"), UserId("U2")]
CHANNELS = [ChannelId("C1"), ChannelId("C2")]


def budgets_of(store: Store, limits: Limits) -> RedisBudgets:
    return RedisBudgets(store.connection, limits=limits, zone=UTC)


async def claimed(
    store: Store, number: int, person: UserId, channel: ChannelId
) -> tuple[Claim, Turn]:
    """Ask a question in a thread of its own, and take it."""
    ts = MessageTs(f"{1_764_000_000 + number}.000100")
    question = Question(ThreadKey(TEAM, channel, ts), ts, person, "who?")
    await store.mailbox.put(question, Addressing.ADDRESSED)
    async with asyncio.timeout(5):
        while True:
            for work in await store.work_queue.receive(10):
                if isinstance(work, Claim):
                    return work, Turn(turn_id(question), question, NOW)


@asynccontextmanager
async def stores(
    url: str, number: int, clock: Callable[[], float] = lambda: NOW
) -> AsyncIterator[list[Store]]:
    async with AsyncExitStack() as stack:
        joined = []
        for _ in range(number):
            store = Store(url, "B1", lease=60.0, retention=90, clock=clock)
            joined.append(await stack.enter_async_context(store))
            await store.work_queue.register()
        yield joined


@pytest.mark.parametrize("signal", ["stop", "edited to nothing", "deleted"])
async def test_what_was_stopped_or_withdrawn_before_its_start_is_written_is_not_started(
    redis_url: str, signal: str
) -> None:
    async with stores(redis_url, 1) as (store,):
        some = budgets_of(store, Limits(person=300_000))
        claim, turn = await claimed(store, 1, PEOPLE[0], CHANNELS[0])
        turn = lifecycle.chosen(turn, "pro")
        assert isinstance(await some.reserve(claim, turn, 100_000), Reserved)
        if signal == "stop":
            await store.mailbox.stop(turn.id, PEOPLE[0])
        elif signal == "deleted":
            await store.mailbox.withdraw(turn.id, DELETED)
        else:
            edited_at = MessageTs("1764000009.000000")
            await store.mailbox.withdraw(turn.id, edited_at, waiting=True)
        starting = lifecycle.about_to_start(turn, NOW)
        assert await some.reserve(claim, starting, 100_000) is None
        found = await store.mailbox.turn(turn.id)
        assert found
        assert (found.state, found.signals.is_cancelled) == (State.QUEUED, True)
        assert await some.settle(turn.id, Settlement.RETURN) == 100_000


async def test_the_first_budget_without_room_is_named_with_what_still_fits(redis_url: str) -> None:
    async with stores(redis_url, 1) as (store,):
        both = budgets_of(store, Limits(person=300_000, channel=250_000))
        claim, turn = await claimed(store, 1, PEOPLE[0], CHANNELS[0])
        first = await both.reserve(claim, turn, 100_000)
        assert isinstance(first, Reserved)
        assert first.tightest is not None
        assert (first.tightest.scope, first.tightest.left) == (Scope.CHANNEL, 150_000)
        claim, turn = await claimed(store, 2, PEOPLE[0], CHANNELS[0])
        refused = await both.reserve(claim, turn, 300_000)
        assert isinstance(refused, OverBudget)
        assert refused.balance.scope is Scope.PERSON
        assert refused.affordable == 150_000
        assert isinstance(await both.reserve(claim, turn, 150_000), Reserved)


async def test_each_budget_warns_once_a_period(redis_url: str) -> None:
    days = [0.0]
    async with stores(redis_url, 1, lambda: NOW + days[0] * DAY) as (store,):
        small = budgets_of(store, Limits(person=100_000))
        warned = []
        for number, days[0] in enumerate((0, 0, 0, 1, 1)):
            claim, turn = await claimed(store, number, PEOPLE[0], CHANNELS[0])
            reserved = await small.reserve(claim, turn, 40_000 if number != 2 else 20_000)
            assert isinstance(reserved, Reserved)
            warned.append([each.scope for each in reserved.warnings])
        assert warned == [[], [Scope.PERSON], [], [], [Scope.PERSON]]


STAYS = (Settlement.SPEND, Settlement.KEEP)  # what was held goes on counting


@pytest.mark.parametrize("how", list(Settlement))
async def test_a_warning_that_nobody_read_is_left_to_the_next_run(
    redis_url: str, how: Settlement
) -> None:
    async with stores(redis_url, 1) as (store,):
        small = budgets_of(store, Limits(person=100_000, workspace=200_000))
        claim, turn = await claimed(store, 1, PEOPLE[0], CHANNELS[0])
        first = await small.reserve(claim, turn, 90_000)
        assert isinstance(first, Reserved)
        assert [each.scope for each in first.warnings] == [Scope.PERSON]
        await small.settle(turn.id, how)
        claim, turn = await claimed(store, 2, PEOPLE[0], CHANNELS[0])
        second = await small.reserve(claim, turn, 5_000 if how in STAYS else 90_000)
        assert isinstance(second, Reserved)
        was_unread = how is Settlement.RETURN  # no run was created, so nothing was posted
        assert bool(second.warnings) is was_unread


@pytest.mark.parametrize(
    ("policies", "allowed"),
    [
        ({}, 100),
        ({policy_of(Scope.PERSON): "200"}, 200),
        ({policy_of(Scope.PERSON): "200", policy_of(Scope.PERSON, "U1"): "50"}, 50),
        ({policy_of(Scope.PERSON, "U2"): "50"}, 100),
        ({policy_of(Scope.PERSON): "off"}, 10_000),
        ({policy_of(Scope.WORKSPACE): "30", policy_of(Scope.PERSON, "U1"): "off"}, 30),
        ({policy_of(Scope.CHANNEL, "C1"): "0"}, 0),
    ],
)
async def test_the_nearest_policy_of_an_admin_decides(
    redis_url: str, policies: dict[str, str], allowed: int
) -> None:
    async with stores(redis_url, 1) as (store,):
        redis = Redis.from_url(redis_url, decode_responses=True)
        for name, value in policies.items():
            await RedisPolicies(store.connection).set_policy(
                TEAM, name, value, actor=PEOPLE[0], now=NOW
            )
        await redis.aclose()
        some = budgets_of(store, Limits(person=100))
        claim, turn = await claimed(store, 1, PEOPLE[0], CHANNELS[0])
        if allowed < 10_000:
            assert isinstance(await some.reserve(claim, turn, allowed + 1), OverBudget)
        assert isinstance(await some.reserve(claim, turn, allowed), Reserved)


async def test_a_reservation_before_the_start_leaves_the_warning_to_the_start(
    redis_url: str,
) -> None:
    async with stores(redis_url, 1) as (store,):
        tight = budgets_of(store, Limits(person=100_000))
        claim, turn = await claimed(store, 1, PEOPLE[0], CHANNELS[0])
        early = await tight.reserve(claim, turn, 100_000, warns=False)
        assert isinstance(early, Reserved)
        assert early.warnings == ()
        start = await tight.reserve(claim, turn, 100_000)
        assert isinstance(start, Reserved)
        assert [each.scope for each in start.warnings] == [Scope.PERSON]
        assert [each.held for each in await tight.balances(TEAM, CHANNELS[0], PEOPLE[0])] == [
            100_000,
            100_000,
            100_000,
        ]


async def test_the_first_refusal_of_a_person_and_period_is_known_again(redis_url: str) -> None:
    now = [NOW]
    async with stores(redis_url, 1, lambda: now[0]) as (store,):
        limited = budgets_of(store, Limits(person=1))
        _, first = await claimed(store, 1, PEOPLE[0], CHANNELS[0])
        _, second = await claimed(store, 2, PEOPLE[0], CHANNELS[1])
        _, other = await claimed(store, 3, PEOPLE[1], CHANNELS[0])
        assert await limited.is_first_refusal(first, Scope.PERSON)
        assert not await limited.is_first_refusal(second, Scope.CHANNEL)
        assert await limited.is_first_refusal(first, Scope.PERSON)  # after a crash
        assert await limited.is_first_refusal(other, Scope.PERSON)
        now[0] += DAY
        assert await limited.is_first_refusal(second, Scope.PERSON)


async def test_who_lost_the_turn_reserves_nothing(redis_url: str) -> None:
    async with stores(redis_url, 2) as (one, other):
        claim, turn = await claimed(one, 1, PEOPLE[0], CHANNELS[0])
        with pytest.raises(LeaseLost):
            await budgets_of(other, Limits()).reserve(claim, turn, 5_000)
        redis = Redis.from_url(redis_url, decode_responses=True)
        assert await redis.hgetall(Keys("B1").reservations) == {}
        await redis.aclose()


async def test_what_is_withdrawn_while_it_waits_gives_its_price_back(redis_url: str) -> None:
    later = [0.0]
    async with stores(redis_url, 1, lambda: NOW + later[0]) as (store,):
        some = budgets_of(store, Limits(person=100_000))
        claim, turn = await claimed(store, 2, PEOPLE[0], CHANNELS[0])
        assert isinstance(await some.reserve(claim, turn, 60_000, warns=False), Reserved)
        thread = turn.question.thread
        earlier = Question(thread, MessageTs("1763000000.000100"), PEOPLE[1], "first?")
        await store.mailbox.put(earlier, Addressing.ADDRESSED)
        await store.mailbox.withdraw(turn.id, DELETED)
        later[0] = 10.0
        await some.sweep()
        left = [each.left for each in await some.balances(TEAM, CHANNELS[0], PEOPLE[0])]
        assert left[0] == 100_000


@dataclass
class Model:
    """What should be held and spent."""

    held: dict[int, tuple[int, dict[Scope, tuple[str, float]]]] = field(default_factory=dict)
    settled: dict[tuple[Scope, str, str], int] = field(default_factory=lambda: defaultdict(int))

    def sums(self) -> dict[tuple[Scope, str, str], list[int]]:
        found: dict[tuple[Scope, str, str], list[int]] = defaultdict(lambda: [0, 0])
        for price, where in self.held.values():
            for scope, (whose, at) in where.items():
                found[scope, whose, budgets.period(scope, at, UTC)][0] += price
        for key, amount in self.settled.items():
            found[key][1] += amount
        return found


WHICH, WHERE = st.integers(0, 5), st.integers(0, 1)  # of the turns, of the replicas
PRICES = st.sampled_from([5_000, 25_000, 100_000, 2_400_000])
JUMPS = st.sampled_from([-DAY, 3_600, DAY, 31 * DAY])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("reserve"), WHICH, PRICES, WHERE),
        st.tuples(st.just("settle"), WHICH, st.sampled_from(list(Settlement)), WHERE),
        st.tuples(st.just("later"), st.just(0), JUMPS, st.just(0)),
    ),
    max_size=25,
)
LIMITS = Limits(person=200_000, channel=2_500_000, workspace=4_000_000)


@settings(max_examples=40)
@given(steps=STEPS)
def test_held_and_settled_agree_with_the_turns_at_every_moment(
    valkey: str, steps: list[tuple[str, int, object, int]]
) -> None:
    async def play() -> None:
        redis = Redis.from_url(valkey, decode_responses=True)
        await redis.flushall()
        now, model = NOW, Model()
        async with stores(valkey, 2, lambda: now) as replicas:
            turns = [
                await claimed(replicas[n % 2], n, PEOPLE[n % 2], CHANNELS[n // 3]) for n in range(6)
            ]
            for what, number, value, replica in steps:
                claim, turn = turns[number]
                asker, channel = turn.question.asker, turn.question.thread.channel
                asking = budgets_of(replicas[replica], LIMITS)
                if what == "later":
                    now += int(str(value))
                elif what == "settle":
                    amount = await asking.settle(turn.id, Settlement(str(value)))
                    price, where = model.held.get(number, (0, {}))
                    assert amount == (0 if value == "keep" else price)
                    if value != "keep" and price:
                        del model.held[number]
                        for scope, (whose, at) in where.items():
                            if value == "spend":
                                period = budgets.period(scope, at, UTC)
                                model.settled[scope, whose, period] += price
                else:
                    price = int(str(value))
                    if replica != number % 2:
                        with pytest.raises(LeaseLost):
                            await asking.reserve(claim, turn, price)
                        continue
                    outcome = await asking.reserve(claim, turn, price)
                    before = model.held.get(number)
                    if before is None or before[0] != price:
                        model.held.pop(number, None)
                    ours = {Scope.PERSON: asker, Scope.CHANNEL: channel, Scope.WORKSPACE: ""}
                    fits = number in model.held or all(
                        sum(model.sums()[scope, ours[scope], budgets.period(scope, now, UTC)])
                        + price
                        <= (LIMITS.of(scope) or 0)
                        for scope in Scope
                    )
                    assert isinstance(outcome, Reserved) is fits
                    if fits and number not in model.held:
                        where = {scope: (str(ours[scope]), now) for scope in Scope}
                        model.held[number] = price, where
                for (scope, whose_, period), expected in model.sums().items():
                    key = Keys("B1").budget(TEAM, scope, whose_, period)
                    found = [int(each or 0) for each in await redis.hmget(key, ["held", "settled"])]
                    assert found == expected
                    assert sum(found) <= (LIMITS.of(scope) or 0)
                assert len(await redis.hgetall(Keys("B1").reservations)) == len(model.held)
        await redis.flushall()
        await redis.aclose()

    asyncio.run(play())
