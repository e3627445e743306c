"""What becomes of the price that a turn holds, however it ended."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.budgets import Settlement
from bot.domain.settling import settlement_of
from bot.domain.thread import RunId
from bot.domain.turn import Ending, EndingKind, Question, State, Turn
from tests.unit.turns import ADA, KEY

SPEND, FAIL, RETURN, KEEP = Settlement.SPEND, Settlement.FAIL, Settlement.RETURN, Settlement.KEEP
#: How a turn ended -> what is settled when nothing was sent; when a run's request was sent; when
#: its run was created; the same two of a quick answer.
TABLE = {
    EndingKind.ANSWERED: (RETURN, RETURN, SPEND, RETURN, SPEND),
    EndingKind.REFUSED: (RETURN, RETURN, KEEP, RETURN, SPEND),
    EndingKind.BUSY: (RETURN, RETURN, SPEND, RETURN, SPEND),
    EndingKind.UNCERTAIN: (SPEND, SPEND, SPEND, SPEND, SPEND),
    EndingKind.CUT_OFF: (SPEND, SPEND, SPEND, SPEND, SPEND),
    EndingKind.FAILED: (RETURN, RETURN, FAIL, RETURN, FAIL),
    EndingKind.CANCELLED: (RETURN, RETURN, FAIL, RETURN, FAIL),
    EndingKind.STOPPED: (RETURN, RETURN, KEEP, SPEND, SPEND),
    EndingKind.WITHDRAWN: (RETURN, RETURN, KEEP, SPEND, SPEND),
    EndingKind.TOO_LATE: (RETURN, RETURN, KEEP, SPEND, SPEND),
    EndingKind.BROKEN: (RETURN, SPEND, KEEP, SPEND, SPEND),
    EndingKind.CONFIRM: (RETURN, RETURN, SPEND, RETURN, SPEND),
    EndingKind.NOT_ALLOWED: (RETURN, RETURN, SPEND, RETURN, SPEND),
    EndingKind.NOT_OFFERED: (RETURN, RETURN, SPEND, RETURN, SPEND),
    EndingKind.OVER_BUDGET: (RETURN, RETURN, SPEND, RETURN, SPEND),
}


@pytest.mark.parametrize("kind", TABLE)
def test_each_ending_settles_what_may_be_paid(kind: EndingKind) -> None:
    asked = Turn("T1:C1:1", Question(KEY, KEY.ts, ADA, "who?"), 0.0, State.ENDED)  # type: ignore[arg-type]
    queued = replace(asked, processor="core", ending=Ending(kind, 2.0))
    sent = replace(queued, starting_at=1.0)
    created = replace(sent, started_at=1.0, run=RunId("trun_1"))
    asked_quickly = replace(sent, processor="speed")
    accepted = replace(asked_quickly, started_at=1.0)
    turns = (queued, sent, created, asked_quickly, accepted)
    found = tuple(settlement_of(each, failed_runs_count=False) for each in turns)
    assert found == TABLE[kind]
