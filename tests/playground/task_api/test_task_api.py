"""The local Task API: a whole dialogue, its chain, its states, and the contract it keeps to."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import httpx
import pytest

from bot.playground.task_api import LocalTaskApi, Status
from bot.playground.task_api.operations import ROUTES
from tests.playground.task_api.task_api_caller import QUESTION, RUNS, SPEC, Caller, asking, until


async def test_everything_served_is_declared_and_all_about_tasks_is_served() -> None:
    """What is said of the routes must be what the server does: each is called once."""
    async with LocalTaskApi() as api, httpx.AsyncClient(base_url=api.url, verify=False) as client:
        declared = {
            (method.upper(), path)
            for path, methods in SPEC["paths"].items()
            for method in methods
            if "/tasks/" in path
        }
        served = {(method, path) for method, path, *_ in ROUTES}
        assert served == declared
        for method, path in sorted(served):
            await client.request(method, path.replace("{", "").replace("}", ""))
        assert [r.kind for r in api.requests if r.kind == "unknown"] == []
        assert [r.status for r in api.requests] == [401] * len(declared)


async def test_a_whole_dialogue_keeps_to_the_contract() -> None:
    async with LocalTaskApi() as api, Caller(api) as caller:
        created = await caller.create(metadata={"turn": "T1"}, enable_events=True)
        assert created["status"] == "queued"
        assert created["is_active"] is True
        path = f"{RUNS}/{created['run_id']}"
        run = await api.next_run()
        assert (await caller.get(f"{path}/result", timeout=0)).status_code == 408
        run.begins()
        assert (await caller.get(path)).json()["status"] == "running"
        run.says("Searching for owners", kind="search")
        run.progress(40, considered=12, read=3, sample=["https://example.org/suez"])
        basis = [
            {"field": "output", "citations": [{"url": "https://example.org"}], "reasoning": ""}
        ]
        run.finishes("Egypt.", basis, confidence="high")
        result = (await caller.get(f"{path}/result")).json()
        assert result["run"]["status"] == "completed"
        assert result["output"]["content"] == "Egypt."
        assert result["output"]["basis"][0]["confidence"] == "high"
        assert (await caller.get(f"{path}/input")).json()["metadata"] == {"turn": "T1"}
        assert len(await caller.events(f"{path}/events")) == 4

        failing = await caller.create(previous_interaction_id=created["interaction_id"])
        (await api.next_run()).fails("The engine gave up.", {"part": "search"})
        found = (await caller.get(f"{RUNS}/{failing['run_id']}")).json()
        assert found["status"] == "failed"
        assert found["error"]["message"] == "The engine gave up."
        assert found["error"]["ref_id"]
        refused = await caller.get(f"{RUNS}/{failing['run_id']}/result")
        assert refused.status_code == 404
        assert "gave up" not in refused.text
        assert len(caller.checked) >= 7
        assert all(request.status for request in api.requests)


async def test_an_object_comes_back_as_json_output() -> None:
    async with LocalTaskApi() as api, Caller(api) as caller:
        created = await caller.create(input={"canal": "Suez"})
        run = await api.next_run()
        assert run.input == '{"canal": "Suez"}'
        run.finishes({"owner": "Egypt"})
        output = (await caller.get(f"{RUNS}/{created['run_id']}/result")).json()["output"]
        assert output == {"type": "json", "content": {"owner": "Egypt"}, "basis": []}


async def test_the_chain_is_what_previous_interaction_id_makes_it() -> None:
    async with LocalTaskApi() as api, Caller(api) as caller:
        chain: list[str] = []
        for question in ("who?", "since when?", "and before?"):
            previous = {"previous_interaction_id": chain[-1]} if chain else {}
            created = await caller.create(input=question, **previous)
            assert created["interaction_id"] != created["run_id"]
            chain.append(created["interaction_id"])
            (await api.next_run()).finishes("So.")
        branch = await caller.create(input="what else?", previous_interaction_id=chain[0])
        await caller.create(input="something new")
        third, fourth, fifth = api.runs[2:]
        assert [run.input for run in third.context] == ["who?", "since when?"]
        assert [run.input for run in fourth.context] == ["who?"]
        assert fourth.interaction_id == branch["interaction_id"]
        assert fifth.context == []


async def test_a_waiting_result_ends_with_the_run() -> None:
    async with LocalTaskApi() as api, Caller(api) as caller:
        for n in range(50):
            await caller.create(input=f"question {n}")
        waiting = [
            asyncio.create_task(caller.get(f"{RUNS}/{run.run_id}/result")) for run in api.runs
        ]
        await until(lambda: api.open_requests == 50)
        assert not any(task.done() for task in waiting)
        for run in api.runs:
            run.finishes(run.input)
        answers = await asyncio.gather(*waiting)
        assert [a.json()["output"]["content"] for a in answers] == [r.input for r in api.runs]


async def test_a_result_that_is_not_ready_takes_as_long_as_was_asked() -> None:
    async with LocalTaskApi() as api, Caller(api) as caller:
        created = await caller.create()
        begun = time.perf_counter()
        answer = await caller.get(f"{RUNS}/{created['run_id']}/result", timeout=1)
        assert answer.status_code == 408
        assert time.perf_counter() - begun > 0.9


@pytest.mark.parametrize("ending", ["cancelled", "fails"])
async def test_a_run_that_did_not_complete_has_no_result(ending: str) -> None:
    async with LocalTaskApi() as api, Caller(api) as caller:
        created = await caller.create()
        run = await api.next_run()
        if ending == "fails":
            run.fails("No.")
        else:
            run.cancelled()
        found = (await caller.get(f"{RUNS}/{created['run_id']}")).json()
        assert found["is_active"] is False
        assert (found["error"] is not None) == (ending == "fails")
        assert (await caller.get(f"{RUNS}/{created['run_id']}/result")).status_code == 404


async def test_a_run_that_needs_action_is_neither_active_nor_over() -> None:
    async with LocalTaskApi() as api, Caller(api) as caller:
        created = await caller.create()
        path = f"{RUNS}/{created['run_id']}"
        run = await api.next_run()
        run.needs_action()
        found = (await caller.get(path)).json()
        assert (found["status"], found["is_active"]) == ("action_required", False)
        assert (await caller.get(f"{path}/result", timeout=0)).status_code == 408
        run.finishes("Egypt.")
        assert (await caller.get(f"{path}/result")).status_code == 200


async def test_a_run_ends_once() -> None:
    async with LocalTaskApi() as api, Caller(api) as caller:
        await caller.create()
        run = await api.next_run()
        run.finishes("Egypt.")
        for late in (run.begins, run.cancelled, lambda: run.fails("No."), lambda: run.says("Hm.")):
            with pytest.raises(RuntimeError, match="is over"):
                late()
        assert run.status is Status.COMPLETED


async def test_an_output_that_breaks_the_contract_is_not_sent() -> None:
    async with LocalTaskApi() as api, Caller(api) as caller:
        await caller.create()
        run = await api.next_run()
        with pytest.raises(ValueError, match="reasoning"):
            run.finishes("Egypt.", [{"field": "output"}])
        assert run.status is Status.QUEUED


async def test_a_run_s_warnings_are_what_was_said_of_it() -> None:
    async with LocalTaskApi() as api, Caller(api) as caller:
        created = await caller.create()
        path = f"{RUNS}/{created['run_id']}"
        run = await api.next_run()
        assert (await caller.get(path)).json()["warnings"] is None
        with pytest.raises(ValueError, match="Warning"):
            run.warns("no such kind", "alarm")
        run.warns("The input names no year.", "input_validation_warning", {"field": "input"})
        run.warns("Two pages were left out.")
        run.finishes("Egypt.")
        reported = [
            {
                "type": "input_validation_warning",
                "message": "The input names no year.",
                "detail": {"field": "input"},
            },
            {"type": "warning", "message": "Two pages were left out.", "detail": None},
        ]
        assert (await caller.get(path)).json()["warnings"] == reported
        assert (await caller.get(f"{path}/result")).json()["run"]["warnings"] == reported


@pytest.mark.parametrize(
    ("content", "fields"),
    [("Egypt.", ["answer"]), ({"owner": "Egypt", "since": 1956}, ["owner", "since"]), ({}, [])],
)
async def test_a_confidence_alone_makes_the_basis_that_real_results_have(
    content: Any, fields: list[str]
) -> None:
    async with LocalTaskApi() as api, Caller(api) as caller:
        created = await caller.create()
        (await api.next_run()).finishes(content, confidence="low")
        output = (await caller.get(f"{RUNS}/{created['run_id']}/result")).json()["output"]
        assert [(each["field"], each["confidence"]) for each in output["basis"]] == [
            (field, "low") for field in fields
        ]


async def test_next_run_waits_and_gives_each_run_once_in_order() -> None:
    async with LocalTaskApi() as api, Caller(api) as caller:
        with pytest.raises(TimeoutError):
            await api.next_run(timeout=0.01)
        waiting = asyncio.create_task(api.next_run())
        await caller.create(input="first")
        await caller.create(input="second")
        assert (await waiting).input == "first"
        assert (await api.next_run()).input == "second"


async def test_requests_are_remembered() -> None:
    async with LocalTaskApi() as api, Caller(api) as caller:
        created = await caller.create()
        await caller.get(f"{RUNS}/{created['run_id']}/result", timeout=0)
        await caller.get("/v1/elsewhere")
        reported = [(r.method, r.path, r.kind, r.status) for r in api.requests]
        assert reported == [
            ("POST", RUNS, "create", 202),
            ("GET", f"{RUNS}/{created['run_id']}/result?timeout=0", "result", 408),
            ("GET", "/v1/elsewhere", "unknown", 404),
        ]
        assert api.requests[0].body == asking()
        assert api.requests[0].body["input"] == QUESTION


async def test_a_stop_ends_what_waits_and_a_start_goes_on() -> None:
    api = LocalTaskApi()
    await api.start()
    async with Caller(api) as caller:
        created = await caller.create()
        path = f"{RUNS}/{created['run_id']}"
        waiting = asyncio.create_task(caller.get(f"{path}/result"))
        async with caller.stream(f"{path}/events") as events:
            await anext(events)
            begun = time.perf_counter()
            await api.stop()
            assert (
                time.perf_counter() - begun < 30
            )  # not the minute that a server waits for requests
            with pytest.raises(httpx.TransportError):
                await anext(events)
        with pytest.raises(httpx.TransportError):
            await waiting
        with pytest.raises(httpx.ConnectError):
            await caller.get(path)
        await api.start(port=int(api.url.rsplit(":", 1)[1]))
        assert (await caller.get(path)).json()["run_id"] == created["run_id"]
    await api.stop()


async def test_a_client_that_hangs_up_is_not_waited_for() -> None:
    async with LocalTaskApi() as api, Caller(api) as caller:
        created = await caller.create()
        async with caller.stream(f"{RUNS}/{created['run_id']}/events") as events:
            await anext(events)
            assert api.open_requests == 1
        await until(lambda: not api.open_requests)
