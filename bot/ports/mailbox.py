"""The mailbox of every thread: what listeners append, read and signal. Implemented in bot.store."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, StrEnum, auto
from typing import Protocol

from bot.domain.thread import MessageTs, ThreadKey, TurnId, UserId
from bot.domain.turn import Question, Turn

#: When a message was deleted, as compared with its edits: none of them is later.
DELETED = MessageTs("9999999999.999999")


class Acceptance(StrEnum):
    """The outcome of putting a question into a mailbox."""

    NEW = "new"
    DUPLICATE = "known"  #: a redelivery, or the other event of a mention
    NOT_OURS = (
        "not ours"  #: a reply that is no follow-up: another thread, a muted one, mentions only
    )
    DORMANT = "asleep"  #: the first reply in a thread without a turn for 14 days: offer to continue
    FULL = "full"  #: too many wait in the thread already: tell the asker, once until one is taken
    STILL_FULL = "full, told"  #: the same, and the asker was told


class EditOutcome(Enum):
    """What an edit of a message came to."""

    STALE = auto()  #: the message is known to be withdrawn since, or its question to be edited
    TAKEN = auto()  #: a turn that nothing was started for asks the new text by itself
    OFFERED = auto()  #: a turn that is at work offers to ask the new text
    NOT_TAKEN = auto()  #: neither


class Addressing(StrEnum):
    """Who a question is addressed to, as far as its message shows."""

    ADDRESSED = "addressed"  #: to us; the thread is ours from now on
    DIRECT_REPLY = "direct"  #: a reply in a direct message; the thread may be muted
    THREAD_REPLY = "reply"  #: a reply; a turn only where the thread is ours
    AMBIENT = "overheard"  #: perhaps to us; answered only where a reply would be a turn
    SMALL_TALK = "remark"  #: small talk in a thread; handled only where the thread is ours
    SIDE = "aside"  #: to us, but the thread does not become ours (help)


class Mailbox(Protocol):
    """Mailboxes, signals and choices. Every write is durable when its method returns."""

    async def put(self, question: Question, addressing: Addressing) -> Acceptance:
        """Append a question to its thread's mailbox, once."""
        ...

    async def append(self, turn: Turn, addressing: Addressing) -> Acceptance:
        """Append a turn with more than its question, such as an ending; it is received now."""
        ...

    async def turn(self, turn: TurnId) -> Turn | None:
        """Read a turn and its signals; None when it has expired."""
        ...

    async def latest_edit(self, turn: TurnId) -> Question | None:
        """Read what a message asks since its latest edit, also after its turn has ended.

        Args:
            turn: the message's own.

        Returns:
            It is `at` when it was edited; None when it was not, or that was taken back.
        """
        ...

    async def at_work(self, thread: ThreadKey) -> Turn | None:
        """Read the turn in progress in the thread, else the next one; None for none."""
        ...

    async def asked_by(self, thread: ThreadKey, person: UserId) -> Turn | None:
        """Read the latest turn in the thread that the person asked and that has not ended."""
        ...

    async def all_asked_by(self, thread: ThreadKey, person: UserId) -> Sequence[Turn]:
        """Read all turns in the thread that the person asked and that have not ended.

        Newest first.
        """
        ...

    async def has_asked(self, thread: ThreadKey, person: UserId) -> bool:
        """Whether the person has asked anything in the thread."""
        ...

    async def stop(self, turn: TurnId, by: UserId, order: TurnId | None = None) -> None:
        """Signal a turn to stop, and notify its owner; no effect when it has ended.

        Args:
            turn: the one to stop.
            by: the person.
            order: the name of the command that this obeys, for `was_obeyed`.
        """
        ...

    async def stop_undelivered(self, thread: ThreadKey, person: UserId, before: MessageTs) -> None:
        """Stop what a person asked in the thread before a stop, and Slack delivers after it.

        It counts for ten minutes, and for messages only: a button may be pressed after the stop.
        """
        ...

    async def was_obeyed(self, order: TurnId) -> bool:
        """Whether a command stopped a turn."""
        ...

    async def edit(
        self, turn: TurnId, question: Question, at: MessageTs, *, when: MessageTs | None = None
    ) -> EditOutcome:
        """Signal that a question was edited at `at`; no effect when its turn has ended.

        Of all that changes a message the latest counts, in whatever order it arrives: an edit, an
        edit that withdraws the question, or the deletion. So does one that arrives shortly before
        its question. Every turn that asks the message is signalled, whatever was pressed for it.

        What a button or a menu has asked since `when` stays as it is.

        STALE changes nothing. TAKEN is said to exactly those edits that the owner of the turn reads
        before the turn has begun, or with writing that it cannot start.
        """
        ...

    async def asking(self, thread: ThreadKey, message: MessageTs) -> Sequence[Turn]:
        """Read the turns that ask a person's message of the thread and have not ended.

        Besides the message's own turn: what a button, a menu or a reaction asks, also where it was
        moved to.
        """
        ...

    async def withdraw(
        self,
        turn: TurnId,
        at: MessageTs,
        *,
        waiting: bool = False,
        thread: ThreadKey | None = None,
        when: MessageTs | None = None,
    ) -> bool:
        """Signal that a question was withdrawn; a queued one leaves the queue.

        It also counts for a question that arrives shortly after, and for all that `asking` returns.

        Args:
            turn: the message's.
            at: when its message was changed; nothing comes after `DELETED`.
            waiting: only when its run has not been started.
            thread: where the message was written; a reaction may ask one that has no turn itself.
            when: what a button or a menu has asked since then stays; None for nothing.

        Returns:
            False, and nothing is changed, when the message is known to be edited since.
        """
        ...

    async def move(self, turn: TurnId, thread: ThreadKey, processor: str) -> bool:
        """Move a queued question to a new thread, in one step.

        `processor` answers it there: what was chosen for its own thread does not apply. Returns
        False, and changes nothing, when it is no longer queued.
        """
        ...

    async def ping(self, turn: TurnId, person: UserId) -> bool:
        """Have the person mentioned with the answer. Returns False when it is prepared already."""
        ...

    async def mute(self, thread: ThreadKey, at: MessageTs, *, muted: bool) -> bool:
        """Mute or unmute a thread. In a muted one only mentions are follow-ups.

        Args:
            thread: the one.
            at: when a person ordered it.
            muted: whether it is to be muted.

        Returns:
            False, and nothing is changed, when the thread was muted or unmuted later than that.
        """
        ...

    async def is_muted(self, thread: ThreadKey) -> bool:
        """Whether a thread is muted."""
        ...

    async def is_ours(self, thread: ThreadKey) -> bool:
        """Whether anything in a thread was addressed to us."""
        ...

    async def session_stopped(self, thread: ThreadKey) -> None:
        """Enqueue a job that ends the thread's agent session, once no turn is in progress."""
        ...
