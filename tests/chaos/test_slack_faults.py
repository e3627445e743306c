"""Slack fails: whatever goes wrong there, each answer is in its thread exactly once.

The table plays one dialogue that uses every method the bot calls, and lets each call of one method
go wrong once.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from functools import partial
from itertools import product
from typing import Any

import pytest
from aiohttp import web
from aiohttp.typedefs import Handler

from bot.domain.thread import ChannelId, MessageTs, TeamId, ThreadKey, TurnId
from bot.errors import AnswerLost, Unavailable
from bot.playground.slack import LocalSlack
from bot.ports import Message, Tag
from bot.slack.client import SlackMessenger
from bot.slack.connection import http_session, web_client
from tests.chaos.faults import (
    DAY,
    FULL,
    PATIENCE,
    all_at_once,
    asked,
    at_work,
    is_receipt,
    one_answer_arrives,
    put_forward,
    put_off,
)
from tests.e2e.dialogue import BASIS, shown
from tests.e2e.stage import QUICK, Stage

METHODS = (
    "chat.postMessage",
    "chat.update",
    "conversations.replies",
    "reactions.add",
    "reactions.remove",
    "files.getUploadURLExternal",
    "upload",
    "files.completeUploadExternal",
)
TROUBLES: dict[str, dict[str, Any]] = {
    "429": {"ratelimited": 1, "status": 429},
    "503": {"status": 503},
    "cut after it took effect": {"cut": "after"},
}
if FULL:
    TROUBLES |= {
        "500": {"status": 500},
        "502": {"status": 502},
        "504": {"status": 504},
        "internal_error": {"error": "internal_error"},
        "fatal_error": {"error": "fatal_error"},
        "service_unavailable": {"error": "service_unavailable"},
        "cut before it took effect": {"cut": "before"},
    }
CALLS = 20  # of one method in one dialogue, at most
_PARAGRAPH = " ".join(["The canal joins two seas."] * 20)
REPORT = "\n\n".join(f"## Part {n}\n\n{_PARAGRAPH}" for n in range(80))
IN_FILE = REPORT.replace("## Part", "### Part").replace(". \n", ".\n").strip()


async def dialogue(stage: Stage) -> None:
    """Bob asks about what Ada said; her reply waits meanwhile, and its answer is a report."""
    slack, parallel = stage.slack, stage.parallel
    said = await stage.ada.says(stage.general, "I read that the canal belongs to France.")
    await stage.bob.replies(said, f"{stage.me} is this true?")
    first = await parallel.next_run(PATIENCE)
    assert "Person 1: I read that the canal belongs to France." in first.input
    first.progress(40.0, 12)
    thread = slack.thread(said)
    status = await thread.next(PATIENCE)
    await slack.until(lambda: "40%" in shown(status), PATIENCE)
    reply = await stage.ada.replies(said, "who then?")
    await slack.until(lambda: reply.reactions, PATIENCE)
    first.finishes("No.", basis=BASIS)

    second = await parallel.next_run(PATIENCE)
    assert second.previous_interaction_id == first.interaction_id
    second.finishes(REPORT, basis=BASIS)
    await thread.until(
        lambda t: len(t.said) >= 6 and is_receipt(t.said[0]) and is_receipt(t.said[2]), PATIENCE
    )
    _, answer, _, summary, report, evidence = thread.said
    assert "No." in shown(answer)
    assert "Full report" in shown(summary)
    assert [file.text.count(IN_FILE) for file in report.files] == [1]
    assert [file.name for file in evidence.files] == ["evidence.json"]
    assert len(parallel.runs) == 2
    assert not reply.reactions


@pytest.mark.timeout(300)
async def test_each_slack_call_may_fail_once(redis_url: str) -> None:
    async def play(method: str, trouble: dict[str, Any], seed: int) -> None:
        async with at_work(redis_url, seed) as stage:
            for _ in range(CALLS):
                stage.slack.faults.next(method, **_as_it_befalls(method, trouble))
                stage.slack.faults.next(method)
            await dialogue(stage)

    await all_at_once(
        (f"{method}, {name}", partial(play, method, trouble))
        for method, (name, trouble) in product(METHODS, TROUBLES.items())
    )


def _as_it_befalls(method: str, trouble: dict[str, Any]) -> dict[str, Any]:
    """Take from a trouble what befalls this method: the upload address knows no Slack errors."""
    if method == "upload":
        return {"status": 500} if "error" in trouble else trouble
    return {k: v for k, v in trouble.items() if (k, v) != ("status", 429)}


@pytest.mark.skipif(not FULL, reason="takes the half minute that Slack is waited for")
@pytest.mark.timeout(300)
async def test_a_slack_call_may_hang(redis_url: str) -> None:
    async def play(method: str, seed: int) -> None:
        async with at_work(redis_url, seed) as stage:
            _, thread, run = await asked(stage)
            stage.slack.faults.next(method, delay=35.0, cut="after")
            run.finishes(REPORT, basis=BASIS)
            await thread.until(lambda t: is_receipt(t.said[0]), 100)
            assert len(thread.said) == 4  # with the gist and two files

    await all_at_once((method, partial(play, method)) for method in METHODS)


async def test_a_post_that_comes_in_late_is_not_repeated(redis_url: str) -> None:
    """Its connection is gone, and the bot has looked for it in vain: then Slack carries it out."""

    async def late(stage: Stage, method: str) -> None:
        looks = _looks(stage)
        came_in = asyncio.Event()
        stage.slack.faults.next(method, cut="late", gate=came_in)
        await stage.slack.until(lambda: _looks(stage) > looks)
        came_in.set()

    async def play(method: str, output: str, seed: int) -> None:
        async with at_work(redis_url, seed, started=False) as stage:
            await stage.start_bot(timing=replace(QUICK, post_lag=5.0))
            status = asyncio.create_task(late(stage, "chat.postMessage"))
            _, thread, run = await asked(stage)
            await status
            answer = asyncio.create_task(late(stage, method))
            run.finishes(output, basis=BASIS)
            await answer
            await thread.until(lambda t: is_receipt(t.said[0]), PATIENCE)
            assert len(thread.said) == (4 if output == REPORT else 2)

    await all_at_once(
        [
            ("an answer", partial(play, "chat.postMessage", "Egypt.")),
            ("a file", partial(play, "files.completeUploadExternal", REPORT)),
        ]
    )


async def test_a_post_that_a_deploy_cut_off_is_not_repeated(redis_url: str) -> None:
    """Slack has not carried it out when the next process looks for it, but does then."""
    held, gate = list[web.Request](), asyncio.Event()

    @web.middleware
    async def slowly(request: web.Request, handler: Handler) -> web.StreamResponse:
        body = await request.read()  # before its sender is gone
        if b"Egypt." in body and not held and request.path.endswith("chat.postMessage"):
            held.append(request)
            await gate.wait()
        return await handler(request)

    timing = replace(QUICK, post_lag=5.0)
    options = {"middlewares": [slowly]}
    async with at_work(redis_url, slack=options, started=False) as stage:
        await stage.start_bot(timing=timing)
        _, thread, run = await asked(stage)
        run.finishes("Egypt.", basis=BASIS)
        async with asyncio.timeout(60):
            while not held:
                await asyncio.sleep(0.01)
        await stage.stop_bot()
        looks = _looks(stage)
        await stage.start_bot(timing=timing)
        await stage.slack.until(lambda: _looks(stage) > looks)
        gate.set()
        await one_answer_arrives(thread)


def _looks(stage: Stage) -> int:
    return _calls(stage, "conversations.replies")


def _posts(stage: Stage) -> int:
    return _calls(stage, "chat.postMessage")


def _calls(stage: Stage, method: str) -> int:
    return sum(call.method == method for call in stage.slack.calls)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, b"Welcome!", "text/plain"),
        (200, b"<html>", "text/html"),
        (200, b"[1]", "application/json"),
        (200, b"null", "application/json"),
        (200, b'{"ok": tr', "application/json"),
        (200, b'{"ok": true}', "application/json"),
        (200, b"\xff\xfe{", "application/json"),
        (403, b"<html>", "text/html"),
        (502, b"upstream", "text/plain"),
    ],
    ids=str,
)
async def test_a_response_that_is_not_slacks_is_not_believed(
    status: int, body: bytes, kind: str
) -> None:
    """It may hide that Slack did take the message: look for it before posting again."""

    @web.middleware
    async def stand_in(request: web.Request, handler: Handler) -> web.StreamResponse:
        return web.Response(status=status, body=body, content_type=kind)

    async with LocalSlack(middlewares=[stand_in]) as slack, http_session(5.0) as session:
        conversation = SlackMessenger(web_client("xoxb-1", slack.api_url, session))
        thread = ThreadKey(TeamId("T1"), ChannelId("C1"), MessageTs("1.1"))
        with pytest.raises(AnswerLost):
            await conversation.post(thread, Message("Egypt."), Tag(TurnId("T1:C1:1.1"), "status"))


async def test_connecting_longer_than_half_the_lease_fails() -> None:
    """Nothing has left by then. Were it frozen meanwhile, another owner may have posted."""
    closed = asyncio.Event()

    async def silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Never shake hands."""
        await closed.wait()
        writer.close()

    async with (
        await asyncio.start_server(silent, "127.0.0.1") as server,
        http_session(1) as session,
    ):
        port = server.sockets[0].getsockname()[1]
        client = web_client("xoxb-1", f"https://127.0.0.1:{port}/api/", session)
        thread = ThreadKey(TeamId("T1"), ChannelId("C1"), MessageTs("1.1"))
        async with asyncio.timeout(3):
            with pytest.raises(Unavailable):
                await SlackMessenger(client).post(
                    thread, Message("Egypt."), Tag(TurnId("T1:C1:1.1"), "status")
                )
        closed.set()


