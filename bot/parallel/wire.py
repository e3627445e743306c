"""Map the Task API's JSON to our values: request bodies out, runs, answers and progress in. Pure.

Unknown fields are ignored. A missing field raises `Malformed`, unless it is optional in the
contract or not essential. The contract: https://docs.parallel.ai/public-openapi.json
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

from bot.domain.research import Answer, Citation, FieldBasis, Progress, Run, RunRequest, RunStatus
from bot.domain.thread import GroupId, InteractionId, RunId
from bot.errors import Unavailable
from bot.parallel.error_bodies import LONGEST_MESSAGE, ErrorBody
from bot.parallel.instructions import ANSWER_FORM
from bot.parallel.json_fields import (
    Malformed,
    count_or_none,
    list_or_empty,
    missing,
    objects,
    percent_or_none,
    required_object,
    required_text,
    text_or_none,
)
from bot.parallel.text import one_line

MOST_WARNINGS = 50  #: of a run that are kept
MOST_FIELDS = 5_000  #: of a basis, and
MOST_CITATIONS = 20_000  #: and excerpts, of all its fields, that are kept; no answer has as many
LEVELS = ("high", "medium", "low")  #: of confidence


def request_body(request: RunRequest) -> dict[str, Any]:
    """Return the body of `POST /v1/tasks/runs`."""
    body: dict[str, Any] = {
        "input": request.input,
        "processor": request.processor,
        "task_spec": {"output_schema": {"type": "text", "description": ANSWER_FORM}},
        # Cannot be enabled later; only pro and above have it by default.
        "enable_events": True,
        "metadata": dict(request.metadata),
    }
    if request.previous:
        body["previous_interaction_id"] = request.previous
    return body


def created_run(data: dict[str, Any]) -> Run:
    """Read the TaskRun in the response to its creation.

    Only the id is required: the run is started and paid for, and everything else can be retrieved
    later. Raises Malformed without it.
    """
    created = run({**data, "status": text_or_none(data.get("status")) or RunStatus.QUEUED})
    has_interaction = text_or_none(data.get("interaction_id")) is not None
    return created if has_interaction else replace(created, interaction=None)


def run(data: dict[str, Any]) -> Run:
    """Read a TaskRun. Raises Malformed without `run_id` or `status`.

    Without `interaction_id` the run id is used: they are equal in every documented example. If they
    are not, the next follow-up is refused, and is asked again without the chain.
    """
    run_id = required_text(data, "run_id")
    error = ErrorBody.of(data.get("error"))
    return Run(
        id=RunId(run_id),
        interaction=InteractionId(text_or_none(data.get("interaction_id")) or run_id),
        status=_status(required_text(data, "status")),
        error=error.message or None,
        ref_id=error.ref_id,
    )


def group(data: dict[str, Any]) -> GroupId:
    """Read the id of a TaskGroupResponse. Raises Malformed without it."""
    return GroupId(required_text(data, "taskgroup_id"))


def group_size(data: dict[str, Any]) -> int:
    """Read how many runs a group has. Raises Malformed without that."""
    number = count_or_none(required_object(data, "status").get("num_task_runs"))
    if number is None:
        raise Malformed("'status.num_task_runs' is missing")
    return number


def added_run(data: dict[str, Any]) -> RunId:
    """Read the id of the one run that was added to a group. Raises Malformed without it."""
    ids = [each for each in list_or_empty(data.get("run_ids")) if text_or_none(each)]
    if not ids:
        raise missing(data, "run_ids")
    if len(ids) > 1:
        raise Malformed(f"{len(ids)} run ids where one was asked for")
    return RunId(ids[0])


def member(data: dict[str, Any]) -> tuple[Run, str | None]:
    """Read one event of a group's list of runs: the run, and the turn that its metadata names.

    Raises:
        Malformed: it is something else.
        Unavailable: the event is an error.
    """
    if data.get("type") == "error":
        said = ErrorBody.of(data.get("error"))
        raise Unavailable(f"the list broke off: {said.message or 'no reason given'}")
    listed = required_object(data, "run")
    metadata = listed.get("metadata")
    return run(listed), text_or_none(metadata.get("turn")) if isinstance(metadata, dict) else None


def answer(data: dict[str, Any]) -> Answer:
    """Read a TaskRunResult: its output, and the warnings of its run.

    The content is text or an object, whatever `type` says; null is an empty text. Raises Malformed
    when it is neither, because there would be nothing to show.
    """
    output = data.get("output")
    if not isinstance(output, dict):
        raise missing(data, "output")
    content = output.get("content", ...)
    content = "" if content is None else content
    if not isinstance(content, str | dict):
        kind = text_or_none(output.get("type")) or "no type"
        raise Malformed(f"'output.content' is neither text nor an object ({one_line(kind, 40)})")
    of_run = data.get("run")
    warned = warnings(of_run.get("warnings")) if isinstance(of_run, dict) else ()
    return Answer(content, field_bases(output.get("basis")), warned)


def warnings(given: object) -> tuple[str, ...]:
    """Read a list of Warning: the message of each as one line, without duplicates.

    A warning without a message is named by its type. Anything else in the list is skipped.
    """
    messages: dict[str, None] = {}
    for each in list_or_empty(given)[: 2 * MOST_WARNINGS]:
        message = each
        if isinstance(each, dict):
            kind = text_or_none(each.get("type")) or ""
            message = text_or_none(each.get("message")) or kind.replace("_", " ")
        if isinstance(message, str) and (line := one_line(message, LONGEST_MESSAGE)):
            messages[line] = None
    return tuple(messages)[:MOST_WARNINGS]


def field_bases(basis: object) -> tuple[FieldBasis, ...]:
    """Read a list of FieldBasis, within bounds; anything else in the list is skipped."""
    found: list[FieldBasis] = []
    left = MOST_CITATIONS
    for each in objects(basis)[:MOST_FIELDS]:
        found.append(_field_basis(each, left))
        left -= sum(1 + len(citation.excerpts) for citation in found[-1].citations)
    return tuple(found)


def progress(data: dict[str, Any]) -> Progress | None:
    """Read one event of a run's stream; None for a kind that is not used.

    The output in the last event is ignored: the result call is the truth.
    https://docs.parallel.ai/task-api/task-sse

    Raises:
        Unavailable: the event is an error.
        Malformed: an event of a known kind lacks its content.
    """
    kind = data.get("type")
    if kind == "error" or (kind is None and data.get("error")):
        said = ErrorBody.of(data.get("error"))
        raise Unavailable(f"the event stream broke off: {said.message or 'no reason given'}")
    if kind == "task_run.state":
        return Progress(status=run(required_object(data, "run")).status)
    if kind == "task_run.progress_stats":
        stats = data.get("source_stats")
        stats = stats if isinstance(stats, dict) else {}
        return Progress(
            percent=percent_or_none(data.get("progress_meter")),
            considered=count_or_none(stats.get("num_sources_considered")),
            read=count_or_none(stats.get("num_sources_read")),
        )
    # Parallel announces that suffixes may be added; all are messages for people.
    if isinstance(kind, str) and kind.startswith("task_run.progress_msg"):
        return Progress(message=required_text(data, "message"))
    return None


def _status(text: str) -> RunStatus:
    try:
        return RunStatus(text)
    except ValueError:
        return RunStatus.UNKNOWN


def _field_basis(data: dict[str, Any], most: int) -> FieldBasis:
    return FieldBasis(
        field=text_or_none(data.get("field")) or "",
        reasoning=text_or_none(data.get("reasoning")) or "",
        citations=tuple(_citations(data.get("citations"), most)),
        confidence=_confidence(data.get("confidence")),
    )


def _citations(given: object, left: int) -> Iterator[Citation]:
    """Read a list of citations, up to `left` of them and of their excerpts in all."""
    for citation in objects(given):
        if left <= 0:
            return
        if url := text_or_none(citation.get("url")):
            excerpts = tuple(islice(_excerpts(citation.get("excerpts")), left - 1))
            left -= 1 + len(excerpts)
            yield Citation(url, text_or_none(citation.get("title")), excerpts)


def _excerpts(given: object) -> Iterator[str]:
    """Read a list of excerpts, or a single excerpt."""
    listed = [given] if isinstance(given, str) else list_or_empty(given)
    return (each for each in listed if text_or_none(each))


def _confidence(given: object) -> str | None:
    """Read a level of confidence in any letter case; an unknown one stays as it is."""
    text = text_or_none(given)
    return text.lower() if text and text.lower() in LEVELS else text
