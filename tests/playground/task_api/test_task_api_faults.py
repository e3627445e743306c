"""Failures on demand: each as a client meets it, and what took effect."""

from __future__ import annotations

import asyncio
import json
import time

import httpx
import pytest

from bot.playground.task_api import LocalTaskApi
from bot.playground.task_api.protocol import Kind
from tests.playground.task_api.task_api_caller import RUNS, Caller, asking, until


@pytest.mark.parametrize("status", [401, 402, 403, 404, 408, 422, 429, 500, 502, 503])
async def test_any_status_can_be_asked_for_and_has_no_effect(status: int) -> None:
    async with LocalTaskApi() as api, Caller(api) as caller:
        api.faults.next("create", status=status)
        answer = await caller.post(RUNS, asking())
        assert answer.status_code == status
        assert answer.json()["error"]["message"]
        assert "retry-after" not in answer.headers
        assert api.runs == []
        await caller.create()
        assert [r.status for r in api.requests] == [status, 202]


async def test_a_refusal_can_be_lost_like_any_answer() -> None:
    async with LocalTaskApi() as api, Caller(api) as caller:
        api.faults.next("create", cut="after")
        with pytest.raises(httpx.TransportError):
            await caller.post(RUNS, asking(processor="profast"))
        assert api.runs == []


@pytest.mark.parametrize("kind", ["retrieve", "result", "events", "input"])
async def test_a_fault_is_for_its_kind_alone(kind: Kind) -> None:
    async with LocalTaskApi() as api, Caller(api) as caller:
        api.faults.next(kind, status=503, times=2)
        created = await caller.create()
        (await api.next_run()).finishes("Egypt.")
        path = f"{RUNS}/{created['run_id']}"
        path += "" if kind == "retrieve" else f"/{kind}"
        for _ in range(2):
            assert (await caller.get(path)).status_code == 503
        if kind == "events":
            assert len(await caller.events(path)) == 2
        else:
            assert (await caller.get(path)).status_code == 200


async def test_faults_come_in_order_and_can_be_forgotten() -> None:
    async with LocalTaskApi() as api, Caller(api) as caller:
        api.faults.next("create", retry_after=7)
        api.faults.next("create", retry_after="Wed, 21 Oct 2026 07:28:00 GMT", status=503)
        api.faults.next("create", error="Something broke")
        api.faults.next("create", error={"message": "No", "ref_id": "ref-1"}, status=422)
        api.faults.next("create", status=500)
        answers = [await caller.post(RUNS, asking()) for _ in range(4)]
        assert [a.status_code for a in answers] == [429, 503, 500, 422]
        assert [a.headers.get("retry-after") for a in answers[:3]] == [
            "7",
            "Wed, 21 Oct 2026 07:28:00 GMT",
            None,
        ]
        assert answers[2].json()["error"]["message"] == "Something broke"
        assert answers[3].json()["error"] == {"message": "No", "ref_id": "ref-1", "detail": None}
        api.faults.clear()
        await caller.create()


async def test_a_garbled_answer_hides_a_run_that_was_started() -> None:
    async with LocalTaskApi() as api, httpx.AsyncClient(base_url=api.url, verify=False) as client:
        key = {"x-api-key": "local-key"}
        api.faults.next("create", body=b"<html>")
        answer = await client.post(RUNS, json=asking(), headers=key)
        assert (answer.status_code, answer.content) == (202, b"<html>")
        assert len(api.runs) == 1
        api.faults.next("create", body=b"bad gateway", status=502)
        answer = await client.post(RUNS, json=asking(), headers=key)
        assert (answer.status_code, answer.content) == (502, b"bad gateway")
        assert len(api.runs) == 1
        api.faults.next("events", body=b"event: error\ndata: {}\n\n")
        answer = await client.get(f"{RUNS}/{api.runs[0].run_id}/events", headers=key)
        assert answer.content == b"event: error\ndata: {}\n\n"
        assert answer.headers["content-type"].startswith("text/event-stream")


@pytest.mark.parametrize(("cut", "started"), [("before", 0), ("after", 1)])
async def test_a_connection_can_be_cut_before_or_after(cut: str, started: int) -> None:
    async with LocalTaskApi() as api, Caller(api) as caller:
        api.faults.next("create", cut="before" if cut == "before" else "after")
        with pytest.raises(httpx.TransportError):
            await caller.post(RUNS, asking())
        assert len(api.runs) == started
        assert api.requests[0].status is None
        assert api.requests[0].body == asking()
        await caller.create()


async def test_a_stream_can_be_cut_after_its_first_event() -> None:
    async with LocalTaskApi() as api, Caller(api) as caller:
        created = await caller.create(enable_events=True)
        path = f"{RUNS}/{created['run_id']}/events"
        api.runs[0].says("one")
        api.faults.next("events", cut="after")
        async with caller.stream(path) as events:
            assert (await anext(events))["type"] == "task_run.state"
            with pytest.raises(httpx.TransportError):
                await anext(events)
        api.faults.next("events", cut="before")
        with pytest.raises(httpx.TransportError):
            await caller.events(path)
        api.runs[0].finishes("Egypt.")
        assert len(await caller.events(path)) == 3


async def test_an_answer_can_be_late() -> None:
    async with LocalTaskApi() as api, Caller(api) as caller:
        api.faults.next("create", delay=0.2)
        begun = time.perf_counter()
        await caller.create()
        assert time.perf_counter() - begun > 0.19


async def test_an_answer_can_be_held_while_the_run_continues() -> None:
    async with LocalTaskApi() as api, Caller(api) as caller:
        gate = asyncio.Event()
        api.faults.next("create", gate=gate)
        creating = asyncio.create_task(caller.create())
        run = await api.next_run()
        run.finishes("Egypt.")
        assert not creating.done()
        gate.set()
        assert (await creating)["status"] == "queued"


async def test_a_long_poll_can_be_cut_and_asked_again() -> None:
    async with LocalTaskApi() as api, Caller(api) as caller:
        created = await caller.create()
        path = f"{RUNS}/{created['run_id']}/result"
        waiting = asyncio.create_task(caller.get(path))
        await until(lambda: api.open_requests == 1)
        assert api.drop_connections() == 1
        with pytest.raises(httpx.TransportError):
            await waiting
        waiting = asyncio.create_task(caller.get(path))
        await until(lambda: api.open_requests == 1)
        api.runs[0].finishes("Egypt.")
        assert json.loads((await waiting).content)["output"]["content"] == "Egypt."
