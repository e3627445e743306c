"""Prices that nobody can confirm any more: the message was changed, or its asker was denied."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.playground.slack import Message
from bot.slack import action_ids as actions
from tests.e2e.dialogue import Clock, acknowledged, action_ids, answered, said, saw_ephemeral
from tests.e2e.stage import Stage
from tests.e2e.test_unconfirmed import CONFIRMED, priced, reads


async def priced_anyway(stage: Stage) -> tuple[Message, Message]:
    """Have a message asked anyway by Bob; return it and the message about its price."""
    await stage.stop_bot()
    await stage.start_bot(DEFAULT_PROCESSOR="ultra8x", **CONFIRMED)
    asked = await stage.ada.says(stage.general, f"{stage.me} what can you do?")
    help_text = await stage.slack.thread(asked).next()
    await stage.bob.clicks(help_text, actions.ANYWAY)
    return asked, await said(stage, asked, "Nothing is charged until you do")


async def test_a_deleted_message_takes_along_the_price_of_asking_it_anyway(stage: Stage) -> None:
    asked, note = await priced_anyway(stage)
    stale = replace(note)
    await stage.ada.deletes(asked)
    await stage.slack.until(lambda: note.deleted)
    await stage.bob.clicks(stale, actions.CONFIRM)
    await reads(stage, "was declined, edited or deleted", stage.bob)
    assert stage.parallel.runs == []


async def test_a_message_deleted_after_the_start_stops_what_was_asked_anyway(stage: Stage) -> None:
    asked, note = await priced_anyway(stage)
    await stage.bob.clicks(note, actions.CONFIRM)
    run = await stage.parallel.next_run()
    await stage.waited_for(run)
    await stage.ada.deletes(asked)
    await said(stage, asked, "the question was deleted")


async def test_an_edit_voids_the_price_of_asking_the_message_anyway(stage: Stage) -> None:
    asked, note = await priced_anyway(stage)
    stale = replace(note)
    await stage.ada.edits(asked, f"{stage.me} !lite who owns it?")
    run = await stage.parallel.next_run()
    await stage.slack.until(lambda: "The question was edited" in note.text)
    await stage.bob.clicks(stale, actions.CONFIRM)
    await reads(stage, "was declined, edited or deleted", stage.bob)
    assert [each.input for each in stage.parallel.runs] == [run.input] == ["who owns it?"]


async def test_each_edit_voids_the_price_before_although_a_clock_is_slow(stage: Stage) -> None:
    clock = Clock()
    await stage.stop_bot()
    await stage.start_bot(clock, **CONFIRMED)
    asked, _ = await priced(stage)
    clock.ahead = -180.0  # as if another replica took the edits
    await stage.ada.edits(asked, f"{stage.me} !ultra4x who owns it?")
    second = await said(stage, asked, "*ultra4x* costs $1.20")
    await stage.ada.edits(asked, f"{stage.me} !ultra2x who owns it?")
    await said(stage, asked, "*ultra2x* costs $0.60")
    await stage.slack.until(lambda: "The question was edited" in second.text)
    assert action_ids(second) == []


@pytest.mark.parametrize("first", ["!utlra8x who owms it?", "thanks", "help"])
@pytest.mark.parametrize("then", ["edited", "edited to thanks", "deleted"])
async def test_a_change_voids_the_price_of_what_an_edit_had_asked(
    stage: Stage, first: str, then: str
) -> None:
    await stage.stop_bot()
    await stage.start_bot(**CONFIRMED)
    asked, _, _ = await answered(stage)
    reply = await stage.ada.replies(asked, f"{stage.me} {first}")
    await acknowledged(stage)
    await stage.ada.edits(reply, f"{stage.me} !ultra8x who owms it?")
    note = await said(stage, asked, "*ultra8x* costs $2.40")
    stale = replace(note)
    match then:
        case "edited":
            await stage.ada.edits(reply, f"{stage.me} !lite who owns it?")
            assert (await stage.parallel.next_run()).input == "who owns it?"
            await stage.slack.until(lambda: "The question was edited" in note.text)
        case "edited to thanks":
            await stage.ada.edits(reply, f"{stage.me} thanks")
            await stage.slack.until(lambda: "The question was edited" in note.text)
        case _:
            await stage.ada.deletes(reply)
            await stage.slack.until(lambda: note.deleted)
    await stage.ada.clicks(stale, actions.CONFIRM)
    await reads(stage, "was declined, edited or deleted", stage.ada)
    assert len(stage.parallel.runs) == (2 if then == "edited" else 1)


async def test_an_admin_cannot_confirm_for_somebody_who_was_denied(stage: Stage) -> None:
    await stage.stop_bot()
    await stage.start_bot(ADMINS=stage.bob.id, **CONFIRMED)
    _, note = await priced(stage)
    await stage.bob.command("/threadline", f"deny <@{stage.ada.id}>", stage.general)
    for action in (actions.CONFIRM, actions.CONFIRM_CHEAPER):
        await stage.bob.clicks(note, action)
        assert saw_ephemeral(stage, "isn't allowed to ask me here any more", person=stage.bob)
    assert actions.CONFIRM in action_ids(note)
    await stage.bob.clicks(note, actions.DECLINE)
    assert "declined *ultra8x*" in note.text
    assert stage.parallel.runs == []


async def test_a_forgotten_thread_takes_the_buttons_of_its_prices_along(stage: Stage) -> None:
    await stage.stop_bot()
    await stage.start_bot(**CONFIRMED)
    asked, confirmed = await priced(stage)
    await stage.ada.clicks(confirmed, actions.CONFIRM_CHEAPER)
    (await stage.parallel.next_run()).finishes("Egypt.")
    await said(stage, asked, "Egypt.")
    await stage.ada.replies(asked, "!ultra4x since when?")
    note = await said(stage, asked, "*ultra4x* costs $1.20")
    stale = replace(note)
    await forget(stage, asked)
    await stage.slack.until(lambda: "can't be confirmed any more" in note.text)
    assert action_ids(note) == []
    assert f"<@{stage.ada.id}> confirmed" in confirmed.text
    await stage.ada.clicks(stale, actions.CONFIRM)
    await reads(stage, "I don't store that question any more")
    assert len(stage.parallel.runs) == 1


async def forget(stage: Stage, asked: Message) -> None:
    """Have Ada forget a thread of hers."""
    link = f"https://local.slack.com/archives/{stage.general.id}/p{asked.ts.replace('.', '')}"
    await stage.ada.command("/threadline", f"forget {link}", stage.general)
    (form,) = stage.ada.views()
    await stage.ada.submits(form, {})


@pytest.mark.parametrize("changed", ["edited", "deleted", "stop", "never mind", "no"])
async def test_a_price_that_is_void_before_it_is_posted_has_no_buttons(
    stage: Stage, changed: str
) -> None:
    await stage.stop_bot()
    await stage.start_bot(**CONFIRMED)
    root, _, _ = await answered(stage)
    stage.slack.faults.next("chat.postMessage", ratelimited=2)
    asked = await stage.ada.replies(root, "!ultra8x who built it?")
    await stage.slack.until(lambda: any(call.status == 429 for call in stage.slack.calls))
    if changed == "edited":
        await stage.ada.edits(asked, "!lite who built it?")
        note = await said(stage, root, "The question was edited")
        assert action_ids(note) == []
        assert (await stage.parallel.next_run()).processor == "lite"
    elif changed != "deleted":
        await stage.ada.replies(root, changed)
        note = await said(stage, root, "*ultra8x* ($2.40)")
        assert f"<@{stage.ada.id}> declined" in note.text
        assert action_ids(note) == []
        assert not any("Nothing to stop" in text for text in stage.texts(root))
    else:
        await stage.ada.deletes(asked)
        note = await said(stage, root, "*ultra8x* costs $2.40")
        await stage.slack.until(lambda: note.deleted)
