"""Executes the turns of one claimed mailbox, one after the other, until it is empty or released."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

from bot.concurrency.backoff import Backoff
from bot.domain import naming
from bot.domain.thread import Thread, TurnId
from bot.domain.turn import Turn
from bot.engine.context import EngineContext
from bot.engine.execution import TurnExecution
from bot.engine.leased_turn import Draining, LeasedTurn
from bot.engine.lost_turns import tell_if_lost
from bot.engine.operator_matters import log_to_do
from bot.engine.running_places import PutOff
from bot.engine.slots import ConcurrencySlot
from bot.engine.unreadable import post_notice
from bot.errors import HeldOff, LeaseLost, Unavailable, Unreadable
from bot.log import log_context
from bot.ports import Claim, WorkQueue

log = logging.getLogger(__name__)

SLOTS = 50  # turns executed at once, without those that only wait: keeps the event loop responsive
MOST_UNEXPECTED_ERRORS = 5  # of one turn, before a failure message is posted
LONGEST_DELAY = 60.0  # seconds until a mailbox that failed is claimed again
JITTER = (0.8, 1.2)
REMEMBERED = 10_000  # mailboxes whose failures are remembered


class ClaimedMailbox:
    """A mailbox that this replica has claimed.

    Attributes:
        claim: its claim.
        leased: the turn in execution; None before the first.
        task: what executes it.
    """

    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        self.leased: LeasedTurn | None = None
        self.task: asyncio.Task[None]
        self._is_notified = False

    def notify(self) -> None:
        """Note that the signals of its turn, or what is queued, may have changed."""
        self._is_notified = True

    async def refresh(self) -> None:
        """Read the signals of the turn in execution, if there was a notification since then."""
        if self._is_notified and self.leased:
            self._is_notified = False
            try:
                await self.leased.refresh_signals()
            except Unavailable:
                self._is_notified = True
                raise


class MailboxBackoffs:
    """How long each mailbox that failed here is put off.

    A mailbox that another replica completes is never reported here, so only the failures of the
    latest `capacity` mailboxes are remembered.
    """

    def __init__(self, first: float, capacity: int = REMEMBERED) -> None:
        """Begin with `first` seconds."""
        self._first = first
        self._capacity = capacity
        self._backoffs: dict[str, Backoff] = {}

    def failed(self, mailbox: str, error: Unavailable) -> float:
        """Return the seconds until the next attempt, no shorter than the error asks for."""
        new = Backoff(self._first, LONGEST_DELAY, jitter=JITTER)
        self._backoffs[mailbox] = backoff = self._backoffs.pop(mailbox, new)
        if len(self._backoffs) > self._capacity:
            del self._backoffs[next(iter(self._backoffs))]
        return backoff.next(error.retry_after)

    def succeeded(self, mailbox: str) -> None:
        """Forget its failures."""
        self._backoffs.pop(mailbox, None)


class MailboxExecutor:
    """Executes claimed mailboxes, any number of them at once."""

    def __init__(
        self, context: EngineContext, work_queue: WorkQueue, stopping: asyncio.Event
    ) -> None:
        """Prepare. `stopping` is set when the bot shuts down."""
        self._context = context
        self._work_queue = work_queue
        self._stopping = stopping
        self._backoffs = MailboxBackoffs(context.retry_timing.turn)
        self._slots = asyncio.Semaphore(SLOTS)

    async def execute(self, mailbox: ClaimedMailbox) -> None:
        """Execute the mailbox's turns in order, until it is empty or must be released.

        Raises:
            Unavailable: it could not be released, so it stays claimed.
        """
        with log_context(lambda: {"slack_thread": mailbox.claim.mailbox}):
            await self._execute(mailbox)

    async def _execute(self, mailbox: ClaimedMailbox) -> None:
        name = mailbox.claim.mailbox
        delay: float | None = None
        is_up_to_date = True  # the signals of the turn, as far as they are known here
        try:
            async with ConcurrencySlot(self._slots) as slot:
                while await self._advance(mailbox, slot):
                    self._backoffs.succeeded(name)
            self._backoffs.succeeded(name)
        except LeaseLost:
            log.warning("lease lost to another replica")
            await self._tell_if_lost(mailbox)
        except PutOff:
            self._backoffs.succeeded(name)
            log.info("question waits for another of its asker's")
        except (Draining, asyncio.CancelledError):
            delay = 0.0 if self._stopping.is_set() else None
            if delay is None:  # it is not ours any more
                await self._tell_if_lost(mailbox)
        except Unavailable as error:
            is_up_to_date = not isinstance(error, HeldOff)  # a stop may have come since
            delay = self._backoffs.failed(name, error)
            log.info("mailbox released for retry: %s", error)
            log_to_do(error)
        except Exception:
            delay = self._backoffs.failed(name, Unavailable("unexpected"))
            log.exception("turn failed unexpectedly")
        finally:
            if delay is not None:
                leased = mailbox.leased
                is_cancelled = leased and is_up_to_date and leased.turn.signals.is_cancelled
                wanted = leased.turn.id if leased and not is_cancelled else None
                await self._work_queue.release(mailbox.claim, delay, wanted)

    async def _tell_if_lost(self, mailbox: ClaimedMailbox) -> None:
        if mailbox.leased:
            with log_context(mailbox.leased.log_fields):
                await tell_if_lost(self._context, mailbox.leased)

    async def _advance(self, mailbox: ClaimedMailbox, slot: ConcurrencySlot) -> bool:
        """Execute one turn. Returns whether another one is queued."""
        if self._stopping.is_set():
            raise Draining
        mailbox.leased = None
        found = await self._read(mailbox.claim)
        if found is None:
            return False
        turn, thread = found
        leased = LeasedTurn(
            self._context.store, mailbox.claim, turn, stopping=self._stopping, slot=slot
        )
        mailbox.leased = leased
        with log_context(leased.log_fields):
            await mailbox.refresh()
            return await self._advance_turn(leased, thread)

    async def _advance_turn(self, leased: LeasedTurn, thread: Thread) -> bool:
        execution, errors = TurnExecution(self._context, leased, thread), _errors_of(leased)
        try:
            if errors >= MOST_UNEXPECTED_ERRORS:
                await execution.give_up(RuntimeError("unexpected errors"))
            if errors >= 2 * MOST_UNEXPECTED_ERRORS:
                return await execution.drop()
            return await execution.advance()
        except (LeaseLost, Draining, PutOff, Unavailable):
            raise
        except Exception:
            await leased.save(replace(leased.turn, unexpected_errors=_errors_of(leased) + 1))
            raise

    async def _read(self, claim: Claim) -> tuple[Turn, Thread] | None:
        """Read the mailbox's current turn and its thread; None when it is empty.

        Raises Unreadable; after some time a notice is posted in the thread, too.
        """
        context, turn = self._context, None
        try:
            turn = await context.store.current(claim)
            if turn is None:
                return None
            return turn, await context.store.thread(turn.question.thread)
        except Unreadable as error:
            unreadable = turn.id if turn else TurnId(error.turn or "")
            await post_notice(context, naming.thread_of(claim.mailbox), unreadable)
            raise


def _errors_of(leased: LeasedTurn) -> int:
    return leased.turn.unexpected_errors
