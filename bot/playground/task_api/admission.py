"""Validate the form, size and rate of requests that start runs. Pure.

Sizes: https://docs.parallel.ai/resources/warnings-and-errors (25,000 characters) and the
descriptions in the OpenAPI file (metadata, domains). Fields that are not in the file are refused:
the real API may ignore them, and the mistake would go unnoticed.
"""

from __future__ import annotations

import json
from collections import deque
from typing import Any

from bot.playground.task_api import contract
from bot.playground.task_api.protocol import JSON, Refusal

LONGEST_KEY, LONGEST_VALUE = 16, 512  # characters of metadata
MOST_DOMAINS = 200  # included and excluded together
LONGEST_REQUEST = 25_000  # characters of input and task spec together
MOST_RUNS = 1_000  # in one request to a group
MINUTE = 60.0


def well_formed(schema: str, body: Any) -> JSON:
    """Return the body. Raises Refusal (422) unless it matches the schema of that name."""
    try:
        contract.check(schema, body)
    except contract.SchemaViolation as violation:
        raise Refusal(422, field=violation.field, reason=violation.reason) from None
    unknown = sorted(body.keys() - contract.fields(schema))
    if unknown:
        raise Refusal(422, field=(unknown[0],), reason="there is no such field")
    return dict(body)


def run_request(body: Any, place: tuple[str | int, ...] = ()) -> JSON:
    """Return the body of a run. Raises Refusal (422); `place` is its path within the request.

    Whether the processor and the previous interaction exist is not checked here.
    """
    try:
        good = well_formed("TaskRunInput", body)
        _metadata(good.get("metadata") or {})
        _domains(good.get("source_policy") or {})
        _size(good)
    except Refusal as refusal:
        refusal.field = (*place, *refusal.field)
        raise
    return good


def group_request(body: Any) -> list[JSON]:
    """Return the bodies of the runs to add to a group, with the default task spec filled in.

    Raises Refusal (422).
    """
    good = well_formed("TaskGroupRunRequest", body)
    if len(good["inputs"]) > MOST_RUNS:
        raise Refusal(422, field=("inputs",), reason=f"more than {MOST_RUNS:,} runs")
    default = good.get("default_task_spec")
    filled = [
        {**given, "task_spec": default} if default and not given.get("task_spec") else given
        for given in good["inputs"]
    ]
    return [run_request(each, ("inputs", number)) for number, each in enumerate(filled)]


class SlidingWindowLimiter:
    """Limits the requests of each key within any 60 seconds."""

    def __init__(self, most: int) -> None:
        """Allow `most` requests per minute and key."""
        self._most = most
        self._times: dict[str, deque[float]] = {}

    def take(self, key: str, now: float) -> None:
        """Count a request. Raises Refusal (429) when it exceeds the limit."""
        times = self._times.setdefault(key, deque())
        while times and times[0] <= now - MINUTE:
            times.popleft()
        if len(times) >= self._most:
            raise Refusal(429, retry_after=times[0] + MINUTE - now)
        times.append(now)


def _metadata(metadata: JSON) -> None:
    for name, value in metadata.items():
        if len(name) > LONGEST_KEY:
            reason = f"a key has at most {LONGEST_KEY} characters"
            raise Refusal(422, field=("metadata", name), reason=reason)
        if isinstance(value, str) and len(value) > LONGEST_VALUE:
            reason = f"a value has at most {LONGEST_VALUE} characters"
            raise Refusal(422, field=("metadata", name), reason=reason)


def _domains(policy: JSON) -> None:
    named = len(policy.get("include_domains", [])) + len(policy.get("exclude_domains", []))
    if named > MOST_DOMAINS:
        reason = f"{named} domains, the most are {MOST_DOMAINS}"
        raise Refusal(422, field=("source_policy",), reason=reason)


def _size(body: JSON) -> None:
    size = sum(len(_text(body[part])) for part in ("input", "task_spec") if body.get(part))
    if size > LONGEST_REQUEST:
        reason = f"{size:,} characters with the task spec, the most are {LONGEST_REQUEST:,}"
        raise Refusal(422, field=("input",), reason=reason)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
