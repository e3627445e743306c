"""With TASK_GROUPS=on a doubt about a paid run settles itself: nobody is asked, nothing doubled."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from bot.engine.run_creation import UNCERTAIN_FOR
from tests.e2e.dialogue import shown
from tests.e2e.stage import Stage, staged


@pytest.fixture
async def grouped(redis_url: str) -> AsyncIterator[Stage]:
    """A bot that creates its runs in task groups."""
    async with staged("socket", redis_url, rate_limits=False) as stage:
        await stage.start_bot(TASK_GROUPS="on")
        yield stage


async def test_the_runs_of_a_thread_are_in_one_group_and_chained(grouped: Stage) -> None:
    asked = await grouped.ada.says(grouped.general, f"{grouped.me} who owns the Suez Canal?")
    thread = grouped.slack.thread(asked)
    await thread.next()
    first = await grouped.parallel.next_run()
    first.finishes("Egypt.")
    assert "Egypt." in shown(await thread.next())
    await grouped.ada.replies(asked, "since when?")
    second = await grouped.parallel.next_run()
    assert second.previous_interaction_id == first.interaction_id
    second.fails("The web was closed.")
    await thread.until(lambda t: any("closed" in shown(m) for m in t.said))
    await grouped.ada.replies(asked, "since which day?")
    third = await grouped.parallel.next_run()
    assert third.previous_interaction_id == first.interaction_id
    assert len(grouped.parallel.groups) == 1
    assert grouped.parallel.groups[0].runs == [first, second, third]
    third.finishes("26 July 1956.")
    await thread.until(lambda t: any("26 July" in shown(m) for m in t.said))


async def test_a_run_whose_answer_was_lost_is_adopted(grouped: Stage) -> None:
    grouped.parallel.faults.next("add_runs", cut="after")
    asked = await grouped.ada.says(grouped.general, f"{grouped.me} who owns the Suez Canal?")
    thread = grouped.slack.thread(asked)
    await thread.next()
    run = await grouped.parallel.next_run()
    run.finishes("Egypt.")
    assert "Egypt." in shown(await thread.next())
    assert grouped.parallel.runs == [run]
    assert not any("can't tell" in text for text in grouped.texts(asked))


async def test_a_run_that_is_not_there_is_started_once_that_is_sure(grouped: Stage) -> None:
    grouped.parallel.faults.next("add_runs", cut="before")
    asked = await grouped.ada.says(grouped.general, f"{grouped.me} who owns the Suez Canal?")
    thread = grouped.slack.thread(asked)
    await thread.next()
    await _listed(grouped)
    await grouped.stop_bot()
    assert grouped.parallel.runs == []  # what was sent may still have been on its way
    await grouped.start_bot(lambda: time.time() + 120, TASK_GROUPS="on")
    run = await grouped.parallel.next_run()
    run.finishes("Egypt.")
    assert "Egypt." in shown(await thread.next())
    assert grouped.parallel.runs == [run]
    assert len(grouped.texts(asked)) == 2


async def test_a_bot_that_ended_in_doubt_is_followed_by_one_that_looks(grouped: Stage) -> None:
    grouped.parallel.faults.next("add_runs", cut="after")
    grouped.parallel.faults.next("group", status=503, times=1_000)
    asked = await grouped.ada.says(grouped.general, f"{grouped.me} who owns the Suez Canal?")
    thread = grouped.slack.thread(asked)
    await thread.next()
    run = await grouped.parallel.next_run()
    await grouped.stop_bot()
    grouped.parallel.faults.clear()
    run.finishes("Egypt.")
    await grouped.start_bot(TASK_GROUPS="on")
    assert "Egypt." in shown(await thread.next())
    assert grouped.parallel.runs == [run]


@pytest.mark.parametrize("refused", ["create_group", "add_runs"])
async def test_a_run_is_created_without_a_group_if_groups_are_refused(
    grouped: Stage, refused: str
) -> None:
    grouped.parallel.faults.next(refused, status=422)  # type: ignore[arg-type]
    asked = await grouped.ada.says(grouped.general, f"{grouped.me} who owns the Suez Canal?")
    thread = grouped.slack.thread(asked)
    await thread.next()
    run = await grouped.parallel.next_run()
    assert run.taskgroup_id is None
    run.finishes("Egypt.")
    assert "Egypt." in shown(await thread.next())
    assert grouped.parallel.runs == [run]


async def test_a_group_that_cannot_be_listed_leaves_the_decision_to_a_person(
    grouped: Stage,
) -> None:
    grouped.parallel.faults.next("add_runs", cut="after")
    grouped.parallel.faults.next("group", status=404, times=1_000)
    asked = await grouped.ada.says(grouped.general, f"{grouped.me} who owns the Suez Canal?")
    thread = grouped.slack.thread(asked)
    await thread.next()
    async with asyncio.timeout(60):
        while not any(request.kind == "group" for request in grouped.parallel.requests):
            await asyncio.sleep(0.01)
    await grouped.stop_bot()
    assert len(thread.said) == 1
    await grouped.start_bot(lambda: time.time() + UNCERTAIN_FOR + 60, TASK_GROUPS="on")
    assert "can't tell" in shown(await thread.next())
    assert len(grouped.parallel.runs) == 1


async def _listed(stage: Stage) -> None:
    """Wait until the bot has listed a group's runs, and found none."""
    async with asyncio.timeout(60):
        while not any(r.kind == "group_runs" and r.status for r in stage.parallel.requests):
            await asyncio.sleep(0.01)
