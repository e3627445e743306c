"""Every field of a turn and of a thread is read as it was written.

`FULL` and `THREAD` have no field at its default, so a field that the loader forgets is lost here.
"""

from __future__ import annotations

from dataclasses import MISSING, fields, is_dataclass
from typing import Any

import pytest

from bot.domain.access import Offer
from bot.domain.budgets import BudgetNote, Scope
from bot.domain.thread import (
    ChannelId,
    Exchange,
    GroupId,
    InteractionId,
    MessageTs,
    RunId,
    TeamId,
    Thread,
    ThreadKey,
    TurnId,
    UserId,
)
from bot.domain.turn import Ending, EndingKind, Parent, Question, Relation, State, Turn, TurnKind
from bot.errors import Cause
from bot.store import codec

KEY = ThreadKey(TeamId("T1"), ChannelId("C1"), MessageTs("1700000000.000100"))
EARLIER = TurnId("T1:C1:1700000000.000100")
FULL = Turn(
    id=TurnId("T1:C1:1700000001.000200~branch-1"),
    question=Question(
        thread=KEY,
        message=MessageTs("1700000001.000200"),
        asker=UserId("U1"),
        text="who owns the Suez Canal?",
        processor="pro",
        direct=True,
        start=TurnKind.SHARE,
        press="branch-1",
        at=MessageTs("1700000002.000300"),
        parent=Parent(
            turn=EARLIER,
            relation=Relation.BRANCH,
            interaction=InteractionId("interaction_0"),
            excerpt="who built it?",
            processor="core",
            restates=(EARLIER,),
        ),
        along="It opened in 1869.",
        files=("report.pdf", ""),
        to=ChannelId("C2"),
        comment="for you",
        source=MessageTs("1700000000.000100"),
    ),
    received=1_700_000_003.5,
    state=State.ENDED,
    waited=True,
    lined=True,
    processor="pro",
    restated=True,
    without_history=True,
    unjudged_since=1_700_000_004.0,
    look_up_refused_since=1_700_000_004.2,
    busy_since=1_700_000_004.5,
    busy_shown=True,
    unreached=True,
    starting_at=1_700_000_005.5,
    group=GroupId("group_1"),
    ungrouped=True,
    previous=InteractionId("interaction_0"),
    restates=(EARLIER,),
    run=RunId("trun_1"),
    interaction=InteractionId("interaction_1"),
    started_at=1_700_000_006.5,
    paid_at=1_700_000_007.5,
    ending=Ending(EndingKind.REFUSED, 1_700_000_008.5, Cause.CREDIT, "no credit", "ref_1", 2),
    sources=3,
    posts={"status": MessageTs("1700000009.000400"), "answer:0": None},
    posting_until=1_700_000_010.5,
    refused_since=1_700_000_009.5,
    variants={"answer:0": 1},
    server_errors={"answer:0": 2},
    unexpected_errors=1,
    budget=BudgetNote(
        scope=Scope.CHANNEL,
        limit=20_000_000,
        left=5_000_000,
        affordable=100_000,
        resets_at=1_700_006_400.5,
        admins=(UserId("U2"),),
        is_repeated=True,
        counts_failed=True,
    ),
    offer=Offer("ultra", ("lite", "core"), (UserId("U2"),)),
    warned=(
        BudgetNote(
            scope=Scope.PERSON,
            limit=5_000_000,
            left=1_000_000,
            affordable=25_000,
            resets_at=1_700_006_400.5,
            admins=(UserId("U2"),),
            is_repeated=True,
            counts_failed=True,
        ),
    ),
    draft="It belongs to",
    streams="answer:quick",
    last_answer="https://example.slack.com/archives/D1/p1",
    question_link="https://example.slack.com/archives/C1/p1",
)
THREAD = Thread(
    key=KEY,
    interaction=InteractionId("interaction_1"),
    history=(Exchange("who?", "Egypt.", EARLIER, chained=False, asker=UserId("U1")),),
    group=GroupId("group_1"),
    processor="pro",
)
#: Kept beside the record, by others than its owner.
BESIDE = {"signals", "has_place"}


def at_default(value: Any) -> list[str]:
    """Return the fields of a value, and of the values in it, that are at their defaults."""
    found = []
    for field in fields(value):
        if field.name in BESIDE:
            continue
        now = getattr(value, field.name)
        if field.default is not MISSING and now == field.default:
            found.append(f"{type(value).__name__}.{field.name}")
        for each in now if isinstance(now, tuple) else (now,):
            if is_dataclass(each):
                found += at_default(each)
    return found


@pytest.mark.parametrize("value", [FULL, THREAD], ids=["turn", "thread"])
def test_the_examples_have_every_field(value: Turn | Thread) -> None:
    assert at_default(value) == []


def test_every_field_of_a_turn_is_read_as_it_was_written() -> None:
    assert codec.load_turn(codec.dump_turn(FULL), waited=True) == FULL


def test_every_field_of_a_thread_is_read_as_it_was_written() -> None:
    assert codec.load_thread(KEY, codec.dump_thread(THREAD)) == THREAD
