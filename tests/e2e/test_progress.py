"""Progress in the status: what people see while a run goes on, and that it never does harm."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator
from http import HTTPStatus
from itertools import pairwise
from typing import Any

import pytest

from bot.engine.context import UpdateTiming
from bot.playground.slack import Call
from bot.playground.task_api import LocalRun
from bot.store.rate_limiter import SLACK, RateLimits
from tests.e2e.dialogue import BASIS, Clock, Gate, begun, shown
from tests.e2e.stage import QUICK, Stage, staged


@pytest.fixture
def stage(one: Stage) -> Stage:
    """One transport: how the question arrived makes no difference here."""
    return one


def updates(stage: Stage) -> list[Call]:
    return [call for call in stage.slack.calls if call.method == "chat.update"]


def was_refused(call: Call) -> bool:
    return call.status == HTTPStatus.TOO_MANY_REQUESTS


def percentages(stage: Stage) -> list[int]:
    """Return the percentages that the status showed, one after the other."""
    found = (re.search(r"(\d+)%", str(call.arguments["text"])) for call in updates(stage))
    return [int(match[1]) for match in found if match]


async def test_the_status_shows_the_progress_of_the_run(stage: Stage) -> None:
    asked, status, run = await begun(stage)
    run.says("Planning", kind="plan")
    await stage.slack.until(lambda: "Now: Planning" in shown(status))
    assert "%" not in shown(status)
    assert "Sources" not in shown(status)

    run.progress(40.0, 120, 34)
    run.says("Asking **who** owns <!channel> <@U123>")
    await stage.slack.until(lambda: "who owns" in shown(status))
    headline, elapsed, bar, counted, latest = shown(status).split("\n")
    assert headline == ":mag: Researching with *Standard (core-fast)* · $0.025"
    assert "s so far (usually 15 s–2 min) · updated <!date^" in elapsed
    assert bar == "▓▓▓▓░░░░░░ 40%"
    assert counted == "Sources: 120 considered, 34 read"
    assert latest == "Now: Asking who owns &lt;!channel&gt; &lt;@U123&gt;"
    assert status.text == shown(status)
    assert status.pings == set()

    run.progress(10.0, 130)
    await stage.slack.until(lambda: "130 considered, 34 read" in shown(status))
    assert "40%" in shown(status)

    run.finishes("Egypt.", basis=BASIS)
    await stage.slack.until(lambda: "white_check_mark" in shown(status))
    assert "Now:" not in shown(status)
    assert len(stage.texts(asked)) == 2


async def test_a_run_without_progress_shows_its_time(stage: Stage) -> None:
    await stage.stop_bot()
    await stage.start_bot(
        timing=UpdateTiming(min_interval=0.05, max_interval=0.1, debounce=0.01, edit_lag=0.1)
    )
    _, status, run = await begun(stage)
    await stage.slack.until(lambda: "s so far (usually 15 s–2 min) · updated" in shown(status))
    assert len(shown(status).split("\n")) == 2
    run.finishes("Egypt.", basis=BASIS)
    await stage.slack.until(lambda: "white_check_mark" in shown(status))


async def test_the_status_of_a_two_hour_run_stays_accurate(stage: Stage) -> None:
    await stage.stop_bot()
    clock = Clock()
    await stage.start_bot(
        clock,
        timing=UpdateTiming(min_interval=0.02, max_interval=0.05, debounce=0.01, edit_lag=0.1),
    )
    _, status, run = await begun(stage, "!ultra8x who owns it?")
    for minutes, expected in (
        (4, "4 min so far (usually 5 min–2 h)"),
        (70, "1 h 10 min so far (usually 5 min–2 h)"),
        (125, "2 h 5 min so far, longer than usual (5 min–2 h)"),
    ):
        clock.ahead = minutes * 60.0
        await stage.slack.until(lambda expected=expected: expected in shown(status))  # type: ignore[misc]
        as_of = re.search(r"<!date\^(\d+)\^", shown(status))
        assert as_of
        assert abs(int(as_of[1]) - clock()) < 5
    run.finishes("Egypt.", basis=BASIS)
    await stage.slack.until(lambda: "white_check_mark" in shown(status))
    assert "2 h 5 min" in shown(status)


async def test_a_burst_of_progress_is_one_edit(stage: Stage) -> None:
    """A reopened stream sends all events from the start: its first is not the latest."""
    await stage.stop_bot()
    await stage.start_bot(
        timing=UpdateTiming(min_interval=0.01, max_interval=30.0, debounce=0.5, edit_lag=0.1)
    )
    _, status, run = await begun(stage)
    for step in ("one", "two", "three"):
        run.says(f"Step {step}")
        await asyncio.sleep(0.05)
    await stage.slack.until(lambda: updates(stage))
    assert "Step three" in shown(status)
    run.finishes("Egypt.", basis=BASIS)
    await stage.slack.until(lambda: "white_check_mark" in shown(status))
    assert len(updates(stage)) == 2


async def test_progress_continues_after_a_restart_and_never_goes_back(stage: Stage) -> None:
    _, status, run = await begun(stage)
    for percent in (5.0, 20.0, 40.0):
        run.says(f"Step {percent:.0f}")
        run.progress(percent, int(percent))
    await stage.slack.until(lambda: "40%" in shown(status))
    await stage.stop_bot()
    run.progress(60.0, 60)
    run.says("Step 60")
    await stage.start_bot()
    await stage.slack.until(lambda: "60%" in shown(status) and "Step 60" in shown(status))
    seen = percentages(stage)
    assert all(earlier <= later for earlier, later in pairwise(seen)), seen
    run.finishes("Egypt.", basis=BASIS)
    await stage.slack.until(lambda: "white_check_mark" in shown(status))


async def test_the_receipt_comes_after_an_edit_under_way(stage: Stage) -> None:
    """Slack holds an edit up while the run ends: the answer does not wait, the receipt does."""
    asked, status, run = await begun(stage)
    gate = Gate()
    stage.slack.faults.next("chat.update", gate=gate)
    run.progress(40.0)
    await asyncio.wait_for(gate.reached.wait(), 60)
    run.finishes("Egypt.", basis=BASIS)
    thread = stage.slack.thread(asked)
    await thread.next()
    assert "Egypt." in shown(await thread.next())
    with pytest.raises(TimeoutError):
        await stage.slack.until(lambda: updates(stage), timeout=0.3)
    gate.set()
    await stage.slack.until(lambda: len(updates(stage)) == 2)
    assert "white_check_mark" in shown(status)
    assert "40%" in str(updates(stage)[0].arguments["text"])


async def test_the_receipt_gives_a_lost_edit_time_to_be_carried_out(stage: Stage) -> None:
    await stage.stop_bot()
    await stage.start_bot(
        timing=UpdateTiming(min_interval=0.05, max_interval=30.0, debounce=0.01, edit_lag=0.6)
    )
    asked, status, run = await begun(stage)
    gate = Gate()
    stage.slack.faults.next("chat.update", gate=gate, cut="before")
    run.progress(40.0)
    await asyncio.wait_for(gate.reached.wait(), 60)
    lost = time.monotonic()
    gate.set()
    run.finishes("Egypt.", basis=BASIS)
    thread = stage.slack.thread(asked)
    await thread.next()
    assert "Egypt." in shown(await thread.next())
    assert "white_check_mark" not in shown(status)
    await stage.slack.until(lambda: "white_check_mark" in shown(status))
    assert time.monotonic() - lost > 0.5


async def test_shutdown_leaves_no_edit_in_progress(stage: Stage) -> None:
    """Else it might be carried out after what the next owner writes."""
    _, status, run = await begun(stage)
    gate = Gate()
    stage.slack.faults.next("chat.update", gate=gate)
    run.progress(40.0)
    await asyncio.wait_for(gate.reached.wait(), 60)
    stopping = asyncio.create_task(stage.stop_bot())
    done, _ = await asyncio.wait([stopping], timeout=1.5)  # it stops within one second else
    assert not done
    gate.set()
    await stopping
    assert "40%" in shown(status)
    run.finishes("Egypt.", basis=BASIS)
    await stage.start_bot()
    await stage.slack.until(lambda: "white_check_mark" in shown(status))
    assert "white_check_mark" in str(updates(stage)[-1].arguments["text"])


@pytest.mark.parametrize(
    "trouble",
    [
        {"ratelimited": 1},
        {"error": "cant_update_message"},
        {"error": "invalid_blocks"},
        {"status": 503},
        {"cut": "before"},
        {"cut": "after"},
    ],
    ids=str,
)
async def test_edits_that_fail_hold_up_nothing(stage: Stage, trouble: dict[str, Any]) -> None:
    asked, status, run = await begun(stage)
    gate = Gate()
    gate.set()
    stage.slack.faults.next("chat.update", times=1_000, gate=gate, **trouble)
    run.progress(40.0)
    await asyncio.wait_for(gate.reached.wait(), 60)
    run.finishes("Egypt.", basis=BASIS)
    thread = stage.slack.thread(asked)
    await thread.next()
    assert "Egypt." in shown(await thread.next())
    stage.slack.faults.clear()
    await stage.ada.replies(asked, "since when?")
    await thread.next()
    (await stage.parallel.next_run()).finishes("1956.")
    assert "1956" in shown(await thread.next())
    if "error" not in trouble:
        assert "white_check_mark" in shown(status)
    assert len(stage.texts(asked)) == 4


async def test_a_receipt_that_was_not_made_yet_is_made_by_the_next_bot(stage: Stage) -> None:
    asked, status, run = await begun(stage)
    stage.slack.faults.next("chat.update", times=1_000, status=503)
    run.finishes("Egypt.", basis=BASIS)
    await stage.slack.until(lambda: updates(stage))
    await stage.stop_bot()
    stage.slack.faults.clear()
    assert "Researching" in shown(status)
    await stage.start_bot()
    await stage.slack.until(lambda: "white_check_mark" in shown(status))
    assert len(stage.texts(asked)) == 2


async def test_status_edits_pause_after_a_rate_limit(stage: Stage) -> None:
    asked, status, run = await begun(stage)
    other, other_status, other_run = await begun(stage, "and the other?")
    stage.slack.faults.next("chat.update", ratelimited=2)
    run.progress(40.0)
    refused = await stage.slack.until(lambda: next(filter(was_refused, updates(stage)), None))
    other_run.progress(50.0)
    await stage.slack.until(lambda: "50%" in shown(other_status))
    in_flight = refused.at + 0.2  # an edit of the other status may have been on its way
    after = next(call for call in updates(stage) if call.at > in_flight)
    assert after.at - refused.at > 1.9
    run.finishes("Egypt.", basis=BASIS)
    other_run.finishes("Panama.", basis=BASIS)
    for message in (status, other_status):
        await stage.slack.until(lambda message=message: "white_check_mark" in shown(message))  # type: ignore[misc]
    assert asked.ts != other.ts


@pytest.fixture
async def strict(redis_url: str) -> AsyncIterator[Stage]:
    """A Slack that enforces its limits; no bot yet."""
    async with staged("socket", redis_url) as stage:
        yield stage


async def test_many_runs_share_what_slack_allows(strict: Stage) -> None:
    stage = strict
    await stage.start_bot(timing=QUICK, limits=SLACK)
    channels = [stage.slack.channel(f"c{n}", members=[stage.ada]) for n in range(15)]
    asked = [await stage.ada.says(channel, f"{stage.me} who?") for channel in channels]
    runs = [await stage.parallel.next_run() for _ in asked]
    spoken = 0
    while len(updates(stage)) < SLACK.optional_edits:
        spoken += 1
        assert spoken < 200
        for run in runs:
            run.progress(spoken / 2, spoken)
        await asyncio.sleep(0.05)
    for run in runs:
        run.finishes("Egypt.", basis=BASIS)
    for question in asked:
        thread = stage.slack.thread(question)
        await thread.until(lambda thread: "white_check_mark" in shown(thread.said[0]))
    assert len(updates(stage)) == SLACK.optional_edits + len(runs)
    assert [call for call in stage.slack.calls if call.status == 429] == []


async def test_thirty_questions_in_one_channel_are_all_answered(redis_url: str) -> None:
    """Slack's clock runs fifty times as fast as ours, so the limits are as strict as ever."""
    since = time.time()
    fast = 50.0
    limits = RateLimits(posts_window=0.25, edits_window=2.5)

    def clock() -> float:
        return since + (time.time() - since) * fast

    async def research(run: LocalRun) -> None:
        run.finishes("Egypt.")

    async with staged("socket", redis_url, clock=clock) as stage:
        stage.parallel.automatic = research
        await stage.start_bot(limits=limits)
        asked = [await stage.ada.says(stage.general, f"{stage.me} who?") for _ in range(30)]
        for question in asked:
            await stage.slack.thread(question).until(lambda t: len(t.said) == 2)
        posts = [call for call in stage.slack.calls if call.method == "chat.postMessage"]
        refused = [call for call in posts if call.status == 429]
        assert len(posts) - len(refused) == 60
        # More than fifty, were they not shared out. At this speed a twentieth of a second that a
        # busy machine loses is more than two of Slack's.
        assert len(refused) <= 40
