"""The forms that choose a processor, for a re-run and for a thread, on the local Slack."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.domain.processors import PROCESSORS
from bot.domain.thread import ChannelId, MessageTs, TeamId, ThreadKey, TurnId
from bot.domain.turn import Ending, EndingKind, Relation, State
from bot.errors import Unavailable
from bot.playground.slack import Message, Person, View
from bot.ports import Addressing
from bot.slack import action_ids
from bot.slack.messages import ephemeral
from bot.slack.messages.answer_footer import answer_footer
from bot.slack.messages.turn_facts import TurnFacts
from bot.slack.views import processor_forms, question_forms
from tests.contract.handlers.world_of_views import World, text

CHOSEN = {"processor": {"processor": "pro"}}


def thread_of(world: World) -> ThreadKey:
    team, channel = TeamId(world.slack.app.team_id), ChannelId(world.general.id)
    return ThreadKey(team, channel, MessageTs(world.root.ts))


async def answer(world: World) -> Message:
    """The answer of Ada's question, with its footer."""
    world.answered()
    turn = world.mailbox.turns[world.turn]
    blocks = answer_footer(TurnFacts(turn, PROCESSORS["core"]))
    (row,) = (block for block in blocks if block["type"] == "actions")
    return await world.said(*row["elements"])


async def rerun_form(world: World, person: Person, message: Message) -> View:
    outcome = await person.clicks(message, action_ids.RERUN)
    assert outcome.error is None
    (view,) = person.views()
    return view


# --- re-run -----------------------------------------------------------------------------


async def test_a_re_run_asks_the_same_question_on_the_chosen_processor(world: World) -> None:
    view = await rerun_form(world, world.eve, await answer(world))
    assert "who owns the Suez Canal?" in text(view)
    assert "pro · +$0.075" in text(view)
    outcome = await world.eve.submits(view, CHOSEN)
    assert (outcome.error, outcome.errors, world.eve.views()) == (None, {}, [])
    again = world.mailbox.turns[TurnId(f"{world.turn}~again-pro")].question
    assert (again.text, again.processor) == ("who owns the Suez Canal?", "pro")
    assert (again.asker, again.thread) == (world.eve.id, thread_of(world))
    assert again.parent
    assert again.parent.relation is Relation.RERUN
    assert world.mailbox.reaches[-1] is Addressing.ADDRESSED


async def test_nothing_is_asked_before_a_processor_is_chosen(one: World) -> None:
    view = await rerun_form(one, one.ada, await answer(one))
    with pytest.raises(ValueError, match="required field"):
        await one.ada.submits(view, {})
    assert list(one.mailbox.turns) == [one.turn]


async def test_a_form_sent_twice_asks_once_and_is_taken_both_times(one: World) -> None:
    view = await rerun_form(one, one.ada, await answer(one))
    outcomes = await asyncio.gather(*(one.ada.submits(view, CHOSEN) for _ in range(3)))
    assert [(outcome.error, outcome.errors) for outcome in outcomes] == [(None, {})] * 3
    assert set(one.mailbox.turns) == {one.turn, f"{one.turn}~again-pro"}


@pytest.mark.parametrize("kind", [EndingKind.STOPPED, EndingKind.FAILED])
async def test_a_form_sent_twice_asks_once_even_if_its_run_has_failed(
    one: World, kind: EndingKind
) -> None:
    """Slow networks repeat a press: it must not count as a request to try once more."""
    message = await answer(one)
    view = await rerun_form(one, one.ada, message)
    await one.ada.submits(view, CHOSEN)
    first = TurnId(f"{one.turn}~again-pro")
    end(one, first, kind)
    view.open = True  # as the second of two presses on its way at once
    outcome = await one.ada.submits(view, CHOSEN)
    assert (outcome.error, outcome.errors) == (None, {})
    assert set(one.mailbox.turns) == {one.turn, first}
    again = await rerun_form(one, one.ada, message)
    assert (await one.ada.submits(again, CHOSEN)).errors == {}
    assert set(one.mailbox.turns) == {one.turn, first, f"{one.turn}~again-pro-2"}


def end(world: World, turn: TurnId, kind: EndingKind) -> None:
    known = world.mailbox.turns[turn]
    world.mailbox.turns[turn] = replace(known, state=State.DONE, ending=Ending(kind, 1.0))


