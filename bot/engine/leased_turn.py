"""A turn whose mailbox this replica has claimed: its state, how it is saved, where it may pause."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import TypeVar

from bot.domain import lifecycle
from bot.domain.budgets import OverBudget, Reserved
from bot.domain.turn import Turn
from bot.engine.slots import ConcurrencySlot
from bot.errors import Unavailable
from bot.ports import Claim, TurnStore
from bot.ports.money import Budgets

T = TypeVar("T")
log = logging.getLogger(__name__)

OUTAGE_PAUSE = 0.2  # seconds between two attempts to save while Redis is away
SHORT_WAIT = 30.0  # seconds: a rate limit this short is waited out on the spot


class Draining(Exception):
    """The bot is shutting down: another replica carries the turn on."""


def do_nothing() -> None:
    """Notify nobody."""


class LeasedTurn:
    """One turn in execution.

    Attributes:
        claim: what every save is fenced with.
        on_change: called when the turn's signals have been read, or the queue behind it may have
            changed.
        is_interruptible: whether the worker may cancel the execution now.
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
        """Lease the turn.

        Args:
            store: where it is saved.
            claim: of its mailbox.
            turn: as it was read.
            stopping: set when the bot shuts down.
            slot: held by the caller; released while the turn only waits.
        """
        self._store = store
        self._draining = stopping
        self._slot = slot
        self.claim = claim
        self._turn = turn
        self.on_change: Callable[[], None] = do_nothing
        self.is_interruptible = False
        self._refreshing = asyncio.Lock()

    @property
    def turn(self) -> Turn:
        """The turn as it was last saved or staged, with its signals as they were last read."""
        return self._turn

    async def refresh_signals(self) -> None:
        """Read the signals of this turn. Raises Unavailable."""
        async with self._refreshing:  # an older reading must not replace a newer one
            found = await self._store.turn(self.turn.id)
            if found:
                self._turn = lifecycle.with_signals(self.turn, found.signals)
                self.on_change()

    def stage(self, turn: Turn) -> None:
        """Take over changes that the next `save` writes; a crash before it loses them."""
        # Signals may have been read since the caller took its copy of the turn.
        self._turn = lifecycle.with_signals(turn, self.turn.signals)

    async def save(self, turn: Turn | None = None) -> None:
        """Write the turn; without an argument, as it is staged.

        Raises:
            LeaseLost: another replica owns the turn now.
        """
        turn = turn or self.turn
        await self._store.save(self.claim, turn)
        self.stage(turn)

    async def reserve(
        self, budgets: Budgets, turn: Turn, price: int, *, warns: bool = True
    ) -> Reserved | OverBudget | None:
        """Write a turn, if all budgets have room for its price.

        Args:
            budgets: hold the price.
            turn: as it is to be written.
            price: millionths of a US dollar.
            warns: tell of budgets that are nearly used.

        Returns:
            None for a turn that is about to start, and was stopped or withdrawn.

        Raises:
            LeaseLost: another replica owns the turn now.
        """
        outcome = await budgets.reserve(self.claim, turn, price, warns=warns)
        if isinstance(outcome, Reserved):
            self.stage(turn)
        return outcome

    async def save_ended(self) -> int:
        """Write a turn that has ended, and read its signals for the last time.

        Returns:
            How many questions are queued behind it.

        Raises:
            LeaseLost: another replica owns the turn now.
        """
        async with self._refreshing:
            signals, queued = await self._store.save_ended(self.claim, self.turn)
            self._turn = lifecycle.with_signals(self.turn, signals)
        return queued

    async def save_outcome(self, turn: Turn) -> None:
        """Write the outcome of a create call, however long Redis is away.

        Without it, the next owner would not know whether a run was started.

        Raises:
            LeaseLost: another replica owns the turn now.
        """
        while True:
            try:
                return await self.save(turn)
            except Unavailable as error:
                log.warning("outcome of a create call not saved yet: %s", error)
                await asyncio.sleep(OUTAGE_PAUSE)

    def raise_if_draining(self) -> None:
        """Raise Draining if shutdown has begun, before something that must not be cut short."""
        if self._draining.is_set():
            raise Draining

    @asynccontextmanager
    async def interruptible(self) -> AsyncIterator[None]:
        """Let the worker cancel this block (shutdown); nothing external is in flight in it.

        Frees the concurrency slot meanwhile. Raises Draining if shutdown has begun.
        """
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
        """Free the concurrency slot during a block that must not be cancelled."""
        self._slot.release()
        try:
            yield
        finally:
            await self._slot.acquire()

    async def retry_short_limits(self, call: Callable[[], Awaitable[T]]) -> T:
        """Call, and wait out rate limits of at most 30 s on the spot."""
        while True:
            try:
                return await call()
            except Unavailable as error:
                if error.retry_after is None or error.retry_after > SHORT_WAIT:
                    raise
                await self.sleep(error.retry_after)

    async def sleep(self, seconds: float) -> None:
        """Sleep, interruptible; then make sure that the turn is still ours.

        Raises:
            Draining: shutdown has begun.
            LeaseLost: another replica owns the turn now. A process that was suspended for longer
                than its lease must not go on.
        """
        async with self.interruptible():
            await asyncio.sleep(seconds)
        await self.save()

    def log_fields(self) -> Mapping[str, str | None]:
        """Return the fields of every log line about this turn."""
        turn = self.turn
        return {"slack_thread": str(turn.question.thread), "turn": turn.id, "run": turn.run}
