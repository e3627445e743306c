"""Task groups of the local Task API: runs that can be found again by their metadata."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from bot.playground.task_api import LocalTaskApi
from tests.playground.task_api.task_api_caller import GROUPS, RUNS, Caller, asking, until


async def group_of(caller: Caller, *inputs: dict[str, Any]) -> str:
    """Create a group with these runs; returns its path."""
    path = f"{GROUPS}/{(await caller.post(GROUPS, {})).json()['taskgroup_id']}"
    if inputs:
        assert (await caller.post(f"{path}/runs", {"inputs": list(inputs)})).status_code == 200
    return path


async def test_a_group_counts_its_runs() -> None:
    async with LocalTaskApi() as api, Caller(api) as caller:
        created = (await caller.post(GROUPS, {"metadata": {"team": "T1"}})).json()
        assert created["metadata"] == {"team": "T1"}
        assert created["status"]["num_task_runs"] == 0
        assert created["status"]["is_active"] is False
        path = f"{GROUPS}/{created['taskgroup_id']}"
        first = (await caller.post(f"{path}/runs", {"inputs": [asking(), asking()]})).json()
        assert first["run_ids"] == [run.run_id for run in api.runs]
        assert (first["run_cursor"], first["event_cursor"]) == (None, None)
        api.runs[0].begins()
        api.runs[1].finishes("Egypt.")
        status = (await caller.get(path)).json()["status"]
        assert status["task_run_status_counts"] == {"running": 1, "completed": 1}
        assert status["is_active"] is True
        api.runs[0].needs_action()
        assert (await caller.get(path)).json()["status"]["is_active"] is False
        found = (await caller.get(f"{path}/runs/{first['run_ids'][1]}")).json()
        assert found["taskgroup_id"] == created["taskgroup_id"]
        assert found == (await caller.get(f"{RUNS}/{first['run_ids'][1]}")).json()


async def test_runs_are_listed_at_once_with_what_was_asked() -> None:
    async with LocalTaskApi() as api, Caller(api) as caller:
        path = await group_of(
            caller, asking(metadata={"turn": "one"}), asking(metadata={"turn": "two"})
        )
        bare = await caller.events(f"{path}/runs")
        assert [e["run"]["run_id"] for e in bare] == [run.run_id for run in api.runs]
        assert [e["input"] for e in bare] == [None, None]
        full = await caller.events(f"{path}/runs", include_input=True)
        assert [e["input"]["metadata"]["turn"] for e in full] == ["one", "two"]
        assert full[1]["run"]["interaction_id"] == api.runs[1].interaction_id
        api.runs[1].finishes("Egypt.")
        (ended,) = await caller.events(f"{path}/runs", status="completed", include_output=True)
        assert ended["output"]["content"] == "Egypt."
        assert (await caller.events(f"{path}/runs", status="completed"))[0]["output"] is None


async def test_the_list_can_be_read_on_from_a_cursor() -> None:
    async with LocalTaskApi() as api, Caller(api) as caller:
        path = await group_of(caller, asking(), asking())
        events = await caller.events(f"{path}/runs")
        rest = await caller.events(f"{path}/runs", last_event_id=events[0]["event_id"])
        assert rest == events[1:]
        added = (await caller.post(f"{path}/runs", {"inputs": [asking(input="late")]})).json()
        (late,) = await caller.events(f"{path}/runs", last_event_id=added["run_cursor"])
        assert late["run"]["run_id"] == added["run_ids"][0] == api.runs[2].run_id


async def test_endings_are_streamed_and_can_be_read_on() -> None:
    async with LocalTaskApi() as api, Caller(api) as caller:
        path = await group_of(caller, asking(), asking())
        async with caller.stream(f"{path}/events") as events:
            first = await anext(events)
            assert first["type"] == "task_group_status"
            assert first["status"]["task_run_status_counts"] == {"queued": 2}
            api.runs[0].fails("No.")
            seen = first
            while seen["type"] != "task_run.state":
                seen = await anext(events)
            assert seen["run"]["error"]["message"] == "No."
        added = await caller.post(f"{path}/runs", {"inputs": [asking()]})
        for run in api.runs[1:]:
            run.finishes("Egypt.")
        rest = await caller.events(f"{path}/events", last_event_id=seen["event_id"])
        ended = [e["run"]["run_id"] for e in rest if e["type"] == "task_run.state"]
        assert ended == [run.run_id for run in api.runs[1:]]
        assert rest[-1]["status"]["is_active"] is False
        cursor = added.json()["event_cursor"]
        later = await caller.events(f"{path}/events", last_event_id=cursor)
        assert [e for e in rest[1:] if int(e["event_id"]) > int(cursor)] == later[1:]


async def test_a_groups_stream_lasts_as_long_as_was_asked() -> None:
    async with LocalTaskApi() as api, Caller(api) as caller:
        path = await group_of(caller, asking())
        events = await caller.events(f"{path}/events", timeout=0.1)
        assert [e["type"] for e in events] == ["task_group_status"] * 2
        empty = await group_of(caller)
        assert len(await caller.events(f"{empty}/events")) == 1
        await until(lambda: not api.open_requests)


async def test_a_default_task_spec_is_for_those_without_one() -> None:
    async with LocalTaskApi() as api, Caller(api) as caller:
        path = await group_of(caller)
        default = {"output_schema": {"type": "text"}}
        own = {"output_schema": {"type": "auto"}}
        inputs = [asking(), asking(task_spec=own)]
        body = {"inputs": inputs, "default_task_spec": default}
        await caller.post(f"{path}/runs", body)
        assert [run.body["task_spec"] for run in api.runs] == [default, own]


async def test_chains_and_results_work_for_runs_of_a_group() -> None:
    async with LocalTaskApi() as api, Caller(api) as caller:
        path = await group_of(caller, asking())
        first = await api.next_run()
        first.finishes("Egypt.")
        chained = asking(input="since when?", previous_interaction_id=first.interaction_id)
        await caller.post(f"{path}/runs", {"inputs": [chained]})
        second = await api.next_run()
        assert second.context == [first]
        second.finishes("1956.")
        result = (await caller.get(f"{RUNS}/{second.run_id}/result")).json()
        assert result["output"]["content"] == "1956."


@pytest.mark.parametrize(
    ("inputs", "status"),
    [
        ([asking(), asking(metadata={"k" * 17: "v"})], 422),
        ([asking(), asking(colour="blue")], 422),
        ([asking(), {"input": "no processor"}], 422),
        ([asking()] * 1_001, 422),
        ([asking(), asking(previous_interaction_id="of_nobody")], 422),
        ([asking(), asking(processor="profast")], 403),
        ([asking()] * 5, 402),
    ],
)
async def test_a_group_takes_all_runs_or_none(inputs: list[Any], status: int) -> None:
    async with LocalTaskApi() as api, Caller(api) as caller:
        api.credit = Decimal("0.10")
        path = await group_of(caller)
        answer = await caller.post(f"{path}/runs", {"inputs": inputs})
        assert answer.status_code == status
        assert api.runs == []
        assert api.credit == Decimal("0.10")
        assert (await caller.get(path)).json()["status"]["num_task_runs"] == 0


@pytest.mark.parametrize("query", [{"last_event_id": "x"}, {"last_event_id": "99"}])
@pytest.mark.parametrize("stream", ["runs", "events"])
async def test_a_cursor_must_be_one(stream: str, query: dict[str, str]) -> None:
    async with LocalTaskApi() as api, Caller(api) as caller:
        path = await group_of(caller, asking())
        answer = await caller.get(f"{path}/{stream}", **query)
        assert answer.status_code == 422
        assert answer.json()["detail"][0]["loc"] == ["query", "last_event_id"]


@pytest.mark.parametrize("query", [{"status": "asleep"}, {"include_input": "maybe"}])
async def test_the_query_is_checked(query: dict[str, str]) -> None:
    async with LocalTaskApi() as api, Caller(api) as caller:
        path = await group_of(caller, asking())
        assert (await caller.get(f"{path}/runs", **query)).status_code == 422
        assert (await caller.get(f"{path}/events", timeout="long")).status_code == 422


async def test_groups_and_their_runs_are_found_or_not() -> None:
    async with LocalTaskApi() as api, Caller(api) as caller:
        path = await group_of(caller, asking())
        other = await group_of(caller, asking())
        stranger = f"{other}/runs/{api.groups[0].runs[0].run_id}"
        assert (await caller.get(stranger)).status_code == 404
        assert (await caller.get(f"{path}/runs/trun_of_nobody")).status_code == 404
        for missing in ("", "/runs", "/events", "/runs/trun_1"):
            assert (await caller.get(f"{GROUPS}/tgrp_of_nobody{missing}")).status_code == 404
        refused = await caller.post(f"{GROUPS}/tgrp_of_nobody/runs", {"inputs": [asking()]})
        assert refused.status_code == 404
