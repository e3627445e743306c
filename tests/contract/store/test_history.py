"""What a person has asked, what it cost, and how answers are rated."""

from __future__ import annotations

from decimal import Decimal

from bot.domain import lifecycle, naming
from bot.domain.research import Run, RunStatus
from bot.domain.thread import (
    InteractionId,
    RunId,
    TurnId,
)
from bot.domain.turn import TurnKind
from bot.ports import Addressing
from bot.store.store import Store
from tests.contract.store.store_harness import ADA, BOB, TEAM, Clock, asked, taken


async def test_the_history_has_a_persons_questions_and_costs(store: Store, clock: Clock) -> None:
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    hold, turn = await taken(store)
    await store.mailbox.put(asked(1, BOB), Addressing.THREAD_REPLY)
    await store.mailbox.put(asked(2, start=TurnKind.HELP), Addressing.SIDE)
    run = Run(RunId("trun_1"), InteractionId("inter_1"), RunStatus.QUEUED)
    started = lifecycle.started(
        lifecycle.about_to_start(lifecycle.chosen(turn, "pro"), 1.0), run, 2.0
    )
    await store.turns.record_created(hold, started, Decimal("0.1"))
    await store.turns.record_created(
        hold, started, Decimal("0.1")
    )  # its reply was lost: counted once
    assert (await store.history.asked(TEAM, ADA, 0)).turns == (started,)
    assert await store.history.spent(TEAM, ADA) == [("2023-11", Decimal("0.1"))]
    theirs = await store.history.asked(TEAM, BOB, 0)
    assert [turn.question.asker for turn in theirs.turns] == [BOB]
    assert await store.history.spent(TEAM, BOB) == []


async def test_the_history_is_paged_up_to_five_hundred_questions(
    store: Store, clock: Clock
) -> None:
    for number in range(510):
        clock.now += 1
        await store.mailbox.put(asked(number), Addressing.ADDRESSED)
    pages: list[list[str]] = []
    after: int | None = 0
    while after is not None:
        page = await store.history.asked(TEAM, ADA, after)
        pages.append([turn.question.text for turn in page.turns])
        after = page.after
    assert [len(page) for page in pages] == [50] * 10
    assert pages[0][0] == asked(509).text
    assert pages[-1][-1] == asked(10).text
    ids = [naming.turn_id(asked(n)) for n in (3, 7)]
    known = await store.history.known([*ids, TurnId("T1:C1:1.2")])
    assert [turn.id for turn in known] == ids


async def test_an_answer_is_rated_once_by_a_person_and_the_last_word_counts(
    store: Store,
) -> None:
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    hold, turn = await taken(store)
    await store.turns.save(hold, lifecycle.chosen(turn, "pro"))
    for person, good in ((ADA, True), (ADA, True), (BOB, False), (BOB, True), (BOB, False)):
        assert await store.history.rate(turn.id, person, good=good)
    assert await store.history.ratings() == {"pro": (1, 1)}
    assert not await store.history.rate(TurnId("T1:C1:1.2"), ADA, good=True)
