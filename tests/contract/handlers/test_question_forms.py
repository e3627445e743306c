"""The form of "Research this", and of branches, in a real Bolt app on the local Slack."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.domain.thread import TeamId, UserId
from bot.domain.turn import Relation
from bot.errors import Unavailable
from bot.ports import Addressing, Deadlines
from bot.ports import Person as Asker
from bot.slack import action_ids
from bot.slack.blockkit.elements import button
from bot.slack.messages import ephemeral
from bot.slack.views import question_forms
from tests.contract.handlers.world_of_views import World, filled, text

# --- the forms --------------------------------------------------------------------------


async def test_research_this_on_any_message(world: World) -> None:
    message = await world.eve.says(world.general, "They say the canal is &lt;closed&gt;.")
    assert (await world.ada.shortcut(action_ids.RESEARCH, message)).error is None
    (view,) = world.ada.views()
    block = view.content["blocks"][0]["element"]
    assert block["initial_value"] == "They say the canal is &lt;closed&gt;."
    chosen = view.content["blocks"][1]["element"]["initial_option"]["value"]
    assert chosen == "core-fast"

    outcome = await world.ada.submits(view, filled("Is the canal closed?", "ultra"))
    assert (outcome.error, outcome.errors, world.ada.views()) == (None, {}, [])
    turn, question = list(world.mailbox.turns)[-1], world.mailbox.questions[-1]
    assert turn.startswith(f"{world.slack.app.team_id}:{world.general.id}:{message.ts}~research-")
    assert question.text == "Is the canal closed?"
    assert question.along == "They say the canal is &lt;closed&gt;."
    assert question.processor == "ultra"
    assert (question.asker, question.thread.ts) == (world.ada.id, message.ts)
    assert world.mailbox.reaches[-1] is Addressing.ADDRESSED


async def test_research_this_on_a_reply_stays_in_its_thread(one: World) -> None:
    person = Asker(TeamId(one.slack.app.team_id), UserId(one.ada.id))
    one.mailbox.chosen = {person: "lite"}
    reply = await one.eve.replies(one.root, f"<@{one.me}> thinks so, <@{one.ada.id}>")
    await one.ada.shortcut(action_ids.RESEARCH, reply)
    (view,) = one.ada.views()
    assert view.content["blocks"][0]["element"]["initial_value"] == "thinks so, @someone"
    assert view.content["blocks"][1]["element"]["initial_option"]["value"] == "lite"
    await one.ada.submits(view, filled("Is it so?"))
    question = one.mailbox.questions[-1]
    assert (question.message, question.thread.ts) == (reply.ts, one.root.ts)


async def test_research_this_outside_its_channels_says_how_to_invite_the_bot(one: World) -> None:
    elsewhere = one.slack.channel("elsewhere", [one.ada], bot=False)
    message = await one.ada.says(elsewhere, "They say the canal is closed.")
    await one.ada.shortcut(action_ids.RESEARCH, message)
    (view,) = one.ada.views()
    assert f"`/invite` <@{one.me}>" in text(view)
    outcome = await one.ada.submits(view, filled("Is it?"))
    assert outcome.errors == question_forms.not_in_channel().complaints
    assert len(one.mailbox.turns) == 1
    elsewhere.members.add(one.me)
    assert (await one.ada.submits(view, filled("Is it?"))).errors == {}
    assert one.mailbox.questions[-1].thread.channel == elsewhere.id


@pytest.mark.parametrize("fault", [{"error": "internal_error"}, {"ratelimited": 60}])
async def test_research_this_works_when_slack_does_not_list_channels(
    one: World, fault: dict[str, Any]
) -> None:
    message = await one.eve.says(one.general, "They say the canal is closed.")
    await one.ada.shortcut(action_ids.RESEARCH, message)
    (view,) = one.ada.views()
    one.slack.faults.next("conversations.replies", **fault)
    assert (await one.ada.submits(view, filled("Is it?"))).errors == {}
    assert one.mailbox.questions[-1].text.startswith("Is it?")


@pytest.mark.parametrize("deadlines", [Deadlines(lookup=0.2)], ids=["soon"])
async def test_a_form_is_taken_in_time_although_slack_hangs(one: World) -> None:
    await one.ada.shortcut(action_ids.RESEARCH, one.root)
    (view,) = one.ada.views()
    hangs = asyncio.Event()
    one.slack.faults.next("conversations.replies", gate=hangs)
    assert (await one.ada.submits(view, filled("Is it?"))).error is None
    hangs.set()
    assert one.mailbox.questions[-1].text.startswith("Is it?")


async def test_an_empty_question_keeps_the_form_open(one: World) -> None:
    await one.ada.shortcut(action_ids.RESEARCH, one.root)
    (view,) = one.ada.views()
    outcome = await one.ada.submits(view, filled("  "))
    assert list(outcome.errors) == ["question"]
    assert one.ada.views() == [view]
    assert len(one.mailbox.turns) == 1


async def test_a_form_that_cannot_be_kept_stays_open_and_is_sent_again(one: World) -> None:
    await one.ada.shortcut(action_ids.RESEARCH, one.root)
    (view,) = one.ada.views()
    one.mailbox.failing = [Unavailable("Redis: ConnectionError")]
    outcome = await one.ada.submits(view, filled("who?"))
    assert outcome.errors == {"question": ephemeral.not_saved().text}
    assert (await one.ada.submits(view, filled("who?"))).errors == {}
    assert one.mailbox.questions[-1].text.startswith("who?")


async def test_a_shortcut_without_a_memory_says_so(one: World) -> None:
    one.mailbox.failing = [Unavailable("Redis: ConnectionError")]
    outcome = await one.ada.shortcut(action_ids.RESEARCH, one.root)
    assert outcome.error is None
    assert [message.text for message in outcome.messages] == [ephemeral.not_saved().text]
    assert one.ada.views() == []


async def test_a_branch_continues_the_answer_it_was_opened_on(world: World) -> None:
    world.answered()
    value = f"{action_ids.MORE_BRANCH} {world.turn}"
    message = await world.said(button("Follow up", action_ids.MORE, value))
    assert (await world.eve.clicks(message, action_ids.MORE)).error is None
    (view,) = world.eve.views()
    assert "who owns the Suez Canal?" in text(view)
    outcome = await world.eve.submits(view, filled("since when?", "lite"))
    assert (outcome.error, outcome.errors) == (None, {})
    question = world.mailbox.questions[-1]
    assert (question.text, question.processor) == ("since when?", "lite")
    assert (question.asker, question.thread.ts) == (world.eve.id, world.root.ts)
    assert question.parent
    assert (question.parent.relation, question.parent.interaction) == (Relation.BRANCH, "trun_1")


async def test_a_branch_of_a_turn_that_is_forgotten_says_so(one: World) -> None:
    one.answered()
    value = f"{action_ids.MORE_BRANCH} {one.turn}"
    message = await one.said(button("Follow up", action_ids.MORE, value))
    await one.ada.clicks(message, action_ids.MORE)
    one.mailbox.turns.clear()
    outcome = await one.ada.submits(one.ada.views()[0], filled("since when?"))
    assert outcome.errors == {"question": ephemeral.too_old().text}
    assert one.mailbox.turns == {}
