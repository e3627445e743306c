"""Thanks, greetings and the like cost nothing; stop means stop."""

from __future__ import annotations

import pytest

from bot.playground.slack import Message
from bot.slack import action_ids as actions
from tests.e2e.dialogue import (
    acknowledged,
    action_ids,
    answered,
    begun,
    elements,
    said,
    saw_ephemeral,
    shown,
)
from tests.e2e.stage import Stage


async def reacted(stage: Stage, message: Message) -> None:
    await stage.slack.until(lambda: "raised_hands" in message.reactions)


@pytest.mark.also_over_http
async def test_thanks_get_a_reaction_and_no_run(stage: Stage) -> None:
    asked, _, _ = await answered(stage)
    before = stage.texts(asked)
    for person, words in ((stage.ada, "thanks!"), (stage.bob, "👍"), (stage.ada, "ok, super")):
        await reacted(stage, await person.replies(asked, words))
    await reacted(stage, await stage.bob.replies(asked, f"{stage.me} thank you so much"))
    for words in (f"thanks <@{stage.ada.id}>, great!", f"<@{stage.ada.id}> see you"):
        await stage.bob.replies(asked, words)
    await acknowledged(stage)
    assert stage.texts(asked) == before
    assert len(stage.parallel.runs) == 1
    await stage.bob.replies(asked, "thanks, and who built it?")
    assert (await stage.parallel.next_run()).input == "thanks, and who built it?"


async def test_thanks_between_other_people_are_ignored(one: Stage) -> None:
    root = await one.bob.says(one.general, "the canal is closed")
    thanks = await one.ada.replies(root, "thanks!")
    await acknowledged(one)
    assert not thanks.reactions


async def test_a_greeting_gets_the_help_and_can_be_asked_anyway(stage: Stage) -> None:
    hello = await stage.ada.says(stage.general, f"{stage.me} what can you do?")
    help_text = await stage.slack.thread(hello).next()
    assert "Mention me with a question" in shown(help_text)
    assert action_ids(help_text) == [actions.ANYWAY]
    assert stage.parallel.runs == []
    await stage.ada.clicks(help_text, actions.ANYWAY)
    await stage.ada.clicks(help_text, actions.ANYWAY)
    run = await stage.parallel.next_run()
    assert run.input == "what can you do?"
    assert len(stage.parallel.runs) == 1


async def test_asked_anyway_a_dear_run_is_asked_about_first(one: Stage) -> None:
    await one.stop_bot()
    await one.start_bot(DEFAULT_PROCESSOR="ultra8x", CONFIRM_FROM_USD="0.30")
    hello = await one.ada.says(one.general, f"{one.me} what can you do?")
    help_text = await one.slack.thread(hello).next()
    await one.bob.clicks(help_text, actions.ANYWAY)
    price = await said(one, hello, f"<@{one.bob.id}>, *ultra8x* costs $2.40")
    assert one.parallel.runs == []
    await one.bob.clicks(help_text, actions.ANYWAY)
    await one.slack.until(lambda: saw_ephemeral(one, "No run was started", person=one.bob))
    await one.bob.clicks(price, actions.CONFIRM)
    assert (await one.parallel.next_run()).input == "what can you do?"
    assert len(one.parallel.runs) == 1


async def test_possible_small_talk_can_be_asked_anyway(one: Stage) -> None:
    asked, _, _ = await answered(one)
    await one.ada.replies(asked, "Nice?")
    note = await said(one, asked, "I took that for a remark")
    assert action_ids(note) == [actions.ANYWAY]
    assert len(one.parallel.runs) == 1
    await one.ada.clicks(note, actions.ANYWAY)
    assert (await one.parallel.next_run()).input == "Nice?"


@pytest.mark.parametrize("first", ["edit", "press"])
async def test_small_talk_that_is_edited_into_a_question_is_asked_once(
    one: Stage, first: str
) -> None:
    talk = await one.ada.says(one.general, f"{one.me} any update?")
    note = await one.slack.thread(talk).next()
    if first == "press":
        await one.ada.clicks(note, actions.ANYWAY)
        await one.waited_for(await one.parallel.next_run())
    await one.ada.edits(talk, f"{one.me} any update on the Suez canal?")
    if first == "edit":
        run = await one.parallel.next_run()
        assert run.input == "any update on the Suez canal?"
        await one.waited_for(run)
        await one.ada.clicks(note, actions.ANYWAY)
        assert saw_ephemeral(one, "Already on it")
    await acknowledged(one)
    await one.ada.says(one.general, f"{one.me} who owns it?")
    assert (await one.parallel.next_run()).input == "who owns it?"
    assert len(one.parallel.runs) == 2


