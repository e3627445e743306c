"""Several bots on one Redis: the dead are followed, the frozen do no harm when they wake up."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.playground.task_api import LocalRun
from tests.chaos.faults import promised
from tests.chaos.replicas import Replicas, answers, asked, held, replicas
from tests.chaos.valkey import valkey
from tests.e2e.dialogue import Gate
from tests.e2e.stage import Stage, staged

FULL = os.environ.get("CHAOS") == "full"
MANY, QUESTIONS = (10, 60) if FULL else (3, 12)
TAKEOVER = promised(8.0)  # seconds, with the default settings


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """A stage without a bot on it, and a Redis of its own."""
    async with (
        valkey() as server,
        staged("socket", server.url, rate_limits=False, retry_delays=(0.2,) * 60) as empty,
    ):
        yield empty


@pytest.fixture
async def bots(stage: Stage, tmp_path: Path) -> AsyncIterator[Replicas]:
    """Its processes."""
    async with replicas(stage, tmp_path) as those:
        yield those


async def test_a_killed_replica_is_followed_within_eight_seconds(
    stage: Stage, bots: Replicas
) -> None:
    first = await bots.start()
    message, run = await asked(stage, "who owns the Suez Canal?")
    await bots.start()
    first.kill()
    await held(stage, run, 2, TAKEOVER)
    run.finishes("Egypt.")
    await stage.slack.thread(message).until(lambda _: answers(stage, message, "Egypt."))
    assert len(stage.texts(message)) == 2
    assert stage.parallel.runs == [run]


async def test_a_replica_that_is_stopped_hands_over_at_once(stage: Stage, bots: Replicas) -> None:
    first = await bots.start()
    message, run = await asked(stage, "who owns the Suez Canal?")
    await bots.start()
    first.terminate()
    await held(stage, run, 2, promised(2.0))
    assert await asyncio.wait_for(first.wait(), 60) == 0
    run.finishes("Egypt.")
    await stage.slack.thread(message).until(lambda _: answers(stage, message, "Egypt."))
    assert len(stage.texts(message)) == 2
    assert stage.parallel.runs == [run]


async def test_a_frozen_replica_does_nothing_stale_when_it_wakes_up(
    stage: Stage, bots: Replicas
) -> None:
    frozen = await bots.start(LEASE_SECONDS="2")
    message, run = await asked(stage, "who owns the Suez Canal?")
    other = await bots.start(LEASE_SECONDS="2")
    frozen.send_signal(signal.SIGSTOP)
    run.finishes("Egypt.")  # both will know of it: one now, one when it wakes up
    thread = stage.slack.thread(message)
    await thread.until(lambda _: answers(stage, message, "Egypt."), timeout=TAKEOVER)
    frozen.send_signal(signal.SIGCONT)

    # It is a good member again: alone, it answers the follow-up, of the same chain.
    other.kill()
    await other.wait()
    await stage.ada.replies(message, "since when?")
    second = await _next(stage, "since when?")
    assert second.previous_interaction_id == run.interaction_id
    second.finishes("1956.")
    await thread.until(lambda _: answers(stage, message, "1956."))
    assert answers(stage, message, "Egypt.") == 1
    assert len(stage.texts(message)) == 4
    assert stage.parallel.runs == [run, second]


async def test_a_frozen_replica_that_was_about_to_post_does_not(
    stage: Stage, bots: Replicas
) -> None:
    frozen = await bots.start(LEASE_SECONDS="2")
    message, run = await asked(stage, "who owns the Suez Canal?")
    stage.slack.faults.next("chat.postMessage", ratelimited=5)
    run.finishes("Egypt.")
    await stage.slack.until(lambda: any(call.status == 429 for call in stage.slack.calls))
    pause_ends = time.monotonic() + 5
    await asked(stage, "and the Panama Canal?", "elsewhere")  # by now it has read what Slack said
    other = await bots.start(LEASE_SECONDS="2")
    frozen.send_signal(signal.SIGSTOP)  # in the pause that Slack asked for
    thread = stage.slack.thread(message)
    await thread.until(lambda _: answers(stage, message, "0 sources"), timeout=TAKEOVER)
    while time.monotonic() < pause_ends:
        await asyncio.sleep(0.01)
    frozen.send_signal(signal.SIGCONT)

    other.kill()
    await other.wait()
    await stage.ada.replies(message, "since when?")
    (await _next(stage, "since when?")).finishes("1956.")
    await thread.until(lambda _: answers(stage, message, "1956."))
    assert answers(stage, message, "Egypt.") == 1
    assert len(stage.parallel.runs) == 3


async def test_a_frozen_replica_does_not_post_after_a_search_in_history(
    stage: Stage, bots: Replicas
) -> None:
    frozen = await bots.start(LEASE_SECONDS="2")
    message, run = await asked(stage, "who owns the Suez Canal?")
    gate = Gate()
    stage.slack.faults.next("chat.postMessage", cut="before")
    stage.slack.faults.next("conversations.replies")
    stage.slack.faults.next("conversations.replies", gate=gate)  # the second, and last, look
    run.finishes("Egypt.")
    async with asyncio.timeout(60):
        await gate.reached.wait()
    frozen.send_signal(signal.SIGSTOP)
    gate.set()  # what it will read is of now: there is no answer
    other = await bots.start(LEASE_SECONDS="2")
    thread = stage.slack.thread(message)
    await thread.until(lambda _: answers(stage, message, "0 sources"), timeout=TAKEOVER)
    frozen.send_signal(signal.SIGCONT)

    other.kill()
    await other.wait()
    await stage.ada.replies(message, "since when?")
    (await _next(stage, "since when?")).finishes("1956.")
    await thread.until(lambda _: answers(stage, message, "1956."))
    assert answers(stage, message, "Egypt.") == 1
    assert len(stage.parallel.runs) == 2


async def test_replicas_killed_at_random_answer_every_question_once(
    stage: Stage, bots: Replicas, tell: Callable[[str], None]
) -> None:
    seed = int(os.environ.get("CHAOS_SEED") or time.time())
    chance = random.Random(seed)
    tell(f"crowd of {MANY}: CHAOS_SEED={seed}")
    replicas = [await bots.start(LEASE_SECONDS="2") for _ in range(MANY)]
    channels = [
        stage.slack.channel(f"crowd-{n}", members=[stage.ada]) for n in range(QUESTIONS // 2)
    ]
    messages = []
    for number in range(QUESTIONS):
        words = f"{stage.me} question {number}?"
        messages.append(await stage.ada.says(chance.choice(channels), words))
        if number % (QUESTIONS // MANY) == 0:
            victim = replicas.pop(chance.randrange(len(replicas)))
            how = chance.choice((signal.SIGKILL, signal.SIGTERM))
            victim.send_signal(how)
            await victim.wait()
            replicas.append(await bots.start(LEASE_SECONDS="2"))
    for number, message in enumerate(messages):
        run = await _next(stage, f"question {number}?")
        if not run.status.is_over:
            run.finishes(f"answer {number}.")
        thread = stage.slack.thread(message)
        await thread.until(
            lambda _, n=number, m=message: answers(stage, m, f"answer {n}."),  # type: ignore[misc]
        )
    assert len(stage.parallel.runs) == QUESTIONS
    for message in messages:
        assert len(stage.texts(message)) == 2


async def _next(stage: Stage, words: str) -> LocalRun:
    """Wait for the run that was asked this."""
    async with asyncio.timeout(60):
        while not (found := [run for run in stage.parallel.runs if words in run.input]):
            await asyncio.sleep(0.01)
    return found[0]
