"""`bot.ports.Mailbox`: append, read, and write wishes and choices down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import cast

from bot.domain import derived, lifecycle, naming, prompt
from bot.domain.choices import Choices, FollowUps
from bot.domain.thread import ChannelId, MessageTs, TeamId, ThreadKey, TurnId, UserId
from bot.domain.turn import Question, Turn
from bot.ports import Acceptance, Addressing, Asked, Channel, Scope
from bot.store import codec
from bot.store.choices import RedisChoices
from bot.store.connection import Connection
from bot.store.history import RedisHistory
from bot.store.keys import (
    CHOICE_LIFE,
    DAY,
    STRAY_LIFE,
    STRAYS,
    STRAYS_OF_A_THREAD,
    TURN_LIFE,
)
from bot.store.scripts import mailbox as scripts
from bot.store.scripts import work_queue
from bot.store.turn_reader import TurnReader

SLEEPS_AFTER = 14 * DAY  # seconds without a turn


class RedisMailbox:
    """`bot.ports.Mailbox` in Redis. Durable when it returns."""

    def __init__(
        self,
        connection: Connection,
        reader: TurnReader,
        *,
        choices: RedisChoices,
        history: RedisHistory,
        follow_ups: FollowUps = FollowUps.EVERY,
    ) -> None:
        """Prepare. `follow_ups`: in force where a channel chose nothing."""
        self._connection = connection
        self._keys = connection.keys
        self._reader = reader
        self._choices = choices
        self._history = history
        self._follow_ups = follow_ups
        self._append_script = connection.script(scripts.PUT)
        self._signal = connection.script(scripts.SIGNAL)
        self._early = connection.script(scripts.EARLY)
        self._withdraw_script = connection.script(scripts.WITHDRAW)
        self._move_script = connection.script(scripts.MOVE)
        self._session = connection.script(work_queue.SESSION)

    async def put(self, question: Question, reach: Addressing) -> Acceptance:
        """Append a question to its thread's mailbox, once."""
        return await self.append(lifecycle.received(question, self._connection.clock()), reach)

    async def put_again(
        self, turn: TurnId, asker: UserId, message: MessageTs, *, look: bool
    ) -> Acceptance | None:
        """Append an ended turn's question once more."""
        old = await self._reader.turn(turn)
        if old is None:
            return None
        again = derived.asked_again(old, asker, message, self._connection.clock(), look=look)
        return await self.append(again, Addressing.ADDRESSED)

    async def append(self, turn: Turn, reach: Addressing) -> Acceptance:
        """Append a turn that knows more than its question; it is received now."""
        now = self._connection.clock()
        turn = replace(turn, received=now)
        question, mailbox = turn.question, naming.mailbox(turn.question)
        thread, stray = question.thread, prompt.kept(question)
        return Acceptance(
            await self._append_script(
                (
                    self._keys.ready,
                    self._keys.box(mailbox),
                    self._keys.thread(thread),
                    self._keys.strays(thread),
                    self._keys.now(mailbox),
                    self._keys.news,
                    self._keys.follow_ups(Channel(thread.team, thread.channel)),
                    self._keys.stray_times(thread),
                    self._keys.all_strays,
                ),
                (
                    turn.id,
                    naming.order(turn),
                    codec.dump_turn(turn),
                    mailbox,
                    reach,
                    TURN_LIFE,
                    STRAY_LIFE,
                    self._connection.thread_life,
                    self._keys.turns,
                    self._keys.asker(thread.team),
                    question.asker,
                    int(now),
                    SLEEPS_AFTER,
                    self._follow_ups,
                    CHOICE_LIFE,
                    "" if stray == question else codec.dump_turn(replace(turn, question=stray)),
                    str(thread),
                    self._keys.strays(""),
                    self._keys.stray_times(""),
                    STRAYS_OF_A_THREAD,
                    STRAYS,
                ),
            )
        )

    async def at_work(self, thread: ThreadKey) -> Turn | None:
        """Read the turn that the thread works on, or else works on next; None for none."""
        return (await self._reader.queue_state(thread))[0]

    async def asked_by(self, thread: ThreadKey, person: UserId) -> Turn | None:
        """Read the latest turn in the thread that the person asked and that has not ended."""
        return next(iter(await self.all_asked_by(thread, person)), None)

    async def all_asked_by(self, thread: ThreadKey, person: UserId) -> list[Turn]:
        """Read all such turns, the latest first."""
        async with self._connection.call() as redis:
            box = self._keys.box(str(thread))
            waiting = cast("list[str]", await redis.zrevrange(box, 0, -1))
        turns = await self._reader.turns(waiting)
        return [turn for turn in turns if turn.question.asker == person]

    async def has_asked(self, thread: ThreadKey, person: UserId) -> bool:
        """Whether the person has asked anything in the thread."""
        async with self._connection.call() as redis:
            return bool(await redis.hexists(self._keys.thread(thread), f"by:{person}"))

    async def stop(self, turn: TurnId, by: UserId, order: TurnId | None = None) -> None:
        """Wish that a turn be stopped; whoever has it hears of it. Remember the order, if named."""
        if found := await self._known(turn):
            mailbox = naming.mailbox(found.question)
            await self._wish_for((turn, mailbox, "stop", by, ""), order)

    async def was_obeyed(self, order: TurnId) -> bool:
        """Whether an order stopped something."""
        async with self._connection.call() as redis:
            return bool(await redis.exists(self._keys.order(order)))

    async def edit(self, turn: TurnId, question: Question, at: MessageTs) -> None:
        """Tell that a question says something else since `at`."""
        early = codec.dump_question(prompt.kept(question))
        if found := await self._known(turn, ("edited", early, at)):
            text = codec.dump_question(question)
            for name, mailbox in await self._and_asked_anew(found):
                await self._wish_for((name, mailbox, "edited", text, at))

    async def ping(self, turn: TurnId, person: UserId) -> bool:
        """Wish to be mentioned with the answer. Returns False when it was posted already."""
        found = await self._known(turn)
        if found is None:
            return False
        mailbox = naming.mailbox(found.question)
        return await self._wish_for((turn, mailbox, f"ping:{person}", "1", ""))

    async def withdraw(self, turn: TurnId, *, waiting: bool = False) -> None:
        """Tell that a question was taken back: one that waits leaves the line."""
        if found := await self._known(turn, ("gone", "1", "")):
            for name, mailbox in await self._and_asked_anew(found):
                await self._withdraw_script(
                    self._wish_keys(name, mailbox),
                    (name, mailbox, "1" if waiting else ""),
                )

    async def move(self, turn: TurnId, thread: ThreadKey, processor: str) -> bool:
        """Ask a question that waits in a thread of its own; False when it does not wait."""
        found = await self._reader.turn(turn)
        if found is None:
            return False
        asked = found.signals.edited or found.question
        now = self._connection.clock()
        moved = lifecycle.received(derived.moved(asked, thread, processor), now)
        mailbox, theirs = naming.mailbox(found.question), naming.mailbox(moved.question)
        keys = self._keys
        return bool(
            await self._move_script(
                (
                    *self._wish_keys(turn, mailbox),
                    keys.turn(moved.id),
                    keys.box(theirs),
                    keys.thread(thread),
                ),
                (
                    turn,
                    mailbox,
                    moved.id,
                    naming.order(moved),
                    codec.dump_turn(moved),
                    theirs,
                    TURN_LIFE,
                    self._connection.thread_life,
                    asked.asker,
                    keys.asker(thread.team),
                    int(now),
                ),
            )
        )

    async def _wish_for(
        self, wish: tuple[TurnId, str, str, str, str], order: TurnId | None = None
    ) -> bool:
        """Write a wish: the turn, its mailbox, the field, its value, and since when (or "")."""
        turn, mailbox, *_ = wish
        beside = naming.beside(mailbox)
        keys = [*self._wish_keys(turn, mailbox), self._keys.box(beside)]
        if order:
            keys.append(self._keys.order(order))
        return bool(await self._signal(keys, (*wish, TURN_LIFE, beside)))

    async def _known(self, turn: TurnId, wish: tuple[str, str, str] | None = None) -> Turn | None:
        """Read a turn. For one that is not known (yet) the wish is kept, if any."""
        while (found := await self._reader.turn(turn)) is None:
            if wish is None:
                return None
            keys = (self._keys.turn(turn), self._keys.early)
            about = (turn, self._keys.turns, int(self._connection.clock()), STRAYS)
            if await self._early(keys, (*wish, STRAY_LIFE, *about)):
                return None
        return found

    async def _and_asked_anew(self, turn: Turn) -> list[tuple[TurnId, str]]:
        """Return a turn and those that ask an edited text of it, each with its mailbox."""
        thread = str(turn.question.thread)
        async with self._connection.call() as redis:
            names = cast("list[str]", await redis.zrange(self._keys.box(thread), 0, -1))
        anew = [TurnId(name) for name in names if name.startswith(naming.asked_anew(turn.id))]
        return [(turn.id, naming.mailbox(turn.question)), *((name, thread) for name in anew)]

    def _wish_keys(self, turn: TurnId, mailbox: str) -> tuple[str, ...]:
        keys = self._keys
        box, now = keys.box(mailbox), keys.now(mailbox)
        return keys.turn(turn), box, keys.news, keys.later, keys.ready, now

    async def mute(self, thread: ThreadKey, *, muted: bool) -> None:
        """Leave replies in the thread alone that do not mention us, or no longer."""
        key = self._keys.thread(thread)
        async with self._connection.call() as redis:
            pipe = redis.pipeline(transaction=True)
            if muted:
                pipe.hset(key, "muted", "1")
                pipe.expire(key, self._connection.thread_life)
            else:
                pipe.hdel(key, "muted")
            await pipe.execute()

    async def is_muted(self, thread: ThreadKey) -> bool:
        """Whether replies in the thread that do not mention us are left alone."""
        async with self._connection.call() as redis:
            return bool(await redis.hexists(self._keys.thread(thread), "muted"))

    async def session_stopped(self, thread: ThreadKey) -> None:
        """Have Slack's session of the thread say again what is so, when nothing is going on."""
        await self._session((self._keys.ready, self._keys.now(str(thread))), (str(thread),))

    async def turn(self, turn: TurnId) -> Turn | None:
        """Read a turn; None when it is not remembered."""
        return await self._reader.turn(turn)

    # --- choices and history: see those ---------------------------------------------------

    async def choose(self, scope: Scope, processor: str | None) -> None:
        """Write down the processor for a thread, a person or a channel; None takes it back."""
        await self._choices.choose(scope, processor)

    async def choices(
        self, team: TeamId, channel: ChannelId, person: UserId, thread: ThreadKey | None
    ) -> Choices:
        """Read what was chosen."""
        return await self._choices.choices(team, channel, person, thread)

    async def follow_ups(self, channel: Channel) -> FollowUps | None:
        """Read what was chosen for a channel; None when nothing was."""
        return await self._choices.follow_ups(channel)

    async def choose_follow_ups(self, channel: Channel, chosen: FollowUps | None) -> None:
        """Write down which replies are follow-ups in a channel; None takes the choice back."""
        await self._choices.choose_follow_ups(channel, chosen)

    async def asked(self, team: TeamId, person: UserId, after: int) -> Asked:
        """Read the next of a person's questions, newest first."""
        return await self._history.asked(team, person, after)

    async def spent(self, team: TeamId, person: UserId) -> Sequence[tuple[str, Decimal]]:
        """Read what a person's runs cost by month, newest first."""
        return await self._history.spent(team, person)

    async def known(self, names: Sequence[TurnId]) -> Sequence[Turn]:
        """Read those that are remembered of these turns."""
        return await self._history.known(names)

    async def rate(self, turn: TurnId, person: UserId, *, good: bool) -> bool:
        """Count what a person thinks of an answer, once a person; the last word counts."""
        return await self._history.rate(turn, person, good=good)

    async def ratings(self) -> Mapping[str, tuple[int, int]]:
        """Return how many answers of each processor were found good, and bad."""
        return await self._history.ratings()
