"""How work reaches a replica. Implemented by `bot.store.work_queue`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType, Protocol

from bot.domain.thread import ThreadKey, TurnId

EntryId = NewType("EntryId", str)


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to work on a mailbox: the stream entry that Redis gave to this replica."""

    entry: EntryId
    mailbox: str


class JobKind(StrEnum):
    """What is to be done beside or after a turn's execution; the field of the stream entry."""

    QUEUED_REACTION = "waiting"  #: add ⏳ to the message of a queued turn, or remove it
    FINAL_STATUS = "receipt"  #: change the status message of a turn that is done
    CONFIRMATION = "lapse"  #: say that nobody confirmed the price of a question in time
    SETTLEMENT = "settle"  #: settle the price of a run that goes on after its turn
    ANNOUNCEMENT = "announce"  #: tell a channel that its default was changed, if nobody has
    FORGET = "forget"  #: delete the turns of a thread that was forgotten
    AGENT_SESSION = "session"  #: end the agent session of a thread, once it has no current turn


@dataclass(frozen=True, slots=True)
class Job:
    """A job to run. It stays pending for this replica until `WorkQueue.acknowledge`.

    Attributes:
        about: the id of a turn; for AGENT_SESSION the key of a thread; for FORGET a `Forgotten`;
            for ANNOUNCEMENT a `DefaultChange`.
    """

    entry: EntryId
    about: str
    kind: JobKind


class WorkQueue(Protocol):
    """Claims and jobs for this replica."""

    async def notifications(self) -> Sequence[str]:
        """Wait up to a second for the names of mailboxes whose turns have something new to read.

        Every replica gets every notification since it registered.
        """
        ...

    async def register(self) -> None:
        """Begin this replica's lease, and its notifications."""
        ...

    async def receive(self, room: int) -> Sequence[Claim | Job]:
        """Wait up to a second for new claims and jobs, at most `room` of them."""
        ...

    async def heartbeat(self) -> bool:
        """Renew this replica's lease; False when it had lapsed in the meantime."""
        ...

    async def reclaim(self) -> Sequence[Claim | Job]:
        """Take over the claims and jobs of replicas whose lease lapsed.

        Mailboxes whose release was delayed until now can be received again after this.
        """
        ...

    async def list_pending(self) -> Sequence[Claim | Job]:
        """Return all claims and jobs of this replica, also those whose reply was lost."""
        ...

    async def release(
        self, claim: Claim, delay: float, unless_signalled: TurnId | None = None
    ) -> None:
        """Release a claimed mailbox; any replica may claim it after `delay` seconds.

        At once if the turn `unless_signalled` was stopped or deleted in the meantime.
        """
        ...

    async def session_stopped(self, thread: ThreadKey) -> None:
        """Enqueue a job AGENT_SESSION."""
        ...

    async def acknowledge(self, job: Job) -> None:
        """Remove a job that is done."""
        ...

    async def deregister(self) -> None:
        """End this replica's lease now; the others take over what it still holds."""
        ...
