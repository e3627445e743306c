"""What listeners may do: append, read, write wishes and choices down. bot.store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from bot.domain.choices import Choices, FollowUps
from bot.domain.thread import ChannelId, MessageTs, TeamId, ThreadKey, TurnId, UserId
from bot.domain.turn import Question, Turn


class Acceptance(StrEnum):
    """What became of a question put into a mailbox."""

    NEW = "new"
    DUPLICATE = "known"  #: it came before: a redelivery, or the other event of a mention
    NOT_OURS = "not ours"  #: a reply that is no follow-up: not our thread, muted, mentions only
    DORMANT = "asleep"  #: the first reply in a thread that has slept: say so, and offer to continue


class Addressing(StrEnum):
    """Whose business a question is."""

    ADDRESSED = "addressed"  #: to us: the thread is ours from now on
    DIRECT_REPLY = "direct"  #: a reply in a direct message: to us, but the thread may be muted
    THREAD_REPLY = "reply"  #: a reply: a turn only where the thread is ours
    AMBIENT = "overheard"  #: perhaps to us: answered only where a reply would be ours
    SMALL_TALK = (
        "remark"  #: small talk in a thread: to us only where the thread is ours, and no turn
    )
    SIDE = "aside"  #: to us, but the thread does not become ours (help)


@dataclass(frozen=True, slots=True)
class Asked:
    """Some of what a person asked.

    Attributes:
        turns: newest first, at most 50.
        after: where to go on reading; None at the end.
    """

    turns: tuple[Turn, ...]
    after: int | None = None


class Mailbox(Protocol):
    """What listeners may do: append, and write wishes and choices down. Durable when it returns."""

    async def put(self, question: Question, reach: Addressing) -> Acceptance:
        """Append a question to its thread's mailbox, once."""
        ...

    async def append(self, turn: Turn, reach: Addressing) -> Acceptance:
        """Append a turn that knows more than its question; it is received now."""
        ...

    async def turn(self, turn: TurnId) -> Turn | None:
        """Read a turn with what people want of it; None when it is not remembered."""
        ...

    async def at_work(self, thread: ThreadKey) -> Turn | None:
        """Read the turn that the thread works on, or else works on next; None for none."""
        ...

    async def asked_by(self, thread: ThreadKey, person: UserId) -> Turn | None:
        """Read the latest turn in the thread that the person asked and that has not ended."""
        ...

    async def all_asked_by(self, thread: ThreadKey, person: UserId) -> Sequence[Turn]:
        """Read all such turns, the latest first."""
        ...

    async def has_asked(self, thread: ThreadKey, person: UserId) -> bool:
        """Whether the person has asked anything in the thread."""
        ...

    async def stop(self, turn: TurnId, by: UserId, order: TurnId | None = None) -> None:
        """Wish that a turn be stopped; whoever has it hears of it. Nothing when it has ended.

        `order` names what was obeyed by that, for `was_obeyed`.
        """
        ...

    async def was_obeyed(self, order: TurnId) -> bool:
        """Whether an order stopped something."""
        ...

    async def edit(self, turn: TurnId, question: Question, at: MessageTs) -> None:
        """Tell that a question says something else since `at`; nothing when its turn has ended.

        Of several edits the latest counts, in whatever order they come; also one that comes a
        little before its question does. Where an earlier edit is asked by now, it is that one's.
        """
        ...

    async def withdraw(self, turn: TurnId, *, waiting: bool = False) -> None:
        """Tell that a question was taken back: one that waits leaves the line.

        One that comes a little later is withdrawn at once. With `waiting` one whose run is started
        stays as it is. What an edit of it asks goes with it.
        """
        ...

    async def move(self, turn: TurnId, thread: ThreadKey, processor: str) -> bool:
        """Take a question that waits out of its line, and ask it in this new thread instead.

        There `processor` answers it, for what was chosen for its own thread does not hold. Returns
        False when it does not wait any more: then nothing is changed.
        """
        ...

    async def ping(self, turn: TurnId, person: UserId) -> bool:
        """Wish to be mentioned with the answer. Returns False when that is made already."""
        ...

    async def mute(self, thread: ThreadKey, *, muted: bool) -> None:
        """Leave replies in the thread alone that do not mention us, or no longer."""
        ...

    async def is_muted(self, thread: ThreadKey) -> bool:
        """Whether replies in the thread that do not mention us are left alone."""
        ...

    async def follow_ups(self, channel: Channel) -> FollowUps | None:
        """Read what was chosen for a channel; None when nothing was."""
        ...

    async def choose_follow_ups(self, channel: Channel, chosen: FollowUps | None) -> None:
        """Write down which replies are follow-ups in a channel; None takes the choice back."""
        ...

    async def session_stopped(self, thread: ThreadKey) -> None:
        """Have Slack's session of the thread say again what is so, when nothing is going on."""
        ...

    async def rate(self, turn: TurnId, person: UserId, *, good: bool) -> bool:
        """Count what a person thinks of an answer, once a person; the last word counts.

        Returns False when the turn is not remembered.
        """
        ...

    async def ratings(self) -> Mapping[str, tuple[int, int]]:
        """Return how many answers of each processor were found good, and bad."""
        ...

    async def asked(self, team: TeamId, person: UserId, after: int) -> Asked:
        """Read the next of a person's latest 500 questions; `after` is 0 to begin with."""
        ...

    async def spent(self, team: TeamId, person: UserId) -> Sequence[tuple[str, Decimal]]:
        """Read what a person's runs cost, in US dollars by month.

        ``2026-11``, newest first, at most 6 months.
        """
        ...

    async def known(self, names: Sequence[TurnId]) -> Sequence[Turn]:
        """Read those that are remembered of these turns, in this order."""
        ...

    async def put_again(
        self, turn: TurnId, asker: UserId, message: MessageTs, *, look: bool
    ) -> Acceptance | None:
        """Append an ended turn's question once more.

        Args:
            turn: the ended one.
            asker: who wants it, and so pays.
            message: the one with the button.
            look: go on waiting for the same run instead of paying for a new one.

        Returns:
            KNOWN when the button was pressed before; None when the turn is not remembered.
        """
        ...

    async def choose(self, scope: Scope, processor: str | None) -> None:
        """Write down the processor for a thread, a person or a channel; None takes it back."""
        ...

    async def choices(
        self, team: TeamId, channel: ChannelId, person: UserId, thread: ThreadKey | None
    ) -> Choices:
        """Read what was chosen."""
        ...


@dataclass(frozen=True, slots=True)
class Person:
    """A person in a team, as the scope of a choice."""

    team: TeamId
    user: UserId


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel in a team, as the scope of a choice."""

    team: TeamId
    channel: ChannelId


Scope = ThreadKey | Person | Channel
