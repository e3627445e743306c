"""Parallel's official SDK against the local Task API, with its strict reading of answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal

import parallel
import pytest
from parallel import AsyncParallel
from parallel.types import TaskRunTextOutput
from parallel.types.task_run_event import TaskRunEvent
from parallel.types.task_run_progress_message_event import TaskRunProgressMessageEvent
from parallel.types.task_run_progress_stats_event import TaskRunProgressStatsEvent

from bot.playground.task_api import LocalTaskApi, SampleResearch

QUESTION = "Who owns the Suez Canal?"


@pytest.fixture
async def api() -> AsyncIterator[LocalTaskApi]:
    async with LocalTaskApi() as served:
        yield served


@pytest.fixture
async def client(api: LocalTaskApi) -> AsyncIterator[AsyncParallel]:
    async with sdk(api) as made:
        yield made


def sdk(api: LocalTaskApi, key: str = "local-key", tries: int = 1) -> AsyncParallel:
    """The official client."""
    return AsyncParallel(
        base_url=api.url, api_key=key, max_retries=tries - 1, _strict_response_validation=True
    )


async def test_the_sdk_creates_retrieves_and_reads_a_result(
    api: LocalTaskApi, client: AsyncParallel
) -> None:
    created = await client.task_run.create(
        input=QUESTION,
        processor="pro-fast",
        metadata={"turn": "T1"},
        enable_events=True,
        source_policy={"include_domains": ["example.org"]},
        advanced_settings={"location": "de"},
        task_spec={"output_schema": {"type": "text", "description": "one sentence"}},
    )
    assert created.status == "queued"
    assert created.interaction_id != created.run_id
    run = await api.next_run()
    assert (run.input, run.processor) == (QUESTION, "pro-fast")
    assert run.body["source_policy"] == {"include_domains": ["example.org"]}
    run.begins()
    assert (await client.task_run.retrieve(created.run_id)).status == "running"
    waiting = asyncio.create_task(client.task_run.result(created.run_id))
    basis = [{"field": "output", "reasoning": "", "citations": [{"url": "https://example.org"}]}]
    run.finishes("Egypt.", basis, confidence="high")
    result = await waiting
    assert isinstance(result.output, TaskRunTextOutput)
    assert result.output.content == "Egypt."
    assert result.output.basis[0].confidence == "high"
    assert result.run.metadata == {"turn": "T1"}
    assert (await client.task_run.retrieve_input(created.run_id)).input == QUESTION


async def test_a_chain_across_processors(api: LocalTaskApi, client: AsyncParallel) -> None:
    first = await client.task_run.create(input=QUESTION, processor="lite")
    (await api.next_run()).finishes("Egypt.")
    second = await client.task_run.create(
        input="Since when?", processor="ultra", previous_interaction_id=first.interaction_id
    )
    run = await api.next_run()
    assert run.interaction_id == second.interaction_id
    assert run.previous_interaction_id == first.interaction_id
    assert [(earlier.input, earlier.processor) for earlier in run.context] == [(QUESTION, "lite")]


async def test_the_documented_loop_over_408(api: LocalTaskApi, client: AsyncParallel) -> None:
    created = await client.task_run.create(input=QUESTION, processor="core")
    run = await api.next_run()
    answers = 0
    while answers < 3:
        with pytest.raises(parallel.APIStatusError) as met:
            await client.task_run.result(created.run_id, api_timeout=0)
        assert met.value.status_code == 408
        answers += 1
    run.finishes("Egypt.")
    result = await client.task_run.result(created.run_id, api_timeout=0)
    assert result.output.content == "Egypt."


async def test_execute_waits_by_itself(api: LocalTaskApi, client: AsyncParallel) -> None:
    executing = asyncio.create_task(client.task_run.execute(input=QUESTION, processor="core"))
    (await api.next_run()).finishes("Egypt.")
    assert (await executing).output.content == "Egypt."


async def test_the_sdk_reads_events(api: LocalTaskApi, client: AsyncParallel) -> None:
    created = await client.task_run.create(input=QUESTION, processor="pro")
    run = await api.next_run()
    stream = await client.task_run.events(created.run_id)
    events = aiter(stream)
    first = await anext(events)
    assert isinstance(first, TaskRunEvent)
    assert first.run.status == "queued"
    run.says("Planning", kind="plan")
    run.progress(12.5, considered=4, read=1, sample=["https://example.org"])
    run.finishes("Egypt.")
    rest = [event async for event in events]
    messages = [e.message for e in rest if isinstance(e, TaskRunProgressMessageEvent)]
    stats = [e.source_stats for e in rest if isinstance(e, TaskRunProgressStatsEvent)]
    assert messages == ["Planning"]
    assert [s.num_sources_considered for s in stats] == [4]
    last = rest[-1]
    assert isinstance(last, TaskRunEvent)
    assert last.run.status == "completed"
    assert last.output
    assert last.output.content == "Egypt."


async def test_the_sdk_uses_task_groups(api: LocalTaskApi, client: AsyncParallel) -> None:
    group = await client.task_group.create(metadata={"team": "T1"})
    added = await client.task_group.add_runs(
        group.task_group_id,
        inputs=[
            {"input": QUESTION, "processor": "lite", "metadata": {"turn": "one"}},
            {"input": "And Panama?", "processor": "core"},
        ],
    )
    listed = [
        event
        async for event in await client.task_group.get_runs(group.task_group_id, include_input=True)
        if isinstance(event, TaskRunEvent)
    ]
    assert [event.run.run_id for event in listed] == added.run_ids
    assert listed[0].input
    assert listed[0].input.metadata == {"turn": "one"}
    for run in api.runs:
        run.finishes("Somebody.")
    ended = [
        event.run.run_id
        async for event in await client.task_group.events(group.task_group_id)
        if isinstance(event, TaskRunEvent)
    ]
    assert ended == added.run_ids
    found = await client.task_group.retrieve(group.task_group_id)
    assert found.status.task_run_status_counts == {"completed": 2}
    one = await client.task_group.retrieve_run(ended[0], task_group_id=group.task_group_id)
    assert one.status == "completed"


async def test_a_report_with_its_warnings_and_counts_as_floats(
    api: LocalTaskApi, client: AsyncParallel
) -> None:
    api.automatic = SampleResearch(seconds=(0.0, 0.0))
    result = await client.task_run.execute(input="A report with a warning", processor="ultra")
    assert result.run.warnings
    assert result.run.warnings[0].message.startswith("Sample warning")
    run = await client.task_run.create(
        input=QUESTION, processor="pro", task_spec={"output_schema": {"type": "text"}}
    )
    events = [event async for event in await client.task_run.events(run.run_id)]
    stats = [e.source_stats for e in events if isinstance(e, TaskRunProgressStatsEvent)]
    assert [s.num_sources_considered for s in stats] == [0, 7, 14, 21, 28, 35]
    output = (await client.task_run.result(run.run_id)).output
    assert isinstance(output, TaskRunTextOutput)
    assert len(output.basis[0].citations or []) == 18


async def test_refusals_are_the_sdks_errors(api: LocalTaskApi, client: AsyncParallel) -> None:
    async with sdk(api, key="wrong") as stranger:
        with pytest.raises(parallel.AuthenticationError):
            await stranger.task_run.create(input=QUESTION, processor="core")
    with pytest.raises(parallel.PermissionDeniedError):
        await client.task_run.create(input=QUESTION, processor="profast")
    with pytest.raises(parallel.UnprocessableEntityError) as met:
        await client.task_run.create(
            input=QUESTION, processor="core", previous_interaction_id="of_nobody"
        )
    assert "previous_interaction_id" in str(met.value)
    with pytest.raises(parallel.NotFoundError):
        await client.task_run.retrieve("trun_of_nobody")
    api.credit = Decimal(0)
    with pytest.raises(parallel.APIStatusError) as broke:
        await client.task_run.create(input=QUESTION, processor="core")
    assert broke.value.status_code == 402
    api.faults.next("create", status=429, retry_after=1)
    with pytest.raises(parallel.RateLimitError):
        await client.task_run.create(input=QUESTION, processor="core")
    api.faults.next("create", status=500)
    with pytest.raises(parallel.InternalServerError):
        await client.task_run.create(input=QUESTION, processor="core")
    api.faults.next("create", cut="before")
    with pytest.raises(parallel.APIConnectionError):
        await client.task_run.create(input=QUESTION, processor="core")
    assert api.runs == []


async def test_a_failed_run_has_no_result(api: LocalTaskApi, client: AsyncParallel) -> None:
    created = await client.task_run.create(input=QUESTION, processor="core")
    (await api.next_run()).fails("The engine gave up.")
    with pytest.raises(parallel.NotFoundError):
        await client.task_run.result(created.run_id)
    found = await client.task_run.retrieve(created.run_id)
    assert found.error
    assert found.error.message == "The engine gave up."


async def test_the_sdks_own_retry_pays_twice_for_a_lost_answer(api: LocalTaskApi) -> None:
    """Why the product does not use it: the API has no idempotency key."""
    async with sdk(api, tries=2) as retrying:
        api.faults.next("create", cut="after")
        await retrying.task_run.create(input=QUESTION, processor="core")
    assert len(api.runs) == 2
