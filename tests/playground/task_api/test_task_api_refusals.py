"""What the local Task API refuses, each with the status and the shape of the real one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import aiohttp
import httpx
import pytest

from bot.playground.task_api import LocalTaskApi
from tests.playground.task_api.task_api_caller import GROUPS, RUNS, Caller, asking

TEXT = {"output_schema": {"type": "text"}}


@pytest.mark.parametrize("key", [None, "", "wrong", "local-key-and-more"])
@pytest.mark.parametrize("path", ["", "/trun_1", "/trun_1/result", "/trun_1/events"])
async def test_a_missing_or_wrong_key_is_refused_everywhere(key: str | None, path: str) -> None:
    async with LocalTaskApi() as api, Caller(api, key) as caller:
        if path:
            answer = await caller.get(f"{RUNS}{path}")
        else:
            answer = await caller.post(RUNS, asking())
        assert answer.status_code == 401
        assert api.runs == []


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"processor": "profast"}, 403, "processor"),
        ({"processor": "ultra"}, 403, "processor"),
        ({"processor": None}, 422, "processor"),
        ({"input": None}, 422, "input"),
        ({"input": ["a list"]}, 422, "input"),
        ({"input": 3}, 422, "input"),
        ({"colour": "blue"}, 422, "colour"),
        ({"enable_events": "yes"}, 422, "enable_events"),
        ({"metadata": {"k" * 17: "v"}}, 422, "metadata"),
        ({"metadata": {"k": "v" * 513}}, 422, "metadata"),
        ({"metadata": {"k": ["v"]}}, 422, "metadata"),
        ({"metadata": "k=v"}, 422, "metadata"),
        ({"previous_interaction_id": "interaction_of_nobody"}, 422, "previous_interaction_id"),
        ({"previous_interaction_id": 7}, 422, "previous_interaction_id"),
        ({"task_spec": {}}, 422, "task_spec"),
        ({"task_spec": {"output_schema": {"type": "prose"}}}, 422, "task_spec"),
        ({"source_policy": {"after_date": "yesterday"}}, 422, "source_policy"),
        ({"source_policy": {"include_domains": ["a.example"] * 201}}, 422, "source_policy"),
        (
            {
                "source_policy": {
                    "include_domains": ["a.example"] * 101,
                    "exclude_domains": ["b.example"] * 100,
                }
            },
            422,
            "source_policy",
        ),
        ({"input": "x" * 25_001}, 422, "input"),
        ({"input": {"text": "x" * 25_000}}, 422, "input"),
        ({"input": "x" * 24_990, "task_spec": TEXT}, 422, "input"),
        ({"webhook": {"event_types": ["task_run.status"]}}, 422, "webhook"),
    ],
)
async def test_a_request_is_refused_with_the_field_named(
    change: dict[str, Any], status: int, field: str
) -> None:
    async with LocalTaskApi(processors_allowed={"core"}) as api, Caller(api) as caller:
        answer = await caller.post(RUNS, asking(**change))
        assert answer.status_code == status
        assert answer.json()["error"]["detail"]["field"].split(".")[0] == field
        assert api.runs == []


@pytest.mark.parametrize("missing", ["input", "processor"])
async def test_what_is_required_must_be_there(missing: str) -> None:
    async with LocalTaskApi() as api, Caller(api) as caller:
        body = asking()
        del body[missing]
        answer = await caller.post(RUNS, body)
        assert answer.status_code == 422
        assert answer.json()["error"]["detail"]["field"] == missing


@pytest.mark.parametrize(
    "change",
    [
        {"input": "x" * 25_000},
        {"metadata": {"k" * 16: "v" * 512, "n": 3, "f": 0.5, "b": True}},
        {"source_policy": {"include_domains": ["a.example"] * 200, "after_date": "2025-01-31"}},
        {"previous_interaction_id": None, "metadata": None, "task_spec": None},
        {"task_spec": {"output_schema": "the owner, in one word"}},
        {"task_spec": {"output_schema": {"type": "text", "description": "short"}}},
        {"task_spec": {"output_schema": {"type": "json", "json_schema": {"type": "object"}}}},
        {"task_spec": {"output_schema": {"type": "auto"}}},
        {"advanced_settings": {"location": "de"}},
        {"processor": "ultra8x-fast"},
    ],
)
async def test_what_is_within_the_limits_is_taken(change: dict[str, Any]) -> None:
    async with LocalTaskApi() as api, Caller(api) as caller:
        await caller.create(**change)
        assert api.runs[0].body == asking(**change)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"', b"\xff", b"[" * 100_000])
async def test_a_body_that_is_no_object_is_refused(body: bytes) -> None:
    async with LocalTaskApi() as api, httpx.AsyncClient(base_url=api.url, verify=False) as client:
        answer = await client.post(RUNS, content=body, headers={"x-api-key": "local-key"})
        assert answer.status_code == 422
        assert answer.json()["type"] == "error"
        assert api.requests[0].status == 422


@pytest.mark.parametrize("what", ["", "/result", "/events", "/input"])
async def test_a_run_that_is_not_there_is_not_found(what: str) -> None:
    async with LocalTaskApi() as api, Caller(api) as caller:
        answer = await caller.get(f"{RUNS}/trun_of_nobody{what}")
        assert answer.status_code == 404


@pytest.mark.parametrize("timeout", ["soon", "1.5", "", "inf"])
async def test_a_timeout_is_a_whole_number(timeout: str) -> None:
    async with LocalTaskApi() as api, Caller(api) as caller:
        created = await caller.create()
        answer = await caller.get(f"{RUNS}/{created['run_id']}/result", timeout=timeout)
        assert answer.status_code == 422


async def test_what_nobody_serves_is_not_found() -> None:
    async with LocalTaskApi() as api, Caller(api) as caller:
        for path in ("/", "/v1/tasks", f"{RUNS}/", f"{RUNS}/trun_1/cancel"):
            assert (await caller.get(path)).status_code == 404


async def test_creating_is_limited_a_minute_and_key() -> None:
    now = 1_000_000.0
    async with LocalTaskApi(keys={"one", "two"}, clock=lambda: now, creates_a_minute=3) as api:
        async with Caller(api, "one") as one, Caller(api, "two") as two:
            await one.create()
            now += 20.5
            await one.create()
            assert (await one.post(RUNS, {"input": "no processor"})).status_code == 422
            refused = await one.post(RUNS, asking())
            assert refused.status_code == 429
            assert refused.headers["retry-after"] == "40"
            await two.create()
            assert (await one.get(f"{RUNS}/{api.runs[0].run_id}")).status_code == 200
            now += 40
            await one.create()
            assert (await one.post(RUNS, asking())).status_code == 429
        assert len(api.runs) == 4


async def test_by_default_two_thousand_a_minute_may_be_created() -> None:
    key = {"x-api-key": "local-key"}
    async with (
        LocalTaskApi(clock=lambda: 1_000_000.0) as api,
        Caller(api) as caller,
        aiohttp.ClientSession(base_url=api.url, headers=key) as session,
    ):
        for _ in range(2_000):
            async with session.post(RUNS, json={}) as answer:
                assert answer.status == 422
        assert (await caller.post(RUNS, asking())).status_code == 429
        group = (await caller.post(GROUPS, {})).json()["taskgroup_id"]
        added = await caller.post(f"{GROUPS}/{group}/runs", {"inputs": [asking()]})
        assert added.status_code == 429
        assert api.runs == []


async def test_credit_is_reserved_and_failed_runs_are_free() -> None:
    async with LocalTaskApi() as api, Caller(api) as caller:
        api.credit = Decimal("0.06")
        for _ in range(2):
            await caller.create()
        assert (await caller.post(RUNS, asking())).status_code == 402
        assert len(api.runs) == 2
        api.runs[0].fails("No.")
        await caller.create()
        api.runs[1].finishes("Egypt.")
        api.runs[2].cancelled()
        assert api.credit == Decimal("0.035")
        await caller.create(processor="base")
        assert api.credit == Decimal("0.025")


async def test_runs_from_before_the_credit_give_nothing_back() -> None:
    async with LocalTaskApi() as api, Caller(api) as caller:
        await caller.create()
        api.credit = Decimal(0)
        api.runs[0].fails("No.")
        assert api.credit == 0


@pytest.mark.parametrize("state", ["queued", "running", "failed", "cancelled"])
async def test_only_a_completed_run_can_be_continued(state: str) -> None:
    async with LocalTaskApi() as api, Caller(api) as caller:
        created = await caller.create()
        run = await api.next_run()
        match state:
            case "running":
                run.begins()
            case "failed":
                run.fails("No.")
            case "cancelled":
                run.cancelled()
        next_one = asking(previous_interaction_id=created["interaction_id"])
        assert (await caller.post(RUNS, next_one)).status_code == 422
        assert len(api.runs) == 1


async def test_a_run_id_is_no_interaction_id() -> None:
    async with LocalTaskApi() as api, Caller(api) as caller:
        created = await caller.create()
        (await api.next_run()).finishes("Egypt.")
        refused = await caller.post(RUNS, asking(previous_interaction_id=created["run_id"]))
        assert refused.status_code == 422


async def test_interactions_can_be_forgotten() -> None:
    async with LocalTaskApi() as api, Caller(api) as caller:
        created = await caller.create()
        (await api.next_run()).finishes("Egypt.")
        api.forget_interactions()
        chained = asking(previous_interaction_id=created["interaction_id"])
        refused = await caller.post(RUNS, chained)
        assert refused.json()["error"]["detail"]["field"] == "previous_interaction_id"
        fresh = await caller.create()
        api.runs[-1].finishes("Egypt.")
        await caller.create(previous_interaction_id=fresh["interaction_id"])


async def test_chaining_can_be_refused_in_any_words() -> None:
    async with LocalTaskApi() as api, Caller(api) as caller:
        created = await caller.create()
        (await api.next_run()).finishes("Egypt.")
        chained = asking(previous_interaction_id=created["interaction_id"])
        api.refuse_chaining(403, "Interactions are not available with zero data retention")
        for _ in range(2):
            refused = await caller.post(RUNS, chained)
            assert refused.status_code == 403
            assert "zero data retention" in refused.json()["error"]["message"]
        await caller.create()
        api.allow_chaining()
        assert (await caller.post(RUNS, chained)).status_code == 202