async def test_a_message_that_slack_fails_on_is_posted_in_a_simpler_variant(redis_url: str) -> None:
    """But not in an outage: there the best form comes when it is over."""

    async def answer(trouble: dict[str, Any], simpler: bool, seed: int) -> None:
        async with at_work(redis_url, seed) as stage:
            _, thread, run = await asked(stage)
            stage.slack.faults.next("chat.postMessage", times=4, **trouble)
            run.finishes("**Egypt.**", basis=BASIS)
            await one_answer_arrives(thread)
            assert bool(thread.said[1].blocks) is not simpler

    async def status(seed: int) -> None:
        async with at_work(redis_url, seed) as stage:
            stage.slack.faults.next("chat.postMessage", times=4, error="fatal_error")
            question = await stage.ada.says(stage.general, f"{stage.me} who owns the Suez Canal?")
            (await stage.parallel.next_run(PATIENCE)).finishes("Egypt.", basis=BASIS)
            await one_answer_arrives(stage.slack.thread(question))

    await all_at_once(
        [
            ("internal_error", partial(answer, {"error": "internal_error"}, True)),
            ("403 as a page", partial(answer, {"status": 403}, True)),
            ("cut", partial(answer, {"cut": "before"}, False)),
            ("503", partial(answer, {"status": 503}, False)),
            ("the status", status),
        ]
    )


