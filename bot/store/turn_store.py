"""`bot.ports.TurnStore` in Redis: what the owner of a mailbox reads and writes.

Writes are fenced (`bot.store.scripts.fragments`): one that the fence refuses raises LeaseLost.
"""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from bot.domain import naming
from bot.domain.budgets import Settlement
from bot.domain.thread import Thread, ThreadKey, TurnId, UserId
from bot.domain.turn import EndingKind, Signals, State, Turn, TurnKind
from bot.errors import LeaseLost
from bot.ports import Claim, JobKind, QueuePreview
from bot.store import codec
from bot.store.connection import Connection
from bot.store.keys import CHOICE_LIFE, DAY, TURN_LIFE
from bot.store.scripts import turn_store
from bot.store.turn_reader import TurnReader, fields_of, load_signals, load_turn

WATCHED_LIFE = 2 * DAY  # seconds; longer than a run is watched that goes on after its turn
PREVIEWED = 5  # queued questions that a preview shows
SEARCHED = 10  # latest turns of a person among which their latest answer is looked for


class RedisTurnStore:
    """`bot.ports.TurnStore`."""

    def __init__(
        self, connection: Connection, reader: TurnReader, *, running_per_person: int = 0
    ) -> None:
        """Prepare; nothing is sent.

        Args:
            connection: to the server.
            reader: of turns.
            running_per_person: how many questions of one person run at once in a channel; 0: any.
        """
        self._connection = connection
        self._most = running_per_person
        self._keys, self._me = connection.keys, connection.me
        self._reader = reader
        self._current = connection.script(turn_store.CURRENT)
        self._save = connection.script(turn_store.SAVE)
        self._save_ended = connection.script(turn_store.SAVE_ENDED)
        self._finish = connection.script(turn_store.FINISH)
        self._mark_unreadable = connection.script(turn_store.MARK_UNREADABLE)

    async def current(self, claim: Claim) -> Turn | None:
        """Return the mailbox's current turn; None, and the claim is over, when it is empty."""
        keys = self._keys
        ours, *turn = await self._current(
            (keys.ready, keys.box(claim.mailbox), keys.now(claim.mailbox)),
            (
                self._me,
                claim.entry,
                keys.turns,
                TURN_LIFE,
                self._most,
                claim.mailbox,
                keys.running(""),
                keys.run_line(""),
                keys.box(""),
            ),
        )
        _fence(bool(ours))
        if not turn:
            return None
        name, flat, has_place = turn
        return replace(load_turn(name, fields_of(flat)), has_place=bool(has_place))

    async def thread(self, key: ThreadKey) -> Thread:
        """Read a thread."""
        return await self._reader.thread(key)

    async def save(self, claim: Claim, turn: Turn) -> None:
        """Write the turn."""
        ours = await self._save(
            (self._keys.ready, self._keys.turn(turn.id)),
            (self._me, claim.entry, codec.dump_turn(turn), TURN_LIFE),
        )
        _fence(bool(ours))

    async def save_ended(self, claim: Claim, turn: Turn) -> tuple[Signals, int]:
        """Write a turn that has ended; its signals, and how many others are queued."""
        ours, *found = await self._save_ended(
            (self._keys.ready, self._keys.turn(turn.id), self._keys.box(claim.mailbox)),
            (self._me, claim.entry, codec.dump_turn(turn), TURN_LIFE, turn.id),
        )
        _fence(bool(ours))
        others, flat = found
        return load_signals(turn.id, fields_of(flat)), int(others)

    async def finish(
        self,
        claim: Claim,
        turn: Turn,
        thread: Thread | None,
        *,
        job: JobKind | None,
        settlement: Settlement = Settlement.SPEND,
    ) -> bool:
        """Write the turn and its thread, and remove the turn; True when another one is queued."""
        left = await self._finish(
            self._finished(claim, turn),
            (
                self._me,
                claim.entry,
                turn.id,
                codec.dump_turn(turn),
                self._done_life(settlement),
                codec.dump_thread(thread) if thread else "",
                self._connection.thread_life,
                job or "",
                "" if turn.question.start.needs_no_run else int(self._connection.clock()),
                settlement,
                self._most if turn.question.start is TurnKind.QUESTION else 0,
                claim.mailbox,
                self._keys.turns,
                self._keys.box(""),
                self._connection.open_thread_life,
                "1" if _never_began(turn) else "",
            ),
        )
        _fence(left >= 0)
        if turn.ending and turn.ending.kind is EndingKind.NOT_ALLOWED:
            async with self._connection.call() as redis:  # its record is without words, too
                await redis.hdel(self._keys.turn(turn.id), "edited", "latest")
        return bool(left > 0)

    def _finished(self, claim: Claim, turn: Turn) -> tuple[str, ...]:
        """Return the KEYS of the script FINISH."""
        keys, runner = self._keys, naming.runner(turn.question)
        return (
            keys.ready,
            keys.box(claim.mailbox),
            keys.now(claim.mailbox),
            keys.turn(turn.id),
            keys.thread(turn.question.thread),
            keys.reservations,
            keys.later,
            keys.running(runner),
            keys.run_line(runner),
        )

    def _done_life(self, settlement: Settlement) -> int:
        """Return how many seconds a turn is kept that is done; its run may have to be watched."""
        life = self._connection.done_life
        return max(life, WATCHED_LIFE) if settlement is Settlement.KEEP else life

    async def unmark_later(self, turn: TurnId) -> None:
        """Enqueue the job that removes the queued reaction of a turn that waits no more."""
        await self._connection.send("XADD", self._keys.ready, "*", "waiting", turn)

    async def mark_unreadable(self, turn: TurnId, patience: float) -> bool:
        """Record that a turn is unreadable; True, once, after `patience` seconds of it."""
        args = (round(self._connection.clock()), patience)
        return bool(await self._mark_unreadable((self._keys.turn(turn),), args))

    async def unmark_unreadable(self, turn: TurnId) -> None:
        """Let `mark_unreadable` return True again."""
        async with self._connection.call() as redis:
            await redis.hdel(self._keys.turn(turn), "unread_told")

    async def queue_preview(self, claim: Claim) -> QueuePreview:
        """Read the questions that are queued behind the current one."""
        current, names = await self._reader.queue(claim.mailbox)
        queued = [name for name in names if name != current]
        return QueuePreview(tuple(await self._reader.turns(queued[:PREVIEWED])), len(queued))

    async def hold_off(self, thread: ThreadKey, person: UserId, seconds: float) -> None:
        """Hold the person's queued questions in the thread for so many seconds."""
        async with self._connection.call() as redis:
            await redis.set(self._keys.held(thread, person), "1", px=round(seconds * 1000))

    async def held_for(self, thread: ThreadKey, person: UserId) -> float:
        """Return for how many more seconds that is in force; 0 when it is not."""
        async with self._connection.call() as redis:
            left = await redis.pttl(self._keys.held(thread, person))
        return max(0.0, left / 1000)

    async def is_busy(self, thread: ThreadKey) -> bool:
        """Whether the thread has a current turn."""
        return bool(await self._connection.send("EXISTS", self._keys.now(str(thread))))

    async def is_queued(self, turn: TurnId) -> bool:
        """Whether the turn has not begun yet, or waits for a place to run."""
        found = await self._reader.turn(turn)
        if found is None or found.state is not State.QUEUED:
            return False
        question, mailbox = found.question, naming.mailbox(found.question)
        async with self._connection.call() as redis:
            pipe = redis.pipeline(transaction=False)
            pipe.get(self._keys.now(mailbox))
            pipe.zscore(self._keys.box(mailbox), turn)
            pipe.zscore(self._keys.run_line(naming.runner(question)), f"{turn} {mailbox}")
            current, order, in_line = await pipe.execute()
        return (current != turn or in_line is not None) and order is not None

    async def last_answered(self, turn: Turn, within: float) -> ThreadKey | None:
        """Return the thread of a person's latest answer in a direct message, once a person."""
        thread, asker = turn.question.thread, turn.question.asker
        explained = self._keys.topics_explained(thread.team, asker)
        async with self._connection.call() as redis:
            before = await redis.get(explained)
            if before not in (None, turn.id):
                return None
            asked = f"{self._keys.asker(thread.team)}{asker}"
            names = cast("list[str]", await redis.zrevrange(asked, 0, SEARCHED - 1))
        here = f"{thread.team}:{thread.channel}:"
        turns = [each for each in await self._reader.turns(names) if each.id.startswith(here)]
        answered = [
            each
            for each in turns
            if each.question.thread != thread
            and each.ending is not None
            and each.ending.kind is EndingKind.ANSWERED
            and turn.received - within <= each.ending.at <= turn.received
        ]
        if not answered:
            return None
        async with self._connection.call() as redis:
            await redis.set(explained, turn.id, nx=True, ex=CHOICE_LIFE)
            if await redis.get(explained) != turn.id:
                return None
        latest = max(answered, key=lambda each: each.ending.at if each.ending else 0.0)
        return latest.question.thread

    async def turn(self, turn: TurnId) -> Turn | None:
        """Read a turn with its signals; None when it is not remembered."""
        return await self._reader.turn(turn)

    async def queue_state(self, thread: ThreadKey) -> tuple[Turn | None, int]:
        """Read the thread's current turn, or the next one, and how many are queued behind it."""
        return await self._reader.queue_state(thread)


def _fence(ours: bool) -> None:
    if not ours:
        raise LeaseLost


def _never_began(turn: Turn) -> bool:
    """Whether a question was withdrawn before anything was started for it."""
    is_withdrawn = turn.ending is not None and turn.ending.kind is EndingKind.WITHDRAWN
    return is_withdrawn and turn.run is None and turn.started_at is None
