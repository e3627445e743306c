"""Slack or Parallel fails while signals are applied, and Slack refuses agent sessions.

What Slack shows beside our messages is a courtesy: it may fail in every way and holds up nothing.
What a status says must be true in the end, whichever way is left to say it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from bot.playground.slack import Message
from bot.slack import action_ids
from tests.chaos.faults import DAY, all_at_once, at_work, promised
from tests.chaos.replicas import asked as asked_process
from tests.chaos.replicas import replicas
from tests.e2e.dialogue import BASIS, Gate, answered, begun, said, saw_ephemeral, shown
from tests.e2e.stage import Stage, staged
from tests.e2e.test_again import words_of
from tests.e2e.test_sessions import signs

SIGN = "agents.sessions.setStatus"
#: Seconds for a question, its answer and its follow-up, whatever the sign does.
AT_ONCE = promised(8.0)
TROUBLES: dict[str, dict[str, Any]] = {
    "429": {"ratelimited": 600},
    "503": {"status": 503},
    "internal_error": {"error": "internal_error"},
    "cut before it took effect": {"cut": "before"},
    "cut after it took effect": {"cut": "after"},
    "no answer": {"gate": asyncio.Event()},
}


@pytest.fixture
async def stage(redis_url: str) -> AsyncIterator[Stage]:
    """A bot at work."""
    async with at_work(redis_url) as stage:
        yield stage


# --- sessions ---------------------------------------------------------------------------


async def test_a_session_that_cannot_be_set_delays_nothing(redis_url: str) -> None:
    async def play(trouble: dict[str, Any], seed: int) -> None:
        async with at_work(redis_url, seed) as stage:
            stage.slack.faults.next(SIGN, times=1_000, **trouble)
            began = time.monotonic()
            asked, status, run = await begun(stage)
            reply = await stage.bob.replies(asked, "since when?")
            await stage.slack.until(lambda: reply.reactions)
            run.finishes("Egypt.", basis=BASIS)
            await said(stage, asked, "Egypt.")
            second = await stage.parallel.next_run(AT_ONCE)
            second.finishes("1956.")
            await said(stage, asked, "1956.")
            await stage.slack.until(lambda: "white_check_mark" in shown(status), timeout=AT_ONCE)
            assert time.monotonic() - began < AT_ONCE
            assert len(stage.texts(asked)) == 4

    await all_at_once((name, partial(play, trouble)) for name, trouble in TROUBLES.items())


@pytest.mark.parametrize("error", ["not_authorized", "feature_disabled", "missing_scope"])
async def test_a_refusal_is_remembered_for_a_day_by_every_replica(
    redis_url: str, error: str
) -> None:
    async with at_work(redis_url) as stage:
        stage.slack.faults.next(SIGN, error=error)
        await _answered_and_receipted(stage)
        assert signs(stage) == ["processing"]
        other = Stage("socket", stage.slack, stage.parallel, redis_url)
        await other.start_bot(LEASE_SECONDS="2")
        await stage.stop_bot()
        await _answered_and_receipted(stage)
        assert signs(stage) == ["processing"]

        async with Redis.from_url(redis_url) as client:
            (key,) = [key async for key in client.scan_iter("*:no-sessions")]
            assert DAY - 60 < await client.ttl(key) <= DAY
            await client.delete(key)  # the day has passed
        await _answered_and_receipted(stage)
        await stage.slack.until(lambda: signs(stage) == ["processing", "processing", "active"])
        await other.close()


async def _answered_and_receipted(stage: Stage) -> None:
    """Ask something new in #general; when it is answered, the sign has been dealt with, too."""
    asked, status, run = await begun(stage)
    run.progress(40.0)
    await stage.slack.until(lambda: "40%" in shown(status))
    run.finishes("Egypt.", basis=BASIS)
    await said(stage, asked, "Egypt.")
    await stage.slack.until(lambda: "white_check_mark" in shown(status))


# --- what a status says in the end ------------------------------------------------------

CHANGES = {name: TROUBLES[name] for name in ("503", "internal_error", "cut after it took effect")}
CHANGES |= {"429": {"ratelimited": 1}}


async def test_a_receipt_of_what_was_stopped_or_deleted_is_made_in_the_end(redis_url: str) -> None:
    async def play(trouble: dict[str, Any], seed: int) -> None:
        async with at_work(redis_url, seed) as stage:
            stopped, status, _ = await begun(stage)
            deleted, other_status, _ = await begun(stage, "and who else?")
            stage.slack.faults.next("chat.update", times=2, **trouble)
            await stage.ada.clicks(status, action_ids.STOP)
            await stage.ada.deletes(deleted)
            await said(stage, stopped, "Stopped waiting")
            await stage.slack.until(lambda: "stopped by" in shown(status))
            await stage.slack.until(lambda: "was deleted" in shown(other_status))
            assert len(stage.texts(stopped)) == 2
            assert len(stage.texts(deleted)) == 1

    await all_at_once((name, partial(play, trouble)) for name, trouble in CHANGES.items())