async def test_a_message_refused_in_every_variant_delays_its_thread_one_day(
    redis_url: str,
) -> None:
    async with at_work(redis_url, started=False) as stage:
        await stage.start_bot()
        stage.slack.faults.next("chat.postMessage", times=1_000, error="internal_error")
        question = await stage.ada.says(stage.general, f"{stage.me} who owns the Suez Canal?")
        await stage.slack.until(lambda: _posts(stage))
        await stage.stop_bot()
        # As if that had been so for the better form, and for this one, too.
        await stage.rewrite(question, '"forms":{}', '"forms":{"status":1}')
        await stage.rewrite(question, '"stumbles":{"status":1}', '"stumbles":{"status":4}')
        posts = _posts(stage)
        await stage.start_bot()
        await stage.slack.until(lambda: _posts(stage) > posts)  # the day begins now
        await stage.stop_bot()
        posts = _posts(stage)
        await stage.start_bot(lambda: time.time() + DAY + 60)
        await stage.slack.until(lambda: _posts(stage) > posts)
        stage.slack.faults.clear()
        await stage.ada.replies(question, f"{stage.me} since when?")
        run = await stage.parallel.next_run(PATIENCE)
        assert run.input.startswith("since when?")


async def test_a_question_is_not_dropped_for_what_may_pass(redis_url: str) -> None:
    """Slack refuses its status in every form, for a reason that passes, or that nobody knows."""

    async def play(error: str, seed: int) -> None:
        async with at_work(redis_url, seed) as stage:
            stage.slack.faults.next("chat.postMessage", times=1_000, error=error)
            question = await stage.ada.says(stage.general, f"{stage.me} who owns the Suez Canal?")
            await put_off(stage, redis_url)
            stage.slack.faults.clear()
            await put_forward(stage, redis_url)
            (await stage.parallel.next_run(PATIENCE)).finishes("Egypt.", basis=BASIS)
            await one_answer_arrives(stage.slack.thread(question))

    errors = ("team_added_to_org", "an_error_of_next_year", "invalid_auth")
    await all_at_once((error, partial(play, error)) for error in errors)


