"""How soon a colleague is heard in the middle of fifty mentions, and what places to run cost.

The first sign: one person mentions the bot fifty times at once, then another does, in the same
channel and in another one, with one replica and with two, under Slack's limits as the local Slack
keeps them. Target: 3 s.

The cost: turns are put into mailboxes, taken and finished in alternating rounds, half of them with
a bound for each person. The peer is the other half. Target: no more calls of Redis.

    python -m tests.bench.bench_fairness
"""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack

from redis.asyncio import Redis

from bot.domain import lifecycle
from bot.domain.bounds import Bounds
from bot.domain.thread import ChannelId, MessageTs, TeamId, ThreadKey, UserId
from bot.domain.turn import Ending, EndingKind, Question
from bot.ports import Addressing, Claim
from bot.store.store import Store
from tests.bench.common import bot_process
from tests.bench.turn_figures import Figures, measured, report
from tests.e2e.stage import staged
from tests.server import valkey_server

MENTIONS = 50
ROUNDS, TURNS, PEOPLE = 20, 100, 20


async def main() -> None:
    """Print the figures."""
    for replicas in (1, 2):
        for place in ("same", "other"):
            seconds = await _first_sign(replicas, place)
            print(
                f"first sign in the {place} channel after {MENTIONS} mentions by one person, "
                f"{replicas} replica{'s' * (replicas > 1)}: {seconds:.2f} s (target: 3 s)"
            )
    with valkey_server() as url:
        async with AsyncExitStack() as stack:
            redis = await stack.enter_async_context(Redis.from_url(url, decode_responses=True))
            plain, bounded = [
                await stack.enter_async_context(
                    Store(url, name, lease=60.0, retention=90, bounds=bounds)
                )
                for name, bounds in (("B1", Bounds()), ("B2", Bounds(20, 5)))
            ]
            figures: dict[Store, list[Figures]] = {plain: [], bounded: []}
            for store in figures:
                await store.work_queue.register()
            for number in range(ROUNDS):
                for store, found in figures.items():
                    found.append(await _round(store, redis, number))
    report("bounds", figures[plain], figures[bounded])


async def _first_sign(replicas: int, place: str) -> float:
    """Return the seconds from a colleague's mention to the first message in its thread."""
    with valkey_server() as url:
        async with staged("socket", url) as stage, AsyncExitStack() as stack:
            for _ in range(replicas):
                await stack.enter_async_context(
                    bot_process({"RUNNING_PER_PERSON": "5"} | stage.settings())
                )
            await stage.slack.until(lambda: stage.slack.connections >= replicas)
            people = [stage.ada, stage.bob]
            channel = stage.slack.channel("other", people) if place == "other" else stage.general
            for number in range(MENTIONS):
                await stage.ada.says(stage.general, f"{stage.me} question {number}?")
            began = time.perf_counter()
            asked = await stage.bob.says(channel, f"{stage.me} and mine?")
            await stage.slack.thread(asked).next()
            return time.perf_counter() - began


async def _round(store: Store, redis: Redis, number: int) -> Figures:
    async with measured(redis, TURNS) as figures:
        for turn in range(TURNS):
            await _play(store, number * TURNS + turn)
    return figures


async def _play(store: Store, number: int) -> None:
    """Ask a question in a thread of its own, take it and finish it."""
    ts = MessageTs(f"{1_764_000_000 + number}.000100")
    key = ThreadKey(TeamId("T1"), ChannelId("C1"), ts)
    question = Question(key, ts, UserId(f"U{number % PEOPLE}"), "who owns it?")
    await store.mailbox.put(question, Addressing.ADDRESSED)
    (claim,) = await store.work_queue.receive(1)
    assert isinstance(claim, Claim)
    turn = await store.turns.current(claim)
    assert turn
    over = lifecycle.done(lifecycle.ended(turn, Ending(EndingKind.ANSWERED, 9.0)))
    await store.turns.finish(claim, over, None, job=None)


if __name__ == "__main__":
    asyncio.run(main())
