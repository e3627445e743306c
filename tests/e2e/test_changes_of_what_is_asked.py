"""Edits and deletions of a message count for all that asks it, whatever was pressed for that."""

from __future__ import annotations

import pytest

from bot.playground.slack import Message
from bot.playground.task_api import LocalRun
from bot.slack import action_ids as actions
from tests.e2e.dialogue import acknowledged, action_ids, answered, begun, said, shown
from tests.e2e.stage import Stage
from tests.e2e.test_again import given, rerun_form
from tests.e2e.test_quick import finished, quick


async def ended(stage: Stage, pressed: str) -> tuple[Message, Message]:
    """Ask and have it end, so that the button can be pressed; returns question and message."""
    if pressed == "look-up":
        asked, chat = await quick(stage, "!speed who owms it?")
        chat.finishes("Egypt.")
        return asked, await finished(stage, asked, "Egypt.")
    if pressed == "re-run":
        asked, answer, _ = await answered(stage, "who owms it?")
        return asked, answer
    asked = await stage.ada.says(stage.general, f"{stage.me} !lite who owms it?")
    run = await stage.parallel.next_run()
    await stage.waited_for(run)
    run.fails("no luck")
    return asked, await said(stage, asked, "no luck")


async def press(stage: Stage, pressed: str, message: Message) -> None:
    if pressed == "re-run":
        form = await rerun_form(stage.ada, message)
        assert (await stage.ada.submits(form, given(form, menu="lite"))).error is None
    else:
        button = actions.LOOK_UP if pressed == "look-up" else actions.TRY_AGAIN
        await stage.ada.clicks(message, button)


async def ahead(stage: Stage, asked: Message) -> tuple[LocalRun, Message]:
    """Let Bob's question be at work in the thread; returns its run and its status."""
    before = len(stage.slack.thread(asked).said)
    await stage.bob.replies(asked, "!lite since when?")
    run = await stage.parallel.next_run()
    await stage.waited_for(run)
    return run, stage.slack.thread(asked).said[before]


PRESSED = ["try again", "re-run", "look-up"]


@pytest.mark.parametrize("change", ["edited", "deleted", "taken back"])
@pytest.mark.parametrize("pressed", PRESSED)
async def test_what_a_button_asks_follows_its_message_while_it_waits(
    one: Stage, pressed: str, change: str
) -> None:
    asked, message = await ended(one, pressed)
    run, status = await ahead(one, asked)
    await press(one, pressed, message)
    await one.slack.until(lambda: "who owms it?" in shown(status))
    if change == "edited":
        await one.ada.edits(asked, f"{one.me} !ultra who owns it?")
        await one.slack.until(lambda: "who owns it?" in shown(status))
    else:
        await (one.ada.deletes(asked) if change == "deleted" else one.ada.edits(asked, "fine"))
        await one.slack.until(lambda: "who owms it?" not in shown(status))
    run.finishes("1956.")
    await said(one, asked, "1956.")
    if change != "edited":
        await one.bob.replies(asked, "and who built it?")
    following = await one.parallel.next_run()
    words = "who owns it?" if change == "edited" else "and who built it?"
    assert following.input.startswith(words)
    if change == "edited" and pressed != "look-up":
        assert following.processor == "lite"  # as its button said


@pytest.mark.parametrize("pressed", PRESSED)
async def test_what_a_button_asks_follows_its_message_while_it_runs(
    one: Stage, pressed: str
) -> None:
    asked, message = await ended(one, pressed)
    before = len(one.slack.thread(asked).said)
    await press(one, pressed, message)
    run = await one.parallel.next_run()
    await one.waited_for(run)
    status = one.slack.thread(asked).said[before]
    await one.ada.edits(asked, f"{one.me} who owns it?")
    await one.slack.until(lambda: actions.EDITED_AGAIN in action_ids(status))
    await acknowledged(one)
    asks = len(one.parallel.runs)
    await one.ada.clicks(status, actions.EDITED_AGAIN)
    await one.slack.until(lambda: "who owns it?" in shown(status))
    await one.ada.deletes(asked)
    await one.slack.until(lambda: "was deleted" in shown(status))
    await one.bob.replies(asked, "and who built it?")
    following = await one.parallel.next_run()
    assert following.input.startswith("and who built it?")
    assert len(one.parallel.runs) == asks + 1


@pytest.mark.parametrize("pressed", PRESSED)
async def test_a_message_edited_to_stop_stops_what_a_button_asks(one: Stage, pressed: str) -> None:
    asked, message = await ended(one, pressed)
    await press(one, pressed, message)
    await one.waited_for(await one.parallel.next_run())
    await one.ada.edits(asked, f"{one.me} stop")
    await said(one, asked, "Stopped waiting")


