"""`bot.ports.TurnStore`: what the owner of a mailbox reads and writes.

A write that the fence refuses leaves it as `LeaseLost`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import cast

from bot.domain import naming
from bot.domain.choices import Choices
from bot.domain.thread import ChannelId, TeamId, Thread, ThreadKey, TurnId, UserId
from bot.domain.turn import EndingKind, State, Turn
from bot.errors import LeaseLost
from bot.ports import Claim, QueuePreview
from bot.store import codec
from bot.store.choices import RedisChoices
from bot.store.connection import Connection
from bot.store.keys import CHOICE_LIFE, COUNT_LIFE, TURN_LIFE
from bot.store.scripts import turn_store
from bot.store.turn_reader import TurnReader, left_to_newer, load_turn

SHOWN_WAITING = 5  # queued questions that a preview names
LATEST = 9  # turns of a person that are searched for their latest answer, but for one


class RedisTurnStore:
    """`bot.ports.TurnStore` in Redis."""

    def __init__(
        self, connection: Connection, reader: TurnReader, *, choices: RedisChoices
    ) -> None:
        self._connection = connection
        self._keys, self._me = connection.keys, connection.me
        self._reader = reader
        self._choices = choices
        self._head = connection.script(turn_store.HEAD)
        self._save = connection.script(turn_store.SAVE)
        self._started = connection.script(turn_store.STARTED)
        self._finish = connection.script(turn_store.FINISH)
        self._unread = connection.script(turn_store.UNREAD)

    async def current(self, claim: Claim) -> Turn | None:
        """Return the mailbox's turn at work; None when it is empty, and the hold is given back."""
        ours, *turn = await self._head(
            (self._keys.ready, self._keys.box(claim.mailbox), self._keys.now(claim.mailbox)),
            (self._me, claim.entry, self._keys.turns, TURN_LIFE),
        )
        _fence(bool(ours))
        if not turn:
            return None
        name, flat = turn
        return load_turn(name, dict(zip(flat[::2], flat[1::2], strict=True)))

    async def thread(self, key: ThreadKey) -> Thread:
        """Read a thread."""
        async with self._connection.call() as redis:
            record = await redis.hget(self._keys.thread(key), "record")
        with left_to_newer(slack_thread=str(key)):
            return codec.load_thread(key, record)

    async def save(self, claim: Claim, turn: Turn) -> None:
        """Write the turn."""
        ours = await self._save(
            (self._keys.ready, self._keys.turn(turn.id)),
            (self._me, claim.entry, codec.dump_turn(turn), TURN_LIFE),
        )
        _fence(bool(ours))

    async def finish(
        self, claim: Claim, turn: Turn, thread: Thread | None, *, receipt: bool
    ) -> bool:
        """Write the turn and its thread, take it off the mailbox; True when another waits."""
        waiting = await self._finish(
            (
                self._keys.ready,
                self._keys.box(claim.mailbox),
                self._keys.now(claim.mailbox),
                self._keys.turn(turn.id),
                self._keys.thread(turn.question.thread),
            ),
            (
                self._me,
                claim.entry,
                turn.id,
                codec.dump_turn(turn),
                TURN_LIFE,
                codec.dump_thread(thread) if thread else "",
                self._connection.thread_life,
                "1" if receipt else "",
                "" if turn.question.start.needs_no_run else int(self._connection.clock()),
            ),
        )
        _fence(waiting >= 0)
        return bool(waiting > 0)

    async def record_created(self, claim: Claim, turn: Turn, cost: Decimal) -> None:
        """Write a turn whose run has just been created, and add its cost (US dollars), once."""
        question = turn.question
        ours = await self._started(
            (
                self._keys.ready,
                self._keys.turn(turn.id),
                self._keys.spent(question.thread.team, question.asker),
            ),
            (
                self._me,
                claim.entry,
                codec.dump_turn(turn),
                TURN_LIFE,
                int(cost * 1_000_000),
                f"{datetime.fromtimestamp(self._connection.clock(), UTC):%Y-%m}",
                COUNT_LIFE,
            ),
        )
        _fence(bool(ours))

    async def mark_unreadable(self, turn: TurnId, patience: float) -> bool:
        """Note that a turn cannot be read; True, once, when that has been so for `patience` s."""
        args = (round(self._connection.clock()), patience)
        return bool(await self._unread((self._keys.turn(turn),), args))

    async def unmark_unreadable(self, turn: TurnId) -> None:
        """Take it back that its people were told that it cannot be read."""
        async with self._connection.call() as redis:
            await redis.hdel(self._keys.turn(turn), "unread_told")

    async def queue_preview(self, claim: Claim) -> QueuePreview:
        """Read the questions that wait behind the one at work."""
        begun, names = await self._reader.queue(claim.mailbox)
        others = [name for name in names if name != begun]
        return QueuePreview(tuple(await self._reader.turns(others[:SHOWN_WAITING])), len(others))

    async def hold_off(self, thread: ThreadKey, person: UserId, seconds: float) -> None:
        """Have no question of the person that waits in the thread begun for so long."""
        async with self._connection.call() as redis:
            await redis.set(self._keys.held(thread, person), "1", px=round(seconds * 1000))

    async def held_for(self, thread: ThreadKey, person: UserId) -> float:
        """Return for how many seconds more no waiting question of the person may be begun."""
        async with self._connection.call() as redis:
            left = await redis.pttl(self._keys.held(thread, person))
        return max(0.0, left / 1000)

    async def is_busy(self, thread: ThreadKey) -> bool:
        """Whether the thread works on a turn just now."""
        async with self._connection.call() as redis:
            return bool(await redis.exists(self._keys.now(str(thread))))

    async def is_queued(self, turn: TurnId) -> bool:
        """Whether the turn has not begun yet."""
        found = await self._reader.turn(turn)
        if found is None or found.state is not State.QUEUED:
            return False
        mailbox = naming.mailbox(found.question)
        async with self._connection.call() as redis:
            pipe = redis.pipeline(transaction=False)
            pipe.get(self._keys.now(mailbox))
            pipe.zscore(self._keys.box(mailbox), turn)
            begun, place = await pipe.execute()
        return begun != turn and place is not None

    async def last_answered(self, turn: Turn, within: float) -> ThreadKey | None:
        """Return where a person was answered last in a direct message, to tell them, once."""
        thread, asker = turn.question.thread, turn.question.asker
        told = self._keys.told_of_topics(thread.team, asker)
        async with self._connection.call() as redis:
            before = await redis.get(told)
            if before not in (None, turn.id):
                return None
            theirs = f"{self._keys.asker(thread.team)}{asker}"
            names = cast("list[str]", await redis.zrevrange(theirs, 0, LATEST))
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
            await redis.set(told, turn.id, nx=True, ex=CHOICE_LIFE)
            if await redis.get(told) != turn.id:
                return None
        latest = max(answered, key=lambda each: each.ending.at if each.ending else 0.0)
        return latest.question.thread

    async def turn(self, turn: TurnId) -> Turn | None:
        """Read a turn; None when it is not remembered."""
        return await self._reader.turn(turn)

    async def queue_state(self, thread: ThreadKey) -> tuple[Turn | None, int]:
        """Read the turn that the thread works on, or works on next, and how many wait behind it."""
        return await self._reader.queue_state(thread)

    async def choices(
        self, team: TeamId, channel: ChannelId, person: UserId, thread: ThreadKey | None
    ) -> Choices:
        """Read what was chosen."""
        return await self._choices.choices(team, channel, person, thread)


def _fence(ours: bool) -> None:
    if not ours:
        raise LeaseLost
