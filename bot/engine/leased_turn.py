"""A turn in the hands of its owner: the turn as it is, how to save it, and where to rest."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import TypeVar

from bot.domain import lifecycle
from bot.domain.turn import Turn
from bot.engine.slots import ConcurrencySlot
from bot.errors import Unavailable
from bot.ports import Claim, TurnStore

T = TypeVar("T")
log = logging.getLogger(__name__)

OUTAGE_PAUSE = 0.2  # seconds
SHORT_WAIT = 30.0  # seconds: a rate limit this short is waited for on the spot


class Draining(Exception):
    """The bot is stopping: this turn goes on elsewhere."""


def do_nothing() -> None:
    """Poke nobody."""


class LeasedTurn:
    """One turn at work.

    Attributes:
        turn: the turn as it was last saved, or is about to be with the next save; its wishes are
            as they were last heard of.
        on_change: called when they have changed, or what waits behind the turn.
        is_interruptible: whether the walk is at a place where interrupting it does no harm.
    """

    def __init__(
        self,
        store: TurnStore,
        claim: Claim,
        turn: Turn,
        *,
        stopping: asyncio.Event,
        slot: ConcurrencySlot,
    ) -> None:
        """Take the page up; whoever does has taken the `slot`, and gives it up to rest."""
        self._store = store
        self._draining = stopping
        self._slot = slot
        self.claim = claim
        self.turn = turn
        self.on_change: Callable[[], None] = do_nothing
        self.is_interruptible = False
        self._refreshing = asyncio.Lock()

    async def refresh_signals(self) -> None:
        """Read anew what people want of this turn. Raises Unavailable."""
        async with self._refreshing:  # what was read first must not be heard last
            found = await self._store.turn(self.turn.id)
            if found:
                self.turn = lifecycle.with_signals(self.turn, found.signals)
                self.on_change()

    async def save(self, turn: Turn) -> None:
        """Write the turn down. Raises LeaseLost when it is not ours any more."""
        await self._store.save(self.claim, turn)
        self._keep(turn)

    async def save_ended(self) -> int:
        """Write down how the turn ended, and read once more what people want of it.

        Returns how many questions wait behind it. Raises LeaseLost when it is not ours any more.
        """
        async with self._refreshing:
            signals, others = await self._store.save_ended(self.claim, self.turn)
            self.turn = lifecycle.with_signals(self.turn, signals)
        return others

    async def save_outcome(self, turn: Turn, cost: Decimal | None = None) -> None:
        """Write down what became of a create call, however long Redis is away.

        Who finds the turn as it was would not know whether a run was started.

        Args:
            turn: as it is now.
            cost: what the run costs, in US dollars; None when none was started.

        Raises:
            LeaseLost: another owner has the thread by now.
        """
        while True:
            try:
                if cost is None:
                    return await self.save(turn)
                await self._store.record_created(self.claim, turn, cost)
                return self._keep(turn)
            except Unavailable as error:
                log.warning("an outcome is not written down yet: %s", error, extra=self.about)
                await asyncio.sleep(OUTAGE_PAUSE)

    def _keep(self, turn: Turn) -> None:
        # While it was written, new wishes may have been heard of.
        self.turn = lifecycle.with_signals(turn, self.turn.signals)

    def raise_if_draining(self) -> None:
        """Begin nothing more when the bot is stopping. Raises Draining then."""
        if self._draining.is_set():
            raise Draining

    @asynccontextmanager
    async def interruptible(self) -> AsyncIterator[None]:
        """Mark the block as a place to be interrupted. Raises Draining when that is due now."""
        self.raise_if_draining()
        self.is_interruptible = True
        self._slot.release()
        try:
            yield
        finally:
            self.is_interruptible = False
            await self._slot.acquire()

    @asynccontextmanager
    async def without_slot(self) -> AsyncIterator[None]:
        """Give up the slot during the block, which must not be interrupted all the same."""
        self._slot.release()
        try:
            yield
        finally:
            await self._slot.acquire()

    async def retry_short_limits(self, call: Callable[[], Awaitable[T]]) -> T:
        """Call, and wait out short rate limits on the spot."""
        while True:
            try:
                return await call()
            except Unavailable as error:
                if error.retry_after is None or error.retry_after > SHORT_WAIT:
                    raise
                await self.sleep(error.retry_after)

    async def sleep(self, seconds: float) -> None:
        """Do nothing for so long, at a place where interrupting does no harm.

        Raises:
            LeaseLost: in the meantime the turn became another owner's. A process may be frozen
                for longer than its lease, and must not go on with what others have done since.
        """
        async with self.interruptible():
            await asyncio.sleep(seconds)
        await self.save(self.turn)

    @property
    def about(self) -> dict[str, str | None]:
        """Return the fields that every log line of this turn carries."""
        turn = self.turn
        return {"slack_thread": str(turn.question.thread), "turn": turn.id, "run": turn.run}
