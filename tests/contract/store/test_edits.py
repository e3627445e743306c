"""Edits of messages, in any order: the latest counts, and the turn that asks it is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain import lifecycle, naming
from bot.domain.turn import Ending, EndingKind, Turn, TurnKind
from bot.ports import DELETED, Acceptance, Addressing, EditOutcome
from bot.store.store import Store
from tests.contract.store.store_harness import BOB, asked, at, done, taken, waiting


async def test_an_edited_question_that_waits_says_the_new_text(store: Store) -> None:
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    hold, turn = await taken(store)
    await store.mailbox.put(asked(1), Addressing.THREAD_REPLY)
    edited = asked(1, text="edited", processor="pro")
    await store.mailbox.edit(naming.turn_id(asked(1)), edited, at(1))
    assert await waiting(store, hold) == (("edited",), 1)
    await done(store, hold, turn)
    second = await store.turns.current(hold)
    assert second
    assert second.question.text == "question 1"
    assert second.signals.edited == edited


async def test_the_latest_of_several_edits_counts_in_any_order(
    store: Store,
) -> None:
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    name = naming.turn_id(asked())
    await store.mailbox.edit(name, asked(text="right"), at(9))
    await store.mailbox.edit(name, asked(text="wrong"), at(8))  # delivered again, a minute later
    _, turn = await taken(store)
    assert turn.signals.edited == asked(text="right")
    await store.mailbox.edit(name, asked(text="better"), at(10))
    found = await store.mailbox.turn(name)
    assert found
    assert found.signals.edited == asked(text="better")


@pytest.mark.parametrize("is_early", [False, True])
async def test_an_older_change_undoes_no_newer_one(store: Store, is_early: bool) -> None:
    name = naming.turn_id(asked())
    if not is_early:
        await store.mailbox.put(asked(), Addressing.ADDRESSED)
    assert await store.mailbox.edit(name, asked(text="right"), at(9)) is not EditOutcome.STALE
    assert not await store.mailbox.withdraw(name, at(8))
    outcome = await store.mailbox.edit(name, asked(text="wrong"), at(7))
    assert outcome is (EditOutcome.NOT_TAKEN if is_early else EditOutcome.STALE)
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    found = await store.mailbox.turn(name)
    assert found
    assert (found.signals.edited, found.signals.gone) == (asked(text="right"), False)
    assert await store.mailbox.withdraw(name, DELETED)
    assert await store.mailbox.edit(name, asked(text="wrong"), at(10)) is EditOutcome.STALE


async def test_an_ended_turn_remembers_which_edit_was_the_latest(store: Store) -> None:
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    hold, turn = await taken(store)
    await done(store, hold, turn)
    for _ in range(2):  # delivered again
        outcome = await store.mailbox.edit(turn.id, asked(text="right"), at(9))
        assert outcome is EditOutcome.NOT_TAKEN
    assert await store.mailbox.edit(turn.id, asked(text="wrong"), at(8)) is EditOutcome.STALE
    assert not await store.mailbox.withdraw(turn.id, at(8))
    assert await store.mailbox.withdraw(turn.id, at(10))
    assert await store.mailbox.edit(turn.id, asked(text="wrong"), at(9)) is EditOutcome.STALE


def refused(turn: Turn, kind: EndingKind) -> Turn:
    return lifecycle.ended(turn, Ending(kind, 1.0))


@pytest.mark.parametrize("kind", [*lifecycle.NOT_STARTED, EndingKind.ANSWERED])
async def test_an_edit_is_taken_until_it_is_written_that_its_question_cannot_start(
    store: Store, kind: EndingKind
) -> None:
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    hold, turn = await taken(store)
    early = asked(text="in time")
    assert await store.mailbox.edit(turn.id, early, at(1)) is EditOutcome.TAKEN
    signals, _ = await store.turns.save_ended(hold, refused(turn, kind))
    assert signals.edited == early
    late = asked(text="too late")
    assert await store.mailbox.edit(turn.id, late, at(2)) is EditOutcome.NOT_TAKEN
    found = await store.mailbox.turn(turn.id)
    assert found
    assert found.signals.edited == (early if kind in lifecycle.NOT_STARTED else late)
    assert await store.mailbox.latest_edit(turn.id) == asked(text="too late", at=at(2))


@pytest.mark.parametrize("change", ["begun", "stopped", "deleted", "help"])
async def test_an_edit_is_not_taken_by_a_turn_that_will_not_ask_it(
    store: Store, change: str
) -> None:
    start = TurnKind.HELP if change == "help" else TurnKind.QUESTION
    await store.mailbox.put(asked(start=start), Addressing.ADDRESSED)
    hold, turn = await taken(store)
    match change:
        case "begun":
            await store.turns.save(hold, lifecycle.about_to_start(turn, 1.0))
        case "stopped":
            await store.mailbox.stop(turn.id, BOB)
        case "deleted":
            await store.mailbox.withdraw(turn.id, at(1))
    edited = asked(text="edited", start=TurnKind.QUESTION)
    expected = EditOutcome.OFFERED if change == "begun" else EditOutcome.NOT_TAKEN
    assert await store.mailbox.edit(turn.id, edited, at(2)) is expected


async def test_an_edit_is_taken_by_the_queued_turn_of_an_earlier_edit(store: Store) -> None:
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    hold, turn = await taken(store)
    await store.mailbox.put(asked(press="edited-1", at=at(1)), Addressing.ADDRESSED)
    await done(store, hold, turn)
    assert await store.mailbox.edit(turn.id, asked(text="last"), at(3)) is EditOutcome.TAKEN
    assert await store.mailbox.edit(turn.id, asked(text="last but one"), at(2)) is EditOutcome.STALE
    found = await store.mailbox.turn(naming.turn_id(asked(press="edited-1")))
    assert found
    assert found.signals.edited
    assert found.signals.edited.text == "last"


async def test_a_question_that_was_edited_back_early_is_asked(store: Store) -> None:
    name = naming.turn_id(asked())
    await store.mailbox.withdraw(name, at(1))
    await store.mailbox.edit(name, asked(text="right"), at(2))
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    _, turn = await taken(store)
    assert (turn.signals.edited, turn.signals.gone) == (asked(text="right"), False)


async def test_an_edit_or_a_deletion_may_arrive_before_its_question(store: Store) -> None:
    await store.mailbox.edit(naming.turn_id(asked()), asked(text="right"), at(1))
    assert await store.mailbox.put(asked(text="wrong"), Addressing.ADDRESSED) is Acceptance.NEW
    hold, turn = await taken(store)
    assert turn.signals.edited == asked(text="right")
    await done(store, hold, turn)

    await store.mailbox.withdraw(naming.turn_id(asked(2)), DELETED)
    assert await store.mailbox.put(asked(2), Addressing.THREAD_REPLY) is Acceptance.NEW
    _, turn = await taken(store)
    assert turn.question.text == "question 2"
    assert turn.signals.gone


@pytest.mark.parametrize("kind", ["edited", "gone"])
@pytest.mark.parametrize("is_older", [False, True])
async def test_a_change_from_before_the_one_that_a_turn_asks_does_not_count(
    store: Store, kind: str, is_older: bool
) -> None:
    """A mention that is edited in comes as an event of its own, before that of its edit."""
    name = naming.turn_id(asked())
    changed = at(5 if is_older else 7)
    if kind == "edited":
        await store.mailbox.edit(name, asked(text="to nobody"), changed)
    else:
        assert await store.mailbox.withdraw(name, changed)
    await store.mailbox.put(replace(asked(text="to us"), at=at(6)), Addressing.ADDRESSED)
    _, turn = await taken(store)
    found = turn.signals.edited if kind == "edited" else turn.signals.gone
    assert bool(found) is not is_older
