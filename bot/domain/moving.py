"""A question that waits, asked in a new thread instead. Pure."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.derived import SHOWN_QUESTION
from bot.domain.thread import Thread, ThreadKey
from bot.domain.turn import Parent, Question, Relation


def moved(question: Question, old: Thread, thread: ThreadKey, processor: str) -> Question:
    """Ask a question in a new thread, which begins with a message of ours.

    Args:
        question: as it was asked, or is since it was edited.
        old: its own thread. The question continues the latest answer there.
        thread: the new one.
        processor: answers it.
    """
    return replace(
        question,
        thread=thread,
        message=thread.ts,
        processor=processor,
        press="",
        at=None,
        parent=question.parent or _latest_answer(old),
        source=None,
    )


def _latest_answer(thread: Thread) -> Parent | None:
    for exchange in reversed(thread.history):
        if exchange.chained and exchange.turn:
            words = exchange.question[:SHOWN_QUESTION]
            return Parent(exchange.turn, Relation.BRANCH, thread.interaction, words, restates=())
    return None
