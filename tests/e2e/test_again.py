"""What an answer offers: deeper, cheaper, a branch, files, evidence, opinions, pings."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack import Message, Person
from bot.playground.slack.state.entities import View
from bot.slack import action_ids
from bot.slack.blockkit.elements import option
from tests.e2e.dialogue import BASIS, Clock, answered, begun, said, saw_ephemeral, shown, turn
from tests.e2e.stage import Stage


async def rerun_form(person: Person, answer: Message) -> View:
    """Open the form that asks an answer's question again on another processor."""
    outcome = await person.clicks(answer, action_ids.RERUN)
    assert outcome.error is None
    (form,) = person.views()
    return form


def words_of(view: View) -> str:
    """Return all that a modal or Home tab says."""
    return json.dumps(view.content, ensure_ascii=False)


async def test_deeper_begins_where_the_question_began(stage: Stage) -> None:
    asked, _, first = await answered(stage)
    await stage.bob.replies(asked, "since when?")
    second = await stage.parallel.next_run()
    second.finishes("1956.")
    answer = await said(stage, asked, "1956.")
    form = await rerun_form(stage.ada, answer)
    assert "since when?" in words_of(form)
    outcome = await stage.ada.submits(form, given(form, menu="pro-fast"))
    assert (outcome.error, outcome.errors, stage.ada.views()) == (None, {}, [])
    third = await stage.parallel.next_run()
    assert (third.input, third.processor) == ("since when?", "pro-fast")
    assert third.previous_interaction_id == first.interaction_id
    status = await said(stage, asked, "Same question")
    assert "pro-fast" in shown(status)
    assert "$0.10" in shown(status)
    third.finishes("26 July 1956.")
    await said(stage, asked, "26 July 1956.")

    receipt = await said(stage, asked, "From here on, replies continue this answer.")
    await stage.ada.replies(asked, "why then?")
    fourth = await stage.parallel.next_run()
    assert fourth.previous_interaction_id == third.interaction_id
    fourth.finishes("He needed the tolls.")
    await said(stage, asked, "the tolls")
    await stage.bob.clicks(receipt, action_ids.FOLLOW_UP)  # the way back to the earlier one
    (form,) = stage.bob.views()
    typed = {"question": {"question": "and who ran it?"}, "processor": {"processor": "lite"}}
    assert (await stage.bob.submits(form, typed)).errors == {}
    assert (await stage.parallel.next_run()).previous_interaction_id == second.interaction_id


@pytest.mark.also_over_http
async def test_a_re_run_requested_twice_is_paid_once(stage: Stage) -> None:
    """Sent twice at once, and wanted by two people: one run."""
    asked, answer, _ = await answered(stage)
    form = await rerun_form(stage.ada, answer)
    theirs = await rerun_form(stage.bob, answer)
    chosen = given(form, menu="pro-fast")
    outcomes = await asyncio.gather(*(stage.ada.submits(form, chosen) for _ in range(2)))
    assert [(outcome.error, outcome.errors) for outcome in outcomes] == [(None, {})] * 2
    outcome = await stage.bob.submits(theirs, chosen)
    assert "Already on it" in str(outcome.errors)
    run = await stage.parallel.next_run()
    assert run.previous_interaction_id is None
    run.finishes("Egypt does.")
    await said(stage, asked, "Egypt does.")
    again = await rerun_form(stage.ada, answer)
    outcome = await stage.ada.submits(again, chosen)
    assert "already finished" in str(outcome.errors)
    assert len(stage.parallel.runs) == 2


async def test_the_menu_of_an_older_answer_still_asks_on_another_processor_once(
    stage: Stage,
) -> None:
    asked, _, _ = await answered(stage)
    options = [option("pro-fast · +$0.075", f"pro-fast {turn(stage, asked)}")]
    menu = {"type": "static_select", "action_id": action_ids.AGAIN_ON, "options": options}
    slack = AsyncWebClient(token=stage.slack.app.bot_token, base_url=stage.slack.api_url)
    posted = await slack.chat_postMessage(
        channel=stage.general.id,
        thread_ts=asked.ts,
        text="An answer of an earlier release.",
        blocks=[{"type": "actions", "elements": [menu]}],
    )
    older = stage.general.messages[posted["ts"]]
    for _ in range(2):
        outcome = await stage.ada.chooses(older, action_ids.AGAIN_ON, options[0]["value"])
        assert outcome.error is None
    run = await stage.parallel.next_run()
    assert (run.input, run.processor) == ("who owns it?", "pro-fast")
    await stage.slack.until(lambda: saw_ephemeral(stage, "Already"))
    assert len(stage.parallel.runs) == 2


async def test_the_form_shows_what_a_re_run_costs_more(stage: Stage) -> None:
    _, answer, _ = await answered(stage)
    assert "$" not in json.dumps(answer.blocks)
    words = words_of(await rerun_form(stage.ada, answer))
    assert "Deep (pro-fast) · +$0.075" in words
    assert "lite-fast · −$0.02" in words
    assert "starts a new paid run" in words


