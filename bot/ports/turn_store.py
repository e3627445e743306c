"""What the owner of a mailbox reads and writes. Implemented by `bot.store.turn_store`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot.domain.budgets import Settlement
from bot.domain.thread import Thread, ThreadKey, TurnId, UserId
from bot.domain.turn import Signals, Turn
from bot.ports.work_queue import Claim, JobKind


@dataclass(frozen=True, slots=True)
class QueuePreview:
    """The questions that are queued behind the current one.

    Attributes:
        turns: the first of them, at most five, in order.
        number: of all of them.
        quick: the first of `turns` that the Chat API is to answer; None for none.
    """

    turns: tuple[Turn, ...] = ()
    number: int = 0
    quick: TurnId | None = None

    @property
    def texts(self) -> tuple[str, ...]:
        """What `turns` ask, with edits applied."""
        return tuple((turn.signals.edited or turn.question).text for turn in self.turns)


class TurnStore(Protocol):
    """Turns and threads, for the owner of a mailbox.

    Methods that take a `Claim` raise LeaseLost when another replica has it by now.
    """

    async def current(self, claim: Claim) -> Turn | None:
        """Return the mailbox's current turn: the one that was begun, else the oldest.

        A question takes a place to run, if its asker has one left in the channel: see
        `Turn.has_place`.

        Returns:
            None for an empty mailbox, and the claim is over. Raises Unreadable.
        """
        ...

    async def thread(self, key: ThreadKey) -> Thread:
        """Read a thread. Raises Unreadable."""
        ...

    async def save(self, claim: Claim, turn: Turn) -> None:
        """Write the turn."""
        ...

    async def save_ended(self, claim: Claim, turn: Turn) -> tuple[Signals, int]:
        """Write a turn that has ended. From then on nobody can ask to be mentioned with it.

        Returns:
            Its signals, all of them, and how many other turns are queued in the mailbox.
        """
        ...

    async def finish(
        self,
        claim: Claim,
        turn: Turn,
        thread: Thread | None,
        *,
        job: JobKind | None,
        settlement: Settlement = Settlement.SPEND,
    ) -> bool:
        """Write the turn and its thread (None: unchanged), and remove the turn from the mailbox.

        Args:
            job: for the turn, to enqueue.
            settlement: what becomes of the price that it holds; with KEEP, enqueue a job
                SETTLEMENT.

        Returns:
            Whether the mailbox has another turn; if not, the claim is over.
        """
        ...

    async def unmark_later(self, turn: TurnId) -> None:
        """Enqueue the job that removes the queued reaction of a turn that waits no more."""
        ...

    async def turn(self, turn: TurnId) -> Turn | None:
        """Read a turn with its signals; None when it is not remembered. Raises Unreadable."""
        ...

    async def mark_unreadable(self, turn: TurnId, patience: float) -> bool:
        """Record that this release cannot read a turn.

        Returns:
            True, once for all replicas, if it was first recorded `patience` seconds ago: its thread
            is to be told now.
        """
        ...

    async def unmark_unreadable(self, turn: TurnId) -> None:
        """Let `mark_unreadable` return True again, because the thread could not be told."""
        ...

    async def queue_preview(self, claim: Claim) -> QueuePreview:
        """Read the questions that are queued behind the current one."""
        ...

    async def queue_state(self, thread: ThreadKey) -> tuple[Turn | None, int]:
        """Read the thread's current turn, or the next one, and how many are queued behind it."""
        ...

    async def hold_off(self, thread: ThreadKey, person: UserId, seconds: float) -> None:
        """Hold the person's queued questions in the thread for so many seconds (`held_for`)."""
        ...

    async def held_for(self, thread: ThreadKey, person: UserId) -> float:
        """Return for how many more seconds the person's queued questions must not be begun."""
        ...

    async def is_busy(self, thread: ThreadKey) -> bool:
        """Whether the thread has a current turn."""
        ...

    async def is_queued(self, turn: TurnId) -> bool:
        """Whether the turn is in its mailbox and has not been begun."""
        ...

    async def last_answered(self, turn: Turn, within: float) -> ThreadKey | None:
        """Return the thread of a person's latest answer in a direct message, once a person.

        Args:
            turn: a question outside of threads. For the first turn that is given an answer, it is
                returned each time; for any later turn of the person it is None.
            within: seconds between that answer and the question, at most.
        """
        ...
