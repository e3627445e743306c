"""Messages that were edited or deleted: what that does to the questions they asked. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from bot.domain import naming
from bot.domain.prompt import LONGEST_CHAT_QUESTION
from bot.domain.thread import MessageTs, ThreadKey, TurnId, UserId
from bot.domain.turn import Question, TurnKind
from bot.ports import DELETED, Addressing
from bot.slack.payloads.fields import JSON, edited_at, part, timestamp, word
from bot.slack.payloads.keyword_table import Keyword
from bot.slack.payloads.message_intents import (
    KeywordCommand,
    MessageIntent,
    Origin,
    QuestionAsked,
    read_message,
)
from bot.slack.payloads.progress_questions import asks_progress
from bot.slack.payloads.reaction_events import words_of

#: The subtypes of `message` events about an earlier message.
CHANGES = ("message_changed", "message_deleted")


@dataclass(frozen=True, slots=True)
class QuestionEdited:
    """A message asks something else since `at`.

    Attributes:
        turn: the message's.
        question: what it asks now.
        addressing: whose business that is.
        at: the time of the edit, as a ts.
        corrects: what it said before could not be asked, or is not while a run is at work.
        when: the same, not only in whole seconds; None where Slack did not say.
    """

    turn: TurnId
    question: Question
    addressing: Addressing
    at: MessageTs
    corrects: bool
    when: MessageTs | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class QuestionWithdrawn:
    """A message was deleted, or was edited and asks nothing any more.

    Attributes:
        turn: the message's.
        at: the time of the edit, as a ts; `DELETED` where it was deleted.
        when: the same, or when Slack told of it; None where it did not say when it was deleted.
        thread: where the message was written.
        command: what it was edited into; None where that is none.
        note: what says that it was edited to a misspelt processor; None where it was not.
    """

    turn: TurnId
    at: MessageTs
    when: MessageTs | None = field(default=None, compare=False)
    thread: ThreadKey | None = field(default=None, compare=False)
    command: KeywordCommand | None = field(default=None, compare=False)
    note: Question | None = field(default=None, compare=False)

    @property
    def deleted(self) -> bool:
        """Whether the message is gone."""
        return self.at == DELETED


@dataclass(frozen=True, slots=True)
class WordsEdited:
    """A message that asks us nothing says something else since `at`: a reaction may ask it."""

    question: Question
    at: MessageTs


MessageChange = QuestionEdited | QuestionWithdrawn | WordsEdited


def read_change(event: JSON, origin: Origin, me: UserId) -> MessageChange | KeywordCommand | None:
    """Read a `message_changed` or `message_deleted` event; None when the message asks what it did.

    What asked nothing and is edited into a command gives it at the time of the edit.
    The preview of a link is a change, too, and so is each edit of our own messages. A deleted
    message that has replies changes into a tombstone.
    https://docs.slack.dev/reference/events/message/message_changed
    """
    message, before = part(event, "message"), part(event, "previous_message")
    when = timestamp(word(event, "event_ts")) or None
    if event.get("subtype") == "message_deleted":
        return _deleted(timestamp(word(event, "deleted_ts")), before, origin, when)
    if message.get("subtype") == "tombstone":
        return _deleted(timestamp(word(message, "ts")), message, origin, when)
    return _edited(event, origin, me, when) if before else None


def _deleted(
    ts: MessageTs, message: JSON, origin: Origin, when: MessageTs | None
) -> QuestionWithdrawn | None:
    if not ts or not origin.channel:
        return None
    team, channel = origin.team, origin.channel
    thread = ThreadKey(team, channel, timestamp(word(message, "thread_ts")) or ts)
    return QuestionWithdrawn(naming.turn_id_of(team, channel, ts), DELETED, when, thread)


def _edited(
    event: JSON, origin: Origin, me: UserId, when: MessageTs | None
) -> MessageChange | KeywordCommand | None:
    message = part(event, "message")
    before = read_message(part(event, "previous_message"), origin, me)
    now = read_message(message, origin, me)
    if before is now is None:
        return _words_edited(event, origin, me)
    old, new = _question(before), _question(now)
    at = edited_at(message) or when or MessageTs("")
    if _is_same(new, old) and (new or _command(before) is _command(now)):
        return None
    if now is None or new is None or new.start is not TurnKind.QUESTION:
        return _taken_back(old, now, at, when)
    assert isinstance(now, QuestionAsked)
    return QuestionEdited(
        turn=naming.turn_id(new),
        question=new,
        addressing=now.addressing,
        at=at or new.message,
        when=when,
        corrects=old is None
        or old.start is not TurnKind.QUESTION
        or asks_progress(old)
        or len(old.text) > LONGEST_CHAT_QUESTION,
    )


def _taken_back(
    old: Question | None, now: MessageIntent | None, at: MessageTs, when: MessageTs | None
) -> QuestionWithdrawn | KeywordCommand | None:
    """Return what an edit is that leaves no question: it takes one back, or gives a command."""
    command = None
    if isinstance(now, KeywordCommand):
        command = replace(now, question=replace(now.question, at=at or None))
    # It may have asked something before a processor was misspelt.
    if old is None or old.start not in (TurnKind.QUESTION, TurnKind.UNKNOWN_PROCESSOR):
        return command
    note = _question(now)
    if note and note.start is not TurnKind.UNKNOWN_PROCESSOR:
        note = None
    if note and old.start is not TurnKind.QUESTION:
        return None
    at = at or old.message
    return QuestionWithdrawn(
        naming.turn_id(old),
        at,
        when or at,
        old.thread,
        command,
        note=replace(note, press=f"{naming.EDITED}-{at}", at=at) if note else None,
    )


def _command(intent: MessageIntent | None) -> Keyword | None:
    return intent.keyword if isinstance(intent, KeywordCommand) else None


def _words_edited(event: JSON, origin: Origin, me: UserId) -> WordsEdited | None:
    message, before = part(event, "message"), part(event, "previous_message")
    ts, at = timestamp(word(message, "ts")), edited_at(message)
    if word(message, "user") == me or not (ts and at and origin.channel):
        return None
    text, files = words_of(message, me)
    if not text or text == words_of(before, me)[0]:
        return None
    thread = ThreadKey(origin.team, origin.channel, timestamp(word(message, "thread_ts")) or ts)
    asker = UserId(word(message, "user"))
    return WordsEdited(Question(thread, ts, asker, text, files=files), at)


def _question(found: MessageIntent | None) -> Question | None:
    return found.question if isinstance(found, QuestionAsked) else None


def _is_same(one: Question | None, other: Question | None) -> bool:
    """Whether two questions ask the same; Slack may give the names of files later."""
    if one is None or other is None:
        return one is other
    return replace(one, files=other.files) == other
