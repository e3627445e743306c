"""A turn in the hands of its owner: the turn as it is, how to save it, and where to rest."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from bot.errors import Unavailable
from bot.model import Turn
from bot.ports import Hold, Record

T = TypeVar("T")

SHORT_WAIT = 30.0  # seconds: a rate limit this short is waited for on the spot


class HandOver(Exception):
    """The bot is stopping: this turn goes on elsewhere."""


class Page:
    """One turn at work.

    Attributes:
        turn: the turn as it was last saved, or is about to be with the next save.
        resting: whether the walk is at a place where interrupting it does no harm.
    """

    def __init__(self, record: Record, hold: Hold, turn: Turn, stopping: asyncio.Event) -> None:
        self._record = record
        self._stopping = stopping
        self.hold = hold
        self.turn = turn
        self.resting = False

    async def save(self, turn: Turn) -> None:
        """Write the turn down. Raises LeaseLost when it is not ours any more."""
        await self._record.save(self.hold, turn)
        self.turn = turn

    @asynccontextmanager
    async def rest(self) -> AsyncIterator[None]:
        """Mark the block as a place to be interrupted. Raises HandOver when that is due now."""
        if self._stopping.is_set():
            raise HandOver
        self.resting = True
        try:
            yield
        finally:
            self.resting = False

    async def patiently(self, call: Callable[[], Awaitable[T]]) -> T:
        """Call, and wait out short rate limits on the spot."""
        while True:
            try:
                return await call()
            except Unavailable as error:
                if error.retry_after is None or error.retry_after > SHORT_WAIT:
                    raise
                async with self.rest():
                    await asyncio.sleep(error.retry_after)

    @property
    def about(self) -> dict[str, str | None]:
        """Return the fields that every log line of this turn carries."""
        turn = self.turn
        return {"slack_thread": str(turn.question.thread), "turn": turn.id, "run": turn.run}
