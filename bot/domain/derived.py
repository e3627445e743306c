"""Questions derived from earlier turns: retried, rerun, looked up, branched, edited, shared. Pure.

The id of its turn has the message and what was pressed there, so a press that is delivered twice
asks once.
"""

from __future__ import annotations

from dataclasses import replace
from zlib import crc32

from bot.domain import lifecycle, naming
from bot.domain.thread import ChannelId, InteractionId, MessageTs, TurnId, UserId
from bot.domain.turn import EndingKind, Parent, Question, Relation, Turn, TurnKind
from bot.errors import Cause

SHOWN_QUESTION = 200  # characters shown of the question that another one builds on

#: How `Question.press` begins: it looks up a quick answer, was written in a form (about a message,
#: or to continue an answer), was asked by a reaction on a message.
LOOKED_UP, RESEARCHED, BRANCHED, REACTED = "lookup", "research", "branch", "reaction"


def is_from_form(question: Question) -> bool:
    """Whether the question was written in a form, so that no message in the thread contains it."""
    return question.press.startswith((f"{RESEARCHED}-", f"{BRANCHED}-"))


def needs_question_link(turn: Turn) -> bool:
    """Whether a status posted now would not stand directly below its question."""
    question = turn.question
    if is_from_form(question):
        return False  # its text is posted directly above
    return turn.waited or bool(question.press or question.parent or question.source)


def asks_message(turn: Turn, message: MessageTs) -> bool:
    """Whether a turn asks what a person's message says, whatever was pressed to ask it."""
    return question_message(turn) == message and not is_from_form(turn.question)


def is_asked_before(turn: Turn, when: MessageTs | None) -> bool:
    """Whether a turn was asked, or pressed, before a change of its message; None: at any time."""
    at = float(naming.asked_at(turn.question))
    if turn.question.source and turn.question.at is None:  # `message` is the one with the button
        at = turn.received
    return when is None or at < float(when)


def question_message(turn: Turn) -> MessageTs:
    """Return the message that contains what a turn asks."""
    question = turn.question
    return question.source or turn.posts.get(ASKED) or question.message


def message_turn(turn: Turn) -> TurnId:
    """Return the id that the turn of the message itself has, which a turn asks."""
    if is_from_form(turn.question):
        return turn.id
    thread = turn.question.thread
    return naming.turn_id_of(thread.team, thread.channel, question_message(turn))


def is_own(turn: Turn) -> bool:
    """Whether a turn is the one of its message itself: nothing was pressed for it."""
    return turn.id == message_turn(turn)


ASKED = "asked"  #: among a turn's posts, the message with the text that was written in a form


def asked_again(turn: Turn, asker: UserId, message: MessageTs, *, look: bool) -> Turn:
    """Begin a turn that asks an ended turn's question again.

    Args:
        turn: the ended one.
        asker: who pressed the button.
        message: the one with the button.
        look: await the run of the old turn again; nothing is paid.
    """
    start = TurnKind.RESUME if look and turn.run else TurnKind.QUESTION
    asked, edited = turn.question, turn.signals.edited
    if edited and start is TurnKind.QUESTION:
        asked = lifecycle.as_edited(asked, edited)
    question = replace(
        asked,
        asker=asker,
        message=message,
        start=start,
        press="",
        at=None,
        source=question_message(turn),
    )
    is_barred = turn.ending is not None and turn.ending.cause is Cause.PROCESSOR
    if (
        start is TurnKind.QUESTION and turn.processor and not is_barred
    ):  # the button shows its price
        question = replace(question, processor=turn.processor)
    new = lifecycle.received(question, 0.0)
    if start is TurnKind.RESUME:
        new = replace(
            new,
            processor=turn.processor,
            previous=turn.previous,
            run=turn.run,
            interaction=turn.interaction,
            paid_at=turn.paid_at or turn.started_at,
        )
    return new


def rerun_on(
    turn: Turn, processor: str, asker: UserId, at: MessageTs, attempt: int = 1
) -> Question:
    """Ask an earlier turn's question on another processor, from the same point of the chain.

    Args:
        turn: the earlier turn.
        processor: its name.
        asker: who chose it.
        at: when, as a ts.
        attempt: 1, plus the times it was asked on that processor before without an answer.
    """
    question = _from_same_point(turn, turn.question, processor, asker, at)
    return replace(question, press=f"{question.press}-{attempt}") if attempt > 1 else question


def looked_up(
    turn: Turn, processor: str, asker: UserId, at: MessageTs, attempt: int = 1
) -> Question:
    """Ask the question of a quick answer with sources, continuing that answer.

    The arguments are those of `rerun_on`.
    """
    press = press_on(turn, f"{LOOKED_UP}-{processor}")
    return replace(
        turn.question,
        asker=asker,
        processor=processor,
        start=TurnKind.QUESTION,
        press=f"{press}-{attempt}" if attempt > 1 else press,
        at=at,
        source=_source(turn),
        parent=_parent(turn, Relation.BRANCH, turn.interaction or turn.previous),
    )


def as_edited(turn: Turn, asker: UserId, at: MessageTs) -> Question | None:
    """Ask the new text of a question that was edited during its run; None without an edit."""
    edited = turn.signals.edited
    if edited is None:
        return None
    # Each new text is asked once, however often its button is pressed.
    asked = lifecycle.as_edited(turn.question, edited)
    question = _from_same_point(turn, asked, edited.processor or turn.processor, asker, at)
    words = f"{edited.processor} {edited.text}{edited.along}"
    return replace(question, press=f"{naming.EDITED}-{_short(words)}")


