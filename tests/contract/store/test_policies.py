"""What admins set, and the record of it, on a real Valkey server."""

from __future__ import annotations

import json

from bot.domain.policies import Change
from bot.domain.thread import ChannelId, TeamId, UserId
from bot.store.policies import PAGE
from bot.store.store import Store
from tests.contract.store.store_harness import ADA, BOB, TEAM

NAME = "budget:person"


async def test_a_change_is_seen_by_the_next_reader_and_recorded_once(store: Store) -> None:
    ours = store.policies
    assert await ours.set_policy(TEAM, NAME, "5", actor=ADA, now=1) is None
    assert await ours.set_policy(TEAM, NAME, "5", actor=BOB, now=2) == "5"
    assert await ours.policies(TEAM) == {NAME: "5"}
    assert await ours.policies(TeamId("T2")) == {}
    assert await ours.set_policy(TEAM, NAME, None, actor=BOB, now=3) == "5"
    assert await ours.set_policy(TEAM, NAME, None, actor=BOB, now=4) is None
    assert await ours.policies(TEAM) == {}
    found = [change async for change in ours.changes(TEAM)]
    assert found == [Change(1, ADA, NAME, None, "5"), Change(3, BOB, NAME, "5", None)]
    assert await ours.latest_changes(TEAM, 20) == found[::-1]
    assert await ours.last_changes(TEAM, [NAME]) == {NAME: found[1]}
    assert json.loads(found[0].line()) == {
        "at": 1.0,
        "actor": ADA,
        "name": NAME,
        "before": None,
        "after": "5",
    }


async def test_a_change_holds_in_every_replica_at_once(store: Store, redis_url: str) -> None:
    async with Store(redis_url, "B1", lease=10, retention=90) as other:
        await store.policies.set_policy(TEAM, NAME, "5", actor=ADA, now=1)
        person, *_ = await other.budgets.balances(TEAM, ChannelId("C1"), BOB)
        assert person.limit == 5
        await other.policies.set_policy(TEAM, "ask:person:U2", "no", actor=ADA, now=2)
        known = await store.access.known(TEAM, ChannelId("C1"), BOB)
        assert known.policies == {NAME: "5", "ask:person:U2": "no"}


async def test_the_record_is_read_page_by_page(store: Store) -> None:
    number = 2 * PAGE + 1
    for at in range(number):
        await store.policies.set_policy(TEAM, NAME, str(at), actor=UserId("U1"), now=at)
    found = [change.after async for change in store.policies.changes(TEAM)]
    assert found == [str(at) for at in range(number)]
    newest = await store.policies.latest_changes(TEAM, 2)
    assert [change.after for change in newest] == found[-1:-3:-1]