async def test_a_status_is_changed_when_slack_takes_edits_again(redis_url: str) -> None:
    async def play(error: str, seed: int) -> None:
        async with at_work(redis_url, seed) as stage:
            _, thread, run = await asked(stage)
            stage.slack.faults.next("chat.update", times=1_000, error=error)
            edits = _calls(stage, "chat.update")
            run.finishes("Egypt.", basis=BASIS)
            await stage.slack.until(lambda: _calls(stage, "chat.update") > edits)
            await stage.stop_bot()
            stage.slack.faults.clear()
            await stage.start_bot(LEASE_SECONDS="2")
            await one_answer_arrives(thread)

    errors = ("token_expired", "missing_scope", "is_archived", "an_error_of_next_year")
    await all_at_once((error, partial(play, error)) for error in errors)


async def test_an_upload_url_that_refuses_is_not_retried(redis_url: str) -> None:
    async with at_work(redis_url) as stage:
        stage.slack.faults.next("upload", status=403, times=1_000)
        _, thread, run = await asked(stage)
        run.finishes(REPORT, basis=BASIS)
        await thread.until(lambda t: is_receipt(t.said[0]), PATIENCE)
        assert "full report as messages" in thread.said[2].text
        whole = "\n\n".join(message.markdown for message in thread.said[3:])
        assert [n for n in range(80) if f"## Part {n}\n" not in whole] == []


async def test_the_substitute_for_a_file_is_posted_once(redis_url: str) -> None:
    async with at_work(redis_url) as stage:
        _, thread, run = await asked(stage)
        stage.slack.faults.next("files.completeUploadExternal", error="posting_to_channel_denied")
        stage.slack.faults.next("chat.postMessage")  # the beginning of the report
        stage.slack.faults.next("chat.postMessage", cut="after")
        run.finishes(REPORT, basis=BASIS)
        await thread.until(lambda t: is_receipt(t.said[0]), PATIENCE)
        assert sum("full report as messages" in message.text for message in thread.said) == 1


async def test_the_bot_starts_although_slack_is_in_trouble(redis_url: str) -> None:
    async def play(method: str, trouble: dict[str, Any], seed: int) -> None:
        async with at_work(redis_url, seed, started=False) as stage:
            stage.slack.faults.next(method, **_as_it_befalls(method, trouble))
            await stage.start_bot()
            _, thread, run = await asked(stage)
            run.finishes("Egypt.", basis=BASIS)
            await one_answer_arrives(thread)

    await all_at_once(
        (f"{method}, {name}", partial(play, method, trouble))
        for method, (name, trouble) in product(
            ("auth.test", "apps.connections.open"), TROUBLES.items()
        )
    )
