"""Reservations that no turn will settle: which are, how much is read at once, and by whom."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC
from typing import Any

import pytest
from redis.asyncio import Redis

from bot.domain.budgets import Limits
from bot.domain.thread import TurnId
from bot.store.budgets import LEFT_ALONE, SWEPT_EVERY, WATCHED_FOR, RedisBudgets
from bot.store.keys import TURN_LIFE
from bot.store.store import Store
from tests.contract.store.store_harness import Clock

PRICE = 5_000
MANY = 300  # reservations
MOST_AT_ONCE = 60  # records that one script reads, on average

#: Of a turn: its hash, seconds since it was reserved, and what is left of it: held, spent.
KINDS: dict[str, tuple[dict[str, str], int, tuple[int, int]]] = {
    "runs": ({"record": '{"state": "running", "started_at": 1.5}'}, 3_600, (PRICE, 0)),
    "starts": ({"record": '{"state": "starting"}'}, 3_600, (PRICE, 0)),
    "is queued": ({"record": '{"state": "queued"}'}, 3_600, (PRICE, 0)),
    "has ended": ({"record": '{"state": "ended", "started_at": 1.5}'}, 3_600, (PRICE, 0)),
    "is watched": ({"record": '{"state": "done", "started_at": 1}', "kept": "1"}, 60, (PRICE, 0)),
    "is new": ({}, LEFT_ALONE, (PRICE, 0)),
    "is done": ({"record": '{"state": "done", "started_at": 1}'}, 60, (0, PRICE)),
    "is done without a run": ({"record": '{"state": "done", "started_at": null}'}, 60, (0, 0)),
    "is forgotten": ({}, 60, (0, PRICE)),
    "was withdrawn": ({"record": '{"state": "queued"}', "gone": "1"}, 60, (0, 0)),
    "was withdrawn at work": ({"record": '{"state": "running"}', "gone": "1"}, 60, (PRICE, 0)),
    "runs for too long": ({"record": '{"state": "running"}'}, WATCHED_FOR + 1, (0, PRICE)),
}


def budgets_of(store: Store) -> RedisBudgets:
    return RedisBudgets(store.connection, limits=Limits(), zone=UTC)


async def hold(store: Store, redis: Redis, clock: Clock, turns: Iterator[str], kind: str) -> None:
    """Hold the price of turns of a kind."""
    keys = store.connection.keys
    fields, age, _ = KINDS[kind]
    for turn in turns:
        held = [f"b:{scope}" for scope in ("person", "channel", "workspace")]
        usage = f"{keys.prefix[:-1]}:usage:T1:2026-11-28"
        value = [str(PRICE), str(int(clock()) - age), *held, usage, "U1 C1 pro"]
        await redis.hset(keys.reservations, turn, " ".join(value))
        for budget in held:
            await redis.hincrby(budget, "held", PRICE)
        for name, text in fields.items():
            await redis.hset(f"{keys.turns}{turn}", name, text)
        for key in (*held, keys.reservations, f"{keys.turns}{turn}"):
            await redis.expire(key, TURN_LIFE)


async def calls(redis: Redis) -> dict[str, int]:
    """Return how often the server has run each command."""
    stats: dict[str, Any] = await redis.info("commandstats")
    return {name.removeprefix("cmdstat_"): found["calls"] for name, found in stats.items()}


async def sums(redis: Redis) -> tuple[int, int]:
    held, settled = await redis.hmget("b:person", "held", "settled")
    return int(held or 0), int(settled or 0)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_reservation_is_settled_only_when_its_run_cannot_be_paid_any_more(
    store: Store, redis: Redis, clock: Clock, kind: str
) -> None:
    await hold(store, redis, clock, iter(["T1:C1:1.2"]), kind)
    expected = KINDS[kind][2]
    assert await budgets_of(store).sweep() == (0 if expected[0] else 1)
    assert await sums(redis) == expected
    assert await redis.hlen(store.connection.keys.reservations) == (1 if expected[0] else 0)


async def test_no_script_reads_many_records_and_yet_all_are_looked_at(
    store: Store, redis: Redis, clock: Clock
) -> None:
    for number, kind in enumerate(KINDS):
        turns = (f"T1:C1:{number}.{n}" for n in range(MANY // len(KINDS)))
        await hold(store, redis, clock, turns, kind)
    await redis.config_resetstat()
    left = [expected for _, _, expected in KINDS.values()]
    assert await budgets_of(store).sweep() == sum(not held for held, _ in left) * MANY // len(KINDS)
    ran = await calls(redis)
    assert ran["hmget"] <= MOST_AT_ONCE * ran["evalsha"]
    assert "hgetall" not in ran
    assert await sums(redis) == tuple(
        sum(each) * MANY // len(KINDS) for each in zip(*left, strict=True)
    )


async def test_one_replica_sweeps_for_all(
    redis_url: str, store: Store, redis: Redis, clock: Clock
) -> None:
    await hold(store, redis, clock, (f"T1:C1:1.{n}" for n in range(MANY)), "runs")
    await budgets_of(store).sweep()
    await redis.config_resetstat()
    async with Store(redis_url, "B1", lease=10, retention=90, clock=clock) as other:
        await budgets_of(other).sweep()
        assert "hmget" not in await calls(redis)
        assert 0 < await redis.ttl(store.connection.keys.swept) <= SWEPT_EVERY
        await redis.delete(store.connection.keys.swept)
        await budgets_of(other).sweep()
        assert (await calls(redis))["hmget"] >= MANY


async def test_long_records_are_read_as_they_are(store: Store, redis: Redis, clock: Clock) -> None:
    turn = TurnId("T1:C1:1.2")
    await hold(store, redis, clock, iter([turn]), "runs")
    words = '{"state": "done"} ' * 1_000
    record = json.dumps({"question": {"text": words}, "state": "running", "started_at": 1})
    await redis.hset(store.connection.keys.turn(turn), "record", record)
    assert await budgets_of(store).sweep() == 0