def asked_anyway(turn: Turn, asker: UserId, at: MessageTs) -> Question:
    """Ask a message that was not taken for a question, once for each message.

    Args:
        turn: what it was taken for.
        asker: who pressed the button, and so pays.
        at: when, as a ts.
    """
    return replace(turn.question, asker=asker, start=TurnKind.QUESTION, press=naming.ANYWAY, at=at)


def corrected(turn: Turn, question: Question, at: MessageTs, *, corrects: bool) -> Question | None:
    """Ask the new text of a message for which nothing was started; None if something was.

    It was not a question, or was too long, or had been withdrawn by an earlier edit. None also for
    the edit that this turn asks, for earlier ones, and for a turn that was moved.

    Args:
        turn: what the message asked at first.
        question: what it asks now.
        at: when it was edited, as a ts.
        corrects: what it said before the edit could not be asked. Then a turn that was stopped does
            not count, either: its message may have been edited into "stop".
    """
    if turn.signals.moved or (turn.question.at and float(turn.question.at) >= float(at)):
        return None
    nothing = (
        EndingKind.HELPED,
        EndingKind.NOTICE,
        EndingKind.UNKNOWN_PROCESSOR,
        EndingKind.NOT_ALLOWED,
        *lifecycle.NOT_STARTED,
    )
    is_gone = turn.signals.gone and turn.run is None
    is_stopped = corrects and turn.signals.stop is not None
    is_notice = turn.question.start.needs_no_run  # its reply may not have been posted yet
    is_nothing = turn.ending is not None and turn.ending.kind in nothing
    if not (is_gone or is_stopped or is_notice or is_nothing):
        return None
    return replace(question, press=f"{naming.EDITED}-{at}", at=at)  # one turn for each edit


def _from_same_point(
    turn: Turn, question: Question, processor: str | None, asker: UserId, at: MessageTs
) -> Question:
    return replace(
        question,
        asker=asker,
        processor=processor,
        start=TurnKind.QUESTION,
        press=press_on(turn, f"again-{processor}"),
        at=at,
        source=_source(turn),
        parent=_parent(turn, Relation.RERUN, turn.previous),
    )


def branched(turn: Turn, text: str, asker: UserId, at: MessageTs) -> Question:
    """Ask a question that continues the answer of an earlier turn.

    Args:
        turn: the earlier one.
        text: the question.
        asker: who wrote it.
        at: when the form was sent, as a ts.
    """
    return Question(
        thread=turn.question.thread,
        message=turn.question.message,
        asker=asker,
        text=text,
        direct=turn.question.direct,
        press=f"{BRANCHED}-{at}",
        at=at,
        parent=_parent(turn, Relation.BRANCH, turn.interaction or turn.previous),
    )


def files_turn(turn: Turn, asker: UserId, at: MessageTs, *, again: bool = False) -> Turn:
    """Begin the turn that shares the report and the basis of an answered one as files, once.

    With `again` once more, because the files did not arrive.
    """
    press = press_on(turn, f"files-{at}" if again else "files")
    question = replace(turn.question, asker=asker, start=TurnKind.FILES, press=press, at=at)
    return _about_its_run(turn, question)


def shared(turn: Turn, asker: UserId, at: MessageTs, to: ChannelId, comment: str) -> Turn:
    """Begin the turn that posts an answer in another channel, once for each form opened.

    Args:
        turn: the answered one.
        asker: who shares it.
        at: when the form was opened.
        to: the channel.
        comment: what they wrote about it.
    """
    press = press_on(turn, f"share-{at}")
    question = replace(
        turn.question, asker=asker, start=TurnKind.SHARE, press=press, at=at, to=to, comment=comment
    )
    return _about_its_run(turn, question)


def _about_its_run(turn: Turn, question: Question) -> Turn:
    return replace(
        lifecycle.received(question, 0.0),
        processor=turn.processor,
        run=turn.run,
        started_at=turn.started_at,
    )


def _source(turn: Turn) -> MessageTs | None:
    found = question_message(turn)
    return None if found == turn.question.message else found


def press_on(turn: Turn, word: str) -> str:
    """Name a press on an answer; several answers may stem from one message."""
    return f"{word}-{_short(turn.question.press)}" if turn.question.press else word


def _short(text: str) -> str:
    return f"{crc32(text.encode(errors='surrogatepass')):08x}"


def _parent(turn: Turn, link: Relation, interaction: InteractionId | None) -> Parent:
    words = turn.question.text[:SHOWN_QUESTION]
    return Parent(turn.id, link, interaction, words, turn.processor, _restates(turn, link))


def _restates(turn: Turn, link: Relation) -> tuple[TurnId, ...] | None:
    """Return the turns that a question which builds on this one must restate."""
    if link is Relation.BRANCH and turn.interaction:
        return ()  # its interaction contains all that it was asked with
    if turn.restates is None:
        return None
    was_answered = turn.ending is not None and turn.ending.kind is EndingKind.ANSWERED
    return (*turn.restates, turn.id) if link is Relation.BRANCH and was_answered else turn.restates
