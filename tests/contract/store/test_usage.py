"""The usage report of a random day of 2,000 turns adds up with what each of them came to."""

from __future__ import annotations

import asyncio
import csv
import io
import os
import random
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC
from decimal import Decimal
from operator import attrgetter

from bot.domain import budgets, lifecycle
from bot.domain.budgets import Limits, OverBudget, Scope, Settlement
from bot.domain.money import micros
from bot.domain.processors import PROCESSORS
from bot.domain.thread import ChannelId, MessageTs, TeamId, ThreadKey, UserId
from bot.domain.turn import Ending, EndingKind, Question, Turn
from bot.domain.usage import as_csv, sums
from bot.ports import Addressing, Claim
from bot.store.store import Store

TURNS = 2_000
MIDNIGHT = 1_764_288_000.0  # 2025-11-28 00:00 UTC
TEAM = TeamId("T1")
LIMIT = 600_000_000  # of the workspace, in millionths of a dollar: less than they would cost
BATCH = 100


class Day:
    """A random day: who asked where on which processor, and what became of it."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.now = MIDNIGHT
        self.spent: Counter[tuple[str, str, str]] = Counter()
        self.paid: Counter[tuple[str, str, str]] = Counter()
        self.failed: Counter[tuple[str, str, str]] = Counter()
        self.running: dict[tuple[str, str, str], int] = {}

    def __call__(self) -> float:
        return self.now

    def question(self, number: int) -> Question:
        person = UserId(f"U{self.random.randrange(40)}")
        channel = ChannelId(f"C{self.random.randrange(12)}")
        ts = MessageTs(f"{1_764_288_000 + number}.000100")
        return Question(ThreadKey(TEAM, channel, ts), ts, person, "who?")

    def settled(self, turn: Turn, how: Settlement | None) -> None:
        """Note what a turn came to; None: it runs on."""
        question, processor = turn.question, str(turn.processor)
        key = (str(question.asker), str(question.thread.channel), processor)
        price = price_of(turn)
        match how:
            case Settlement.SPEND:
                self.paid[key] += 1
                self.spent[key] += price
            case Settlement.FAIL:
                self.failed[key] += 1
            case None | Settlement.KEEP:
                self.running[key] = self.running.get(key, 0) + price
            case Settlement.RETURN:
                pass


def price_of(turn: Turn) -> int:
    return micros(PROCESSORS[str(turn.processor)].price)


async def received(store: Store, number: int) -> list[Claim]:
    """Claim so many mailboxes."""
    found: list[Claim] = []
    async with asyncio.timeout(60):
        while len(found) < number:
            found += [
                work for work in await store.work_queue.receive(number) if isinstance(work, Claim)
            ]
    return found


async def one_turn(store: Store, day: Day, claim: Claim) -> None:
    """Reserve a turn's price and let it come to something."""
    turn = await store.turns.current(claim)
    assert turn
    for _ in range(day.random.choice([0, 1])):  # it was edited before its run was created
        earlier = replace(turn, processor=day.random.choice(list(PROCESSORS)))
        await store.budgets.reserve(claim, earlier, price_of(earlier), warns=False)
    turn = replace(turn, processor=day.random.choice(list(PROCESSORS)))
    starting = lifecycle.about_to_start(turn, day.now)
    if isinstance(await store.budgets.reserve(claim, starting, price_of(turn)), OverBudget):
        refused = lifecycle.ended(turn, Ending(EndingKind.OVER_BUDGET, day.now))
        await store.turns.finish(
            claim, lifecycle.done(refused), None, job=None, settlement=Settlement.RETURN
        )
        return
    how = day.random.choices([*Settlement, None], [70, 10, 8, 7, 5])[0]
    day.settled(turn, how)
    if how is None:
        return
    ended = lifecycle.done(lifecycle.ended(starting, Ending(EndingKind.CANCELLED, day.now)))
    await store.turns.finish(claim, ended, None, job=None, settlement=how)
    if how is not Settlement.KEEP and day.random.random() < 0.3:  # a lost reply: once more
        assert await store.budgets.settle(turn.id, how) == 0


async def test_a_random_day_of_2000_turns_adds_up_to_the_cent(redis_url: str) -> None:
    day = Day(int(os.environ.get("CHAOS_SEED", "1")))
    async with AsyncExitStack() as stack:
        store, other = [
            await stack.enter_async_context(
                Store(
                    redis_url,
                    "B1",
                    lease=3_600,
                    retention=90,
                    clock=day,
                    budgets=Limits(workspace=LIMIT),
                )
            )
            for _ in range(2)
        ]
        for each in (store, other):
            await each.work_queue.register()
        for start in range(0, TURNS, BATCH):
            for number in range(start, start + BATCH):
                await store.mailbox.put(day.question(number), Addressing.ADDRESSED)
            claims = await received((store, other)[start // BATCH % 2], BATCH)
            for claim in claims:
                day.now = min(day.now + 43, MIDNIGHT + 86_399)
                await one_turn((store, other)[start // BATCH % 2], day, claim)
        rows = await store.usage.usage(TEAM, ["2025-11-28"])
        around = ["2025-11-27", "2025-11-28", "2025-11-29"]
        assert await store.usage.usage(TEAM, around) == rows  # each run counts in one day
        found = {(str(row.person), str(row.channel), row.processor): row for row in rows}
        assert {key: row.paid for key, row in found.items() if row.paid} == day.paid
        assert {key: row.cost for key, row in found.items() if row.cost} == day.spent
        for person in {row.person for row in rows}:
            total = sum(row.total for row in rows if row.person == person)
            history = await store.history.spent(TEAM, person)
            assert history == [("2025-11", Decimal(total) / 1_000_000)], person
            theirs = await store.usage.usage(TEAM, ["2025-11-28"], person)
            assert theirs == [row for row in rows if row.person == person]
        assert {key: row.failed for key, row in found.items() if row.failed} == day.failed
        assert {key: row.held for key, row in found.items() if row.held} == day.running
        total = sum(day.spent.values()) + sum(day.running.values())
        for by in (attrgetter("person"), attrgetter("channel"), attrgetter("processor")):
            assert sum(each.total for each in sums(rows, by)) == total
        written = csv.DictReader(io.StringIO(as_csv(rows)))
        assert sum(Decimal(row["usd"]) for row in written) * 1_000_000 == total
        *_, workspace = await store.budgets.balances(TEAM, ChannelId("C1"), UserId("U1"))
        assert workspace.settled == sum(day.spent.values())
        assert workspace.held == sum(day.running.values())
        assert LIMIT - 2_400_000 < total <= LIMIT  # some were refused
        assert budgets.period(Scope.PERSON, day.now, UTC) == "2025-11-28"
