"""What the owner of a thread reads and writes. bot.store.turn_store."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from bot.domain.choices import Choices
from bot.domain.thread import ChannelId, TeamId, Thread, ThreadKey, TurnId, UserId
from bot.domain.turn import Turn
from bot.ports.work_queue import Claim


@dataclass(frozen=True, slots=True)
class QueuePreview:
    """The questions that wait behind another: the first five at most, in order, and how many.

    Attributes:
        turns: these first ones, as they are now.
        number: of all that wait.
        quick: the first of `turns` that the Chat API is to answer; None for none.
    """

    turns: tuple[Turn, ...] = ()
    number: int = 0
    quick: TurnId | None = None

    @property
    def texts(self) -> tuple[str, ...]:
        """What `turns` ask, as their messages say it now."""
        return tuple((turn.signals.edited or turn.question).text for turn in self.turns)


class TurnStore(Protocol):
    """What the owner of a thread reads and writes. Every write is fenced.

    Methods that take a `Claim` raise LeaseLost when it is not ours any more.
    """

    async def current(self, claim: Claim) -> Turn | None:
        """Return the mailbox's turn at work: the one begun, else the oldest; None when empty.

        An empty mailbox gives the hold back. Raises Unreadable.
        """
        ...

    async def thread(self, key: ThreadKey) -> Thread:
        """Read a thread. Raises Unreadable."""
        ...

    async def save(self, claim: Claim, turn: Turn) -> None:
        """Write the turn."""
        ...

    async def finish(
        self, claim: Claim, turn: Turn, thread: Thread | None, *, receipt: bool
    ) -> bool:
        """Write the turn and its thread (None: unchanged), take it off the mailbox.

        Args:
            receipt: leave the errand of changing the turn's status behind.

        Returns:
            Whether another turn is waiting; when not, the hold is given back.
        """
        ...

    async def turn(self, turn: TurnId) -> Turn | None:
        """Read a turn; None when it is not remembered."""
        ...

    async def record_created(self, claim: Claim, turn: Turn, cost: Decimal) -> None:
        """Write a turn whose run has just been created, and add its cost (US dollars), once."""
        ...

    async def mark_unreadable(self, turn: TurnId, patience: float) -> bool:
        """Note that a turn cannot be read by this release.

        Returns:
            True, once for all replicas, when that has been so for `patience` seconds: its people
            are to be told now.
        """
        ...

    async def unmark_unreadable(self, turn: TurnId) -> None:
        """Take back the True that `unread` returned: nobody could be told."""
        ...

    async def queue_preview(self, claim: Claim) -> QueuePreview:
        """Read the questions that wait behind the one at work."""
        ...

    async def queue_state(self, thread: ThreadKey) -> tuple[Turn | None, int]:
        """Read the turn that the thread works on, or works on next, and how many wait behind it."""
        ...

    async def hold_off(self, thread: ThreadKey, person: UserId, seconds: float) -> None:
        """Have no question of the person that waits in the thread begun for so long."""
        ...

    async def held_for(self, thread: ThreadKey, person: UserId) -> float:
        """Return for how many seconds more no waiting question of the person may be begun."""
        ...

    async def is_busy(self, thread: ThreadKey) -> bool:
        """Whether the thread works on a turn just now."""
        ...

    async def is_queued(self, turn: TurnId) -> bool:
        """Whether the turn stands in line and has not begun yet."""
        ...

    async def choices(
        self, team: TeamId, channel: ChannelId, person: UserId, thread: ThreadKey | None
    ) -> Choices:
        """Read what was chosen."""
        ...

    async def last_answered(self, turn: Turn, within: float) -> ThreadKey | None:
        """Return where a person was answered last in a direct message, to tell them, once.

        Args:
            turn: a question outside of threads. Only one of a person's is ever told; that one as
                often as it asks.
            within: seconds between that answer and the question, at most.
        """
        ...
