"""Waits for an event, or for something else until the event."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")


async def within(seconds: float, event: asyncio.Event) -> None:
    """Wait for the event, at most so many seconds; `math.inf` waits without limit."""
    with suppress(TimeoutError):
        async with asyncio.timeout(None if seconds == math.inf else seconds):
            await event.wait()


async def unless_set(event: asyncio.Event, work: Coroutine[None, None, T]) -> T | None:
    """Await some work; cancel it and return None if the event is set before it is done."""
    task = asyncio.create_task(work)
    try:
        await wait_for_first(event, task)
        return task.result() if task.done() else None
    finally:
        task.cancel()
        await asyncio.wait([task])


async def wait_for_first(event: asyncio.Event, task: asyncio.Task[Any]) -> None:
    """Wait until the event is set or the task is done."""
    is_set = asyncio.create_task(event.wait())
    try:
        await asyncio.wait((is_set, task), return_when=asyncio.FIRST_COMPLETED)
    finally:
        is_set.cancel()
