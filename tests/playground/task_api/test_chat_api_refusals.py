"""What the local Chat API refuses, and in which form; and what it takes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import httpx
import openai
import pytest

from bot.domain.processors import PROCESSORS
from bot.playground.task_api import LocalTaskApi
from tests.playground.task_api.chat_caller import answered, openai_client, streaming
from tests.playground.task_api.task_api_caller import CHAT, RUNS, Caller, asking, chatting

KEY = {"x-api-key": "local-key"}


def said(*messages: tuple[str, Any]) -> dict[str, Any]:
    """A change of the messages: role and content of each."""
    return {"messages": [{"role": role, "content": content} for role, content in messages]}


# --- the key ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-api-key": ""},
        {"x-api-key": "wrong"},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Bearer"},
        {"Authorization": "local-key"},
        {"Authorization": "Basic local-key"},
        {"x-api-key": "wrong", "Authorization": "Bearer local-key"},
    ],
)
async def test_a_missing_or_wrong_key_is_refused(headers: dict[str, str]) -> None:
    async with LocalTaskApi() as api, httpx.AsyncClient(base_url=api.url, verify=False) as client:
        answer = await client.post(CHAT, json=chatting(), headers=headers)
        assert answer.status_code == 401
        assert answer.json()["type"] == "error"
        assert api.chats == []


async def test_the_task_api_takes_no_bearer_token() -> None:
    bearer = {"Authorization": "Bearer local-key"}
    async with LocalTaskApi() as api, httpx.AsyncClient(base_url=api.url, verify=False) as client:
        assert (await client.post(RUNS, json=asking(), headers=bearer)).status_code == 401


# --- the form ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"model": "pro"}, ["model"]),
        ({"model": "ultra"}, ["model"]),
        ({"model": "core-fast"}, ["model"]),
        ({"model": "gpt-5"}, ["model"]),
        ({"model": ""}, ["model"]),
        ({"model": None}, ["model"]),
        ({"colour": "blue"}, ["colour"]),
        ({"task_spec": {}}, ["task_spec"]),
        ({"source_policy": {}}, ["source_policy"]),
        ({"stream": "yes"}, ["stream"]),
        ({"temperature": "hot"}, ["temperature"]),
        ({"response_format": {"type": "prose"}}, ["response_format"]),
        ({"response_format": {"type": "json_schema"}}, ["response_format"]),
        ({"previous_interaction_id": "interaction_of_nobody"}, ["previous_interaction_id"]),
        ({"previous_interaction_id": 7}, ["previous_interaction_id"]),
        ({"messages": []}, ["messages"]),
        ({"messages": "who?"}, ["messages"]),
        ({"messages": [{"role": "user"}]}, ["messages", 0, "content"]),
        ({"messages": [{"content": "who?"}]}, ["messages", 0, "role"]),
        (said(("user", None)), ["messages", 0, "content"]),
        (said(("user", [{"type": "text", "text": "who?"}])), ["messages", 0, "content"]),
        (said(("tool", "who?")), ["messages", 0, "role"]),
        (said(("developer", "Be brief."), ("user", "who?")), ["messages", 0, "role"]),
        (said(("system", "Be brief.")), ["messages"]),
        (said(("assistant", "Egypt.")), ["messages"]),
        (said(("assistant", "Hello."), ("user", "who?")), ["messages", 0, "role"]),
        (said(("user", "who?"), ("user", "when?")), ["messages", 1, "role"]),
        (said(("system", "A."), ("system", "B."), ("user", "who?")), ["messages", 1, "role"]),
        (said(("user", "who?"), ("system", "Be brief.")), ["messages", 1, "role"]),
        (said(("user", "who?"), ("assistant", "Egypt.")), ["messages"]),
        (
            said(("system", "A."), ("user", "who?"), ("assistant", "B."), ("assistant", "C.")),
            ["messages", 3, "role"],
        ),
        (said(("user", "x" * 15_001)), ["messages"]),
        (said(("system", "x" * 14_997), ("user", "who?")), ["messages"]),
    ],
)
async def test_a_request_is_refused_with_its_place_named(
    change: dict[str, Any], place: list[str | int]
) -> None:
    async with LocalTaskApi() as api, Caller(api) as caller:
        answer = await caller.post(CHAT, chatting() | change)
        assert answer.status_code == 422
        (detail,) = answer.json()["detail"]
        assert detail.keys() == {"loc", "msg", "type"}
        assert detail["loc"][: 1 + len(place)] == ["body", *place]
        assert detail["msg"]
        assert api.chats == []


@pytest.mark.parametrize("missing", ["model", "messages"])
async def test_what_is_required_must_be_there(missing: str) -> None:
    async with LocalTaskApi() as api, Caller(api) as caller:
        body = chatting()
        del body[missing]
        answer = await caller.post(CHAT, body)
        assert (answer.status_code, answer.json()["detail"][0]["loc"]) == (422, ["body", missing])


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"', b"\xff", b"[" * 100_000])
async def test_a_body_that_is_no_object_is_refused(body: bytes) -> None:
    async with LocalTaskApi() as api, httpx.AsyncClient(base_url=api.url, verify=False) as client:
        answer = await client.post(CHAT, content=body, headers=KEY)
        assert answer.status_code == 422
        assert answer.json()["detail"][0]["loc"] == ["body"]


@pytest.mark.parametrize(
    "change",
    [
        *[{"model": model} for model in ("speed", "lite", "base", "core")],
        {"stream": None, "previous_interaction_id": None, "response_format": None},
        {"response_format": {"type": "text"}},
        {"response_format": {"type": "json_object"}},
        {"response_format": {"type": "json_schema", "json_schema": {"name": "n", "strict": True}}},
        {"messages": [{"role": "user", "content": "who?", "name": "ada"}]},
        said(("system", "Be brief."), ("user", "a"), ("assistant", "b"), ("user", "c")),
        said(("user", "a"), ("assistant", "b"), ("user", "c")),
        said(("system", "x" * 14_996), ("user", "who?")),
    ],
)
async def test_what_is_within_the_limits_is_taken(change: dict[str, Any]) -> None:
    async with LocalTaskApi() as api, Caller(api) as caller:
        await answered(caller, api, **change)
        assert api.chats[0].body == chatting(**change)


async def test_refusals_are_the_official_clients_errors() -> None:
    async with LocalTaskApi(processors_allowed={"core", "speed"}) as api:
        async with openai_client(api, "wrong") as stranger:
            with pytest.raises(openai.AuthenticationError, match="Unauthorized"):
                await streaming(stranger)
        async with openai_client(api) as client:
            with pytest.raises(openai.UnprocessableEntityError) as met:
                await streaming(client, **said(("user", "who?"), ("user", "when?")))
            assert "take turns" in met.value.response.text
            with pytest.raises(openai.PermissionDeniedError, match="Forbidden"):
                await streaming(client, model="lite")
            api.credit = Decimal(0)
            with pytest.raises(openai.APIStatusError, match="insufficient credit"):
                await streaming(client)
        assert [r.status for r in api.requests] == [401, 422, 403, 402]
        assert api.chats == []


# --- models, credit and rate ------------------------------------------------------------


async def test_models_and_processors_are_not_each_others() -> None:
    async with LocalTaskApi() as api, Caller(api) as caller:
        refused = await caller.post(RUNS, asking(processor="speed"))
        assert refused.status_code == 403
        assert refused.json()["error"]["detail"]["field"] == "processor"
        assert api.runs == []


async def test_a_model_that_is_not_allowed_is_refused() -> None:
    async with LocalTaskApi(processors_allowed={"core"}) as api, Caller(api) as caller:
        refused = await caller.post(CHAT, chatting())
        assert refused.status_code == 403
        assert refused.json()["error"]["detail"]["field"] == "model"
        await answered(caller, api, model="core")


@pytest.mark.parametrize(
    ("model", "price"), [("speed", "0.005"), ("lite", "0.005"), ("base", "0.01"), ("core", "0.025")]
)
async def test_a_chat_costs_what_its_model_costs(model: str, price: str) -> None:
    assert PROCESSORS[model].price == Decimal(price)
    async with LocalTaskApi() as api, Caller(api) as caller:
        api.credit = Decimal("0.03")
        await answered(caller, api, model=model)
        assert api.credit == Decimal("0.03") - Decimal(price)


async def test_a_chat_that_comes_to_nothing_is_paid_all_the_same() -> None:
    """Unverified for the real API: whether a failed answer is refunded there is not documented."""
    async with LocalTaskApi() as api, openai_client(api) as client:
        api.credit = Decimal("0.012")
        for end in ("breaks", "errs"):
            stream = await streaming(client)
            chat = await api.next_chat()
            chat.breaks() if end == "breaks" else chat.errs("No.")
            with pytest.raises(openai.APIError):
                await anext(stream)
        assert api.credit == Decimal("0.002")
        with pytest.raises(openai.APIStatusError) as met:
            await streaming(client)
        assert met.value.status_code == 402
        assert len(api.chats) == 2


async def test_three_hundred_a_minute_may_be_asked() -> None:
    now = 1_000_000.0
    async with (
        LocalTaskApi(keys={"one", "two"}, clock=lambda: now) as api,
        Caller(api, "one") as one,
        Caller(api, "two") as two,
    ):
        for _ in range(299):
            assert (await one.post(CHAT, {})).status_code == 422
        now += 20.5
        await answered(one, api)
        refused = await one.post(CHAT, chatting())
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "40")
        assert refused.json()["type"] == "error"
        await answered(two, api)
        await one.create()  # runs are counted apart
        now += 40
        await answered(one, api)


async def test_both_ways_of_sending_a_key_are_counted_as_one() -> None:
    async with LocalTaskApi(chats_a_minute=1) as api, Caller(api) as caller:
        await answered(caller, api)
        async with openai_client(api) as client:
            with pytest.raises(openai.RateLimitError):
                await streaming(client)
