"""`bot.ports.Mailbox` in Redis: what listeners read and write."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from bot.domain import derived, lifecycle, moving, naming, prompt
from bot.domain.choices import FollowUps
from bot.domain.thread import MessageTs, ThreadKey, TurnId, UserId
from bot.domain.turn import Question, Turn
from bot.ports import Acceptance, Addressing, Channel, EditOutcome
from bot.store import codec
from bot.store.connection import Connection
from bot.store.keys import (
    CHOICE_LIFE,
    DAY,
    STRAY_LIFE,
    STRAYS,
    STRAYS_OF_A_THREAD,
    TURN_LIFE,
)
from bot.store.scripts import mailbox as scripts
from bot.store.scripts import signals
from bot.store.signals import Signal, SignalWriter
from bot.store.turn_reader import TurnReader, unreadable_errors

DORMANT_AFTER = 14 * DAY  # seconds without a turn, after which a reply alone asks nothing


class RedisMailbox:
    """`bot.ports.Mailbox`. What a method has written is durable when it returns."""

    def __init__(
        self,
        connection: Connection,
        reader: TurnReader,
        *,
        follow_ups: FollowUps = FollowUps.EVERY,
        waiting_per_thread: int = 0,
    ) -> None:
        """Prepare; nothing is sent.

        Args:
            connection: to the server.
            reader: of turns.
            follow_ups: in force where a channel chose nothing.
            waiting_per_thread: how many questions wait in a thread at most; 0: any number.
        """
        self._most_waiting = waiting_per_thread
        self._connection = connection
        self._keys = connection.keys
        self._reader = reader
        self._follow_ups = follow_ups
        self._signals = SignalWriter(connection, reader)
        self._append = connection.script(scripts.APPEND)
        self._stop_undelivered = connection.script(scripts.STOP_UNDELIVERED)
        self._mute = connection.script(scripts.MUTE)
        self._move = connection.script(signals.MOVE)

    async def put(self, question: Question, addressing: Addressing) -> Acceptance:
        """Append a question to its thread's mailbox, once."""
        return await self.append(lifecycle.received(question, self._connection.clock()), addressing)

    async def append(self, turn: Turn, addressing: Addressing) -> Acceptance:
        """Append a turn that carries more than its question; it is received now."""
        now = self._connection.clock()
        turn = replace(turn, received=now)
        question, stray = turn.question, prompt.truncated(turn.question)
        thread = question.thread
        return Acceptance(
            await self._append(
                self._appended_to(question),
                (
                    turn.id,
                    naming.queue_position(turn),
                    codec.dump_turn(turn),
                    naming.mailbox(question),
                    addressing,
                    TURN_LIFE,
                    STRAY_LIFE,
                    self._connection.open_thread_life,
                    self._keys.turns,
                    self._keys.asker(thread.team),
                    question.asker,
                    int(now),
                    DORMANT_AFTER,
                    self._follow_ups,
                    CHOICE_LIFE,
                    "" if stray == question else codec.dump_turn(replace(turn, question=stray)),
                    str(thread),
                    self._keys.strays(""),
                    self._keys.stray_times(""),
                    STRAYS_OF_A_THREAD,
                    STRAYS,
                    0 if question.start.needs_no_run else self._most_waiting,
                    "1" if naming.is_asked_by_message(question) else "",
                ),
            )
        )

    def _appended_to(self, question: Question) -> tuple[str, ...]:
        """Return the KEYS of the script APPEND."""
        keys, thread, mailbox = self._keys, question.thread, naming.mailbox(question)
        return (
            keys.ready,
            keys.box(mailbox),
            keys.thread(thread),
            keys.strays(thread),
            keys.now(mailbox),
            keys.news,
            keys.follow_ups(Channel(thread.team, thread.channel)),
            keys.stray_times(thread),
            keys.all_strays,
        )

    async def turn(self, turn: TurnId) -> Turn | None:
        """Read a turn with its signals; None when it is not remembered."""
        return await self._reader.turn(turn)

    async def latest_edit(self, turn: TurnId) -> Question | None:
        """Read what a message asks since its latest edit."""
        latest = await self._connection.send("HGET", self._keys.turn(turn), "latest")
        with unreadable_errors(turn=turn):
            return codec.load_question(latest) if latest else None

    async def at_work(self, thread: ThreadKey) -> Turn | None:
        """Read the thread's current turn, or the next one; None if there is neither."""
        return (await self._reader.queue_state(thread))[0]

    async def asked_by(self, thread: ThreadKey, person: UserId) -> Turn | None:
        """Read the latest turn in the thread that the person asked and that has not ended."""
        return next(iter(await self.all_asked_by(thread, person)), None)

    async def all_asked_by(self, thread: ThreadKey, person: UserId) -> list[Turn]:
        """Read all of a person's turns in the thread that have not ended, the latest first."""
        async with self._connection.call() as redis:
            box = self._keys.box(str(thread))
            names = cast("list[str]", await redis.zrevrange(box, 0, -1))
        turns = await self._reader.turns(names)
        return [turn for turn in turns if turn.question.asker == person]

    async def has_asked(self, thread: ThreadKey, person: UserId) -> bool:
        """Whether the person has asked anything in the thread."""
        async with self._connection.call() as redis:
            return bool(await redis.hexists(self._keys.thread(thread), f"by:{person}"))

    async def stop(self, turn: TurnId, by: UserId, order: TurnId | None = None) -> None:
        """Signal that a turn is to be stopped, and remember the order if it is given."""
        if found := await self._reader.turn(turn):
            signal = Signal("stop", by)
            await self._signals.write(turn, naming.mailbox(found.question), signal, order=order)

    async def stop_undelivered(self, thread: ThreadKey, person: UserId, before: MessageTs) -> None:
        """Stop what a person asked `before`, if it is delivered from now on."""
        args = (person, naming.micros(before), STRAY_LIFE)
        await self._stop_undelivered((self._keys.thread(thread),), args)

    async def was_obeyed(self, order: TurnId) -> bool:
        """Whether an order stopped something."""
        async with self._connection.call() as redis:
            return bool(await redis.exists(self._keys.order(order)))

    async def edit(
        self, turn: TurnId, question: Question, at: MessageTs, *, when: MessageTs | None = None
    ) -> EditOutcome:
        """Signal the text that a question has since `at`."""
        early = Signal("edited", codec.dump_question(prompt.truncated(question)), at)
        found = await self._signals.find_or_keep(turn, early)
        if found is False:
            return EditOutcome.STALE
        latest = codec.dump_question(replace(question, at=when or at))
        own = found if isinstance(found, Turn) else None
        outcomes = set()
        for each in await self._signals.asked_before(turn, own, question.thread, when):
            mailbox = naming.mailbox(each.question)
            # An older release asks all that is written here, not only its words.
            edited = lifecycle.as_edited(each.question, question)
            kept = latest if derived.is_own(each) else ""
            signal = Signal("edited", codec.dump_question(edited), at, kept)
            outcomes.add(await self._signals.edit(each.id, mailbox, signal))
            if EditOutcome.STALE in outcomes:
                break
        ranked = (EditOutcome.STALE, EditOutcome.TAKEN, EditOutcome.OFFERED)
        return next((each for each in ranked if each in outcomes), EditOutcome.NOT_TAKEN)

    async def ping(self, turn: TurnId, person: UserId) -> bool:
        """Signal that a person wants to be mentioned with the answer; False when it is made."""
        found = await self._reader.turn(turn)
        if found is None:
            return False
        signal = Signal(f"ping:{person}", "1")
        return await self._signals.write(turn, naming.mailbox(found.question), signal)

    async def asking(self, thread: ThreadKey, message: MessageTs) -> list[Turn]:
        """Read the turns that ask a message of the thread and have not ended."""
        own = await self._reader.turn(naming.turn_id_of(thread.team, thread.channel, message))
        moved = await self._signals.moved(own) if own else []
        return await self._signals.asking(thread, message, moved)

    async def withdraw(
        self,
        turn: TurnId,
        at: MessageTs,
        *,
        waiting: bool = False,
        thread: ThreadKey | None = None,
        when: MessageTs | None = None,
    ) -> bool:
        """Withdraw all that asks a message; False when it was edited since `at`."""
        found = await self._signals.find_or_keep(turn, Signal("gone", "1", at))
        if found is False:
            return False
        own = found if isinstance(found, Turn) else None
        for each in await self._signals.asked_before(turn, own, thread, when):
            # What somebody else has pressed, and pays for, goes on once it runs.
            is_theirs = own is None or each.question.asker != own.question.asker
            only_waiting = waiting or is_theirs
            mailbox = naming.mailbox(each.question)
            if not await self._signals.withdraw(each.id, mailbox, at, waiting=only_waiting):
                return False
        return True

    async def move(self, turn: TurnId, thread: ThreadKey, processor: str) -> bool:
        """Ask a queued question in a thread of its own; False when it is not queued.

        The turn of its message remembers where to, if another one asks that message.
        """
        found = await self._reader.turn(turn)
        if found is None:
            return False
        asked, edited = found.question, found.signals.edited
        asked = lifecycle.as_edited(asked, edited) if edited else asked
        old, now = await self._reader.thread(asked.thread), self._connection.clock()
        moved = lifecycle.received(moving.moved(asked, old, thread, processor), now)
        mailbox, new_mailbox = naming.mailbox(found.question), naming.mailbox(moved.question)
        keys = self._keys
        return bool(
            await self._move(
                (
                    *self._signals.keys(turn, mailbox),
                    keys.turn(moved.id),
                    keys.box(new_mailbox),
                    keys.thread(thread),
                    keys.turn(derived.message_turn(found)),
                ),
                (
                    turn,
                    mailbox,
                    moved.id,
                    naming.queue_position(moved),
                    codec.dump_turn(moved),
                    new_mailbox,
                    TURN_LIFE,
                    self._connection.open_thread_life,
                    asked.asker,
                    keys.asker(thread.team),
                    int(now),
                ),
            )
        )

    async def mute(self, thread: ThreadKey, at: MessageTs, *, muted: bool) -> bool:
        """Ignore replies in the thread that do not mention us, or stop ignoring them."""
        # The note that says so ends its open life.
        args = ("1" if muted else "", naming.micros(at), self._connection.open_thread_life)
        return bool(await self._mute((self._keys.thread(thread),), args))

    async def is_muted(self, thread: ThreadKey) -> bool:
        """Whether replies in the thread that do not mention us are ignored."""
        async with self._connection.call() as redis:
            return bool(await redis.hexists(self._keys.thread(thread), "muted"))

    async def is_ours(self, thread: ThreadKey) -> bool:
        """Whether anything in the thread was addressed to us."""
        async with self._connection.call() as redis:
            return bool(await redis.hexists(self._keys.thread(thread), "from"))

    async def session_stopped(self, thread: ThreadKey) -> None:
        """Enqueue a job that ends the thread's agent session, once no turn is in progress."""
        await self._connection.send("XADD", self._keys.ready, "*", "session", str(thread))
