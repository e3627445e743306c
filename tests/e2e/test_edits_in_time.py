"""Questions that cannot start, and are changed before that is written: the change counts."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from decimal import Decimal

import pytest

from bot.domain.prompt import LONGEST_QUESTION
from bot.domain.thread import MessageTs, TurnId, UserId
from bot.domain.turn import EndingKind, Signals, State, Turn
from bot.engine.context import BudgetRules
from bot.errors import Unavailable
from bot.parallel.client import TaskApi
from bot.ports import DELETED, Claim, EditOutcome
from bot.store.store import Store
from bot.store.turn_reader import TurnReader
from bot.store.turn_store import RedisTurnStore
from tests.e2e.dialogue import said
from tests.e2e.stage import KEY, NO_LIMITS, staged
from tests.e2e.test_signals_in_time import working

DEAR: dict[str, object] = {"processor": "ultra8x"}
RULES = BudgetRules(confirm_from=Decimal("0.30"))
LATER = MessageTs("9999999998.000100")

Change = Callable[[Store, Turn], Awaitable[object]]


class JustInTime(RedisTurnStore):
    """Turns that are changed right before it is written how they ended, once."""

    def __init__(self, store: Store, change: Change, *, loses: bool) -> None:
        super().__init__(store.connection, TurnReader(store.connection))
        self._other, self._change, self._loses = store, change, loses
        self.endings: list[EndingKind | None] = []

    async def save_ended(self, claim: Claim, turn: Turn) -> tuple[Signals, int]:
        self.endings.append(turn.ending.kind if turn.ending else None)
        if len(self.endings) > 1:
            return await super().save_ended(claim, turn)
        await self._change(self._other, turn)
        found = await super().save_ended(claim, turn)
        if self._loses:
            raise Unavailable("the answer of Redis is lost")
        return found


async def edits(store: Store, turn: Turn) -> None:
    question = replace(turn.question, text="who built it?", processor="lite")
    assert await store.mailbox.edit(turn.id, question, LATER) is EditOutcome.TAKEN


async def edits_dearly(store: Store, turn: Turn) -> None:
    question = replace(turn.question, text="who built it?", processor="ultra4x")
    assert await store.mailbox.edit(turn.id, question, LATER) is EditOutcome.TAKEN


async def deletes(store: Store, turn: Turn) -> None:
    assert await store.mailbox.withdraw(turn.id, DELETED)


async def stops(store: Store, turn: Turn) -> None:
    await store.mailbox.stop(turn.id, UserId(turn.question.asker))


@dataclass(frozen=True)
class Case:
    """What is asked, how it is changed, and how often it is written how it ended."""

    asked: dict[str, object]
    change: Change
    endings: list[EndingKind]
    says: str


CASES = [
    Case(DEAR, edits, [EndingKind.CONFIRM, EndingKind.ANSWERED], "Egypt."),
    Case(
        {"text": "x" * (LONGEST_QUESTION + 1)},
        edits,
        [EndingKind.TOO_LONG, EndingKind.ANSWERED],
        "Egypt.",
    ),
    Case(DEAR, edits_dearly, [EndingKind.CONFIRM, EndingKind.CONFIRM], "*ultra4x* costs $1.20"),
    Case(DEAR, stops, [EndingKind.CONFIRM, EndingKind.STOPPED], "Stopped"),
    Case(DEAR, deletes, [EndingKind.CONFIRM, EndingKind.WITHDRAWN], ""),
]


@pytest.mark.parametrize("loses", [False, True], ids=["at once", "after a crash"])
@pytest.mark.parametrize("case", CASES)
async def test_a_question_changed_before_its_refusal_is_written_is_not_refused(
    redis_url: str, case: Case, loses: bool
) -> None:
    async with staged("socket", redis_url, rate_limits=False) as stage:
        store = Store(redis_url, "B1", lease=60, retention=1, limits=NO_LIMITS)
        store.turns = turns = JustInTime(store, case.change, loses=loses)
        research = TaskApi(stage.parallel.url, KEY)
        async with store, research, working(stage, store, research, RULES) as ask:
            asked, name = await ask(**case.asked)
            if case.endings[-1] is EndingKind.ANSWERED:
                run = await stage.parallel.next_run()
                assert (run.input, run.processor) == ("who built it?", "lite")
                run.finishes("Egypt.")
            elif case.says:
                await said(stage, asked, case.says)
            await done(store, name)
            words = [message.text for message in stage.slack.thread(asked).said]
        assert turns.endings == [*case.endings[: 1 if loses else 0], *case.endings]
        assert not any("ultra8x" in each or "can't be longer" in each for each in words)
        assert len(stage.parallel.runs) == (case.endings[-1] is EndingKind.ANSWERED)


async def done(store: Store, name: TurnId) -> None:
    """Wait until a turn has ended and its thread was told."""
    async with asyncio.timeout(60):
        while (turn := await store.mailbox.turn(name)) is None or turn.state is not State.DONE:
            await asyncio.sleep(0.01)
