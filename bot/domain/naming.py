"""Ids of turns, names of mailboxes, and the order in which questions wait."""

from __future__ import annotations

from bot.domain.thread import ChannelId, MessageTs, TeamId, ThreadKey, TurnId
from bot.domain.turn import Question, Turn, TurnKind

EDITED = "edited"  #: how `Question.press` begins when it asks an edited text
ANYWAY = "anyway"  #: `Question.press` of a message that was not taken for a question
CONFIRMED = "confirm"  #: how `Question.press` begins when the price was confirmed first


def turn_id(question: Question) -> TurnId:
    """Return the id of a question's turn: its message, and what was pressed there.

    Redeliveries, the two events of a mention, and a button pressed twice give the same id.
    """
    thread = question.thread
    return turn_id_of(thread.team, thread.channel, question.message, question.press)


def turn_id_of(team: TeamId, channel: ChannelId, message: MessageTs, press: str = "") -> TurnId:
    """Return the id of the turn of a message, or of what was pressed there."""
    return TurnId(f"{team}:{channel}:{message}{f'~{press}' if press else ''}")


def message_of(turn: TurnId) -> tuple[ChannelId, MessageTs]:
    """Return the message in the id of a turn."""
    _, channel, message = turn.split(":")
    return ChannelId(channel), MessageTs(message.partition("~")[0])


def asked_at(question: Question) -> MessageTs:
    """Return when a question was asked, or pressed: by Slack's time, as a ts."""
    return question.at or question.message


def is_asked_by_message(question: Question) -> bool:
    """Whether the message itself asks a question: not a button, a form, or an edit of it."""
    return not question.press and question.at is None and question.source is None


def is_outside_threads(question: Question) -> bool:
    """Whether it was written in a direct message, outside of threads."""
    return question.direct and question.message == question.thread.ts


def names_processor(question: Question) -> bool:
    """Whether its message is what names its processor: no button, menu or reaction chose it."""
    presses = ("", EDITED, ANYWAY, CONFIRMED)
    return question.source is None and question.press.partition("-")[0] in presses


def queue_position(turn: Turn) -> int:
    """Return the turn's place in its mailbox: the time it was asked at, in microseconds."""
    return micros(asked_at(turn.question))


def micros(ts: MessageTs) -> int:
    """Return a ts in microseconds."""
    seconds, _, micros = ts.partition(".")
    return int(seconds) * 1_000_000 + int(micros[:6].ljust(6, "0"))


def mailbox(question: Question) -> str:
    """Return the mailbox that a question goes to.

    What needs no run has a mailbox beside the thread's, so that it is answered at once, even during
    a run of two hours. Files and shared answers have their own: they may have to wait for Parallel.
    """
    thread = str(question.thread)
    if question.start in (TurnKind.FILES, TurnKind.SHARE):
        return f"{thread}:{question.start}"
    return side_mailbox(thread) if question.start.needs_no_run else thread


def runner(question: Question) -> str:
    """Return whose places to run a question takes: its asker's in its channel."""
    return f"{question.thread.team}:{question.thread.channel}:{question.asker}"


def mailboxes(thread: ThreadKey) -> tuple[str, ...]:
    """Return the names of all mailboxes of a thread."""
    name = str(thread)
    others = (f"{name}:{kind}" for kind in (TurnKind.FILES, TurnKind.SHARE))
    return name, side_mailbox(name), *others


def side_mailbox(mailbox: str) -> str:
    """Return the mailbox beside that of a thread."""
    return f"{mailbox}:aside"


def thread_of(mailbox: str) -> ThreadKey:
    """Return the thread that a mailbox belongs to, of whichever kind it is."""
    return ThreadKey.parse(":".join(mailbox.split(":")[:3]))
