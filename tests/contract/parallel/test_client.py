"""Parallel's client in conversation with the local Task API."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from bot.domain.research import Answer, Citation, FieldBasis, Progress, RunRequest, RunStatus
from bot.domain.thread import RunId
from bot.errors import AnswerLost, Cause, Refused, Unavailable
from bot.parallel.client import TaskApi
from bot.playground.task_api import LocalTaskApi
from tests.contract.parallel.parallel_helpers import (
    KEY,
    QUESTION,
    error_of,
)

ASKED = RunRequest(QUESTION, "core-fast", None, {"turn": "T1:C1:1.2"})
BASIS = [
    {
        "field": "output",
        "reasoning": "The operator says so.",
        "confidence": "high",
        "citations": [{"url": "https://sca.example/", "title": "SCA", "excerpts": ["Egypt"]}],
    }
]


@pytest.fixture
async def local() -> AsyncIterator[LocalTaskApi]:
    async with LocalTaskApi(keys=(KEY,)) as local:
        yield local


@pytest.fixture
async def api(local: LocalTaskApi) -> AsyncIterator[TaskApi]:
    async with TaskApi(local.url, KEY) as api:
        yield api


def _asked(local: LocalTaskApi, kind: str) -> int:
    return sum(request.kind == kind for request in local.requests)


async def _all(api: TaskApi, run: RunId) -> list[Progress]:
    async with api.events(run) as stream:
        return [progress async for progress in stream]


async def test_a_question_its_run_and_its_cited_answer(local: LocalTaskApi, api: TaskApi) -> None:
    run = await api.create(ASKED)
    theirs = await local.next_run()
    assert (run.id, run.interaction) == (theirs.run_id, theirs.interaction_id)
    assert (theirs.input, theirs.processor) == (QUESTION, "core-fast")
    assert theirs.metadata == {"turn": "T1:C1:1.2"}
    assert (await api.retrieve(run.id)).status is RunStatus.QUEUED
    theirs.begins()
    assert (await api.retrieve(run.id)).status is RunStatus.RUNNING
    assert await api.result(run.id, 1) is None

    waiting = asyncio.create_task(api.result(run.id, 30))
    theirs.finishes("**Egypt.**", basis=BASIS)
    citation = Citation("https://sca.example/", "SCA", ("Egypt",))
    basis = FieldBasis("output", "The operator says so.", (citation,), "high")
    assert await waiting == Answer("**Egypt.**", (basis,))
    assert (await api.retrieve(run.id)).status is RunStatus.COMPLETED


async def test_the_warnings_of_a_run_come_with_its_answer(
    local: LocalTaskApi, api: TaskApi
) -> None:
    run = await api.create(ASKED)
    theirs = await local.next_run()
    theirs.warns("The input names\nno year.", "input_validation_warning")
    theirs.finishes("Egypt.")
    assert await api.result(run.id, 1) == Answer("Egypt.", (), ("The input names no year.",))


async def test_counts_may_be_whole_floats(local: LocalTaskApi, api: TaskApi) -> None:
    run = await api.create(ASKED)
    theirs = await local.next_run()
    theirs.progress(40, considered=20.0, read=5.0)
    theirs.finishes("Egypt.")
    assert Progress(percent=40.0, considered=20, read=5) in await _all(api, run.id)


async def test_a_follow_up_inherits_what_was_said(local: LocalTaskApi, api: TaskApi) -> None:
    first = await api.create(ASKED)
    (await local.next_run()).finishes("Egypt.")
    await api.create(RunRequest("Since when?", "lite", first.interaction, {}))
    assert [run.input for run in (await local.next_run()).context] == [QUESTION]


async def test_a_follow_up_on_an_unknown_interaction_is_refused(
    local: LocalTaskApi, api: TaskApi
) -> None:
    first = await api.create(ASKED)
    (await local.next_run()).finishes("Egypt.")
    for made_so, status in (
        (local.forget_interactions, 422),
        (lambda: local.refuse_chaining(403, "Interactions need data retention"), 403),
        (lambda: local.refuse_chaining(409, "Conflict"), 409),
    ):
        made_so()
        error = await error_of(api.create(RunRequest("Since?", "lite", first.interaction, {})))
        assert isinstance(error, Refused)
        assert error.cause is Cause.CHAIN
        assert local.requests[-1].status == status
    assert len(local.runs) == 1


async def test_refusals_of_a_create_call_start_nothing(local: LocalTaskApi, api: TaskApi) -> None:
    async with TaskApi(local.url, "another-key") as stranger:
        assert _cause(await error_of(stranger.create(ASKED))) is Cause.KEY
    unknown = RunRequest(QUESTION, "psychic", None, {})
    assert _cause(await error_of(api.create(unknown))) is Cause.PROCESSOR
    long = RunRequest("why? " * 10_000, "core", None, {})
    assert _cause(await error_of(api.create(long))) is Cause.INPUT
    local.credit = Decimal("0.001")
    assert _cause(await error_of(api.create(ASKED))) is Cause.CREDIT
    assert local.runs == []


def _cause(error: Exception) -> Cause | None:
    return error.cause if isinstance(error, Refused) else None


@pytest.mark.parametrize(
    ("fault", "meaning", "started"),
    [
        ({"status": 429, "retry_after": 3}, Unavailable, 0),
        ({"status": 503}, Unavailable, 0),
        ({"cut": "before"}, AnswerLost, 0),
        ({"cut": "after"}, AnswerLost, 1),
        ({"body": b'{"run_id": '}, AnswerLost, 1),
    ],
)
async def test_a_create_call_that_goes_wrong_is_one_create_call(
    local: LocalTaskApi,
    api: TaskApi,
    fault: dict[str, Any],
    meaning: type[Exception],
    started: int,
) -> None:
    local.faults.next("create", **fault)
    assert isinstance(await error_of(api.create(ASKED)), meaning)
    assert (_asked(local, "create"), len(local.runs)) == (1, started)
    await api.create(ASKED)  # the client is none the worse for it
    assert (_asked(local, "create"), len(local.runs)) == (2, started + 1)


async def test_a_run_that_failed_says_so_to_who_looks(local: LocalTaskApi, api: TaskApi) -> None:
    run = await api.create(ASKED)
    (await local.next_run()).fails("No sources found")
    assert _cause(await error_of(api.result(run.id, 1))) is Cause.UNKNOWN_RUN
    looked = await api.retrieve(run.id)
    assert looked.status is RunStatus.FAILED
    assert looked.error == "No sources found"
    assert looked.ref_id


async def test_a_stream_starts_over_for_who_comes_again(local: LocalTaskApi, api: TaskApi) -> None:
    run = await api.create(ASKED)
    theirs = await local.next_run()
    theirs.says("Planning", kind="plan")
    theirs.progress(40, considered=20, read=5)
    expected = [
        Progress(status=RunStatus.RUNNING),
        Progress(message="Planning"),
        Progress(percent=40.0, considered=20, read=5),
    ]
    async with api.events(run.id) as stream:
        assert [await anext(stream) for _ in expected] == expected
        local.drop_connections("events")
        assert isinstance(await error_of(anext(stream)), Unavailable)
    async with api.events(run.id) as stream:
        assert [await anext(stream) for _ in expected] == expected
        theirs.says("From the future", kind="telepathy")
        theirs.finishes("Egypt.")
        assert [progress async for progress in stream] == [
            Progress(message="From the future"),
            Progress(status=RunStatus.COMPLETED),
        ]


async def test_an_unknown_run_is_refused(api: TaskApi) -> None:
    run = RunId("trun_00000000000000000000000000000000")
    for call in (api.retrieve(run), api.result(run, 1), _all(api, run)):
        assert _cause(await error_of(call)) is Cause.UNKNOWN_RUN
