"""Ids of turns, names of mailboxes, and the order in which questions wait."""

from __future__ import annotations

from bot.domain.thread import ChannelId, MessageTs, TeamId, ThreadKey, TurnId
from bot.domain.turn import Question, Turn, TurnKind

EDITED = "edited"  #: what the press of a question begins with that asks an edited text


def turn_id(question: Question) -> TurnId:
    """Name the turn by its message, and by what was pressed there.

    Redeliveries, a mention's two events and a button pressed twice give one name.
    """
    thread = question.thread
    return named(thread.team, thread.channel, question.message, question.press)


def named(team: TeamId, channel: ChannelId, message: MessageTs, press: str = "") -> TurnId:
    """Name the turn of a message, or of what was pressed there."""
    return TurnId(f"{team}:{channel}:{message}{f'~{press}' if press else ''}")


def asked_anew(turn: TurnId) -> str:
    """Return what the names of all turns begin with that ask the edited text of this one's."""
    return f"{turn}~{EDITED}-"


def message_of(turn: TurnId) -> tuple[ChannelId, MessageTs]:
    """Return the message that a turn is named by."""
    _, channel, message = turn.split(":")
    return ChannelId(channel), MessageTs(message.partition("~")[0])


def order(turn: Turn) -> int:
    """Return the turn's place in its mailbox: the time it was asked at, in microseconds."""
    return _micros(turn.question.at or turn.question.message)


def _micros(ts: str) -> int:
    seconds, _, micros = ts.partition(".")
    return int(seconds) * 1_000_000 + int(micros[:6].ljust(6, "0"))


def mailbox(question: Question) -> str:
    """Name the mailbox a question goes to.

    What needs no run has a mailbox beside the thread's, so that it is answered at once, also while
    a run of two hours is going. Files and shared answers have their own: they may have to wait for
    Parallel.
    """
    thread = str(question.thread)
    if question.start in (TurnKind.FILES, TurnKind.SHARE):
        return f"{thread}:{question.start}"
    return beside(thread) if question.start.needs_no_run else thread


def beside(mailbox: str) -> str:
    """Name the mailbox beside one."""
    return f"{mailbox}:aside"


def thread_of(mailbox: str) -> ThreadKey:
    """Return the thread that a mailbox belongs to, also of one beside the thread's."""
    return ThreadKey.parse(":".join(mailbox.split(":")[:3]))
