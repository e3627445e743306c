"""The exchanges of a thread, question by question: what the next turn must be told of. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.processors import is_chat
from bot.domain.thread import Exchange, Thread
from bot.domain.turn import EndingKind, Question, Relation, Turn, TurnKind

#: How much of a thread is kept, to restate a chain that Parallel no longer continues.
REMEMBERED_EXCHANGES = 8
REMEMBERED_UNANSWERED = 3  # of them
REMEMBERED_QUESTION = 1_500  # characters
REMEMBERED_ANSWER = 3_000  # characters

#: How a question ends that was worth asking, but got no answer: what follows may refer to it.
UNANSWERED = (
    EndingKind.BUSY,
    EndingKind.CANCELLED,
    EndingKind.CUT_OFF,
    EndingKind.FAILED,
    EndingKind.STOPPED,
    EndingKind.TOO_LATE,
    EndingKind.UNCERTAIN,
)


def with_exchange(thread: Thread, turn: Turn, answer: str) -> Thread:
    """Continue the thread from this answered turn."""
    exchange = _exchange(turn, answer, chained=turn.interaction is not None)
    return replace(
        thread,
        interaction=turn.interaction or thread.interaction,
        history=_latest((*thread.history, exchange)),
        processor=thread.processor if is_chat(turn.processor) else turn.processor,
    )


def with_unanswered(thread: Thread, turn: Turn) -> Thread:
    """Have the thread's next turn know a question that got no answer.

    Not at the beginning of a thread: until the first answer, its messages are read in Slack.
    """
    is_question = turn.question.start is TurnKind.QUESTION
    if not (thread.history and is_question and turn.ending and turn.ending.kind in UNANSWERED):
        return thread
    exchange = _exchange(turn, "", chained=False)
    return replace(thread, history=_latest((*thread.history, exchange)))


def _latest(history: tuple[Exchange, ...]) -> tuple[Exchange, ...]:
    """Return the latest exchanges; questions without an answer leave room for answers."""
    forgotten = [each for each in history if not each.answer][:-REMEMBERED_UNANSWERED]
    return tuple(e for e in history if e not in forgotten)[-REMEMBERED_EXCHANGES:]


def remembered(question: Question) -> str:
    """Return what is kept of a question's text, and of what was sent along with it."""
    asked = question.text
    if question.along:
        asked = f"{asked}\n(with this: {question.along})".lstrip()
    return asked[:REMEMBERED_QUESTION]


def _exchange(turn: Turn, answer: str, *, chained: bool) -> Exchange:
    return Exchange(
        remembered(turn.question),
        answer[:REMEMBERED_ANSWER],
        turn.id,
        chained=chained,
        asker=turn.question.asker,
    )


def unchained(thread: Thread, question: Question) -> Sequence[Exchange]:
    """Return the exchanges that the interaction to be continued does not contain.

    Args:
        thread: as the question sees it (`before`).
        question: to be asked.
    """
    if question.parent and question.parent.restates is not None:
        return [each for each in thread.history if each.turn in question.parent.restates]
    if thread.interaction is None:
        return thread.history
    chained = max((n for n, each in enumerate(thread.history, 1) if each.chained), default=0)
    return thread.history[chained:]


def before(thread: Thread, question: Question) -> Thread:
    """Return the thread as the question sees it: up to what it builds on."""
    parent = question.parent
    if parent is None:
        return thread
    turns = [exchange.turn for exchange in thread.history]
    if parent.turn not in turns:  # it has no answer, or is too old
        seen = 0 if parent.restates is None else len(turns)
    else:
        seen = turns.index(parent.turn) + (parent.relation is Relation.BRANCH)
    return replace(thread, interaction=parent.interaction, history=thread.history[:seen])