@pytest.mark.also_over_http
async def test_a_branch_continues_an_earlier_answer(stage: Stage) -> None:
    asked, first_answer, first = await answered(stage)
    await stage.bob.replies(asked, "since when?")
    (await stage.parallel.next_run()).finishes("1956.")
    await said(stage, asked, "1956.")
    await stage.ada.clicks(first_answer, action_ids.FOLLOW_UP)
    (form,) = stage.ada.views()
    block = next(b for b in form.content["blocks"] if b["type"] == "input")
    typed = {block["block_id"]: {block["element"]["action_id"]: "who owned it before?"}}
    outcome = await stage.ada.submits(form, typed)
    assert outcome.error is None
    run = await stage.parallel.next_run()
    assert run.input == "who owned it before?"
    assert run.previous_interaction_id == first.interaction_id
    status = await said(stage, asked, "Continues the answer to")
    assert "who owns it?" in shown(status)
    run.finishes("A company.")
    await said(stage, asked, "A company.")


@pytest.mark.also_over_http
async def test_evidence_is_shown_to_who_asks_for_it(stage: Stage) -> None:
    _, answer, run = await answered(stage)
    outcome = await stage.bob.clicks(answer, action_ids.EVIDENCE)
    assert outcome.error is None
    (view,) = stage.bob.views()
    for words in ("Stated by both sources.", "https://example.org/suez", "high"):
        assert words in words_of(view)
    assert run.status.name == "COMPLETED"


async def test_evidence_that_cannot_be_had_is_said_so(stage: Stage) -> None:
    _, answer, _ = await answered(stage)
    stage.parallel.faults.next("result", times=10, status=503)
    await stage.bob.clicks(answer, action_ids.EVIDENCE)
    (view,) = stage.bob.views()
    assert "Parallel" in words_of(view)
    assert "again" in words_of(view)


async def test_the_whole_answer_as_files_once(stage: Stage) -> None:
    asked, answer, _ = await answered(stage)
    for _ in range(2):
        files = f"{action_ids.MORE_FILES} {turn(stage, asked)}"
        await stage.ada.chooses(answer, action_ids.MORE, files)
    await stage.slack.until(lambda: len(stage.slack.files) == 2)
    report, evidence = stage.slack.files
    assert "Egypt." in report.text
    assert json.loads(evidence.text)["basis"] == BASIS or "basis" in json.loads(evidence.text)
    await stage.ada.replies(asked, "since when?")
    (await stage.parallel.next_run()).finishes("1956.")
    await said(stage, asked, "1956.")
    assert len(stage.slack.files) == 2


async def test_an_opinion_is_counted(stage: Stage) -> None:
    _, answer, _ = await answered(stage)
    await stage.ada.clicks(answer, action_ids.EVIDENCE)
    (evidence,) = stage.ada.views()
    await stage.slack.until(lambda: "Was this answer helpful?" in str(evidence.content))
    await stage.ada.clicks(evidence, action_ids.EVIDENCE_GOOD)
    assert "Thanks for the feedback" in str(stage.ada.views()[-1].content)
    await stage.ada.opens_home()
    home = await stage.slack.until(lambda: stage.slack.home(stage.ada))
    assert "core-fast" in words_of(home)


@pytest.mark.also_over_http
async def test_a_person_who_asked_for_a_ping_gets_one_with_the_answer(stage: Stage) -> None:
    asked, status, run = await begun(stage)
    await stage.bob.clicks(status, action_ids.PING)
    run.finishes("Egypt.", basis=BASIS)
    answer = await said(stage, asked, "Egypt.")
    assert answer.pings == {f"<@{stage.bob.id}>"} or stage.bob.id in str(answer.pings)
    assert status.pings == set()


async def test_long_answers_may_be_announced_in_the_channel(stage: Stage) -> None:
    await stage.stop_bot()
    ahead = 0.0

    def clock() -> float:
        return time.time() + ahead

    await stage.start_bot(clock, BROADCAST="on")
    asked, _, run = await begun(stage, "!ultra who owns it?")
    ahead = 660.0
    run.finishes("Egypt.", basis=BASIS)
    answer = await said(stage, asked, "Egypt.")
    assert answer in stage.general.visible()
    other, quick, _ = await answered(stage, "and who else?")
    assert quick.subtype != "thread_broadcast"
    assert answer.subtype == "thread_broadcast"
    assert other.ts != asked.ts


