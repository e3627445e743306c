"""Limits how many turns are executed at once; a turn that only waits does not count."""

from __future__ import annotations

import asyncio
from typing import Self


class ConcurrencySlot:
    """One place under a semaphore, which its holder can release and acquire again.

    An async context manager. When acquiring it again is cancelled, leaving the context releases
    nothing.
    """

    def __init__(self, slots: asyncio.Semaphore) -> None:
        self._slots = slots
        self._is_held = False

    async def __aenter__(self) -> Self:
        await self.acquire()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.release()

    async def acquire(self) -> None:
        """Wait for a slot, unless it is held."""
        if not self._is_held:
            await self._slots.acquire()
            self._is_held = True

    def release(self) -> None:
        """Release the slot, if it is held."""
        if self._is_held:
            self._is_held = False
            self._slots.release()
