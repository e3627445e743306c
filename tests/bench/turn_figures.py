"""What a step of a turn takes: processor time of the bot and of Valkey, and calls of Redis."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from statistics import median

from redis.asyncio import Redis


@dataclass(slots=True)
class Figures:
    """Of one turn: microseconds of the bot's and of Valkey's processor, and calls."""

    ours: float = 0.0
    valkeys: float = 0.0
    calls: float = 0.0


@asynccontextmanager
async def measured(redis: Redis, turns: int) -> AsyncIterator[Figures]:
    """Measure what is done with so many turns in the block; the figures are complete after it."""
    figures = Figures()
    valkeys, calls = await _used(redis)
    began = time.process_time()
    yield figures
    figures.ours = (time.process_time() - began) / turns * 1e6
    valkeys_after, calls_after = await _used(redis)
    figures.valkeys = (valkeys_after - valkeys) / turns * 1e6
    figures.calls = (calls_after - calls) / turns


def report(what: str, without: Sequence[Figures], having: Sequence[Figures]) -> None:
    """Print the medians of rounds without something and with it, such as ``budgets``."""
    columns: dict[str, Callable[[Figures], float]] = {
        "bot, µs of processor time": lambda one: one.ours,
        "Valkey, µs of processor time": lambda one: one.valkeys,
        "Redis calls": lambda one: one.calls,
    }
    for name, of in columns.items():
        before, after = median(map(of, without)), median(map(of, having))
        print(f"{name}: {after:.1f} with {what}, {before:.1f} without ({after - before:+.1f})")


async def _used(redis: Redis) -> tuple[float, int]:
    """Return Valkey's processor seconds, and how many scripts it was asked for."""
    processor = await redis.info("cpu")
    stats = await redis.info("commandstats")
    seconds = processor["used_cpu_user"] + processor["used_cpu_sys"]
    return seconds, stats.get("cmdstat_evalsha", {}).get("calls", 0)