async def test_two_people_who_want_the_same_re_run_get_one(one: World) -> None:
    message = await answer(one)
    adas, eves = [await rerun_form(one, person, message) for person in (one.ada, one.eve)]
    assert (await one.ada.submits(adas, CHOSEN)).errors == {}
    outcome = await one.eve.submits(eves, CHOSEN)
    assert outcome.errors == {"processor": ephemeral.already_started().text}
    assert one.eve.views() == [eves]
    end(one, TurnId(f"{one.turn}~again-pro"), EndingKind.ANSWERED)
    outcome = await one.eve.submits(eves, CHOSEN)
    assert outcome.errors == {"processor": ephemeral.already_finished().text}
    other = {"processor": {"processor": "ultra"}}
    assert (await one.eve.submits(eves, other)).errors == {}
    assert len(one.mailbox.turns) == 3


async def test_a_re_run_that_cannot_be_kept_says_so_and_is_sent_again(one: World) -> None:
    view = await rerun_form(one, one.ada, await answer(one))
    one.mailbox.failing = [Unavailable("Redis: ConnectionError")]
    outcome = await one.ada.submits(view, CHOSEN)
    assert outcome.errors == {"processor": ephemeral.not_saved().text}
    assert (await one.ada.submits(view, CHOSEN)).errors == {}
    assert len(one.mailbox.turns) == 2


async def test_a_re_run_of_a_turn_that_is_forgotten_says_so(one: World) -> None:
    view = await rerun_form(one, one.ada, await answer(one))
    one.mailbox.turns.clear()
    outcome = await one.ada.submits(view, CHOSEN)
    assert outcome.errors == {"processor": ephemeral.too_old().text}
    assert one.mailbox.turns == {}


async def test_only_an_answered_turn_can_be_re_run(one: World) -> None:
    message = await answer(one)
    end(one, one.turn, EndingKind.FAILED)
    await one.ada.clicks(message, action_ids.RERUN)
    assert one.ada.views() == []
    assert [m.text for m in one.slack.ephemerals(one.ada)] == [ephemeral.too_old().text]


async def test_a_form_of_what_is_not_known_here_is_declined_in_words(one: World) -> None:
    view = await rerun_form(one, one.ada, await answer(one))
    view.content["private_metadata"] = "of another release"
    outcome = await one.ada.submits(view, CHOSEN)
    assert outcome.errors == {"processor": processor_forms.UNREADABLE}
    assert list(one.mailbox.turns) == [one.turn]


# --- a thread's processor ---------------------------------------------------------------


async def test_the_processor_of_a_thread_is_chosen_shown_and_taken_back(world: World) -> None:
    message = await answer(world)
    value = f"{action_ids.MORE_PROCESSOR} {world.turn}"
    for before, after in ((action_ids.INHERIT, "ultra"), ("ultra", action_ids.INHERIT)):
        assert (await world.eve.chooses(message, action_ids.MORE, value)).error is None
        (view,) = world.eve.views()
        (block,) = view.content["blocks"]
        assert block["element"]["initial_option"]["value"] == before
        outcome = await world.eve.submits(view, {"processor": {"processor": after}})
        assert (outcome.error, outcome.errors, world.eve.views()) == (None, {}, [])
        chosen = {} if after == action_ids.INHERIT else {thread_of(world): after}
        assert world.mailbox.chosen == chosen
    assert list(world.mailbox.turns) == [world.turn]


async def test_a_choice_that_cannot_be_kept_says_so(one: World) -> None:
    message = await answer(one)
    await one.ada.chooses(message, action_ids.MORE, f"{action_ids.MORE_PROCESSOR} {one.turn}")
    (view,) = one.ada.views()
    one.mailbox.failing = [Unavailable("Redis: ConnectionError")]
    outcome = await one.ada.submits(view, CHOSEN)
    assert outcome.errors == {"processor": ephemeral.not_saved().text}
    assert one.mailbox.chosen == {}


# --- the row --------------------------------------------------------------------------


async def test_follow_up_opens_the_form_of_a_branch(one: World) -> None:
    assert (await one.eve.clicks(await answer(one), action_ids.FOLLOW_UP)).error is None
    (view,) = one.eve.views()
    assert view.content["callback_id"] == action_ids.BRANCH
    assert "who owns the Suez Canal?" in text(view)


@pytest.mark.parametrize("error", ["expired_trigger_id", "internal_error"])
async def test_a_form_that_does_not_open_is_said(one: World, error: str) -> None:
    message = await answer(one)
    one.slack.faults.next("views.open", error=error, times=3)
    await one.ada.clicks(message, action_ids.RERUN)
    await one.ada.clicks(message, action_ids.FOLLOW_UP)
    await one.ada.chooses(message, action_ids.MORE, f"{action_ids.MORE_PROCESSOR} {one.turn}")
    texts = [m.text for m in one.slack.ephemerals(one.ada)]
    assert texts == [question_forms.not_opened().text] * 3
    assert one.ada.views() == []
