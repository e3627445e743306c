"""A reaction as *Research this*: whose, on what, how often, and at what price."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Literal

import pytest

from bot.playground.slack import Message
from bot.slack import action_ids as actions
from tests.e2e.dialogue import acknowledged, action_ids, said, saw_ephemeral, shown
from tests.e2e.stage import Stage, staged


@pytest.fixture
async def stage(transport: Literal["socket", "http"], redis_url: str) -> AsyncIterator[Stage]:
    """A bot that receives reaction events."""
    async with staged(transport, redis_url, rate_limits=False) as stage:
        stage.slack.app.events.add("reaction_added")
        stage.slack.app.scopes.add("reactions:read")
        await stage.start_bot(RESEARCH_REACTION=":mag:", CONFIRM_FROM_USD="0.30")
        yield stage


async def claimed(stage: Stage) -> Message:
    return await stage.bob.says(stage.general, "France owns the Suez Canal")


@pytest.mark.also_over_http
async def test_a_reaction_researches_the_message_once_for_each_person(stage: Stage) -> None:
    claim = await claimed(stage)
    await stage.ada.reacts(claim, "eyes")
    await stage.ada.reacts(claim, "mag")
    run = await stage.parallel.next_run()
    assert run.input == "France owns the Suez Canal"
    run.finishes("Egypt owns it.")
    await said(stage, claim, "Egypt owns it.")
    await stage.ada.unreacts(claim, "mag")
    await stage.ada.reacts(claim, "mag")
    await acknowledged(stage)
    assert len(stage.parallel.runs) == 1
    await stage.bob.reacts(claim, "mag")
    again = await stage.parallel.next_run()
    assert again.previous_interaction_id == run.interaction_id
    assert len(stage.parallel.runs) == 2


async def test_a_reaction_is_tried_again_with_the_words_of_its_message(stage: Stage) -> None:
    claim = await claimed(stage)
    await stage.ada.reacts(claim, "mag")
    run = await stage.parallel.next_run()
    await stage.waited_for(run)
    run.fails("no luck")
    failure = await said(stage, claim, "no luck")
    await stage.bob.edits(claim, "Egypt owns the Suez Canal")
    await acknowledged(stage)
    await stage.ada.clicks(failure, actions.TRY_AGAIN)
    assert (await stage.parallel.next_run()).input.startswith("Egypt owns the Suez Canal")


async def test_a_reaction_on_a_reply_is_answered_in_its_thread(stage: Stage) -> None:
    root = await stage.ada.says(stage.general, "a question about canals")
    claim = await stage.bob.replies(root, "France owns the Suez Canal")
    await stage.bob.replies(root, "or does it?")
    await stage.ada.reacts(claim, "mag")
    run = await stage.parallel.next_run()
    assert run.input.startswith("France owns the Suez Canal")
    assert "or does it?" not in run.input
    run.finishes("Egypt owns it.")
    await said(stage, root, "Egypt owns it.")


async def test_reactions_on_our_messages_mean_nothing(stage: Stage) -> None:
    claim = await claimed(stage)
    await stage.ada.reacts(claim, "mag")
    run = await stage.parallel.next_run()
    run.finishes("Egypt owns it.")
    answer = await said(stage, claim, "Egypt owns it.")
    await stage.bob.reacts(answer, "mag")
    await acknowledged(stage)
    assert len(stage.parallel.runs) == 1


@pytest.mark.parametrize("shared", [False, True])
async def test_what_another_bot_reacts_to_is_not_researched(stage: Stage, shared: bool) -> None:
    if shared:  # with everybody of another company
        await stage.stop_bot()
        await stage.start_bot(RESEARCH_REACTION=":mag:", SHARED_CHANNELS=stage.general.id)
    reacji = stage.slack.person("reacji")
    reacji.user.is_bot = True
    stage.general.members.add(reacji.id)
    claim = await claimed(stage)
    await reacji.reacts(claim, "mag")
    await acknowledged(stage)
    await stage.ada.reacts(claim, "mag")
    await stage.parallel.next_run()
    assert len(stage.parallel.runs) == 1


async def test_a_picture_is_not_researched_and_says_why(stage: Stage) -> None:
    picture = await stage.bob.uploads(stage.general, "chart.png")
    await stage.ada.reacts(picture, "mag")
    note = await stage.slack.thread(picture).next()
    assert "`chart.png`" in note.text
    assert stage.parallel.runs == []


@pytest.mark.also_over_http
async def test_a_dear_run_is_asked_about_first(stage: Stage) -> None:
    await stage.ada.command("/processor", "me ultra", stage.general)
    claim = await claimed(stage)
    await stage.ada.reacts(claim, "mag")
    note = await stage.slack.thread(claim).next()
    assert "$0.30" in shown(note)
    assert action_ids(note) == [actions.CONFIRM, actions.DECLINE]
    await stage.bob.clicks(note, actions.CONFIRM)
    assert saw_ephemeral(stage, "or a Threadline admin", person=stage.bob)
    assert stage.parallel.runs == []
    stale = replace(note)  # pressed twice before the message changes
    await stage.ada.clicks(note, actions.CONFIRM)
    await stage.ada.clicks(stale, actions.CONFIRM)
    run = await stage.parallel.next_run()
    assert (run.processor, run.input) == ("ultra", "France owns the Suez Canal")
    assert len(stage.parallel.runs) == 1


async def test_a_dear_run_that_nobody_wants_is_not_started(stage: Stage) -> None:
    await stage.ada.command("/processor", "me ultra", stage.general)
    claim = await claimed(stage)
    await stage.ada.reacts(claim, "mag")
    note = await stage.slack.thread(claim).next()
    await stage.ada.clicks(note, actions.DECLINE)
    await stage.slack.until(lambda: "declined" in note.text)
    assert action_ids(note) == []
    await stage.slack.until(lambda: saw_ephemeral(stage, "no charge"))
    assert stage.parallel.runs == []


@pytest.mark.parametrize("change", ["edited", "deleted"])
async def test_a_waiting_reaction_follows_its_message(stage: Stage, change: str) -> None:
    await stage.stop_bot()
    await stage.start_bot(RESEARCH_REACTION="mag", RUNNING_PER_PERSON="1")
    await stage.bob.says(stage.general, f"{stage.me} who built it?")
    other = await stage.parallel.next_run()
    await stage.waited_for(other)
    claim = await stage.ada.says(stage.general, "France owms the Suez Canal")
    await stage.bob.reacts(claim, "mag")
    await stage.slack.thread(claim).next()
    await acknowledged(stage)
    if change == "edited":
        await stage.ada.edits(claim, "France owns the Suez Canal")
    else:
        await stage.ada.deletes(claim)
    await acknowledged(stage)
    other.finishes("Lesseps.")
    if change == "deleted":
        await stage.bob.says(stage.general, f"{stage.me} since when?")
    words = "France owns the Suez Canal" if change == "edited" else "since when?"
    assert (await stage.parallel.next_run()).input == words


@pytest.mark.parametrize("change", ["edited", "deleted"])
async def test_the_price_of_a_reaction_is_for_what_its_message_says_now(
    stage: Stage, change: str
) -> None:
    await stage.ada.command("/processor", "me ultra", stage.general)
    claim = await claimed(stage)
    await stage.ada.reacts(claim, "mag")
    note = await stage.slack.thread(claim).next()
    if change == "edited":
        await stage.bob.edits(claim, "Egypt owns the Suez Canal")
    else:
        await stage.bob.deletes(claim)
    await stage.ada.clicks(note, actions.CONFIRM)
    if change == "edited":
        assert (await stage.parallel.next_run()).input == "Egypt owns the Suez Canal"
    else:
        assert saw_ephemeral(stage, "edited or deleted")
        assert stage.parallel.runs == []


async def test_without_the_setting_a_reaction_is_a_reaction(redis_url: str) -> None:
    async with staged("socket", redis_url, rate_limits=False) as stage:
        stage.slack.app.events.add("reaction_added")
        stage.slack.app.scopes.add("reactions:read")
        await stage.start_bot()
        await stage.ada.reacts(await claimed(stage), "mag")
        await acknowledged(stage)
        assert stage.parallel.runs == []
