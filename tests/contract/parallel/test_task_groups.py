"""Task groups: a run created in one is found again by the turn that its metadata names."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.domain.research import RunRequest
from bot.domain.thread import GroupId, InteractionId, TurnId
from bot.errors import AnswerLost, Cause, Refused, Unavailable
from bot.parallel.client import TaskApi
from bot.playground.task_api import LocalTaskApi

KEY = "local-key"
TURN = TurnId("T:C:1.0")


def asked(turn: str = TURN, previous: InteractionId | None = None) -> RunRequest:
    """Return a request for this turn."""
    return RunRequest("who?", "lite", previous, {"turn": turn, "thread": "T:C:1.0"})


@pytest.fixture
async def parallel() -> AsyncIterator[LocalTaskApi]:
    async with LocalTaskApi(keys={KEY}) as local:
        yield local


@pytest.fixture
async def api(parallel: LocalTaskApi) -> AsyncIterator[TaskApi]:
    async with TaskApi(parallel.url, KEY) as client:
        yield client


async def test_a_run_whose_answer_was_lost_is_found(parallel: LocalTaskApi, api: TaskApi) -> None:
    group = await api.create_group({"thread": "T:C:1.0"})
    await api.add_run(group, asked("T:C:0.5"))
    parallel.faults.next("add_runs", cut="after")
    with pytest.raises(AnswerLost):
        await api.add_run(group, asked())
    found = await api.find_run(group, TURN)
    assert found
    assert found.id == parallel.runs[1].run_id
    assert found.interaction == parallel.runs[1].interaction_id


async def test_a_run_that_was_never_started_is_not_found(
    parallel: LocalTaskApi, api: TaskApi
) -> None:
    group = await api.create_group({})
    assert await api.find_run(group, TURN) is None
    await api.add_run(group, asked("T:C:0.5"))
    parallel.faults.next("add_runs", cut="before")
    with pytest.raises(AnswerLost):
        await api.add_run(group, asked())
    assert await api.find_run(group, TURN) is None


async def test_a_run_in_a_group_continues_an_interaction(
    parallel: LocalTaskApi, api: TaskApi
) -> None:
    group = await api.create_group({})
    first = await api.add_run(group, asked())
    parallel.runs[0].finishes("She.")
    created = await api.retrieve(first)
    second = await api.add_run(group, asked("T:C:2.0", created.interaction))
    assert parallel.runs[1].run_id == second
    assert parallel.runs[1].previous is parallel.runs[0]


async def test_a_list_that_breaks_off_is_not_taken_for_the_whole(
    parallel: LocalTaskApi, api: TaskApi
) -> None:
    group = await api.create_group({})
    await api.add_run(group, asked("T:C:0.5"))
    await api.add_run(group, asked())
    parallel.faults.next("group_runs", cut="after")
    with pytest.raises(Unavailable):
        await api.find_run(group, TURN)
    parallel.faults.next("group_runs", body=b"")
    with pytest.raises(Unavailable, match="only 0 of 2 runs"):
        await api.find_run(group, TURN)


async def test_refusals_are_sorted_like_those_of_plain_runs(
    parallel: LocalTaskApi, api: TaskApi
) -> None:
    with pytest.raises(Refused) as unknown:
        await api.find_run(GroupId("tgrp_unknown"), TURN)
    assert unknown.value.cause is Cause.UNKNOWN_RUN
    parallel.faults.next("create_group", status=500, body=b"<html>")
    with pytest.raises(Unavailable):
        await api.create_group({})
    parallel.faults.next("create_group", status=422)
    with pytest.raises(Refused):
        await api.create_group({})
    group = await api.create_group({})
    # What can be looked for is looked for, whatever the API says of its own errors.
    parallel.faults.next("add_runs", status=500)
    with pytest.raises(AnswerLost):
        await api.add_run(group, asked())
    parallel.faults.next("add_runs", retry_after=9)
    with pytest.raises(Unavailable) as busy:
        await api.add_run(group, asked())
    assert busy.value.retry_after == 9
    parallel.refuse_chaining(404, "Interaction not found")
    with pytest.raises(Refused) as chain:
        await api.add_run(group, asked(previous=InteractionId("interaction_x")))
    assert chain.value.cause is Cause.CHAIN
