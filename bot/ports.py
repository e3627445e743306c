"""What the core needs of the outside, as Protocols.

`bot.slack`, `bot.parallel` and `bot.store` answer to these without knowing each other. All
methods may raise `Unavailable` (nothing took effect; later) unless they say otherwise.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NewType, Protocol

from bot.model import (
    Answer,
    ChannelId,
    Choices,
    GroupId,
    MessageTs,
    Progress,
    Question,
    Run,
    RunId,
    RunRequest,
    TeamId,
    Thread,
    ThreadKey,
    Turn,
    TurnId,
    UserId,
)

# --- research: bot.parallel -------------------------------------------------------------


class Research(Protocol):
    """Parallel's Task API."""

    async def start(self, request: RunRequest) -> Run:
        """Create a run. It costs money and the API has no idempotency key: sent once only.

        Raises:
            Refused: it was not started; `cause` says why (KEY, CREDIT, PROCESSOR, CHAIN, INPUT).
            Unavailable: it was not started (429, 503, no connection); later.
            AnswerLost: it may have been started.
        """
        ...

    async def look(self, run: RunId) -> Run:
        """Ask how the run stands. Raises Refused (KEY, UNKNOWN_RUN)."""
        ...

    async def result(self, run: RunId, timeout: float) -> Answer | None:
        """Wait up to `timeout` seconds for the output; None when the run is still active.

        Raises:
            Refused: UNKNOWN_RUN when the run failed or does not exist (`look` tells which), KEY.
        """
        ...

    def watch(self, run: RunId) -> AbstractAsyncContextManager[AsyncIterator[Progress]]:
        """Hold the run's event stream. It is a hint: it may be silent, end early, or repeat."""
        ...


# --- the conversation: bot.slack --------------------------------------------------------

Blocks = list[dict[str, Any]]


class Groups(Protocol):
    """Task groups at Parallel: a run created in one can be found again by its metadata."""

    async def open_group(self, metadata: Mapping[str, str]) -> GroupId:
        """Make an empty group, free of charge. Raises Refused or Unavailable."""

    async def start_in(self, group: GroupId, request: RunRequest) -> RunId:
        """Create a run in a group, once; its interaction is told by `Research.look`.

        Raises what `Research.start` raises.
        """

    async def find(self, group: GroupId, turn: TurnId) -> Run | None:
        """Find the run whose metadata names this turn; None when the group has none.

        Raises:
            Refused: KEY, UNKNOWN_RUN (there is no such group).
            Unavailable: later.
        """


@dataclass(frozen=True, slots=True)
class Message:
    """Something to say in a thread: `text` faithful to `blocks`, or alone."""

    text: str
    blocks: Blocks | None = None


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to share in a thread, with the words that go with it."""

    name: str
    title: str
    content: str
    comment: str


@dataclass(frozen=True, slots=True)
class Tag:
    """Marks a message of ours in its metadata, so that it can be found again."""

    turn: TurnId
    part: str


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier message of a thread: who (``Person 1``, ``Bot``) and what, in plain words."""

    who: str
    text: str


class Conversation(Protocol):
    """Slack, where the questions come from and the answers go.

    All raise Refused: CONTENT (this form is not taken), PLACE, TOKEN, SCOPE, GONE; and AnswerLost
    where the effect may have taken place.
    """

    async def post(self, thread: ThreadKey, message: Message, tag: Tag) -> MessageTs:
        """Post in the thread, tagged."""
        ...

    async def find(self, thread: ThreadKey, tag: Tag, since: MessageTs) -> MessageTs | None:
        """Look for our message with this tag, not older than `since`; None when it is not there."""
        ...

    async def change(self, thread: ThreadKey, ts: MessageTs, message: Message) -> None:
        """Change a message of ours. Repeating it does no harm."""
        ...

    async def upload(self, upload: Upload) -> str:
        """Bring a file to Slack, not yet visible to anybody; returns its file id."""
        ...

    async def share(self, thread: ThreadKey, file: str, upload: Upload) -> None:
        """Make an uploaded file visible in the thread."""
        ...

    async def is_shared(self, thread: ThreadKey, file: str, since: MessageTs) -> bool:
        """Whether the file stands in the thread already."""
        ...

    async def mark_waiting(self, channel: ChannelId, ts: MessageTs) -> None:
        """Put the ⏳ reaction on a message; nothing happens when it is there."""
        ...

    async def unmark_waiting(self, channel: ChannelId, ts: MessageTs) -> None:
        """Take the ⏳ reaction away; nothing happens when it is not there."""
        ...

    async def earlier(self, thread: ThreadKey, before: MessageTs) -> Sequence[Earlier]:
        """Read the thread's latest messages before `before`, oldest first, at most 20."""
        ...


