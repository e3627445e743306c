"""Parallel's JSON and ours: request bodies out, runs, answers and progress in.

Pure: no I/O, no clock. Fields that are not known are ignored, missing ones are named in
`Malformed`, and whatever may be missing by the contract, or is only decoration, is tolerated.
The contract: https://docs.parallel.ai/public-openapi.json
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.domain.research import Answer, Citation, FieldBasis, Progress, Run, RunRequest, RunStatus
from bot.domain.thread import GroupId, InteractionId, RunId
from bot.errors import Unavailable
from bot.parallel.error_bodies import LONGEST_WORDS, Said
from bot.parallel.text import loaded, one_line

#: What the text output shall be like; Parallel steers length and form by it
#: (https://docs.parallel.ai/task-api/guides/specify-a-task).
ANSWER_FORM = (
    "A reply in a chat thread, in Markdown and in the language of the question. Begin with the "
    "direct answer; no preamble, and do not repeat the question. Then only the support it needs: "
    "the key facts, figures and dates, with inline citations (links) for what comes from the web. "
    "Keep it short: a sentence or a short paragraph for a simple question, a few short paragraphs "
    "or a list for a wider one; a full, structured report only when the question asks for one. "
    "Say plainly what is uncertain or could not be found."
)

#: The same for a quick answer, which has no sources: the system message of a chat completion
#: (https://docs.parallel.ai/chat-api/chat-quickstart).
SYSTEM_MESSAGE = (
    "You answer in a chat thread on Slack. Write in the language of the question. Begin with the "
    "direct answer; no preamble, and do not repeat the question. Keep it short: one to three "
    "sentences for a simple question, a few short paragraphs or a list for a wider one. Use only "
    "Markdown that Slack shows: bold, italics, lists, quotes and code; no tables, images or HTML. "
    "Do not invent links or references: you have no sources to cite. Say plainly what is "
    "uncertain or may have changed."
)

MOST_COUNTED = 10**9  #: what is said to be more is no number of sources or runs
MOST_WARNINGS = 50  #: of a run that are worth keeping
LEVELS = ("high", "medium", "low")  #: of confidence


class Malformed(ValueError):
    """What came is not in the agreed form; says which part."""


# --- out --------------------------------------------------------------------------------


def request_body(request: RunRequest) -> dict[str, Any]:
    """Put a request into the body of `POST /v1/tasks/runs`."""
    body: dict[str, Any] = {
        "input": request.input,
        "processor": request.processor,
        "task_spec": {"output_schema": {"type": "text", "description": ANSWER_FORM}},
        # Cannot be turned on later; only pro and above have it by default.
        "enable_events": True,
        "metadata": dict(request.metadata),
    }
    if request.previous:
        body["previous_interaction_id"] = request.previous
    return body


# --- in ---------------------------------------------------------------------------------


def parsed(text: str) -> dict[str, Any]:
    """Read a JSON object. Raises Malformed when it is not one."""
    try:
        data = loaded(text)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"no JSON ({type(error).__name__})") from error
    if not isinstance(data, dict):
        raise Malformed("no JSON object")
    return data


def created(data: dict[str, Any]) -> Run:
    """Read a TaskRun from the answer to its creation.

    The id is all that must be there: the run is started and paid for, and everything else can be
    asked for later. Raises Malformed without it.
    """
    made = run({**data, "status": _text(data.get("status")) or RunStatus.QUEUED})
    return made if _text(data.get("interaction_id")) else replace(made, interaction=None)


def run(data: dict[str, Any]) -> Run:
    """Read a TaskRun. Raises Malformed without `run_id` or `status`.

    Where `interaction_id` is missing the run id stands in: they are the same in every documented
    example, and should they not be, the next follow-up finds out by a refusal and starts anew.
    """
    run_id = _required(data, "run_id")
    said = Said.of(data.get("error"))
    return Run(
        id=RunId(run_id),
        interaction=InteractionId(_text(data.get("interaction_id")) or run_id),
        status=_status(_required(data, "status")),
        error=said.message or None,
        ref_id=said.ref_id,
    )


def group(data: dict[str, Any]) -> GroupId:
    """Read the id of a TaskGroupResponse. Raises Malformed without it."""
    return GroupId(_required(data, "taskgroup_id"))


def group_size(data: dict[str, Any]) -> int:
    """Read how many runs a group has. Raises Malformed when it does not say."""
    number = _count(_object(data, "status").get("num_task_runs"))
    if number is None:
        raise Malformed("'status.num_task_runs' is missing")
    return number


def added(data: dict[str, Any]) -> RunId:
    """Read the id of the one run that was added to a group. Raises Malformed without it."""
    ids = [each for each in _list(data.get("run_ids")) if _text(each)]
    if not ids:
        raise _missing(data, "run_ids")
    if len(ids) > 1:
        raise Malformed(f"{len(ids)} run ids where one was asked for")
    return RunId(ids[0])


def member(data: dict[str, Any]) -> tuple[Run, str | None]:
    """Read one event of a group's list of runs: the run, and the turn its metadata names.

    Raises:
        Malformed: it is something else.
        Unavailable: the list tells of an error in itself.
    """
    if data.get("type") == "error":
        said = Said.of(data.get("error"))
        raise Unavailable(f"the list broke off: {said.message or 'no reason given'}")
    told = _object(data, "run")
    metadata = told.get("metadata")
    return run(told), _text(metadata.get("turn")) if isinstance(metadata, dict) else None


def answer(data: dict[str, Any]) -> Answer:
    """Read a TaskRunResult: its output, and the warnings of its run.

    The content decides what it is, whatever `type` says: text or an object; null is an empty text.
    Raises Malformed when it is neither, because there would be nothing to show.
    """
    output = data.get("output")
    if not isinstance(output, dict):
        raise _missing(data, "output")
    content = output.get("content", ...)
    content = "" if content is None else content
    if not isinstance(content, str | dict):
        kind = _text(output.get("type")) or "no type"
        words = f"'output.content' is neither text nor an object ({one_line(kind, 40)})"
        raise Malformed(words)
    told = data.get("run")
    warned = warnings(told.get("warnings")) if isinstance(told, dict) else ()
    return Answer(content, field_bases(output.get("basis")), warned)


def warnings(given: object) -> tuple[str, ...]:
    """Read a list of Warning: what each says, in one line, each once.

    One without words is named by its type. What is no warning is passed over.
    """
    words: dict[str, None] = {}
    for each in _list(given)[: 2 * MOST_WARNINGS]:
        said = each
        if isinstance(each, dict):
            said = _text(each.get("message")) or (_text(each.get("type")) or "").replace("_", " ")
        if isinstance(said, str) and (line := one_line(said, LONGEST_WORDS)):
            words[line] = None
    return tuple(words)[:MOST_WARNINGS]


def field_bases(basis: object) -> tuple[FieldBasis, ...]:
    """Read a list of FieldBasis; what is none of them is passed over."""
    return tuple(_field_basis(each) for each in objects(basis))


def progress(data: dict[str, Any]) -> Progress | None:
    """Read one event of a run's stream; None for a kind that we have no use for.

    The output in the last event is left alone: the result call is the truth.
    https://docs.parallel.ai/task-api/task-sse

    Raises:
        Unavailable: the stream tells of an error in itself.
        Malformed: an event of a known kind without its substance.
    """
    kind = data.get("type")
    if kind == "error" or (kind is None and data.get("error")):
        said = Said.of(data.get("error"))
        raise Unavailable(f"the event stream broke off: {said.message or 'no reason given'}")
    if kind == "task_run.state":
        return Progress(status=run(_object(data, "run")).status)
    if kind == "task_run.progress_stats":
        stats = data.get("source_stats")
        stats = stats if isinstance(stats, dict) else {}
        return Progress(
            percent=_percent(data.get("progress_meter")),
            considered=_count(stats.get("num_sources_considered")),
            read=_count(stats.get("num_sources_read")),
        )
    # New suffixes are announced as possible: all are words for people.
    if isinstance(kind, str) and kind.startswith("task_run.progress_msg"):
        return Progress(message=_required(data, "message"))
    return None


# --- pieces -----------------------------------------------------------------------------


def _status(text: str) -> RunStatus:
    try:
        return RunStatus(text)
    except ValueError:
        return RunStatus.UNKNOWN


def _field_basis(data: dict[str, Any]) -> FieldBasis:
    citations = (
        Citation(url, _text(citation.get("title")), _excerpts(citation.get("excerpts")))
        for citation in objects(data.get("citations"))
        if (url := _text(citation.get("url")))
    )
    return FieldBasis(
        field=_text(data.get("field")) or "",
        reasoning=_text(data.get("reasoning")) or "",
        citations=tuple(citations),
        confidence=_confidence(data.get("confidence")),
    )


def _excerpts(given: object) -> tuple[str, ...]:
    """Read excerpts; one that stands alone is a list of one."""
    listed = [given] if isinstance(given, str) else _list(given)
    return tuple(each for each in listed if _text(each))


def _confidence(given: object) -> str | None:
    """Read a level of confidence in any case; one that is not known stays as it is."""
    text = _text(given)
    return text.lower() if text and text.lower() in LEVELS else text


def _required(data: dict[str, Any], name: str) -> str:
    value = _text(data.get(name))
    if value is None:
        raise _missing(data, name)
    return value


def _object(data: dict[str, Any], name: str) -> dict[str, Any]:
    value = data.get(name)
    if not isinstance(value, dict):
        raise _missing(data, name)
    return value


def _missing(data: dict[str, Any], name: str) -> Malformed:
    """Say what is missing, with what an error in its place says."""
    said = Said.of(data.get("error")).message
    return Malformed(f"'{name}' is missing" + (f"; it says: {said}" if said else ""))


def objects(value: object) -> list[dict[str, Any]]:
    """Return the objects in a list; what is no list has none."""
    return [item for item in _list(value) if isinstance(item, dict)]


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str | None:
    """Read a text without the blanks around it; None for what is none, or is blank."""
    return value.strip() or None if isinstance(value, str) else None


def _percent(value: object) -> float | None:
    """Read a number from 0 to 100; NaN, which JSON parsers let through, is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value <= 100 else None


def _count(value: object) -> int | None:
    """Read a number of things. To JSON Schema 3.0 is an integer, too, and "3" is none.

    https://json-schema.org/draft/2020-12/json-schema-validation#section-6.1.1
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if 0 <= value <= MOST_COUNTED and value == int(value) else None