async def _deleted_before_its_run(stage: Stage) -> Message:
    """Have a question deleted that Parallel is too busy for; returns its status."""
    stage.parallel.faults.next("create", times=1_000, status=429, retry_after=60)
    asked = await stage.ada.says(stage.general, f"{stage.me} who owns it?")
    status = await said(stage, asked, "Parallel is busy")
    await stage.ada.deletes(asked)
    return status


async def test_the_status_of_a_deleted_question_goes_in_the_end(redis_url: str) -> None:
    async def play(trouble: dict[str, Any], seed: int) -> None:
        async with at_work(redis_url, seed) as stage:
            stage.slack.faults.next("chat.delete", times=2, **trouble)
            status = await _deleted_before_its_run(stage)
            await stage.slack.until(lambda: status.deleted)
            assert stage.parallel.runs == []

    await all_at_once((name, partial(play, trouble)) for name, trouble in CHANGES.items())


@pytest.mark.parametrize("error", ["cant_delete_message", "missing_scope"])
async def test_a_status_that_may_not_be_deleted_says_how_it_ended(stage: Stage, error: str) -> None:
    stage.slack.faults.next("chat.delete", times=100, error=error)
    status = await _deleted_before_its_run(stage)
    await stage.slack.until(lambda: "was withdrawn" in shown(status))
    assert "no run was started" in shown(status)


@pytest.mark.parametrize("signal", ["stop", "deletion"])
async def test_a_status_whose_post_was_lost_sight_of_is_found_in_the_end(
    redis_url: str, signal: str
) -> None:
    """The message is in Slack, but its bot died or got no response: it must not stay."""
    async with at_work(redis_url) as stage:
        stage.slack.faults.next("chat.postMessage", cut="after")
        asked = await stage.ada.says(stage.general, f"{stage.me} who owns it?")
        status = await stage.slack.thread(asked).next()
        if signal == "stop":
            await stage.ada.replies(asked, "stop")
            await stage.slack.until(lambda: "Researching" not in shown(status))
            assert "stopped by" in shown(status)
        else:
            await stage.ada.deletes(asked)
            await stage.slack.until(lambda: status.deleted or "the question was" in shown(status))


async def test_another_replica_makes_the_receipt_of_one_that_was_killed(
    redis_url: str, tmp_path: Path
) -> None:
    async with (
        staged("socket", redis_url, rate_limits=False, retry_delays=(0.2,) * 60) as stage,
        replicas(stage, tmp_path) as bots,
    ):
        first = await bots.start(LEASE_SECONDS="2")
        asked, _ = await asked_process(stage, "who owns the Suez Canal?")
        gate = Gate()
        stage.slack.faults.next("chat.update", gate=gate)
        (status,) = stage.slack.thread(asked).said
        await stage.ada.clicks(status, action_ids.STOP)
        await said(stage, asked, "Stopped waiting")
        await asyncio.wait_for(gate.reached.wait(), 60)
        await bots.start(LEASE_SECONDS="2")  # only now: else it may be the one that is held up
        first.kill()
        await first.wait()
        await stage.slack.until(lambda: "stopped by" in shown(status))
        gate.set()
        assert len(stage.texts(asked)) == 2


# --- pings, and evidence ----------------------------------------------------------------


async def test_a_ping_request_is_honoured_or_declined_as_too_late(stage: Stage) -> None:
    asked, status, run = await begun(stage)
    gate = Gate()
    stage.slack.faults.next("chat.postMessage", gate=gate)
    run.finishes("Egypt.", basis=BASIS)
    await asyncio.wait_for(gate.reached.wait(), 60)  # the answer is on its way
    await stage.bob.clicks(status, action_ids.PING)
    assert saw_ephemeral(stage, "already finished", person=stage.bob)
    gate.set()
    answer = await said(stage, asked, "Egypt.")
    assert stage.bob.id not in shown(answer) + answer.text


async def test_evidence_that_parallel_does_not_send_is_said_to_be_missing(
    redis_url: str,
) -> None:
    async def play(trouble: dict[str, Any], seed: int) -> None:
        async with at_work(redis_url, seed) as stage:
            _, answer, _ = await answered(stage)
            stage.parallel.faults.next("result", times=100, **trouble)
            outcome = await stage.bob.clicks(answer, action_ids.EVIDENCE)
            assert outcome.error is None
            (view,) = stage.bob.views()
            assert "Parallel" in words_of(view)
            assert "https://example.org/suez" not in words_of(view)
            stage.parallel.faults.clear()
            await stage.bob.closes(view)
            await stage.bob.clicks(answer, action_ids.EVIDENCE)
            (view,) = stage.bob.views()
            assert "https://example.org/suez" in words_of(view)

    troubles: dict[str, dict[str, Any]] = {
        "503": {"status": 503},
        "429": {"status": 429, "retry_after": 60},
        "cut": {"cut": "before"},
        "slow": {"delay": 20.0},
    }
    await all_at_once((name, partial(play, trouble)) for name, trouble in troubles.items())