@pytest.mark.parametrize("pressed", [*PRESSED, "ask it anyway"])
async def test_what_failed_again_is_tried_again_as_its_message_says_now(
    one: Stage, pressed: str
) -> None:
    if pressed != "ask it anyway":
        asked, message = await ended(one, pressed)
        await press(one, pressed, message)
    else:
        asked = await one.ada.says(one.general, f"{one.me} any update?")
        message = await one.slack.thread(asked).next()
        await one.ada.clicks(message, actions.ANYWAY)
    before = len(one.slack.thread(asked).said)
    run = await one.parallel.next_run()
    await one.waited_for(run)
    run.fails("no luck")

    def failure(_: object) -> Message | None:
        since = one.slack.thread(asked).said[before:]
        return next((each for each in since if actions.TRY_AGAIN in action_ids(each)), None)

    again = await one.slack.thread(asked).until(failure)
    await one.ada.edits(asked, f"{one.me} who dug it?")
    earlier = one.slack.deliveries[-1].event
    await one.ada.edits(asked, f"{one.me} who owns it?")
    await acknowledged(one)
    await one.slack.deliver(earlier)
    await acknowledged(one)
    await press(one, "try again", again)
    assert (await one.parallel.next_run()).input.startswith("who owns it?")


async def test_what_was_asked_after_an_edit_is_tried_again_as_it_was(one: Stage) -> None:
    asked, message = await ended(one, "re-run")
    await one.ada.edits(asked, f"{one.me} who dug it?")
    await acknowledged(one)
    await press(one, "re-run", message)  # its form shows what was answered
    run = await one.parallel.next_run()
    await one.waited_for(run)
    assert run.input == "who owms it?"
    run.fails("no luck")
    await press(one, "try again", await said(one, asked, "no luck"))
    assert (await one.parallel.next_run()).input.startswith("who owms it?")


@pytest.mark.parametrize("now", ["who owms it?", "fine"])
async def test_an_edit_that_is_taken_back_is_not_tried_again(one: Stage, now: str) -> None:
    asked, message = await ended(one, "try again")
    await one.ada.edits(asked, f"{one.me} who dug it?")
    await one.ada.edits(asked, f"{one.me} {now}")
    await acknowledged(one)
    await press(one, "try again", message)
    assert (await one.parallel.next_run()).input.startswith("who owms it?")


async def test_the_button_of_an_edit_asks_the_latest_one(one: Stage) -> None:
    asked, status, run = await begun(one, "who owms it?")
    await one.ada.edits(asked, f"{one.me} who dug it?")
    await one.slack.until(lambda: actions.EDITED_AGAIN in action_ids(status))
    run.finishes("Egypt.")
    await said(one, asked, "Egypt.")
    await one.ada.edits(asked, f"{one.me} who owns it?")
    await acknowledged(one)
    await one.slack.until(lambda: "white_check_mark" in shown(status))
    await one.ada.clicks(status, actions.EDITED_AGAIN)
    assert (await one.parallel.next_run()).input.startswith("who owns it?")


@pytest.mark.parametrize("change", ["deleted", "edited to stop", "taken back", "edited"])
async def test_a_change_that_slack_delivers_again_is_about_what_was_asked_before_it(
    one: Stage, change: str
) -> None:
    asked, answer = await ended(one, "re-run")
    await (one.ada.deletes(asked) if change == "deleted" else one.ada.edits(asked, CHANGES[change]))
    event = one.slack.deliveries[-1].event
    await acknowledged(one)
    form = await rerun_form(one.bob, answer)
    assert (await one.bob.submits(form, given(form, menu="lite"))).error is None
    run = await one.parallel.next_run()
    await one.waited_for(run)
    await one.slack.deliver(event)
    await acknowledged(one)
    status = one.slack.thread(asked).said[-1]
    assert actions.EDITED_AGAIN not in action_ids(status)
    run.finishes("Still Egypt.")
    await said(one, asked, "Still Egypt.")


CHANGES = {"edited to stop": "stop", "taken back": "fine", "edited": "who dug it?"}


async def test_a_colleagues_run_goes_on_when_its_message_is_deleted(one: Stage) -> None:
    asked, answer = await ended(one, "re-run")
    form = await rerun_form(one.bob, answer)
    assert (await one.bob.submits(form, given(form, menu="lite"))).error is None
    run = await one.parallel.next_run()
    await one.waited_for(run)
    await one.ada.deletes(asked)
    await acknowledged(one)
    run.finishes("Still Egypt.")
    await said(one, asked, "Still Egypt.")


@pytest.mark.parametrize("now", ["is it done?", "stop"])
async def test_what_asked_only_how_far_it_is_is_edited(one: Stage, now: str) -> None:
    asked, _, run = await begun(one)
    reply = await one.ada.replies(asked, "is it done")
    await said(one, asked, "Working on")
    await one.ada.edits(reply, now)
    await acknowledged(one)
    if now == "stop":
        await said(one, asked, "Stopped waiting")
    else:
        run.finishes("Egypt.")
        await said(one, asked, "Egypt.")
    await one.ada.replies(asked, "since when?")
    assert "since when?" in (await one.parallel.next_run()).input
