"""How long threads and turns are kept: RETENTION_DAYS, but never less than they are in use."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from bot.domain.budgets import Settlement
from bot.domain.thread import TurnId
from bot.domain.turn import TurnKind
from bot.ports import Addressing
from bot.store.keys import DAY, TURN_LIFE
from bot.store.store import Store
from tests.contract.store.store_harness import KEY, Clock, asked, at, done, taken


@pytest.fixture
async def brief(redis_url: str, clock: Clock) -> AsyncIterator[Store]:
    """A store that keeps things for a day."""
    async with Store(redis_url, "B1", lease=10, retention=1, clock=clock) as store:
        await store.work_queue.register()
        yield store


async def lives(store: Store, redis: Redis, turn: TurnId) -> tuple[int, int]:
    """Return the seconds that a turn and its thread have left."""
    keys = store.connection.keys
    return await redis.ttl(keys.turn(turn)), await redis.ttl(keys.thread(KEY))


async def test_what_is_done_lives_for_the_days_that_are_set(brief: Store, redis: Redis) -> None:
    await brief.mailbox.put(asked(), Addressing.ADDRESSED)
    claim, turn = await taken(brief)
    await done(brief, claim, turn)
    assert max(await lives(brief, redis, turn.id)) <= DAY


async def test_what_is_in_progress_lives_on(brief: Store, redis: Redis) -> None:
    await brief.mailbox.put(asked(), Addressing.ADDRESSED)
    claim, turn = await taken(brief)
    await brief.turns.save(claim, turn)
    assert min(await lives(brief, redis, turn.id)) > TURN_LIFE - 60
    for number, kind in ((1, TurnKind.HELP), (2, TurnKind.MUTED)):
        await brief.mailbox.mute(KEY, at(0), muted=True)
        await brief.mailbox.put(asked(number, start=kind), Addressing.SIDE)
        side, note = await taken(brief, f"{KEY}:aside")
        await done(brief, side, note)
    await brief.mailbox.put(asked(3), Addressing.ADDRESSED)
    await done(brief, claim, turn)
    _, thread = await lives(brief, redis, turn.id)
    assert thread > TURN_LIFE - 60
    last = await brief.turns.current(claim)
    assert last
    await done(brief, claim, last)
    assert max(await lives(brief, redis, last.id)) <= DAY


async def test_a_run_that_is_watched_keeps_its_turn(brief: Store, redis: Redis) -> None:
    await brief.mailbox.put(asked(), Addressing.ADDRESSED)
    claim, turn = await taken(brief)
    turn = replace(turn, processor="pro")
    await brief.budgets.reserve(claim, turn, 100_000)
    await brief.turns.finish(claim, turn, None, job=None, settlement=Settlement.KEEP)
    assert (await lives(brief, redis, turn.id))[0] > DAY
    assert await redis.ttl(brief.connection.keys.reservations) > DAY


async def test_by_default_turns_live_for_two_weeks(store: Store, redis: Redis) -> None:
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    claim, turn = await taken(store)
    await done(store, claim, turn)
    life, thread = await lives(store, redis, turn.id)
    assert TURN_LIFE - 60 < life <= TURN_LIFE
    assert thread > 89 * DAY