# --- the record: bot.store --------------------------------------------------------------

Token = NewType("Token", str)


class Accepted(StrEnum):
    """What became of a question put into a mailbox."""

    NEW = "new"
    KNOWN = "known"  #: it came before: a redelivery, or the other event of a mention
    NOT_OURS = "not ours"  #: a reply in a thread that the bot has no part in


class Reach(StrEnum):
    """Whose business a question is."""

    ADDRESSED = "addressed"  #: to us: the thread is ours from now on
    REPLY = "reply"  #: a reply: a turn only where the thread is ours
    ASIDE = "aside"  #: to us, but the thread does not become ours (help)


class Mailbox(Protocol):
    """What listeners may do: append, and write choices down. Durable when it returns."""

    async def put(self, question: Question, reach: Reach) -> Accepted:
        """Append a question to its thread's mailbox, once."""
        ...

    async def put_again(self, turn: TurnId, message: MessageTs, *, look: bool) -> Accepted | None:
        """Append an ended turn's question once more; `message` is the one with the button.

        Args:
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


@dataclass(frozen=True, slots=True)
class Hold:
    """Our right to a mailbox: the stream entry that Redis gave to this replica."""

    token: Token
    mailbox: str


class Errand(StrEnum):
    """What there is to do for a turn beside or after its walk; the word in the stream's entry."""

    MARK = "waiting"  #: put ⏳ on its message: it waits behind another turn
    RECEIPT = "receipt"  #: it is done: change its status, which says that it goes on


@dataclass(frozen=True, slots=True)
class Chore:
    """An errand to run for a turn; the entry is ours until `settle`."""

    token: Token
    turn: TurnId
    errand: Errand


class Record(Protocol):
    """What the owner of a thread reads and writes. Every write is fenced.

    Methods that take a `Hold` raise LeaseLost when it is not ours any more.
    """

    async def head(self, hold: Hold) -> Turn | None:
        """Return the mailbox's turn at work: the one begun, else the oldest; None when empty.

        An empty mailbox gives the hold back.
        """
        ...

    async def thread(self, key: ThreadKey) -> Thread:
        """Read a thread."""
        ...

    async def save(self, hold: Hold, turn: Turn) -> None:
        """Write the turn."""
        ...

    async def finish(self, hold: Hold, turn: Turn, thread: Thread | None, *, receipt: bool) -> bool:
        """Write the turn and its thread (None: unchanged), take it off the mailbox.

        Args:
            receipt: leave the errand of changing the turn's status behind.

        Returns:
            Whether another turn is waiting; when not, the hold is given back.
        """
        ...

    async def turn(self, turn: TurnId) -> Turn | None:
        """Read a turn; None when it is not remembered."""
        ...

    async def is_waiting(self, turn: TurnId) -> bool:
        """Whether the turn has not begun yet."""
        ...

    async def choices(
        self, team: TeamId, channel: ChannelId, person: UserId, thread: ThreadKey | None
    ) -> Choices:
        """Read what was chosen."""
        ...


class Deliveries(Protocol):
    """How work reaches a replica, and how it leaves it."""

    async def join(self) -> None:
        """Make this replica known."""
        ...

    async def read(self, room: int) -> Sequence[Hold | Chore]:
        """Wait up to a second for new work, at most `room` pieces."""
        ...

    async def beat(self) -> bool:
        """Renew the lease of this replica. False when it had lapsed in between."""
        ...

    async def sweep(self) -> Sequence[Hold | Chore]:
        """Take over the work of replicas whose lease lapsed, and wake what was put off."""
        ...

    async def pending(self) -> Sequence[Hold | Chore]:
        """All that Redis holds to be ours: finds what a lost reply never told us."""
        ...

    async def give_back(self, hold: Hold, delay: float) -> None:
        """Let go of a mailbox, now (0) or to be taken up in `delay` seconds."""
        ...

    async def settle(self, chore: Chore) -> None:
        """A chore is done."""
        ...

    async def leave(self) -> None:
        """Say goodbye: what is still ours goes to the others at once."""
        ...


class Budget(Protocol):
    """How often Slack may be called, shared by all replicas.

    When it raises Unavailable nobody can tell: then call, and obey what Slack itself says.
    """

    async def post(self, channel: ChannelId) -> float:
        """Take the next place for a post in the channel; seconds until its time, 0 for now."""
        ...

    async def edit(self) -> float:
        """Take the next place for an edit; seconds until its time, 0 for now."""
        ...

    async def spare_edit(self, hold: Hold) -> bool:
        """Whether an edit that may as well be dropped may go now; if so it has been counted.

        It may not when little is left for those that must go, or when the thread is not ours.
        """
        ...

    async def hold_back(self, seconds: float) -> None:
        """Let no spare edit go for so long: Slack asked for it."""
        ...
