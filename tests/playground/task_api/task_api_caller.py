"""A plain HTTP client of the Task and the Chat API that checks every answer by the OpenAPI file."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache
from importlib import resources
from types import TracebackType
from typing import Any, Self

import httpx
from httpx_sse import aconnect_sse
from jsonschema import Draft202012Validator

from bot.playground.task_api import LocalTaskApi

SPEC: dict[str, Any] = json.loads(
    resources.files("bot.playground.task_api").joinpath("openapi.json").read_text()
)
QUESTION = "Who owns the Kiel Canal?"
RUNS = "/v1/tasks/runs"
GROUPS = "/v1/tasks/groups"
CHAT = "/v1beta/chat/completions"


def asking(**more: Any) -> dict[str, Any]:
    """The body of a create call."""
    return {"input": QUESTION, "processor": "core", **more}


def chatting(*contents: str, **more: Any) -> dict[str, Any]:
    """The body of a chat request: messages of the user and the assistant in turn."""
    roles = ("user", "assistant")
    said = [{"role": roles[n % 2], "content": c} for n, c in enumerate(contents or (QUESTION,))]
    return {"model": "speed", "messages": said, **more}


class Caller:
    """Calls a local Task API with its key; what is not as the OpenAPI file says fails the test."""

    def __init__(self, api: LocalTaskApi, key: str | None = "local-key") -> None:
        headers = {"x-api-key": key} if key else {}
        # Nothing is encrypted here, and loading certificates takes longer than a test.
        self._client = httpx.AsyncClient(
            base_url=api.url, headers=headers, timeout=60, verify=False
        )
        self.checked: set[tuple[str, str, int]] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._client.aclose()

    async def get(self, path: str, **query: Any) -> httpx.Response:
        return await self._checked("GET", path, params=query)

    async def post(self, path: str, body: Any) -> httpx.Response:
        return await self._checked("POST", path, json=body)

    async def create(self, **more: Any) -> Any:
        """Create a run that must not be refused; returns the TaskRun."""
        response = await self.post(RUNS, asking(**more))
        assert response.status_code == 202, response.text
        return response.json()

    @asynccontextmanager
    async def stream(self, path: str, **query: Any) -> AsyncIterator[AsyncIterator[Any]]:
        """Hold a stream; yields its events. Unknown kinds of messages are let through."""
        async with aconnect_sse(self._client, "GET", path, params=query) as source:
            assert source.response.headers["content-type"].startswith("text/event-stream")

            async def events() -> AsyncIterator[Any]:
                async for event in source.aiter_sse():
                    data = event.json()
                    assert event.event == data["type"]
                    if not data["type"].startswith("task_run.progress_msg.new_"):
                        self._check("GET", path, 200, data)
                    yield data

            yield events()

    async def events(self, path: str, **query: Any) -> list[Any]:
        """Return all events of a stream that ends by itself."""
        async with self.stream(path, **query) as events:
            return [event async for event in events]

    async def _checked(self, method: str, path: str, **more: Any) -> httpx.Response:
        response = await self._client.request(method, path, **more)
        self._check(method, path, response.status_code, response.json())
        return response

    def _check(self, method: str, path: str, status: int, data: Any) -> None:
        template = next((t for t in SPEC["paths"] if _pattern(t).fullmatch(path)), None)
        schema: dict[str, Any] = {"$ref": "#/components/schemas/ErrorResponse"}
        if template:
            declared = SPEC["paths"][template][method.lower()]["responses"].get(str(status))
            if declared:
                schema = next(iter(declared["content"].values()))["schema"]  # JSON comes first
            assert declared or status >= 400
            self.checked.add((method, template, status))
        _validator(json.dumps(schema)).validate(data)
        if status == 422 and "HTTPValidationError" in str(schema):
            assert data["detail"], "a validation error without a reason"


async def until(look: Callable[[], bool], timeout: float = 60.0) -> None:
    """Return once `look` is true. Raises TimeoutError after `timeout` seconds."""
    async with asyncio.timeout(timeout):
        while not look():
            await asyncio.sleep(0.005)


@cache
def _validator(schema: str) -> Draft202012Validator:
    return Draft202012Validator({**json.loads(schema), "components": SPEC["components"]})


@cache
def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{\w+\}", "[^/]+", template))
