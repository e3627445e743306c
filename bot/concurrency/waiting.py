"""Waits for an event, but not longer than it is worth."""

from __future__ import annotations

import asyncio
import math
from contextlib import suppress


async def within(seconds: float, event: asyncio.Event) -> None:
    """Wait for the event, at most so many seconds; `math.inf` waits without limit."""
    with suppress(TimeoutError):
        async with asyncio.timeout(None if seconds == math.inf else seconds):
            await event.wait()
