"""Sources & evidence in a real Bolt app on the local Slack; and modals that do not open."""

from __future__ import annotations

import asyncio

import pytest

from bot.domain.processors import PROCESSORS
from bot.domain.research import Answer, Citation, FieldBasis
from bot.domain.thread import MessageTs
from bot.errors import Cause, Refused, Unavailable
from bot.ports import Deadlines
from bot.slack import action_ids
from bot.slack.blockkit.elements import button
from bot.slack.views import question_forms
from bot.slack.views.evidence_modal import loading_modal
from tests.contract.handlers.world_of_views import World, filled, text
from tests.slack_clients import client

# --- Sources & evidence -----------------------------------------------------------------


def long_answer() -> Answer:
    basis = [
        FieldBasis(f"field {n}", "because", (Citation("https://example.org/", "A source"),))
        for n in range(40)
    ]
    return Answer("It is.", tuple(basis))


async def test_the_evidence_opens_and_its_pages_turn(world: World) -> None:
    world.answered()
    world.answers.answer = long_answer()
    message = await world.said(button("Sources", action_ids.EVIDENCE, world.turn))
    assert (await world.eve.clicks(message, action_ids.EVIDENCE)).error is None
    (view,) = world.eve.views()
    assert "Page 1 of" in text(view)
    assert view.content["private_metadata"] == world.turn
    await world.eve.clicks(view, action_ids.EVIDENCE_PAGE_ON)
    assert "Page 2 of" in text(view)
    await world.eve.clicks(view, action_ids.EVIDENCE_PAGE_BACK)
    assert "Page 1 of" in text(view)
    assert world.answers.asked == [world.turn] * 3
    assert world.slack.ephemerals(world.eve) == []


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (Refused(Cause.UNKNOWN_RUN, "no such run"), "have it anymore"),
        (Unavailable("503"), "reach Parallel right now"),
    ],
)
async def test_evidence_that_is_not_to_be_had_says_why(
    one: World, error: Exception, words: str
) -> None:
    one.answered()
    one.answers.answer = error
    message = await one.said(button("Sources", action_ids.EVIDENCE, one.turn))
    assert (await one.ada.clicks(message, action_ids.EVIDENCE)).error is None
    assert words in text(one.ada.views()[0])


@pytest.mark.parametrize("deadlines", [Deadlines(evidence=0.2)], ids=["soon"])
async def test_evidence_that_is_late_comes_after_the_press(one: World) -> None:
    one.answered()
    one.answers.gate.clear()
    message = await one.said(button("Sources", action_ids.EVIDENCE, one.turn))
    pressing = asyncio.create_task(one.ada.clicks(message, action_ids.EVIDENCE))
    await one.slack.until(lambda: one.ada.views())
    assert text(one.ada.views()[0]).startswith(str(loading_modal()["blocks"])[:40])
    assert (await pressing).error is None
    assert text(one.ada.views()[0]).startswith(str(loading_modal()["blocks"])[:40])
    one.answers.gate.set()
    await one.slack.until(lambda: "A moment" not in text(one.ada.views()[0]))
    assert one.slack.ephemerals(one.ada) == []


async def test_a_page_of_a_turn_that_is_forgotten(one: World) -> None:
    one.answered()
    one.answers.answer = long_answer()
    message = await one.said(button("Sources", action_ids.EVIDENCE, one.turn))
    await one.ada.clicks(message, action_ids.EVIDENCE)
    (view,) = one.ada.views()
    one.mailbox.turns.clear()
    await one.ada.clicks(view, action_ids.EVIDENCE_PAGE_ON)
    assert "don't store that question" in text(view)


# --- when Slack does not open or change a modal -----------------------------------------


@pytest.mark.parametrize("error", ["expired_trigger_id", "internal_error"])
async def test_a_modal_that_does_not_open_is_said(one: World, error: str) -> None:
    one.answered()
    message = await one.said(
        button("Sources", action_ids.EVIDENCE, one.turn),
        button("Follow up", action_ids.MORE, f"{action_ids.MORE_BRANCH} {one.turn}"),
    )
    one.slack.faults.next("views.open", error=error, times=3)
    for action_id in (action_ids.EVIDENCE, action_ids.MORE):
        assert (await one.ada.clicks(message, action_id)).error is None
    outcome = await one.ada.shortcut(action_ids.RESEARCH, one.root)
    texts = [message.text for message in (*one.slack.ephemerals(one.ada), *outcome.messages)]
    assert set(texts) == {question_forms.not_opened().text}
    assert len(texts) >= 3
    assert one.ada.views() == []
    assert one.answers.asked == []


@pytest.mark.parametrize("deadlines", [Deadlines(evidence=0.2)], ids=["soon"])
async def test_a_modal_is_filled_although_slack_is_slow(one: World) -> None:
    one.answered()
    one.answers.answer = long_answer()
    message = await one.said(button("Sources", action_ids.EVIDENCE, one.turn))
    hangs = asyncio.Event()
    one.slack.faults.next("views.update", gate=hangs)
    assert (await one.ada.clicks(message, action_ids.EVIDENCE)).error is None
    hangs.set()
    await one.slack.until(lambda: "Page 1 of" in text(one.ada.views()[0]))
    assert one.slack.ephemerals(one.ada) == []


async def test_a_modal_that_was_closed_meanwhile_is_let_be(one: World) -> None:
    one.answered()
    one.answers.gate.clear()
    message = await one.said(button("Sources", action_ids.EVIDENCE, one.turn))
    pressing = asyncio.create_task(one.ada.clicks(message, action_ids.EVIDENCE))
    await one.slack.until(lambda: one.ada.views())
    await one.ada.closes(one.ada.views()[0])
    one.answers.gate.set()
    assert (await pressing).error is None
    assert one.ada.views() == []
    assert one.slack.ephemerals(one.ada) == []


@pytest.mark.parametrize("deadlines", [Deadlines(modal=0.2)], ids=["soon"])
async def test_a_press_is_acknowledged_in_time_although_slack_hangs(one: World) -> None:
    one.answered()
    message = await one.said(button("Sources", action_ids.EVIDENCE, one.turn))
    hangs = asyncio.Event()
    one.slack.faults.next("views.open", gate=hangs)
    assert (await one.ada.clicks(message, action_ids.EVIDENCE)).error is None
    hangs.set()
    assert [m.text for m in one.slack.ephemerals(one.ada)] == [question_forms.not_opened().text]


async def test_buttons_of_older_releases_are_acknowledged(one: World) -> None:
    form = question_forms.branch_form(
        "who?", PROCESSORS["pro"], question_forms.Branch(one.turn, MessageTs("1.0"))
    )
    message = await one.said(
        button("Open", action_ids.MORE, f"{action_ids.MORE_BRANCH} {one.turn}")
    )
    one.answered()
    await one.ada.clicks(message, action_ids.MORE)
    (view,) = one.ada.views()
    await client(one.slack).views_update(view_id=view.id, view={**form, "callback_id": "old"})
    outcome = await one.ada.submits(view, filled("who?"))
    assert (outcome.error, one.ada.views()) == (None, [])
    one.slack.app.shortcuts["old"] = "Old"
    assert (await one.ada.shortcut("old", one.root)).error is None
    assert len(one.mailbox.turns) == 1
