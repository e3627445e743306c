"""When it goes wrong: what the person reads, each cause in its own words, and what happens next."""

from __future__ import annotations

import json
import logging
import time
from dataclasses import replace
from decimal import Decimal
from typing import Literal

import aiohttp
import pytest
from slack_sdk.signature import SignatureVerifier

from bot.engine.load import CAPACITY, RunsInFlight
from bot.slack import action_ids as actions
from tests.e2e.dialogue import action_ids, begun, said, shown
from tests.e2e.stage import NO_LIMITS, Stage, staged
from tests.e2e.test_again import given
from tests.e2e.test_refused_runs import READS


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (401, "PARALLEL_API_KEY"),
        (402, "enough credit"),
        (422, "rephrasing"),
        (302, "PARALLEL_BASE_URL"),
    ],
)
async def test_a_refusal_says_what_to_do(stage: Stage, status: int, says: str) -> None:
    stage.parallel.faults.next("create", status=status)
    asked = await stage.ada.says(stage.general, f"{stage.me} who owns the Suez Canal?")
    thread = stage.slack.thread(asked)
    await thread.next()
    failure = await thread.next()
    assert says in shown(failure)
    assert "rephras" not in shown(failure) or status == 422
    assert "local-key" not in shown(failure)
    assert action_ids(failure) == [actions.TRY_AGAIN]
    await stage.ada.clicks(failure, actions.TRY_AGAIN)
    await thread.next()
    (await stage.parallel.next_run()).finishes("Egypt.")
    assert "Egypt." in shown(await thread.next())
    assert len(stage.parallel.runs) == 1


