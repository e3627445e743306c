"""Slack threads and what is stored about them: ids, keys, exchanges. Frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NewType

TeamId = NewType("TeamId", str)
ChannelId = NewType("ChannelId", str)
UserId = NewType("UserId", str)
MessageTs = NewType("MessageTs", str)
TurnId = NewType("TurnId", str)
RunId = NewType("RunId", str)
InteractionId = NewType("InteractionId", str)
GroupId = NewType("GroupId", str)


@dataclass(frozen=True, slots=True)
class ThreadKey:
    """Which Slack thread: the team, the channel, and the `ts` of the thread's first message."""

    team: TeamId
    channel: ChannelId
    ts: MessageTs

    def __str__(self) -> str:
        return f"{self.team}:{self.channel}:{self.ts}"

    @staticmethod
    def of_channel(team: TeamId, channel: ChannelId) -> ThreadKey:
        """Return what stands for a channel itself, outside of threads: its `ts` is ""."""
        return ThreadKey(team, channel, MessageTs(""))

    @staticmethod
    def parse(text: str) -> ThreadKey:
        """Read the form that `str` writes. Raises ValueError on any other."""
        team, channel, ts = text.split(":")
        return ThreadKey(TeamId(team), ChannelId(channel), MessageTs(ts))


@dataclass(frozen=True, slots=True)
class EarlierMessage:
    """An earlier message of a thread.

    Attributes:
        who: ``Person 1``, ``Person 2``, … or ``Bot``.
        text: as plain text.
        files: the names of its files; "" for an unknown one.
    """

    who: str
    text: str
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exchange:
    """An earlier question of a thread and its answer, both shortened, to restate if needed.

    Attributes:
        turn, asker: None where an older release wrote the record.
        chained: its answer is an interaction of its own. A quick answer without an id is not: until
            one with an id follows, each input restates the exchange.
    """

    question: str
    answer: str
    turn: TurnId | None = None
    chained: bool = True
    asker: UserId | None = None


@dataclass(frozen=True, slots=True)
class Thread:
    """What is stored about a thread that the bot answers in.

    Attributes:
        key: which one.
        interaction: the last *completed* interaction; None before the first.
        history: the latest exchanges, oldest first.
        group: the task group that its runs are created in; None when they are in none.
        processor: the Task API's processor that answered last; None before the first.
    """

    key: ThreadKey
    interaction: InteractionId | None = None
    history: tuple[Exchange, ...] = ()
    group: GroupId | None = None
    processor: str | None = None
