"""Questions born of earlier turns: asked again, on another processor, looked up, branched, edited.

Pure. Each is named by its message and by what was pressed there, so a press that comes twice asks
once.
"""

from __future__ import annotations

from dataclasses import replace
from zlib import crc32

from bot.domain import lifecycle, naming
from bot.domain.thread import ChannelId, InteractionId, MessageTs, ThreadKey, TurnId, UserId
from bot.domain.turn import EndingKind, Parent, Question, Relation, Turn, TurnKind
from bot.errors import Cause

SHOWN_QUESTION = 200  # characters of a question that others point to

#: What the press of a question begins with: one that looks a quick answer up, one that was written
#: in a form (about a message, or to continue an answer), one that a reaction on a message asks.
LOOKED_UP, RESEARCHED, BRANCHED, REACTED = "lookup", "research", "branch", "reaction"


def is_from_form(question: Question) -> bool:
    """Whether no message in the thread says what is asked: it was written in a form."""
    return question.press.startswith((f"{RESEARCHED}-", f"{BRANCHED}-"))


def stands_apart(turn: Turn) -> bool:
    """Whether a status posted now would not stand directly below its question."""
    question = turn.question
    if is_from_form(question):
        return False  # what was written there is posted right before
    return turn.waited or bool(question.press or question.parent or question.source)


def question_message(turn: Turn) -> MessageTs:
    """Return the message that says what a turn asks."""
    question = turn.question
    return question.source or turn.posts.get(ASKED) or question.message


ASKED = "asked"  #: among a turn's posts, the message that says what was written in a form


def asked_again(turn: Turn, asker: UserId, message: MessageTs, at: float, *, look: bool) -> Turn:
    """Begin a turn that asks an ended turn's question once more.

    With `look` the new turn goes on waiting for the run that the old one had; nothing is paid.
    """
    start = TurnKind.RESUME if look and turn.run else TurnKind.QUESTION
    asked = replace(
        turn.question,
        asker=asker,
        message=message,
        start=start,
        press="",
        at=None,
        source=question_message(turn),
    )
    barred = turn.ending is not None and turn.ending.cause is Cause.PROCESSOR
    if start is TurnKind.QUESTION and turn.processor and not barred:  # the button names its price
        asked = replace(asked, processor=turn.processor)
    again = lifecycle.received(asked, at)
    if start is TurnKind.RESUME:
        again = replace(
            again,
            processor=turn.processor,
            previous=turn.previous,
            run=turn.run,
            interaction=turn.interaction,
            paid_at=turn.paid_at or turn.started_at,
        )
    return again


def on_another(
    turn: Turn, processor: str, asker: UserId, at: MessageTs, attempt: int = 1
) -> Question:
    """Ask an earlier turn's question on another processor, from where that one began.

    Args:
        turn: the earlier turn.
        processor: its name.
        asker: who wants it.
        at: when they said so, as a ts.
        attempt: how often it was asked there before, without an answer, and once more.
    """
    question = _from_there(turn, turn.question, processor, asker, at)
    return replace(question, press=f"{question.press}-{attempt}") if attempt > 1 else question


def looked_up(
    turn: Turn, processor: str, asker: UserId, at: MessageTs, attempt: int = 1
) -> Question:
    """Ask a quick answer's question with sources, continuing that answer.

    The arguments are those of `on_another`.
    """
    press = _press(turn, f"{LOOKED_UP}-{processor}")
    return replace(
        turn.question,
        asker=asker,
        processor=processor,
        start=TurnKind.QUESTION,
        press=f"{press}-{attempt}" if attempt > 1 else press,
        at=at,
        source=_source(turn),
        parent=_base(turn, Relation.BRANCH, turn.interaction or turn.previous),
    )


def as_edited(turn: Turn, asker: UserId, at: MessageTs) -> Question | None:
    """Ask the new text of a question that was edited while its run was going; None: it was not."""
    edited = turn.signals.edited
    if edited is None:
        return None
    # Each new text is asked once, however often its button is pressed.
    asked = _from_there(turn, edited, edited.processor or turn.processor, asker, at)
    words = f"{edited.processor} {edited.text}{edited.along}"
    return replace(asked, press=f"{naming.EDITED}-{_short(words)}")


