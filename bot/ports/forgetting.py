"""Forgetting a thread. Implemented by `bot.store.forgetting`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, Self

from bot.domain.thread import ThreadKey, TurnId, UserId


class Forgetting(StrEnum):
    """The outcome of asking to forget a thread."""

    FORGOTTEN = "forgotten"
    BUSY = "busy"  #: a question of it is in progress or waits
    NOT_THEIRS = "not theirs"  #: others have asked in it, too
    NOTHING = "nothing"  #: nothing is stored of it


@dataclass(frozen=True, slots=True)
class Forgotten:
    """A thread whose turns are to be deleted: what a job FORGET is about.

    Attributes:
        by: who had it forgotten; None where the thread need not be told.
        at: when, seconds since 1970; turns received later stay.
    """

    thread: ThreadKey
    by: UserId | None
    at: float

    def __str__(self) -> str:
        return f"{self.thread} {self.by or ''} {self.at}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the form that `str` writes. Raises ValueError on any other."""
        thread, by, at = text.split(" ")
        return cls(ThreadKey.parse(thread), UserId(by) if by else None, float(at))


class ThreadRecords(Protocol):
    """What is stored of threads, to be deleted."""

    async def may_forget(self, thread: ThreadKey, person: UserId, *, is_admin: bool) -> Forgetting:
        """Return what `forget` would, without changing anything."""
        ...

    async def forget(self, thread: ThreadKey, person: UserId, *, is_admin: bool) -> Forgetting:
        """Delete a thread, and enqueue a job FORGET for its turns, in one step.

        Args:
            thread: which one.
            person: must have asked every question of it, unless they are an admin.
            is_admin: whether they are.
        """
        ...

    async def turns(self, forgotten: Forgotten) -> Mapping[TurnId, UserId]:
        """Return the ids and askers of the thread's turns; not of those that are asked meanwhile.

        Raises:
            Unavailable: to do again.
        """
        ...

    async def forget_turn(self, thread: ThreadKey, turn: TurnId, asker: UserId) -> bool:
        """Delete a turn; that it was there is kept for two days. It is safe to repeat.

        Returns False, and nothing is deleted, while it is in progress.
        """
        ...
