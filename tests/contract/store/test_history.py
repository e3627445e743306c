"""What a person has asked, what it cost, and how answers are rated."""

from __future__ import annotations

from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from bot.domain import lifecycle, naming
from bot.domain.budgets import Settlement
from bot.domain.thread import TurnId
from bot.domain.turn import TurnKind
from bot.ports import Addressing
from bot.store.store import Store
from tests.contract.store.store_harness import ADA, BOB, TEAM, Clock, asked, taken


async def test_the_history_has_a_persons_questions(store: Store, clock: Clock) -> None:
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    _, turn = await taken(store)
    await store.mailbox.put(asked(1, BOB), Addressing.THREAD_REPLY)
    await store.mailbox.put(asked(2, start=TurnKind.HELP), Addressing.SIDE)
    assert (await store.history.asked(TEAM, ADA, 0)).turns == (turn,)
    theirs = await store.history.asked(TEAM, BOB, 0)
    assert [turn.question.asker for turn in theirs.turns] == [BOB]


@pytest.mark.parametrize(
    ("how", "spent"),
    [
        (Settlement.SPEND, [("2023-12", Decimal("0.1"))]),
        (Settlement.KEEP, [("2023-12", Decimal("0.1"))]),
        (Settlement.FAIL, []),
        (Settlement.RETURN, []),
    ],
)
async def test_the_history_has_a_persons_costs_by_months_of_the_budgets(
    redis_url: str, how: Settlement, spent: list[tuple[str, Decimal]]
) -> None:
    last_evening = 1_701_379_800.0  # 2023-11-30 21:30 UTC
    zone = ZoneInfo("Europe/Helsinki")
    async with Store(
        redis_url, "B1", lease=60.0, retention=90, clock=lambda: last_evening + 3600, zone=zone
    ) as store:
        await store.work_queue.register()
        await store.mailbox.put(asked(), Addressing.ADDRESSED)
        hold, turn = await taken(store)
        await store.budgets.reserve(hold, lifecycle.chosen(turn, "pro"), 100_000)
        assert await store.history.spent(TEAM, ADA) == [("2023-12", Decimal("0.1"))]
        assert await store.history.spent(TEAM, BOB) == []
        for _ in range(2):  # the reply was lost: settled once
            await store.budgets.settle(turn.id, how)
        assert await store.history.spent(TEAM, ADA) == spent


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
