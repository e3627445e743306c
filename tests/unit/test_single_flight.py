"""What many want at the same time is called once, whatever becomes of who makes the call."""

from __future__ import annotations

import asyncio

import pytest

from bot.concurrency.single_flight import SingleFlight


class Slow:
    """A call that returns when it is let, or fails."""

    def __init__(self, error: Exception | None = None) -> None:
        self.calls = 0
        self.gate = asyncio.Event()
        self.error = error

    async def __call__(self) -> int:
        self.calls += 1
        await self.gate.wait()
        if self.error:
            raise self.error
        return self.calls


async def test_those_who_come_meanwhile_share_the_result() -> None:
    flights, slow = SingleFlight[str, int](), Slow()
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(flights.run("a", slow)) for _ in range(50)]
        await asyncio.sleep(0)
        slow.gate.set()
    assert [task.result() for task in tasks] == [1] * 50


async def test_later_and_other_keys_make_calls_of_their_own() -> None:
    flights, slow = SingleFlight[str, int](), Slow()
    slow.gate.set()
    assert await flights.run("a", slow) == 1
    assert await flights.run("a", slow) == 2
    slow.gate.clear()
    async with asyncio.TaskGroup() as group:
        for key in "ab":
            group.create_task(flights.run(key, slow))
        await asyncio.sleep(0)
        slow.gate.set()
    assert slow.calls == 4


async def test_all_hear_of_an_error() -> None:
    flights, slow = SingleFlight[str, int](), Slow(OSError("lost"))
    tasks = [asyncio.create_task(flights.run("a", slow)) for _ in range(3)]
    await asyncio.sleep(0)
    slow.gate.set()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [str(each) for each in outcomes] == ["lost"] * 3
    assert slow.calls == 1


async def test_another_makes_the_call_when_who_made_it_is_cancelled() -> None:
    flights, slow = SingleFlight[str, int](), Slow()
    first, *others = [asyncio.create_task(flights.run("a", slow)) for _ in range(4)]
    await asyncio.sleep(0)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    await asyncio.sleep(0)
    slow.gate.set()
    assert await asyncio.gather(*others) == [2, 2, 2]


async def test_who_waits_can_be_cancelled_alone() -> None:
    flights, slow = SingleFlight[str, int](), Slow()
    first, second = [asyncio.create_task(flights.run("a", slow)) for _ in range(2)]
    await asyncio.sleep(0)
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second
    slow.gate.set()
    assert await first == 1