async def test_a_channel_that_takes_no_broadcast_gets_the_answer_in_the_thread(
    stage: Stage,
) -> None:
    await stage.stop_bot()
    clock = Clock()
    await stage.start_bot(clock, BROADCAST="on")
    asked, _, run = await begun(stage, "!ultra who owns it?")
    clock.ahead = 660.0
    refused = "restricted_action_thread_only_channel"
    stage.slack.faults.next("chat.postMessage", error=refused)
    run.finishes("Egypt.", basis=BASIS)
    answer = await said(stage, asked, "Egypt.")
    assert answer.subtype is None
    assert answer.blocks[0]["type"] == "markdown"


async def test_answers_are_not_announced_by_default(stage: Stage) -> None:
    _, answer, _ = await answered(stage)
    assert answer.pings == set()
    assert answer.subtype is None


def given(view: View, **typed: Any) -> dict[str, dict[str, Any]]:
    """Fill in a form by the kinds of its elements: `text`, `menu`."""
    found: dict[str, dict[str, Any]] = {}
    for block in view.content["blocks"]:
        if block["type"] != "input":
            continue
        element = block["element"]
        kind = "menu" if element["type"] == "static_select" else "text"
        if kind in typed:
            found[block["block_id"]] = {element["action_id"]: typed[kind]}
    return found


@pytest.mark.also_over_http
async def test_research_this_answers_in_the_messages_thread(stage: Stage) -> None:
    claim = await stage.bob.says(stage.general, "The canal belongs to France.")
    await stage.ada.shortcut(action_ids.RESEARCH, claim)
    (form,) = stage.ada.views()
    assert "The canal belongs to France." in words_of(form)
    assert "$0.025" in words_of(form)
    outcome = await stage.ada.submits(form, given(form, menu="pro-fast"))
    assert (outcome.error, outcome.errors) == (None, {})
    run = await stage.parallel.next_run()
    assert (run.input, run.processor) == ("The canal belongs to France.", "pro-fast")
    run.finishes("It does not.")
    await said(stage, claim, "It does not.")
    await stage.bob.replies(claim, "whose is it?")
    assert (await stage.parallel.next_run()).previous_interaction_id == run.interaction_id


async def test_research_this_works_in_a_direct_message(stage: Stage) -> None:
    """Of which Slack tells us nothing without im:read."""
    place = stage.slack.dm(stage.ada)
    asked = await stage.ada.says(place, "who owns it?")
    (await stage.parallel.next_run()).finishes("Egypt.")
    answer = await said(stage, asked, "Egypt.")
    stage.slack.faults.next("conversations.info", times=99, error="missing_scope")
    await stage.ada.shortcut(action_ids.RESEARCH, answer)
    (form,) = stage.ada.views()
    await stage.ada.submits(form, given(form, text="Since when?", menu="lite"))
    assert (await stage.parallel.next_run()).processor == "lite"


@pytest.mark.also_over_http
async def test_home_shows_running_questions_and_their_cost(stage: Stage) -> None:
    asked, status, _ = await begun(stage, "who owns the Suez Canal?")
    await stage.ada.opens_home()
    home = await stage.slack.until(lambda: stage.slack.home(stage.ada))
    for words in ("who owns the Suez Canal?", "$0.025", f"p{asked.ts.replace('.', '')}"):
        assert words in words_of(home)
    await stage.ada.chooses(home, action_ids.HOME_PROCESSOR, "ultra-fast")
    await stage.slack.until(lambda: "ultra-fast" in words_of(stage.slack.home(stage.ada) or home))
    home = stage.slack.home(stage.ada) or home
    await stage.ada.clicks(home, action_ids.STOP)
    await said(stage, asked, "Stopped waiting")
    await stage.slack.until(lambda: "stopped" in shown(status))
    other = await stage.ada.says(stage.general, f"{stage.me} and Panama?")
    assert (await stage.parallel.next_run()).processor == "ultra-fast"
    await stage.bob.opens_home()
    theirs = await stage.slack.until(lambda: stage.slack.home(stage.bob))
    assert "Suez" not in words_of(theirs)
    assert other.ts


async def test_a_link_that_the_research_does_not_cite_is_no_link(stage: Stage) -> None:
    asked, _, run = await begun(stage)
    run.finishes(
        "[The authority](https://www.example.org/suez/) and [this](https://evil.example/x) [7].",
        basis=BASIS,
    )
    answer = await said(stage, asked, "The authority")
    words = shown(answer)
    assert "[The authority](https://www.example.org/suez/)" in words
    assert "](https://evil.example" not in words
    assert "unverified" in words
    assert "https://evil.example" not in words + answer.text
    assert "[7]" in words.replace("\\", "")


async def test_a_suggested_prompt_is_a_question(stage: Stage) -> None:
    dm = stage.slack.dm(stage.ada)
    await stage.ada.opens_messages()
    prompt = stage.slack.app.suggested[0]
    asked = await stage.ada.says(dm, prompt.message)
    run = await stage.parallel.next_run()
    assert run.input == prompt.message
    run.finishes("So it is.")
    await said(stage, asked, "So it is.")
