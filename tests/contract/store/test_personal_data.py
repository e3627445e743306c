"""What is stored about a person: exported, and erased so that an export is empty."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from bot.domain import naming
from bot.domain.access import Member
from bot.domain.budgets import Settlement
from bot.domain.thread import MessageTs, UserId
from bot.ports import Acceptance, Addressing, Person
from bot.store.personal_data import Erasure, PersonalData
from bot.store.store import Store
from tests.contract.store.store_harness import ADA, BOB, KEY, Clock, asked, taken
from tests.contract.store.test_forgetting import answer

CLEO = UserId("U3")


async def export(store: Store, person: UserId) -> list[str]:
    """Return an export, in order."""
    return sorted([each.line() async for each in PersonalData(store.connection).find(person)])


async def erase(store: Store, person: UserId) -> Erasure:
    """Erase what is stored about a person."""
    return await PersonalData(store.connection).erase(person)


async def dump(redis: Redis) -> str:
    """Return all names and values of keys, but the streams of work."""
    found: list[object] = []
    async for key in redis.scan_iter():
        kind = await redis.type(key)
        if kind == "hash":
            found.append((key, await redis.hgetall(key)))
        elif kind == "zset":
            found.append((key, await redis.zrange(key, 0, -1)))
        elif kind == "string":
            found.append((key, await redis.get(key)))
        elif key.endswith(":audit:T1"):
            found.append((key, await redis.xrange(key)))
    return json.dumps(found)


async def much(store: Store, clock: Clock) -> None:
    """Have everything stored about Ada that can be, and as much about Bob."""
    team, channel = KEY.team, KEY.channel
    for person, number in ((ADA, 0), (BOB, 1)):
        addressing = Addressing.THREAD_REPLY if number else Addressing.ADDRESSED
        await answer(store, asked(number, person), addressing)
        await store.choices.choose(Person(team, person), "pro")
        await store.policies.set_policy(
            team, f"budget:person:{person}", "5000000", actor=person, now=clock.now
        )
        await store.access.remember_member(team, person, Member(team))
        await store.access.is_first_refusal(team, person, "2026-11-28")
        await store.turns.hold_off(KEY, person, 60)
    for number, (asker, other) in enumerate(((ADA, BOB), (BOB, ADA)), 10):
        await store.mailbox.put(asked(number, asker), Addressing.THREAD_REPLY)
        claim, turn = await taken(store)
        turn = replace(turn, processor="pro")
        await store.budgets.reserve(claim, turn, 100_000)
        await store.mailbox.ping(turn.id, other)
        await store.mailbox.stop(turn.id, other)
        await store.turns.finish(claim, turn, None, job=None, settlement=Settlement.SPEND)
        await store.history.rate(turn.id, other, good=True)
    elsewhere = replace(KEY, ts=MessageTs("1700007000.000100"))
    for number, person in ((20, ADA), (21, BOB)):
        stray = replace(asked(number, person), thread=elsewhere)
        await store.mailbox.put(stray, Addressing.THREAD_REPLY)
        await store.mailbox.stop_undelivered(KEY, person, stray.message)
        await store.mailbox.edit(  # of a question that has not come yet
            UserId(f"T1:C1:17000000{number}.000200"),  # type: ignore[arg-type]
            replace(asked(number, person), text=f"early {person}"),
            MessageTs("1700000500.000100"),
        )
    assert await store.budgets.balances(team, channel, ADA)


async def test_an_erased_person_is_nowhere(store: Store, redis: Redis, clock: Clock) -> None:
    await much(store, clock)
    assert len(await export(store, ADA)) > 15
    result = await erase(store, ADA)
    assert result.in_progress == set()
    assert await export(store, ADA) == []
    left = await dump(redis)
    assert f'"{ADA}"' not in left
    assert f":{ADA}" not in left
    assert "question 0" not in left
    assert "early U1" not in left


async def test_what_others_have_stays(store: Store, clock: Clock) -> None:
    await much(store, clock)
    assert await export(store, CLEO) == []
    adas = f"turn:{naming.turn_id(asked(10))}"  # on which Bob pressed something
    bobs = [each for each in await export(store, BOB) if json.loads(each)["key"] != adas]
    await erase(store, ADA)
    nobody = [line.replace(f'\\"{ADA}\\"', '\\"-\\"').replace(f'"{ADA}"', '"-"') for line in bobs]
    kept = [each for each in nobody if f":{ADA}" not in each]  # the pings and ratings of Ada
    now = await export(store, BOB)
    assert {json.loads(each)["key"] for each in now} == {json.loads(b)["key"] for b in bobs}
    assert set(kept) <= set(now)
    assert (await store.turns.thread(KEY)).history[0].question == "question 1"


async def test_usage_stays_without_the_person(store: Store, clock: Clock) -> None:
    await much(store, clock)
    day = "2023-11-14"
    before = await store.usage.usage(KEY.team, [day])
    assert {row.person for row in before} == {ADA, BOB}
    await erase(store, ADA)
    after = await store.usage.usage(KEY.team, [day])
    assert {row.person for row in after} == {UserId("-"), BOB}
    assert sum(row.total for row in after) == sum(row.total for row in before) == 200_000


@pytest.mark.parametrize("how", [Settlement.SPEND, Settlement.FAIL, Settlement.RETURN])
async def test_a_days_only_count_stays_for_its_life(
    store: Store, redis: Redis, how: Settlement
) -> None:
    await store.mailbox.put(asked(0), Addressing.ADDRESSED)
    claim, turn = await taken(store)
    await store.budgets.reserve(claim, replace(turn, processor="pro"), 100_000)
    await store.turns.finish(claim, turn, None, job=None, settlement=how)
    await erase(store, ADA)
    for key in await redis.keys("*:usage:*"):
        assert await redis.ttl(key) > 0


async def test_who_changed_what_stays_without_the_person(store: Store, clock: Clock) -> None:
    await much(store, clock)
    await erase(store, ADA)
    changes = [(c.actor, c.name) async for c in store.policies.changes(KEY.team)]
    assert changes == [("-", "budget:person:-"), (BOB, f"budget:person:{BOB}")]
    await store.policies.set_policy(KEY.team, "processors", "core", actor=BOB, now=clock.now)
    assert len([c async for c in store.policies.changes(KEY.team)]) == 3


async def test_a_question_in_progress_is_left_and_reported(store: Store) -> None:
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    claim, turn = await taken(store)
    turn = replace(turn, processor="pro")
    await store.budgets.reserve(claim, turn, 100_000)
    result = await erase(store, ADA)
    assert f"turn:{turn.id}" in result.in_progress
    assert f"thread:{KEY}" in result.in_progress
    (person, *_) = await store.budgets.balances(KEY.team, KEY.channel, ADA)
    assert person.held == 100_000
    await store.turns.finish(claim, turn, None, job=None)
    assert (await erase(store, ADA)).in_progress == set()
    assert await export(store, ADA) == []


async def test_a_thread_in_which_another_asks_is_left_and_reported(store: Store) -> None:
    """Its owner has read the thread before, and writes it when it is done."""
    await answer(store, asked(), Addressing.ADDRESSED)
    await store.mailbox.put(asked(1, BOB), Addressing.THREAD_REPLY)
    claim, turn = await taken(store)
    thread = await store.turns.thread(KEY)
    assert (await erase(store, ADA)).in_progress == {f"thread:{KEY}"}
    await store.turns.finish(claim, turn, thread, job=None)
    assert (await erase(store, ADA)).in_progress == set()
    assert (await store.turns.thread(KEY)).history == ()


async def test_a_redelivery_after_it_is_not_asked_again(store: Store) -> None:
    await answer(store, asked(), Addressing.ADDRESSED)
    await erase(store, ADA)
    assert await store.mailbox.put(asked(), Addressing.ADDRESSED) is Acceptance.DUPLICATE
    assert await export(store, ADA) == []


async def test_other_bots_on_the_server_are_left_alone(store: Store, redis: Redis) -> None:
    await redis.set("{threadline-B2}:choice:person:T1:U1", "pro", ex=60)
    await erase(store, ADA)
    assert await redis.exists("{threadline-B2}:choice:person:T1:U1")
