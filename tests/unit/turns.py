"""Turns in all their states, built for tests and for the phrasebook."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.domain import lifecycle
from bot.domain.processors import PROCESSORS
from bot.domain.research import Answer, Citation, FieldBasis, Run, RunStatus
from bot.domain.thread import (
    ChannelId,
    InteractionId,
    MessageTs,
    RunId,
    TeamId,
    ThreadKey,
    TurnId,
    UserId,
)
from bot.domain.turn import Ending, EndingKind, Parent, Question, Relation, Signals, Turn, TurnKind
from bot.ports import QueuePreview
from bot.slack.messages.turn_facts import TurnFacts

STARTED = 1_700_000_002.0  # when runs were started, seconds since 1970
KEY = ThreadKey(TeamId("T1"), ChannelId("C1"), MessageTs("1700000000.000100"))
ADDRESS = f"https://example.slack.com/archives/C1/p1700000000000100?thread_ts={KEY.ts}&cid=C1"
PRO, SPEED = PROCESSORS["pro-fast"], PROCESSORS["speed"]
DRAFT = (
    "It belongs to **Egypt**, see [the bank](https://evil.example) and https://example.org [1].\n"
)
ADA, BOB, EVE = UserId("U1"), UserId("U2"), UserId("U3")
ANSWER = Answer(
    "The canal belongs to **Egypt**.",
    (
        FieldBasis(
            "output",
            "Both say so.",
            (
                Citation("https://example.org/suez", "Suez Canal Authority"),
                Citation("https://example.com/a_(b)", "A [history] | <!channel>"),
                Citation("https://example.net/no-title"),
            ),
            "high",
        ),
    ),
)


def asked(text: str = "who owns the Suez Canal?", start: TurnKind = TurnKind.QUESTION) -> Turn:
    """Return the turn of a question that Ada has just asked."""
    question = Question(KEY, KEY.ts, ADA, text, start=start)
    return replace(lifecycle.received(question, 1_700_000_000), processor=PRO.name)


def running() -> Turn:
    """Return a turn whose run is in progress."""
    turn = lifecycle.about_to_start(asked(), 1_700_000_001)
    run = Run(RunId("trun_1"), InteractionId("inter_1"), RunStatus.QUEUED)
    return lifecycle.started(turn, run, STARTED)


def quickly() -> Turn:
    """Return a turn that the Chat API is answering."""
    turn = replace(lifecycle.about_to_start(asked(), 1_700_000_001), processor=SPEED.name)
    return replace(lifecycle.accepted(turn, 1_700_000_091), draft=DRAFT)


def looking() -> Turn:
    """Return a turn that waits again for a run it had given up."""
    again = replace(asked(start=TurnKind.RESUME), run=RunId("trun_1"), paid_at=STARTED - 2_000)
    return lifecycle.resumed(again, STARTED)


def over(turn: Turn, kind: EndingKind, at: float = 1_700_000_094.0, **changes: Any) -> TurnFacts:
    """Return the facts of the turn when it has ended so."""
    return TurnFacts(lifecycle.ended(turn, Ending(kind, at, **changes)), PRO)


def with_signals(turn: Turn, **signals: Any) -> Turn:
    """Return the turn with these signals."""
    return replace(turn, signals=Signals(**signals))


def edited(turn: Turn, processor: str | None = None) -> Turn:
    """Return the turn with an edit of its question that came while the run was in progress."""
    text = "who owns the Panama Canal?"
    return with_signals(turn, edited=replace(turn.question, text=text, processor=processor))


def based(turn: Turn, link: Relation, press: str = "", words: str = "who built the canal?") -> Turn:
    """Return the turn as one that builds on an earlier question."""
    base = Parent(TurnId("T1:C1:1699999999.000100"), link, None, words, "core-fast")
    return replace(turn, question=replace(turn.question, parent=base, press=press))


def apart(turn: Turn, direct: bool = False, press: str | None = None, **changes: Any) -> Turn:
    """Return the turn with a status that is not directly below its question."""
    asked = replace(turn.question, direct=direct)
    if press is not None:
        asked = replace(asked, press=press)
    return replace(turn, question=asked, question_link=ADDRESS, **changes)


def line(*texts: str, quick: bool = False, number: int | None = None) -> QueuePreview:
    """Return a queue preview of these questions; `quick`: the first is for a quick answer."""
    turns = tuple(asked(text) for text in texts[:5])
    first = turns[0].id if quick else None
    return QueuePreview(turns, len(texts) if number is None else number, first)
