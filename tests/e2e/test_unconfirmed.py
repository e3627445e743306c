"""While a price waits to be confirmed: who presses, what lapses, and what else people do."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest

from bot.playground.slack import Message, Person
from bot.slack import action_ids as actions
from tests.e2e.dialogue import Clock, acknowledged, action_ids, begun, said, saw_ephemeral
from tests.e2e.stage import QUICK, Stage
from tests.e2e.test_budgets import sums

CONFIRMED: dict[str, Any] = {"CONFIRM_FROM_USD": "0.30"}


@pytest.fixture
async def asking(stage: Stage) -> Stage:
    """A bot that asks about prices from $0.30 on, which is its default."""
    await stage.stop_bot()
    await stage.start_bot(**CONFIRMED)
    return stage


async def reads(stage: Stage, words: str, person: Person | None = None) -> None:
    """Wait until a person (default: Ada) reads something that only they see."""
    await stage.slack.until(lambda: saw_ephemeral(stage, words, person=person))


async def priced(stage: Stage, text: str = "!ultra8x who owns it?") -> tuple[Message, Message]:
    """Ask; return the question and the message about its price."""
    asked = await stage.ada.says(stage.general, f"{stage.me} {text}")
    return asked, await said(stage, asked, "Nothing is charged until you do")


async def test_a_price_is_answered_before_the_bot_knows_that_it_was_posted(stage: Stage) -> None:
    """The answer to its post was lost, and it is looked for later."""
    await stage.stop_bot()
    await stage.start_bot(timing=replace(QUICK, post_lag=5.0), **CONFIRMED)
    stage.slack.faults.next("chat.postMessage", cut="after")
    _, note = await priced(stage)
    await stage.ada.clicks(note, actions.CONFIRM)
    assert note.text == f":moneybag: <@{stage.ada.id}> confirmed *ultra8x* ($2.40)."


async def test_an_admin_who_presses_is_named_and_the_asker_pays(
    stage: Stage, redis_url: str
) -> None:
    await stage.stop_bot()
    await stage.start_bot(ADMINS=stage.bob.id, BUDGET_PERSON_DAY_USD="5", **CONFIRMED)
    _, note = await priced(stage)
    assert await sums(redis_url, "person") == (0, 0)  # asking holds nothing
    await stage.bob.clicks(note, actions.CONFIRM)
    assert note.text == f":moneybag: <@{stage.bob.id}> confirmed *ultra8x* ($2.40)."
    assert action_ids(note) == []
    await stage.parallel.next_run()
    assert await sums(redis_url, "person") == (2_400_000, 0)
    _, other = await priced(stage, "!ultra8x who built it?")
    await stage.bob.clicks(other, actions.DECLINE)
    assert f"<@{stage.bob.id}> declined *ultra8x* ($2.40). No run was started" in other.text
    assert len(stage.parallel.runs) == 1


@pytest.mark.parametrize(
    "action", [actions.CONFIRM, actions.CONFIRM_CHEAPER, actions.DECLINE], ids=str
)
async def test_others_can_press_nothing(asking: Stage, action: str) -> None:
    _, note = await priced(asking)
    await asking.bob.clicks(note, action)
    await reads(asking, "Only <@", person=asking.bob)
    assert action_ids(note) == [actions.CONFIRM, actions.CONFIRM_CHEAPER, actions.DECLINE]
    assert asking.parallel.runs == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (actions.CONFIRM, actions.CONFIRM),
        (actions.CONFIRM, actions.CONFIRM_CHEAPER),
        (actions.CONFIRM_CHEAPER, actions.CONFIRM),
        (actions.CONFIRM, actions.DECLINE),
    ],
)
async def test_whatever_is_pressed_after_a_start_starts_nothing_more(
    asking: Stage, first: str, second: str
) -> None:
    _, note = await priced(asking)
    stale = replace(note)
    await asking.ada.clicks(note, first)
    await asking.parallel.next_run()
    await asking.ada.clicks(stale, second)
    await reads(asking, "Already on it")
    assert len(asking.parallel.runs) == 1
    assert "confirmed" in note.text


async def test_a_declined_price_stays_declined(asking: Stage) -> None:
    _, note = await priced(asking)
    stale = replace(note)
    await asking.ada.clicks(note, actions.DECLINE)
    await asking.ada.clicks(stale, actions.CONFIRM)
    await reads(asking, "was declined, edited or deleted, so nothing was started")
    assert asking.parallel.runs == []


async def test_a_press_on_another_turn_starts_nothing(asking: Stage) -> None:
    asked, _, run = await begun(asking, "!lite who built it?")
    _, note = await priced(asking)
    turn = f"{asking.slack.app.team_id}:{asking.general.id}:{asked.ts}"
    assert note.blocks
    blocks = [
        {**b, "elements": [{**e, "value": turn} for e in b["elements"]]}
        if b["type"] == "actions"
        else b
        for b in note.blocks
    ]
    await asking.ada.clicks(replace(note, blocks=blocks), actions.CONFIRM)
    await reads(asking, "expired")
    run.finishes("Egypt.")
    assert len(asking.parallel.runs) == 1


async def test_nothing_starts_after_an_hour_whoever_presses(stage: Stage) -> None:
    clock = Clock()
    await stage.stop_bot()
    await stage.start_bot(clock, **CONFIRMED)
    clock.ahead = -3_700.0  # asked more than an hour ago
    _, note = await priced(stage)
    stale = replace(note)
    await stage.ada.clicks(stale, actions.CONFIRM)
    await reads(stage, "expired after an hour; nothing was charged")
    assert stage.parallel.runs == []


async def test_a_price_of_a_reaction_lapses_as_well(stage: Stage) -> None:
    ahead = [0.0]
    stage.slack.app.events.add("reaction_added")
    stage.slack.app.scopes.add("reactions:read")
    changes = {"RESEARCH_REACTION": ":mag:", "DEFAULT_PROCESSOR": "ultra", **CONFIRMED}
    await stage.stop_bot()
    await stage.start_bot(lambda: time.time() + ahead[0], **changes)
    claim = await stage.bob.says(stage.general, "France owns the Suez Canal")
    await stage.ada.reacts(claim, "mag")
    note = await said(stage, claim, "research this message")
    await stage.stop_bot()
    ahead[0] = 3_700.0
    await stage.start_bot(lambda: time.time() + ahead[0], **changes)
    await stage.slack.until(lambda: "nobody confirmed *Exhaustive (ultra)* ($0.30)" in note.text)
    assert action_ids(note) == []


async def test_a_budget_that_is_too_small_by_then_refuses(stage: Stage, redis_url: str) -> None:
    await stage.stop_bot()
    await stage.start_bot(**CONFIRMED)
    asked, note = await priced(stage)
    await stage.stop_bot()
    await stage.start_bot(BUDGET_CHANNEL_DAY_USD="1", **CONFIRMED)
    await stage.ada.clicks(note, actions.CONFIRM)
    await said(stage, asked, "this channel's budget for today ($1) has only $1 left")
    assert stage.parallel.runs == []
    assert await sums(redis_url, "channel") == (0, 0)


async def test_an_edit_voids_the_price_and_asks_about_the_new_text(asking: Stage) -> None:
    asked, note = await priced(asking)
    stale = replace(note)
    await asking.ada.edits(asked, f"{asking.me} !ultra who owns it today?")
    await said(asking, asked, "*Exhaustive (ultra)* costs $0.30")
    await asking.slack.until(lambda: "The question was edited" in note.text)
    await asking.ada.clicks(stale, actions.CONFIRM)
    await reads(asking, "was declined, edited or deleted")
    await asking.ada.edits(asked, f"{asking.me} !ultra4x who owns it now?")
    newest = await said(asking, asked, "*ultra4x* costs $1.20")
    await asking.ada.clicks(newest, actions.CONFIRM)
    run = await asking.parallel.next_run()
    assert (run.processor, run.input) == ("ultra4x", "who owns it now?")
    assert len(asking.parallel.runs) == 1


async def test_an_edit_to_a_cheap_question_is_asked_at_once(asking: Stage) -> None:
    asked, note = await priced(asking)
    await asking.ada.edits(asked, f"{asking.me} who owns it today?")
    run = await asking.parallel.next_run()
    assert (run.processor, run.input) == ("core-fast", "who owns it today?")
    await asking.slack.until(lambda: "The question was edited" in note.text)
    assert len(asking.parallel.runs) == 1


async def test_an_edit_after_the_start_pays_nothing_more(asking: Stage) -> None:
    asked, note = await priced(asking)
    await asking.ada.clicks(note, actions.CONFIRM)
    run = await asking.parallel.next_run()
    await asking.waited_for(run)
    await asking.ada.edits(asked, f"{asking.me} !lite who owns it today?")
    status = await said(asking, asked, "Researching with")
    await asking.slack.until(lambda: actions.EDITED_AGAIN in action_ids(status))
    assert len(asking.parallel.runs) == 1


@pytest.mark.parametrize(
    ("press", "edited", "price"),
    [
        (actions.CONFIRM, "!ultra8x who owns it?", "$2.40"),
        (actions.CONFIRM_CHEAPER, "!ultra2x who owns it?", "$0.60"),
        (actions.CONFIRM, "!ultra who owns it, really?", ""),
        (actions.CONFIRM, "!ultra-fast who owns it?", ""),
        (actions.CONFIRM_CHEAPER, "who owns it, really?", ""),
    ],
)
async def test_an_edit_before_the_start_asks_about_a_higher_price_only(
    stage: Stage, press: str, edited: str, price: str
) -> None:
    await stage.stop_bot()
    await stage.start_bot(RUNNING_PER_PERSON="1", **CONFIRMED)
    _, _, first = await begun(stage, "!lite who built it?")
    asked, note = await priced(stage, "!ultra who owns it?")
    await stage.ada.clicks(note, press)
    await stage.slack.until(lambda: "hourglass_flowing_sand" in asked.reactions)
    await stage.ada.edits(asked, f"{stage.me} {edited}")
    await acknowledged(stage)
    first.finishes("Egypt.")
    if price:
        again = await said(stage, asked, f"costs {price}")
        assert len(stage.parallel.runs) == 1
        await said(stage, asked, "· not started")  # in place of "it starts by itself"
        await stage.ada.clicks(again, actions.CONFIRM)
    run = await stage.parallel.next_run()
    assert edited.endswith(run.input)
    assert len(stage.parallel.runs) == 2


async def test_a_deleted_question_takes_its_price_along(asking: Stage) -> None:
    asked, note = await priced(asking)
    stale = replace(note)
    await asking.ada.deletes(asked)
    await asking.slack.until(lambda: note.deleted)
    await asking.ada.clicks(stale, actions.CONFIRM)
    assert asking.parallel.runs == []


async def test_a_question_deleted_after_the_start_is_stopped(asking: Stage) -> None:
    asked, note = await priced(asking)
    await asking.ada.clicks(note, actions.CONFIRM)
    run = await asking.parallel.next_run()
    await asking.waited_for(run)
    await asking.ada.deletes(asked)
    await said(asking, asked, "the question was deleted")


@pytest.mark.parametrize("words", ["stop", "never mind"])
async def test_stop_in_the_thread_declines_the_price(asking: Stage, words: str) -> None:
    asked, note = await priced(asking)
    await asking.ada.replies(asked, words)
    await asking.slack.until(lambda: "declined *ultra8x*" in note.text)
    assert action_ids(note) == []
    assert asking.texts(asked) == [note.text]


async def test_somebody_elses_stop_declines_nothing(asking: Stage) -> None:
    asked, note = await priced(asking)
    await asking.bob.replies(asked, f"{asking.me} stop")
    await said(asking, asked, "Nothing to stop")
    assert actions.CONFIRM in action_ids(note)


async def test_the_same_question_in_another_message_has_a_price_of_its_own(asking: Stage) -> None:
    asked, first = await priced(asking)
    await asking.ada.replies(asked, f"{asking.me} !ultra8x who owns it?")
    prices = await asking.slack.until(
        lambda: [m for m in asking.slack.thread(asked).said if "costs $2.40" in m.text][1:]
    )
    await asking.ada.clicks(prices[0], actions.CONFIRM)
    await asking.parallel.next_run()
    assert actions.CONFIRM in action_ids(first)
    assert len(asking.parallel.runs) == 1


async def test_a_start_survives_a_restart_before_its_run(asking: Stage) -> None:
    asked, note = await priced(asking)
    asking.parallel.faults.next("create", status=503, times=1_000)
    await asking.ada.clicks(note, actions.CONFIRM)
    await said(asking, asked, "Parallel is busy")
    await asking.stop_bot()
    asking.parallel.faults.clear()
    await asking.start_bot(**CONFIRMED)
    assert (await asking.parallel.next_run()).processor == "ultra8x"
    assert len(asking.parallel.runs) == 1
