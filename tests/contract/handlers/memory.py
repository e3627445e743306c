"""A mailbox and answers in memory, that keep the promises of their ports."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from bot.domain import derived, lifecycle, moving, naming
from bot.domain.access import Access, Verdict
from bot.domain.choices import Choices, FollowUps
from bot.domain.research import Answer
from bot.domain.thread import ChannelId, MessageTs, TeamId, Thread, ThreadKey, TurnId, UserId
from bot.domain.turn import Question, State, Turn, TurnKind
from bot.ports import Acceptance, Addressing, Asked, Channel, EditOutcome, EntryId, Person, Scope
from bot.ports.forgetting import Forgetting, Forgotten
from bot.ports.gate import Admission


class Memory:
    """A mailbox in memory that keeps the port's promises.

    `failing` is raised by the next calls, one each. `asleep` are threads that have slept.
    """

    def __init__(self) -> None:
        self.turns: dict[TurnId, Turn] = {}
        self.latest: dict[TurnId, Question] = {}
        self.obeyed: set[TurnId] = set()
        self.reaches: list[Addressing] = []
        self.ours: set[ThreadKey] = set()
        self.chosen: dict[Scope, str] = {}
        self.unannounced: set[EntryId] = set()
        self.replies: dict[Channel, FollowUps] = {}
        self.muted: set[ThreadKey] = set()
        self.asleep: set[ThreadKey] = set()
        self.askers: set[tuple[ThreadKey, UserId]] = set()
        self.sessions: list[ThreadKey] = []
        self.rated: dict[tuple[TurnId, UserId], bool] = {}
        self.failing: list[Exception] = []

    @property
    def questions(self) -> list[Question]:
        return [turn.question for turn in self.turns.values()]

    async def put(self, question: Question, addressing: Addressing) -> Acceptance:
        self._fail()
        self.reaches.append(addressing)
        return self._append(lifecycle.received(question, 0), addressing)

    async def append(self, turn: Turn, addressing: Addressing) -> Acceptance:
        self._fail()
        self.reaches.append(addressing)
        return self._append(turn, addressing)

    async def turn(self, turn: TurnId) -> Turn | None:
        self._fail()
        return self.turns.get(turn)

    async def latest_edit(self, turn: TurnId) -> Question | None:
        self._fail()
        return self.latest.get(turn)

    async def at_work(self, thread: ThreadKey) -> Turn | None:
        self._fail()
        going = [
            turn
            for turn in self.turns.values()
            if turn.question.thread == thread
            and turn.ending is None
            and not turn.question.start.needs_no_run
        ]
        going.sort(key=lambda turn: (turn.state is State.QUEUED, naming.queue_position(turn)))
        return going[0] if going else None

    async def asked_by(self, thread: ThreadKey, person: UserId) -> Turn | None:
        return next(iter(await self.all_asked_by(thread, person)), None)

    async def all_asked_by(self, thread: ThreadKey, person: UserId) -> list[Turn]:
        self._fail()
        theirs = [
            turn
            for turn in self.turns.values()
            if (turn.question.thread, turn.question.asker) == (thread, person)
            and turn.ending is None
            and not turn.question.start.needs_no_run
        ]
        return sorted(theirs, key=naming.queue_position, reverse=True)

    async def has_asked(self, thread: ThreadKey, person: UserId) -> bool:
        self._fail()
        return (thread, person) in self.askers

    async def stop(self, turn: TurnId, by: UserId, order: TurnId | None = None) -> None:
        self._fail()
        self._signal(turn, stop=by)
        if order:
            self.obeyed.add(order)

    async def stop_undelivered(self, thread: ThreadKey, person: UserId, before: MessageTs) -> None:
        self._fail()

    async def was_obeyed(self, order: TurnId) -> bool:
        self._fail()
        return order in self.obeyed

    async def edit(
        self, turn: TurnId, question: Question, at: MessageTs, *, when: MessageTs | None = None
    ) -> EditOutcome:
        self._fail()
        self._signal(turn, edited=question)
        self.latest[turn] = replace(question, at=when or at)
        known = self.turns.get(turn)
        if known is None or known.state is not State.QUEUED or known.signals.is_cancelled:
            return EditOutcome.NOT_TAKEN
        is_question = known.question.start is TurnKind.QUESTION
        return EditOutcome.TAKEN if is_question else EditOutcome.NOT_TAKEN

    async def asking(self, thread: ThreadKey, message: MessageTs) -> list[Turn]:
        self._fail()
        return [
            turn
            for turn in self.turns.values()
            if turn.question.thread == thread
            and turn.ending is None
            and derived.asks_message(turn, message)
        ]

    async def withdraw(
        self,
        turn: TurnId,
        at: MessageTs,
        *,
        waiting: bool = False,
        thread: ThreadKey | None = None,
        when: MessageTs | None = None,
    ) -> bool:
        self._fail()
        self._signal(turn, gone=True)
        return True

    async def move(self, turn: TurnId, thread: ThreadKey, processor: str) -> bool:
        self._fail()
        known = self.turns.get(turn)
        if known is None or known.state is not State.QUEUED:
            return False
        old = Thread(known.question.thread)
        moved = lifecycle.received(moving.moved(known.question, old, thread, processor), 0.0)
        self.turns[moved.id] = moved
        self._signal(turn, gone=True)
        return True

    async def ping(self, turn: TurnId, person: UserId) -> bool:
        self._fail()
        known = self.turns.get(turn)
        if known is None or known.ending is not None:
            return False
        self._signal(turn, pings=(*known.signals.pings, person))
        return True

    async def mute(self, thread: ThreadKey, at: MessageTs, *, muted: bool) -> bool:
        self._fail()
        (self.muted.add if muted else self.muted.discard)(thread)
        return True

    async def is_muted(self, thread: ThreadKey) -> bool:
        self._fail()
        return thread in self.muted

    async def is_ours(self, thread: ThreadKey) -> bool:
        self._fail()
        return thread in self.ours

    async def follow_ups(self, channel: Channel) -> FollowUps | None:
        self._fail()
        return self.replies.get(channel)

    async def choose_follow_ups(self, channel: Channel, chosen: FollowUps | None) -> None:
        self._fail()
        self.replies.pop(channel, None)
        if chosen:
            self.replies[channel] = chosen

    async def session_stopped(self, thread: ThreadKey) -> None:
        self._fail()
        self.sessions.append(thread)

    async def rate(self, turn: TurnId, person: UserId, *, good: bool) -> bool:
        self._fail()
        if turn not in self.turns:
            return False
        self.rated[turn, person] = good
        return True

    async def ratings(self) -> Mapping[str, tuple[int, int]]:
        self._fail()
        votes = list(self.rated.values())
        return {"pro": (votes.count(True), votes.count(False))} if votes else {}

    async def asked(self, team: TeamId, person: UserId, after: int) -> Asked:
        self._fail()
        theirs = [
            turn
            for turn in self.turns.values()
            if (turn.question.thread.team, turn.question.asker) == (team, person)
            and not turn.question.start.needs_no_run
        ]
        theirs.reverse()
        return Asked(
            tuple(theirs[after : after + 50]), after + 50 if theirs[after + 50 :] else None
        )

    async def spent(self, team: TeamId, person: UserId) -> Sequence[tuple[str, Decimal]]:
        self._fail()
        return []

    async def known(self, names: Sequence[TurnId]) -> Sequence[Turn]:
        self._fail()
        return [self.turns[name] for name in names if name in self.turns]

    async def choose(self, scope: Scope, processor: str | None) -> None:
        self._fail()
        self.chosen.pop(scope, None)
        if processor:
            self.chosen[scope] = processor

    async def choose_default(
        self, place: Channel, by: UserId, processor: str | None
    ) -> EntryId | None:
        self._fail()
        if self.chosen.get(place) == processor:
            return None
        await self.choose(place, processor)
        self.unannounced.add(entry := EntryId(f"{place.channel} {processor}"))
        return entry

    async def announced(self, job: EntryId) -> None:
        self._fail()
        self.unannounced.discard(job)

    async def is_unannounced(self, job: EntryId) -> bool:
        self._fail()
        return job in self.unannounced

    async def read(
        self, team: TeamId, channel: ChannelId, person: UserId, thread: ThreadKey | None
    ) -> Choices:
        self._fail()
        return Choices(
            thread=self.chosen.get(thread) if thread else None,
            person=self.chosen.get(Person(team, person)),
            channel=self.chosen.get(Channel(team, channel)),
        )

    def _append(self, turn: Turn, addressing: Addressing) -> Acceptance:
        thread = turn.question.thread
        if turn.id in self.turns:
            return Acceptance.DUPLICATE
        if addressing is Addressing.THREAD_REPLY and thread in self.asleep:
            return Acceptance.DORMANT
        if addressing is Addressing.THREAD_REPLY and (
            thread not in self.ours or thread in self.muted
        ):
            return Acceptance.NOT_OURS
        if addressing in (Addressing.DIRECT_REPLY, Addressing.AMBIENT) and thread in self.muted:
            return Acceptance.NOT_OURS
        if addressing in (Addressing.ADDRESSED, Addressing.DIRECT_REPLY):
            self.ours.add(thread)
        if addressing not in (Addressing.SIDE, Addressing.AMBIENT):
            self.askers.add((thread, turn.question.asker))
        self.turns[turn.id] = turn
        return Acceptance.NEW

    def _signal(self, turn: TurnId, **changes: Any) -> None:
        known = self.turns.get(turn)
        if known and known.ending is None:
            self.turns[turn] = replace(known, signals=replace(known.signals, **changes))

    def _fail(self) -> None:
        if self.failing:
            raise self.failing.pop(0)


class Known:
    """Answers that are looked up: `answer`, or an error, behind a gate."""

    def __init__(self) -> None:
        self.answer: Answer | Exception = Answer("It is the Suez Canal Authority.")
        self.asked: list[TurnId] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def fetch(self, turn: Turn) -> Answer:
        self.asked.append(turn.id)
        await self.gate.wait()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class OpenGate:
    """A gate that lets everybody in."""

    verdict = Verdict.ALLOWED

    async def judge(
        self,
        channel: ChannelId,
        person: UserId,
        *,
        direct: bool = False,
        shared: bool = False,
        listener: bool = True,
    ) -> Admission:
        """Allow it, with every processor."""
        return Admission(self.verdict, Access())

    async def names(self, people: Iterable[UserId]) -> Mapping[UserId, str]:
        """Name nobody."""
        return dict.fromkeys(people, "")

    async def access(self) -> Access:
        """Return what admins allowed: everything."""
        return Access()

    async def is_first_refusal(self, question: Question, verdict: Verdict) -> bool:
        """Nobody is refused."""
        return False

    async def is_first_wait(self, question: Question) -> bool:
        """Nobody waits."""
        return False

    async def forget_refusal(self, question: Question, verdict: Verdict | None) -> None:
        """Nobody was to be told."""

    async def forget_member(self, person: UserId) -> None:
        """Nothing was looked up."""

    async def forget_room(self, channel: ChannelId) -> None:
        """Nothing was looked up."""


class SameIds:
    """Channels that keep their ids, until they are renamed."""

    def __init__(self) -> None:
        self.first: dict[str, ChannelId] = {}
        self.current: dict[str, ChannelId] = {}

    async def know(self, channel: str) -> None:
        """Know it already."""

    async def reload(self) -> None:
        """Nobody else renames channels."""

    async def rename(self, old: ChannelId, new: ChannelId) -> None:
        """Take it down."""
        self.first[new], self.current[old] = old, new


class Forgetful:
    """Threads of which nothing is stored."""

    async def may_forget(self, thread: ThreadKey, person: UserId, *, is_admin: bool) -> Forgetting:
        """Nothing is stored of it."""
        return Forgetting.NOTHING

    async def forget(self, thread: ThreadKey, person: UserId, *, is_admin: bool) -> Forgetting:
        """Nothing is stored of it."""
        return Forgetting.NOTHING

    async def turns(self, forgotten: Forgotten) -> Mapping[TurnId, UserId]:
        """There are none."""
        return {}

    async def forget_turn(self, thread: ThreadKey, turn: TurnId, asker: UserId) -> bool:
        """There is none."""
        return True
