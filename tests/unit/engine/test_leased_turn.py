"""A leased turn: the concurrency slot that it frees while it waits."""

from __future__ import annotations

import asyncio

from bot.engine.leased_turn import LeasedTurn
from bot.engine.slots import ConcurrencySlot
from bot.ports import Claim, EntryId
from bot.store.store import Store
from tests.unit.turns import asked


async def test_an_execution_interrupted_twice_releases_its_slot_once() -> None:
    slots = asyncio.Semaphore(1)
    resting = asyncio.Event()

    async def execute() -> None:
        nowhere = Store("unix:///nowhere.sock", "B1", lease=60, retention=90)
        async with ConcurrencySlot(slots) as slot:
            hold = Claim(EntryId("1-0"), "T1:C1:1")
            page = LeasedTurn(nowhere.turns, hold, asked(), stopping=asyncio.Event(), slot=slot)
            async with page.interruptible():
                resting.set()
                await asyncio.Event().wait()

    execution = asyncio.create_task(execute())
    await resting.wait()
    async with slots:  # another execution has the slot meanwhile
        execution.cancel()
        await asyncio.sleep(0)
        assert not execution.done()  # it waits for its place
        execution.cancel()
        await asyncio.wait([execution])
    async with slots:
        assert slots.locked()