async def test_a_slash_command_as_a_message_is_explained(one: Stage) -> None:
    asked = await one.ada.says(one.general, f"{one.me} /processor me pro")
    assert "Type `/processor` into" in shown(await one.slack.thread(asked).next())
    assert one.parallel.runs == []


async def test_the_status_says_what_goes_on(one: Stage) -> None:
    asked, _, run = await begun(one)
    await one.bob.replies(asked, "since when?")
    await one.ada.replies(asked, "status?")
    overview = shown(await said(one, asked, "Working on"))
    assert "“who owns it?”" in overview
    assert "1 question is waiting" in overview
    run.finishes("Egypt.")
    second = await one.parallel.next_run()
    second.finishes("1956.")
    await said(one, asked, "1956.")
    await one.ada.replies(asked, "status")
    await said(one, asked, "Nothing is running in this thread")
    assert len(one.parallel.runs) == 2


@pytest.mark.parametrize(
    ("asks", "how"),
    [("is it done?", "reply"), ("How long will it take?", "mention"), ("готово?", "direct")],
)
async def test_how_far_a_run_is_costs_nothing_while_it_is_at_work(
    one: Stage, asks: str, how: str
) -> None:
    place = one.slack.dm(one.ada) if how == "direct" else one.general
    asked = await one.ada.says(place, f"{one.me} who owns it?")
    run = await one.parallel.next_run()
    await one.waited_for(run)
    await one.ada.replies(asked, f"{one.me} {asks}" if how == "mention" else asks)
    note = await said(one, asked, "Working on")
    assert actions.ANYWAY in action_ids(note)
    run.finishes("Egypt.")
    await said(one, asked, "Egypt.")
    assert len(one.parallel.runs) == 1
    await one.ada.replies(asked, asks)  # nothing is at work: it may be meant as research
    assert (await one.parallel.next_run()).input == asks


async def test_forgetting_is_explained(one: Stage) -> None:
    asked, _, _ = await answered(one)
    await one.ada.replies(asked, "forget this thread")
    await said(one, asked, "deletes them")
    assert len(one.parallel.runs) == 1


@pytest.mark.also_over_http
async def test_stop_holds_what_waits_from_the_same_person(stage: Stage) -> None:
    asked, _, _ = await begun(stage)
    await stage.ada.replies(asked, "since when?")
    await stage.ada.replies(asked, "and before?")
    await acknowledged(stage)
    await stage.ada.replies(asked, "stop")
    stopped = await said(stage, asked, "Stopped")
    assert "Your other 2 questions in this thread start in 30 s." in shown(stopped)
    labels = [each["text"]["text"] for each in elements(stopped)]
    assert "Stop all 3" in labels
    assert len(stage.parallel.runs) == 1
    await stage.ada.clicks(stopped, actions.STOP_ALL)
    await stage.slack.until(lambda: saw_ephemeral(stage, "Stopping 2 more questions"))
    await stage.slack.until(
        lambda: sum("No run was started" in text for text in stage.texts(asked)) == 2
    )
    assert len(stage.parallel.runs) == 1


async def test_a_stop_does_not_hold_what_others_have_asked(one: Stage) -> None:
    asked, _, _ = await begun(one)
    await one.bob.replies(asked, "since when?")
    await acknowledged(one)
    await one.ada.replies(asked, "stop")
    await said(one, asked, "Stopped")
    assert (await one.parallel.next_run()).input.startswith("since when?")


async def test_only_those_who_mentioned_it_are_answered_where_that_is_chosen(one: Stage) -> None:
    await one.ada.command("/processor", "replies only-me", one.general)
    asked, _, _ = await answered(one)
    await one.bob.replies(asked, "since when?")
    thanks = await one.bob.replies(asked, "thanks")
    await one.ada.replies(asked, "and who built it?")
    run = await one.parallel.next_run()
    assert run.input == "and who built it?"
    run.finishes("Lesseps.")
    await said(one, asked, "Lesseps.")
    assert not thanks.reactions
    await one.bob.replies(asked, f"{one.me} since when?")
    assert (await one.parallel.next_run()).input == "since when?"
    assert len(one.parallel.runs) == 3
