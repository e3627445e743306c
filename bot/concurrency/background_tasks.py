"""Tasks with an owner: they end by themselves, or are drained when the bot stops."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class BackgroundTasks:
    """Holds tasks until they end."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Start a task. `work` must handle its own errors."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def run_until(self, deadline: float, work: Coroutine[Any, Any, T]) -> T | None:
        """Start a task and wait for it; after the deadline it goes on in the background.

        Args:
            deadline: in the event loop's time.
            work: must handle its own errors.

        Returns:
            What it returned; None when it goes on, or was cancelled.
        """
        task = self.start(work)
        left = deadline - asyncio.get_running_loop().time()
        await asyncio.wait([task], timeout=max(0.0, left))
        return task.result() if task.done() and not task.cancelled() else None

    async def drain(self, within: float) -> None:
        """Wait for all tasks, and cancel those that take longer than `within` seconds."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=within)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late)
