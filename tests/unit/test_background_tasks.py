"""Tasks that go on after their listener has returned, and end with the bot."""

from __future__ import annotations

import asyncio
from asyncio import Event

from bot.concurrency.background_tasks import BackgroundTasks


async def test_run_until_waits_for_work_that_ends_in_time() -> None:
    async def work() -> str:
        return "done"

    now = asyncio.get_running_loop().time()
    assert await BackgroundTasks().run_until(now + 60, work()) == "done"


async def test_work_that_is_late_goes_on_in_the_background() -> None:
    tasks, may_end, done = BackgroundTasks(), Event(), Event()

    async def work() -> str:
        await may_end.wait()
        done.set()
        return "done"

    assert await tasks.run_until(0.0, work()) is None
    assert not done.is_set()
    may_end.set()
    await tasks.drain(within=60)
    assert done.is_set()


async def test_drain_cancels_what_does_not_end_in_time() -> None:
    tasks, begun, cancelled = BackgroundTasks(), Event(), Event()

    async def work() -> str:
        begun.set()
        try:
            await Event().wait()
        finally:
            cancelled.set()
        return "done"

    waiting = asyncio.create_task(tasks.run_until(asyncio.get_running_loop().time() + 60, work()))
    await begun.wait()
    await tasks.drain(within=0.0)
    assert cancelled.is_set()
    assert await waiting is None
    await tasks.drain(within=0.0)  # nothing is left
