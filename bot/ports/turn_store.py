"""What the owner of a thread reads and writes, and how work reaches it. bot.store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NewType, Protocol

from bot.domain.choices import Choices
from bot.domain.thread import ChannelId, TeamId, Thread, ThreadKey, TurnId, UserId
from bot.domain.turn import Turn

EntryId = NewType("EntryId", str)


@dataclass(frozen=True, slots=True)
class Claim:
    """Our right to a mailbox: the stream entry that Redis gave to this replica."""

    entry: EntryId
    mailbox: str


class JobKind(StrEnum):
    """What there is to do for a turn beside or after its walk; the word in the stream's entry."""

    QUEUED_REACTION = "waiting"  #: put ⏳ on its message: it waits behind another turn
    FINAL_STATUS = "receipt"  #: it is done: change its status, which says that it goes on
    AGENT_SESSION = "session"  #: have Slack's session of a thread say whether anything goes on


@dataclass(frozen=True, slots=True)
class Job:
    """An errand to run; the entry is ours until `settle`. `about`: a turn, or a thread's key."""

    entry: EntryId
    about: str
    kind: JobKind


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


class WorkQueue(Protocol):
    """How work reaches a replica, and how it leaves it."""

    async def notifications(self) -> Sequence[str]:
        """Wait up to a second for mailboxes about whose turns there is something new to read.

        Every replica is told of all; what was told before this replica joined is not repeated.
        """
        ...

    async def register(self) -> None:
        """Make this replica known."""
        ...

    async def receive(self, room: int) -> Sequence[Claim | Job]:
        """Wait up to a second for new work, at most `room` pieces."""
        ...

    async def heartbeat(self) -> bool:
        """Renew the lease of this replica. False when it had lapsed in between."""
        ...

    async def reclaim(self) -> Sequence[Claim | Job]:
        """Take over the work of replicas whose lease lapsed, and wake what was put off."""
        ...

    async def list_pending(self) -> Sequence[Claim | Job]:
        """All that Redis holds to be ours: finds what a lost reply never told us."""
        ...

    async def release(self, claim: Claim, delay: float, wanted: TurnId | None = None) -> None:
        """Let go of a mailbox, now (0) or to be taken up in `delay` seconds.

        When the turn `wanted` is to be stopped, or is gone, by now, it is taken up at once.
        """
        ...

    async def session_stopped(self, thread: ThreadKey) -> None:
        """Have Slack's session of the thread say again what is so, when nothing is going on."""
        ...

    async def acknowledge(self, job: Job) -> None:
        """A chore is done."""
        ...

    async def deregister(self) -> None:
        """Say goodbye: what is still ours goes to the others at once."""
        ...


class RateLimiter(Protocol):
    """How often Slack and the Chat API may be called, shared by all replicas.

    When it raises Unavailable nobody can tell: then call, and obey what the other side says.
    """

    async def reserve_post(self, channel: ChannelId) -> float:
        """Take the next place for a post in the channel; seconds until its time, 0 for now."""
        ...

    async def reserve_edit(self) -> float:
        """Take the next place for an edit; seconds until its time, 0 for now."""
        ...

    async def try_edit(self, claim: Claim) -> bool:
        """Whether an edit that may as well be dropped may go now; if so it has been counted.

        It may not when little is left for those that must go, or when the thread is not ours.
        """
        ...

    async def try_stream(self, claim: Claim) -> bool:
        """Whether a streamed message may begin now: there is room, and Slack takes it here."""
        ...

    async def try_append(self, claim: Claim) -> bool:
        """Whether something may be appended to a streamed message now."""
        ...

    async def disable_streams(self, seconds: float) -> None:
        """Remember for so long that Slack streams no messages in this workspace."""
        ...

    async def reserve_chat(self) -> float | None:
        """Take the next place for a chat completion; seconds until then, None: too many wait."""
        ...

    async def pause_optional_edits(self, seconds: float) -> None:
        """Let no spare edit go for so long: Slack asked for it."""
        ...

    async def try_session(self, claim: Claim) -> bool:
        """Whether a thread's session may be set now: there is room, and Slack takes it here."""
        ...

    async def reserve_session_end(self) -> float | None:
        """Take the next place for ending a session; seconds until then, None: not taken here."""
        ...

    async def disable_sessions(self, seconds: float) -> None:
        """Remember for so long that Slack takes no sessions in this workspace."""
        ...
