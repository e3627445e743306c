"""A client of Parallel's API on a server of raw bytes, and the check that it logs no secret."""

from __future__ import annotations

import json
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.domain.research import Progress, RunRequest
from bot.domain.thread import InteractionId, RunId
from bot.errors import AnswerLost, Refused, Unavailable
from bot.parallel.client import TaskApi, Timeouts
from tests.raw_http import Handling, Server, serving

KEY = "key-4711-never-to-be-seen"
QUESTION = "Who owns the Suez Canal?"
ASKED = RunRequest(QUESTION, "core", None, {"turn": "T1:C1:1.2"})
FOLLOW_UP = RunRequest(QUESTION, "core", InteractionId("inter_0"), {})
RUN = RunId("trun_1")
TASK_RUN = {
    "run_id": "trun_1",
    "interaction_id": "inter_1",
    "status": "queued",
    "is_active": True,
    "processor": "core",
    "created_at": "2025-04-23T20:21:48.037943Z",
    "modified_at": "2025-04-23T20:21:48.037943Z",
}
STREAM = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n\r\n"
HASTY = Timeouts(connect=0.3, create=0.3, status=0.3, result=0.3, silence=0.3)


@asynccontextmanager
async def parallel(
    handling: Handling, timeouts: Timeouts | None = None
) -> AsyncIterator[tuple[TaskApi, Server]]:
    """A client, and the server it talks to."""
    async with serving(handling) as server, TaskApi(server.url, KEY, timeouts=timeouts) as api:
        yield api, server


async def error_of(call: Any) -> Refused | Unavailable | AnswerLost:
    """The error of a call, which must not give the key away."""
    with pytest.raises((Refused, Unavailable, AnswerLost)) as met:
        await call
    assert isinstance(met.value, Refused | Unavailable | AnswerLost)
    assert KEY not in "".join(traceback.format_exception(met.value))
    assert KEY not in repr(met.value)
    return met.value


def refused(message: str) -> dict[str, Any]:
    return {"type": "error", "error": {"ref_id": "ref-1", "message": message, "detail": None}}


def event(data: dict[str, Any]) -> bytes:
    return f"data: {json.dumps(data)}\n\n".encode()


def state(status: str, **more: Any) -> bytes:
    return event({"type": "task_run.state", "run": {**TASK_RUN, "status": status}, **more})


def said(message: str) -> bytes:
    return event({"type": "task_run.progress_msg.search", "message": message, "timestamp": None})


async def watched(api: TaskApi) -> list[Progress]:
    async with api.events(RUN) as stream:
        return [progress async for progress in stream]
