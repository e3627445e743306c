"""What budgets add to a turn's start: processor time of the bot and of Valkey, and Redis calls.

Two thousand turns are put into mailboxes and taken. Then, in alternating rounds in one run, half of
them are written as they are about to start, and the other half with the price held in three budgets
that have limits: once before the first message about the turn, and once more as it is about to
start, which also writes it. The peer is the first half: what every turn writes without budgets.
Accepting a question asks Redis for nothing more. Target: one more call a turn.

    python -m tests.bench.bench_budgets
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC

from redis.asyncio import Redis

from bot.domain.budgets import Limits, Reserved
from bot.domain.naming import turn_id
from bot.domain.thread import ChannelId, MessageTs, TeamId, ThreadKey, UserId
from bot.domain.turn import Question, Turn
from bot.ports import Addressing, Claim
from bot.store.budgets import RedisBudgets
from bot.store.store import Store
from tests.bench.turn_figures import Figures, measured, report
from tests.server import valkey_server

ROUNDS, TURNS = 20, 100
PEOPLE, CHANNELS = 30, 10
PRICE = 25_000  # millionths of a dollar
LIMITS = Limits(person=10**9, channel=10**10, workspace=10**11)


async def main() -> None:
    """Print the figures."""
    with valkey_server() as url:
        async with (
            Store(url, "B1", lease=60.0, retention=90) as store,
            Redis.from_url(url, decode_responses=True) as redis,
        ):
            await store.work_queue.register()
            budgets = RedisBudgets(store.connection, limits=LIMITS, zone=UTC)

            async def save(claim: Claim, turn: Turn) -> None:
                await store.turns.save(claim, turn)

            async def reserve(claim: Claim, turn: Turn) -> None:
                early = await budgets.reserve(claim, turn, PRICE, warns=False)
                start = await budgets.reserve(claim, turn, PRICE)
                assert isinstance(early, Reserved)
                assert isinstance(start, Reserved)

            plain, held = [], []
            for number in range(ROUNDS):
                plain.append(await _round(store, redis, 2 * number, save))
                held.append(await _round(store, redis, 2 * number + 1, reserve))
    report("budgets", plain, held)


async def _round(
    store: Store, redis: Redis, number: int, write: Callable[[Claim, Turn], Awaitable[None]]
) -> Figures:
    turns = [await _taken(store, number * TURNS + n) for n in range(TURNS)]
    async with measured(redis, TURNS) as figures:
        for claim, turn in turns:
            await write(claim, turn)
    return figures


async def _taken(store: Store, number: int) -> tuple[Claim, Turn]:
    """Ask a question in a thread of its own, and take it."""
    ts = MessageTs(f"{1_764_000_000 + number}.000100")
    channel, asker = ChannelId(f"C{number % CHANNELS}"), UserId(f"U{number % PEOPLE}")
    question = Question(ThreadKey(TeamId("T1"), channel, ts), ts, asker, "who owns it?")
    await store.mailbox.put(question, Addressing.ADDRESSED)
    while True:
        for work in await store.work_queue.receive(10):
            if isinstance(work, Claim):
                return work, Turn(turn_id(question), question, float(number))


if __name__ == "__main__":
    asyncio.run(main())
