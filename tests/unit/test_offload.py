"""Work off the event loop: what is short does not wait for what is long."""

from __future__ import annotations

import asyncio
import threading

from bot.concurrency.offload import AT_ONCE, SHORT, offload

LONG = SHORT + 1
SIZES = (AT_ONCE, AT_ONCE + 1, SHORT)


async def test_short_work_is_done_while_any_amount_of_long_work_waits() -> None:
    done = threading.Event()
    long = [asyncio.create_task(offload(LONG, done.wait)) for _ in range(30)]
    try:
        async with asyncio.timeout(10):
            assert [await offload(size, str, size) for size in SIZES] == [str(s) for s in SIZES]
        assert not any(task.done() for task in long)
    finally:
        done.set()
        await asyncio.gather(*long)


async def test_long_work_is_done_one_after_another_in_the_order_it_came() -> None:
    begun: list[int] = []

    def work(number: int) -> list[int]:
        begun.append(number)
        return begun[:]

    found = await asyncio.gather(*(offload(LONG, work, n) for n in range(5)))
    assert found == [list(range(n + 1)) for n in range(5)]


async def test_long_work_that_nobody_waits_for_any_more_is_not_begun() -> None:
    done, begun = threading.Event(), list[str]()
    first = asyncio.create_task(offload(LONG, done.wait))
    second = asyncio.create_task(offload(LONG, begun.append, "second"))
    await asyncio.sleep(0)
    second.cancel()
    await asyncio.wait([second])
    done.set()
    await first
    await offload(LONG, begun.append, "third")
    assert begun == ["third"]