@pytest.mark.parametrize(
    ("status", "says"), [(401, "PARALLEL_API_KEY"), (402, "add credit"), (302, "PARALLEL_BASE_URL")]
)
@pytest.mark.parametrize("asks", ["!deep", "!quick"])
async def test_what_only_an_operator_can_put_right_is_logged_with_what_to_do(
    one: Stage, caplog: pytest.LogCaptureFixture, status: int, says: str, asks: str
) -> None:
    one.parallel.faults.next("chat" if asks == "!quick" else "create", status=status)
    asked = await one.ada.says(one.general, f"{one.me} {asks} who owns the Suez Canal?")
    await said(one, asked, "Ask an admin")
    (line,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert says in line.getMessage()
    assert "To do: " in line.getMessage()


async def test_a_key_that_is_refused_while_a_run_goes_on_is_logged_with_what_to_do(
    one: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    asked, _, run = await begun(one)
    for call in READS:
        one.parallel.faults.next(call, times=2, status=401)
    run.finishes("Egypt.")
    await said(one, asked, "Egypt.")
    found = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert found
    assert all("PARALLEL_API_KEY" in line for line in found)


PAGE = b"<html><title>Blocked by &lt;Acme&gt;</title><p>Ask IT.</p></html>"


async def test_a_proxy_that_answers_is_not_taken_for_parallel(
    one: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    one.parallel.faults.next("create", status=403, body=PAGE)
    asked = await one.ada.says(one.general, f"{one.me} who owns the Suez Canal?")
    thread = one.slack.thread(asked)
    await thread.next()
    failure = await thread.next()
    assert "Something other than Parallel, such as a proxy or firewall" in shown(failure)
    assert "I can't tell whether my request reached Parallel" in shown(failure)
    assert "403 with a web page: Blocked by &lt;Acme&gt;" in shown(failure)
    (line,) = [each for each in caplog.messages if "answered in its place" in each]
    assert "403 with a web page: Blocked by <Acme>" in line
    assert "PARALLEL_BASE_URL" in line
    await one.ada.clicks(failure, actions.TRY_AGAIN)
    await one.parallel.next_run()


async def test_a_start_behind_such_a_proxy_says_so(
    one: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    await one.stop_bot()
    one.parallel.faults.next("retrieve", status=401, body=PAGE)
    await one.start_bot()
    (line,) = [each for each in caplog.messages if "does not answer as Parallel does" in each]
    assert "401 with a web page: Blocked by <Acme>" in line
    assert "No question can be answered until it does" in line


async def test_a_processor_that_is_not_allowed_is_exchanged_in_a_form(one: Stage) -> None:
    one.parallel.faults.next("create", status=403)
    asked = await one.ada.says(one.general, f"{one.me} !deep who owns the Suez Canal?")
    thread = one.slack.thread(asked)
    await thread.next()
    failure = await thread.next()
    assert "can't use *Deep (pro-fast)*" in shown(failure)
    assert action_ids(failure) == [actions.RERUN]
    await one.ada.clicks(failure, actions.RERUN)
    (form,) = one.ada.views()
    assert (await one.ada.submits(form, given(form, menu="core-fast"))).errors == {}
    await thread.next()
    run = await one.parallel.next_run()
    assert run.processor == "core-fast"
    run.finishes("Egypt.")
    assert "Egypt." in shown(await thread.next())


async def test_exhausted_credit_is_reported(stage: Stage) -> None:
    stage.parallel.credit = Decimal("0.01")
    asked = await stage.ada.says(stage.general, f"{stage.me} who owns the Suez Canal?")
    thread = stage.slack.thread(asked)
    await thread.next()
    assert "enough credit" in shown(await thread.next())


async def test_the_limit_is_named_to_a_question_that_is_too_long(stage: Stage) -> None:
    asked = await stage.ada.says(stage.general, f"{stage.me} " + "why " * 4_000)
    failure = await stage.slack.thread(asked).next()
    assert "over the limit of 15,000 characters" in shown(failure)
    assert stage.parallel.runs == []


@pytest.mark.parametrize("status", [429, 503])
async def test_a_busy_api_is_retried_and_mentioned_in_the_status(stage: Stage, status: int) -> None:
    stage.parallel.faults.next("create", status=status, retry_after=1)
    asked = await stage.ada.says(stage.general, f"{stage.me} who owns the Suez Canal?")
    thread = stage.slack.thread(asked)
    status_message = await thread.next()
    await thread.until(lambda _: "busy" in shown(status_message))
    run = await stage.parallel.next_run()
    await thread.until(lambda _: "Researching" in shown(status_message))
    run.finishes("Egypt.")
    assert "Egypt." in shown(await thread.next())
    assert len(stage.parallel.runs) == 1


async def test_a_busy_api_is_asked_again_in_time_though_edits_are_scarce(stage: Stage) -> None:
    await stage.stop_bot()
    await stage.start_bot(limits=replace(NO_LIMITS, edits=1, edits_window=61.0, optional_edits=1))
    asked = await stage.ada.says(stage.general, f"{stage.me} who owns the Suez Canal?")
    (await stage.parallel.next_run()).finishes("Egypt.")
    await stage.slack.thread(asked).until(lambda t: "0 sources" in shown(t.said[0]))
    stage.parallel.faults.next("create", status=429, retry_after=1)
    await stage.ada.replies(asked, "since when?")
    await stage.parallel.next_run()


async def test_many_runs_in_flight_keep_no_busy_note_in_a_status(stage: Stage) -> None:
    await stage.stop_bot()
    await stage.start_bot(in_flight=RunsInFlight(CAPACITY + 1))
    stage.parallel.faults.next("create", status=429, retry_after=1)
    asked = await stage.ada.says(stage.general, f"{stage.me} who owns the Suez Canal?")
    thread = stage.slack.thread(asked)
    status = await thread.next()
    await thread.until(lambda _: "busy" in shown(status))
    run = await stage.parallel.next_run()
    await thread.until(lambda _: "Researching" in shown(status))
    run.finishes("Egypt.")
    assert "Egypt." in shown(await thread.next())


@pytest.mark.also_over_http
@pytest.mark.parametrize("cut", ["before", "after"])
async def test_a_lost_create_answer_starts_nothing_twice(
    stage: Stage, cut: Literal["before", "after"]
) -> None:
    stage.parallel.faults.next("create", cut=cut)
    asked = await stage.ada.says(stage.general, f"{stage.me} who owns the Suez Canal?")
    thread = stage.slack.thread(asked)
    await thread.next()
    failure = await thread.next()
    assert "can't tell whether it was started" in shown(failure)
    assert len(stage.parallel.runs) == (1 if cut == "after" else 0)
    if cut == "after":
        await stage.parallel.next_run()  # started, and nobody knows
    await stage.ada.clicks(failure, actions.TRY_AGAIN)
    await thread.next()
    (await stage.parallel.next_run()).finishes("Egypt.")
    assert "Egypt." in shown(await thread.next())


async def test_a_refused_chain_is_restated_with_a_word(stage: Stage) -> None:
    asked = await stage.ada.says(stage.general, f"{stage.me} who owns the Suez Canal?")
    thread = stage.slack.thread(asked)
    await thread.next()
    (await stage.parallel.next_run()).finishes("Egypt owns it.")
    await thread.next()
    stage.parallel.forget_interactions()
    await stage.ada.replies(asked, "since when?")
    status = await thread.next()
    run = await stage.parallel.next_run()
    assert run.previous_interaction_id is None
    assert run.input.startswith("since when?")
    assert "who owns the Suez Canal?" in run.input
    assert "Egypt owns it." in run.input
    await thread.until(lambda _: "couldn't continue" in shown(status))
    run.finishes("In 1956.")
    assert "1956." in shown(await thread.next())


async def test_a_cancelled_run_is_reported(stage: Stage) -> None:
    asked = await stage.ada.says(stage.general, f"{stage.me} who owns the Suez Canal?")
    thread = stage.slack.thread(asked)
    await thread.next()
    run = await stage.parallel.next_run()
    run.cancelled()
    assert "canceled" in shown(await thread.next())


async def test_a_message_that_slack_refuses_comes_in_a_simpler_form(stage: Stage) -> None:
    asked = await stage.ada.says(stage.general, f"{stage.me} who owns the Suez Canal?")
    thread = stage.slack.thread(asked)
    await thread.next()
    run = await stage.parallel.next_run()
    stage.slack.faults.next("chat.postMessage", error="invalid_blocks")
    run.finishes("**Egypt** owns it.")
    answer = await thread.next()
    assert not answer.blocks
    assert answer.text.startswith("Egypt owns it.")


async def test_an_answer_that_slack_refuses_in_every_form_comes_as_a_file(stage: Stage) -> None:
    asked = await stage.ada.says(stage.general, f"{stage.me} who owns the Suez Canal?")
    thread = stage.slack.thread(asked)
    await thread.next()
    run = await stage.parallel.next_run()
    stage.slack.faults.next("chat.postMessage", error="invalid_blocks", times=2)
    run.finishes("**Egypt** owns it.")
    answer = await thread.next()
    (file,) = answer.files
    assert file.name.endswith(".md")
    assert "**Egypt** owns it." in file.text


async def test_a_post_whose_answer_is_lost_is_not_posted_twice(stage: Stage) -> None:
    asked = await stage.ada.says(stage.general, f"{stage.me} who owns the Suez Canal?")
    thread = stage.slack.thread(asked)
    await thread.next()
    run = await stage.parallel.next_run()
    stage.slack.faults.next("chat.postMessage", cut="after")
    run.finishes("Egypt.")
    await thread.next()
    await thread.until(lambda _: any("0 sources" in text for text in stage.texts(asked)))
    assert len(stage.texts(asked)) == 2


@pytest.mark.parametrize("seconds", [1, 20])
async def test_a_mark_that_cannot_be_taken_away_now_holds_nothing_up(
    stage: Stage, seconds: int
) -> None:
    asked = await stage.ada.says(stage.general, f"{stage.me} who owns the Suez Canal?")
    first = await stage.parallel.next_run()
    reply = await stage.ada.replies(asked, "since when?")
    await stage.slack.until(lambda: reply.reactions)
    stage.slack.faults.next("reactions.remove", ratelimited=seconds)
    first.finishes("Egypt.")
    second = await stage.parallel.next_run()
    if seconds == 20:  # longer than the run goes on
        second.finishes("1956.")
    await stage.slack.until(lambda: not reply.reactions)


async def test_half_a_character_breaks_nothing(stage: Stage) -> None:
    """JSON can name halves of characters, such as a cut emoji; nothing that is stored can."""
    asked = await stage.ada.says(stage.general, f"{stage.me} who owns the canal \ud83d?")
    thread = stage.slack.thread(asked)
    await thread.next()
    run = await stage.parallel.next_run()
    assert run.input == "who owns the canal \ufffd?"
    run.progress(40.0, 12)
    run.says("Reading \ud83d…")
    run.finishes("Egypt \ud83d owns it.")
    assert "Egypt \ufffd owns it." in shown(await thread.next())
    await stage.ada.replies(asked, "since when?")
    await thread.next()
    second = await stage.parallel.next_run()
    assert second.previous_interaction_id == run.interaction_id
    second.fails("It broke \ud83d.")
    assert "It broke \ufffd." in shown(await thread.next())


async def test_half_a_character_in_a_form_breaks_nothing(stage: Stage) -> None:
    claim = await stage.bob.says(stage.general, "The canal belongs to France.")
    await stage.ada.shortcut(actions.RESEARCH, claim)
    (form,) = stage.ada.views()
    outcome = await stage.ada.submits(form, given(form, text="Whose is it \ud83d?"))
    assert (outcome.error, outcome.errors) == (None, {})
    assert (await stage.parallel.next_run()).input.startswith("Whose is it \ufffd?\n")


async def test_a_slack_that_asks_to_slow_down_is_obeyed(stage: Stage) -> None:
    stage.slack.faults.next("chat.postMessage", ratelimited=1)
    asked = await stage.ada.says(stage.general, f"{stage.me} who owns the Suez Canal?")
    thread = stage.slack.thread(asked)
    await thread.next()
    (await stage.parallel.next_run()).finishes("Egypt.")
    await thread.next()
    assert len(stage.texts(asked)) == 2


async def test_an_answer_arrives_as_soon_without_an_event_stream(stage: Stage) -> None:
    stage.parallel.faults.next("events", status=503, times=100)
    asked = await stage.ada.says(stage.general, f"{stage.me} who owns the Suez Canal?")
    thread = stage.slack.thread(asked)
    await thread.next()
    run = await stage.parallel.next_run()
    await stage.waited_for(run)
    run.finishes("Egypt.")
    assert "Egypt." in shown(await thread.next())


async def test_a_stream_that_is_cut_is_no_end(stage: Stage) -> None:
    stage.parallel.faults.next("events", cut="after")
    asked = await stage.ada.says(stage.general, f"{stage.me} who owns the Suez Canal?")
    thread = stage.slack.thread(asked)
    await thread.next()
    run = await stage.parallel.next_run()
    await stage.waited_for(run)
    run.begins()
    stage.parallel.drop_connections("events")
    run.finishes("Egypt.")
    assert "Egypt." in shown(await thread.next())


async def test_an_outage_of_slack_delays_the_answer_and_doubles_nothing(stage: Stage) -> None:
    asked = await stage.ada.says(stage.general, f"{stage.me} who owns the Suez Canal?")
    thread = stage.slack.thread(asked)
    await thread.next()
    run = await stage.parallel.next_run()
    stage.slack.faults.next("chat.postMessage", status=503)
    run.finishes("Egypt.")
    assert "Egypt." in shown(await thread.next())
    await thread.until(lambda _: any("0 sources" in text for text in stage.texts(asked)))
    assert len(stage.texts(asked)) == 2
    assert len(stage.parallel.runs) == 1


@pytest.mark.also_over_http
async def test_a_mention_that_comes_before_the_invitation_is_answered_after_it(
    stage: Stage,
) -> None:
    stage.slack.faults.next("chat.postMessage", error="not_in_channel")
    asked = await stage.ada.says(stage.general, f"{stage.me} who owns the Suez Canal?")
    (await stage.parallel.next_run()).finishes("Egypt.")
    thread = stage.slack.thread(asked)
    await thread.until(lambda t: any("Egypt." in shown(message) for message in t.said))


async def test_a_status_that_may_not_be_looked_for_holds_nothing_up(stage: Stage) -> None:
    stage.slack.faults.next("chat.postMessage", cut="after")
    stage.slack.faults.next("conversations.replies", error="missing_scope", times=1_000)
    asked = await stage.ada.says(stage.general, f"{stage.me} who owns the Suez Canal?")
    (await stage.parallel.next_run()).finishes("Egypt.")
    thread = stage.slack.thread(asked)
    await thread.until(lambda t: sum("Egypt." in shown(message) for message in t.said) == 1)


async def test_app_rate_limited_events_are_acknowledged_and_logged(
    redis_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with staged("http", redis_url) as stage:
        await stage.start_bot()
        raw = json.dumps({"type": "app_rate_limited", "team_id": "T1", "api_app_id": "A1"})
        now = str(int(time.time()))
        verifier = SignatureVerifier(stage.slack.app.signing_secret)
        signed = {
            "content-type": "application/json",
            "x-slack-request-timestamp": now,
            "x-slack-signature": verifier.generate_signature(timestamp=now, body=raw) or "",
        }
        assert stage.slack.events_url
        async with aiohttp.ClientSession() as session:
            for headers, status in ((signed, 200), ({**signed, "x-slack-signature": "v0=1"}, 401)):
                answer = await session.post(stage.slack.events_url, data=raw, headers=headers)
                assert answer.status == status
    assert sum("held events back" in record.message for record in caplog.records) == 1
