"""What the tests of the store share: a clock, questions, and the owner's calls."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from bot.domain import lifecycle
from bot.domain.thread import (
    ChannelId,
    MessageTs,
    TeamId,
    ThreadKey,
    UserId,
)
from bot.domain.turn import Ending, EndingKind, Question, Turn
from bot.ports import Claim, Job, JobKind
from bot.store.store import Store

ROOT = MessageTs("1700000000.000100")
TEAM = TeamId("T1")
KEY = ThreadKey(TEAM, ChannelId("C1"), ROOT)
ADA, BOB = UserId("U1"), UserId("U2")


class Clock:
    """A clock that a test moves; in seconds since 1970."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


def asked(number: int = 0, asker: UserId = ADA, **more: object) -> Question:
    """Return "question NUMBER" of the thread, asked that many seconds after its first message."""
    message = MessageTs(f"{1700000000 + number}.000100")
    return replace(Question(KEY, message, asker, f"question {number}"), **more)  # type: ignore[arg-type]


def at(seconds: int) -> MessageTs:
    """Return the time of an edit or a press, in seconds after 1700000100."""
    return MessageTs(f"{1700000100 + seconds}.000200")


async def taken(store: Store, mailbox: str | None = None) -> tuple[Claim, Turn]:
    """Claim the next mailbox, or the one of this name; return the claim and its current turn.

    Jobs that come before are acknowledged.
    """
    async with asyncio.timeout(60):
        while True:
            for work in await store.work_queue.receive(1):
                if isinstance(work, Job):
                    await store.work_queue.acknowledge(work)
                elif mailbox in (None, work.mailbox):
                    turn = await store.turns.current(work)
                    assert turn
                    return work, turn


async def next_jobs(store: Store, number: int) -> list[tuple[JobKind, str]]:
    """Receive and acknowledge so many jobs; return the kind of each and what it is about."""
    found: list[tuple[JobKind, str]] = []
    async with asyncio.timeout(60):
        while len(found) < number:
            for work in await store.work_queue.receive(1):
                if isinstance(work, Job):
                    found.append((work.kind, work.about))
                    await store.work_queue.acknowledge(work)
    return found


async def done(
    store: Store, hold: Claim, turn: Turn, kind: EndingKind = EndingKind.CANCELLED
) -> bool:
    """End the turn like that and finish it; return whether the mailbox has another."""
    ended = lifecycle.ended(turn, Ending(kind, 1.0))
    return await store.turns.finish(hold, lifecycle.done(ended), None, job=None)


async def waiting(store: Store, hold: Claim) -> tuple[tuple[str, ...], int]:
    """Return the texts of the queue preview behind the current turn, and how many wait."""
    line = await store.turns.queue_preview(hold)
    return line.texts, line.number