def anyway(turn: Turn, asker: UserId, at: MessageTs) -> Question:
    """Ask what was taken for no question, once for each message.

    Args:
        turn: what was made of it instead.
        asker: who wants it, and so pays.
        at: when they said so, as a ts.
    """
    return replace(turn.question, asker=asker, start=TurnKind.QUESTION, press="anyway", at=at)


def corrected(turn: Turn, question: Question, at: MessageTs) -> Question | None:
    """Ask a question that an edit made of what nothing was started for; None: something was.

    That was no question, or too long a one, or it had been taken back by an earlier edit.
    """
    nothing = (
        EndingKind.HELPED,
        EndingKind.NOTICE,
        EndingKind.UNKNOWN_PROCESSOR,
        EndingKind.TOO_LONG,
    )
    ending, gone = turn.ending, turn.signals.gone and turn.run is None
    if not gone and (ending is None or ending.kind not in nothing):
        return None
    return replace(question, press=f"{naming.EDITED}-{at}", at=at)  # one of each edit


def _from_there(
    turn: Turn, question: Question, processor: str | None, asker: UserId, at: MessageTs
) -> Question:
    return replace(
        question,
        asker=asker,
        processor=processor,
        start=TurnKind.QUESTION,
        press=_press(turn, f"again-{processor}"),
        at=at,
        source=_source(turn),
        parent=_base(turn, Relation.RERUN, turn.previous),
    )


def branched(turn: Turn, text: str, asker: UserId, at: MessageTs) -> Question:
    """Ask a question that continues the answer of an earlier turn; the arguments as above."""
    return Question(
        thread=turn.question.thread,
        message=turn.question.message,
        asker=asker,
        text=text,
        direct=turn.question.direct,
        press=f"{BRANCHED}-{at}",
        at=at,
        parent=_base(turn, Relation.BRANCH, turn.interaction or turn.previous),
    )


def moved(question: Question, thread: ThreadKey, processor: str) -> Question:
    """Ask a question in a new thread, which a message of ours begins, instead of its own."""
    return replace(
        question,
        thread=thread,
        message=thread.ts,
        processor=processor,
        press="",
        at=None,
        parent=None,
        source=None,
    )


def files_of(turn: Turn, asker: UserId, at: MessageTs, *, again: bool = False) -> Turn:
    """Begin the turn that shares the report and the basis of an answered one, once.

    With `again` once more, for the files did not come.
    """
    press = _press(turn, f"files-{at}" if again else "files")
    question = replace(turn.question, asker=asker, start=TurnKind.FILES, press=press, at=at)
    return _about_its_run(turn, question)


def shared(turn: Turn, asker: UserId, at: MessageTs, to: ChannelId, comment: str) -> Turn:
    """Begin the turn that posts an answer in another channel, once for each form that was opened.

    Args:
        turn: the answered one.
        asker: who shares it.
        at: when the form was opened.
        to: the channel.
        comment: what they say to it.
    """
    press = _press(turn, f"share-{at}")
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


def _press(turn: Turn, word: str) -> str:
    """Name a press on an answer; several answers may go back to one message."""
    return f"{word}-{_short(turn.question.press)}" if turn.question.press else word


def _short(text: str) -> str:
    return f"{crc32(text.encode(errors='surrogatepass')):08x}"


def _base(turn: Turn, link: Relation, interaction: InteractionId | None) -> Parent:
    words = turn.question.text[:SHOWN_QUESTION]
    return Parent(turn.id, link, interaction, words, turn.processor, _restates(turn, link))


def _restates(turn: Turn, link: Relation) -> tuple[TurnId, ...] | None:
    """Return what a question that builds on a turn must restate."""
    if link is Relation.BRANCH and turn.interaction:
        return ()  # its interaction knows all that it was asked with
    if turn.restates is None:
        return None
    was_answered = turn.ending is not None and turn.ending.kind is EndingKind.ANSWERED
    return (*turn.restates, turn.id) if link is Relation.BRANCH and was_answered else turn.restates
