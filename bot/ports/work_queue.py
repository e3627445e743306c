"""How work reaches a replica. bot.store.work_queue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType, Protocol

from bot.domain.thread import ThreadKey, TurnId

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
