"""What Parallel's JSON comes to in our words, from literal JSON."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.research import Answer, Citation, FieldBasis, Progress, Run, RunRequest, RunStatus
from bot.domain.thread import InteractionId, RunId
from bot.errors import Unavailable
from bot.parallel import error_bodies, json_fields, wire
from bot.parallel.text import MOST_NESTED

TASK_RUN = """
{"run_id": "trun_9907", "interaction_id": "inter_9907", "status": "queued", "is_active": true,
 "processor": "core", "metadata": {"turn": "T1:C1:1.2"}, "warnings": null, "error": null,
 "created_at": "2025-04-23T20:21:48.037943Z", "modified_at": "2025-04-23T20:21:48.037943Z",
 "something_new": {"deep": [1, 2]}}
"""
NOW = 1_700_000_000.0  # Tue, 14 Nov 2023 22:13:20 GMT


# --- out --------------------------------------------------------------------------------


def test_a_first_question_in_the_api_s_form() -> None:
    body = wire.request_body(RunRequest("Who owns it?", "core-fast", None, {"turn": "T:C:1"}))
    form = body.pop("task_spec")["output_schema"]
    assert body == {
        "input": "Who owns it?",
        "processor": "core-fast",
        "enable_events": True,
        "metadata": {"turn": "T:C:1"},
    }
    assert form.pop("type") == "text"
    assert len(form.pop("description")) < 1000
    assert form == {}


def test_a_follow_up_names_the_interaction_before() -> None:
    body = wire.request_body(RunRequest("And since when?", "core", InteractionId("inter_1"), {}))
    assert body["previous_interaction_id"] == "inter_1"


# --- runs -------------------------------------------------------------------------------


def test_a_run_is_parsed() -> None:
    expected = Run(RunId("trun_9907"), InteractionId("inter_9907"), RunStatus.QUEUED)
    assert wire.run(json_fields.parse_object(TASK_RUN)) == expected


@pytest.mark.parametrize("status", [s for s in RunStatus if s is not RunStatus.UNKNOWN])
def test_every_status_of_the_contract_is_known(status: RunStatus) -> None:
    assert wire.run({"run_id": "r", "status": status.value}).status is status


def test_a_status_from_the_future_is_unknown_and_not_over() -> None:
    run = wire.run({"run_id": "r", "status": "meditating"})
    assert run.status is RunStatus.UNKNOWN
    assert not run.status.is_over


def test_a_failed_run_says_why_in_one_line() -> None:
    error = {"ref_id": "ref-7", "message": "No sources\nfound", "detail": {"step": "search"}}
    run = wire.run({"run_id": "r", "interaction_id": "i", "status": "failed", "error": error})
    assert (run.error, run.ref_id) == ("No sources found – step: search", "ref-7")


@pytest.mark.parametrize("missing", ["run_id", "status"])
def test_a_run_without_what_it_needs_names_it(missing: str) -> None:
    data = json_fields.parse_object(TASK_RUN)
    data[missing] = None
    with pytest.raises(json_fields.Malformed, match=missing):
        wire.run(data)


def test_a_created_run_is_kept_with_nothing_but_its_id() -> None:
    expected = Run(RunId("r"), None, RunStatus.QUEUED)  # which interaction it is, is asked later
    assert wire.created_run({"run_id": "r"}) == expected
    assert wire.created_run({"run_id": "r", "status": None, "interaction_id": 5}) == expected
    with pytest.raises(json_fields.Malformed, match="run_id"):
        wire.created_run({"status": "queued"})


@pytest.mark.parametrize("text", ["", "<html>", "[]", '"r"', "null", '{"run_id":', "[" * 100_000])
def test_a_body_that_is_no_json_object_is_refused(text: str) -> None:
    with pytest.raises(json_fields.Malformed):
        json_fields.parse_object(text)


# --- answers ----------------------------------------------------------------------------


def test_a_text_answer_with_its_basis() -> None:
    parsed = wire.answer(
        json_fields.parse_object("""
    {"run": {}, "output": {"type": "text", "content": "**Egypt** owns it.", "basis": [
      {"field": "output", "reasoning": "Two sources agree.", "confidence": "high", "citations": [
        {"url": "https://a.example/", "title": "A", "excerpts": ["owned by", "Egypt"]},
        {"url": "https://b.example/", "title": null, "excerpts": null}]}]}}""")
    )
    citations = (
        Citation("https://a.example/", "A", ("owned by", "Egypt")),
        Citation("https://b.example/"),
    )
    basis = FieldBasis("output", "Two sources agree.", citations, "high")
    assert parsed == Answer("**Egypt** owns it.", (basis,))


def test_a_json_answer_is_parsed() -> None:
    output = {"type": "json", "content": {"gdp": "$3.1 trillion"}, "basis": []}
    assert wire.answer({"output": output}) == Answer({"gdp": "$3.1 trillion"})


@pytest.mark.parametrize(
    ("basis", "read"),
    [
        (None, ()),
        ("none", ()),
        ([None, 3], ()),
        ([{}], (FieldBasis("", ""),)),
        ([{"field": "f", "citations": None, "confidence": 3}], (FieldBasis("f", ""),)),
        ([{"field": "f", "citations": [{}, {"title": "no url"}, 1]}], (FieldBasis("f", ""),)),
        (
            [{"reasoning": "r", "citations": [{"url": "u", "excerpts": [None, "e"]}]}],
            (FieldBasis("", "r", (Citation("u", None, ("e",)),)),),
        ),
    ],
)
def test_a_basis_with_holes_is_no_reason_to_lose_the_answer(basis: Any, read: Any) -> None:
    output = {"type": "text", "content": "Yes.", "basis": basis}
    assert wire.answer({"output": output}) == Answer("Yes.", read)


@pytest.mark.parametrize(
    ("citation", "read"),
    [
        ({"url": "u", "title": None, "excerpts": None}, Citation("u")),
        ({"url": " u\n", "title": " t ", "excerpts": []}, Citation("u", "t")),
        ({"url": "u", "title": "", "excerpts": ""}, Citation("u")),
        ({"url": "u", "title": "\n", "excerpts": "e"}, Citation("u", None, ("e",))),
        ({"url": "u", "title": 7, "excerpts": {"e": 1}}, Citation("u")),
        ({"url": "u", "title": ["t"], "excerpts": ["", " ", None, 5, " e "]}, None),
        ({"url": "u", "rank": 1, "extra": {"a": []}, "publish_date": None}, Citation("u")),
        ({"url": None, "title": "t"}, ()),
        ({"url": "", "title": "t"}, ()),
        ({"url": "  "}, ()),
        ({"url": 7}, ()),
        ({"url": ["u"]}, ()),
        ({"uri": "u"}, ()),
        ("u", ()),
        (None, ()),
        ([], ()),
    ],
)
def test_a_citation_is_read_by_its_address_whatever_else_it_lacks(citation: Any, read: Any) -> None:
    expected = Citation("u", None, (" e ",)) if read is None else read
    [basis] = wire.field_bases([{"field": "f", "citations": [citation, {"url": "last"}]}])
    first = (expected,) if isinstance(expected, Citation) else ()
    assert basis.citations == (*first, Citation("last"))


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("high", "high"),
        ("High", "high"),
        (" MEDIUM\n", "medium"),
        ("low", "low"),
        ("Very High", "Very High"),
        ("", None),
        (None, None),
        (0.9, None),
        (["high"], None),
    ],
)
def test_a_confidence_is_a_level_in_any_case(given: Any, read: str | None) -> None:
    [basis] = wire.field_bases([{"field": "f", "confidence": given}])
    assert basis.confidence == read


def test_hundreds_of_citations_are_all_read() -> None:
    cited = [{"url": f"https://e.example/{n}", "excerpts": ["x" * 500]} for n in range(2_000)]
    [basis] = wire.field_bases([{"field": "answer", "citations": cited}])
    assert len(basis.citations) == 2_000


def test_of_more_fields_and_citations_than_any_answer_has_the_first_are_kept() -> None:
    bases = wire.field_bases([{"field": str(n)} for n in range(wire.MOST_FIELDS + 1)])
    assert [basis.field for basis in bases] == [str(n) for n in range(wire.MOST_FIELDS)]
    cited = [{"url": f"https://e.example/{n}"} for n in range(wire.MOST_CITATIONS - 1)]
    bases = wire.field_bases([{"citations": cited}, *[{"citations": cited[:2]}] * 2])
    assert [len(basis.citations) for basis in bases] == [wire.MOST_CITATIONS - 1, 1, 0]


@pytest.mark.parametrize("value", ["[[[]]]", '{"a": [0]}'])
def test_json_of_more_lists_and_objects_than_any_answer_has_is_not_parsed(value: str) -> None:
    most = (MOST_NESTED - 2) // (value.count("[") + value.count("{"))
    [values] = json_fields.parse_object(f'{{"a": [{", ".join([value] * most)}]}}').values()
    assert len(values) == most
    with pytest.raises(json_fields.Malformed):
        json_fields.parse_object(f'{{"a": [{", ".join([value] * (most + 2))}]}}')


def test_of_more_excerpts_than_any_answer_has_the_first_are_kept() -> None:
    excerpts = [str(n) for n in range(wire.MOST_CITATIONS + 1)]
    one, two = {"url": "https://e.example", "excerpts": ["a"]}, {"url": "https://e.example/2"}
    [basis, none] = wire.field_bases(
        [{"citations": [one, {**two, "excerpts": excerpts}, two]}, {"citations": [two]}]
    )
    kept = wire.MOST_CITATIONS - 3  # two citations and the excerpt of the first
    assert [each.excerpts for each in basis.citations] == [("a",), tuple(excerpts[:kept])]
    assert none.citations == ()


@pytest.mark.parametrize("content", ["", None])
def test_an_empty_content_is_an_empty_answer(content: Any) -> None:
    assert wire.answer({"output": {"type": "text", "content": content, "basis": None}}) == Answer(
        ""
    )


@pytest.mark.parametrize(
    ("warnings", "read"),
    [
        (None, ()),
        ([], ()),
        ("text", ()),
        ({"message": "alone"}, ()),
        ([{"type": "warning", "message": "Mind the gap", "detail": {"a": 1}}], ("Mind the gap",)),
        ([{"type": "spec_validation_warning", "message": None}], ("spec validation warning",)),
        ([{"type": "from_the_future", "message": " "}], ("from the future",)),
        ([{"type": 7, "message": 7}, None, 7, [], {}, "", "As a text"], ("As a text",)),
        ([{"message": "one\nline\x1b"}, {"message": "one line"}], ("one line",)),
        ([{"message": "A"}, {"message": "B", "extra": 1}], ("A", "B")),
    ],
)
def test_the_warnings_of_a_run_are_read_as_words(warnings: Any, read: tuple[str, ...]) -> None:
    data = {"run": {"warnings": warnings}, "output": {"type": "text", "content": "Yes."}}
    assert wire.answer(data) == Answer("Yes.", (), read)


def test_endless_warnings_are_bounded() -> None:
    parsed = wire.warnings([{"message": f"{n} " + "long " * 1_000} for n in range(10_000)])
    assert len(parsed) == wire.MOST_WARNINGS
    assert {len(each) for each in parsed} == {error_bodies.LONGEST_MESSAGE}


@pytest.mark.parametrize("run", [None, "run", [], 7])
def test_a_result_without_its_run_is_an_answer(run: Any) -> None:
    assert wire.answer({"run": run, "output": {"content": "Yes."}}) == Answer("Yes.")


@pytest.mark.parametrize("content", ["Yes.", {"yes": True}])
def test_the_content_decides_whatever_the_type_says(content: Any) -> None:
    assert wire.answer({"output": {"type": "video", "content": content}}) == Answer(content)


@pytest.mark.parametrize(
    ("data", "named"),
    [
        ({}, "output"),
        ({"output": None}, "output"),
        ({"output": {"type": "text"}}, "output.content"),
        ({"output": {"type": "video", "content": ["frame"]}}, "video"),
    ],
)
def test_an_output_with_nothing_to_show_names_what_is_missing(
    data: dict[str, Any], named: str
) -> None:
    with pytest.raises(json_fields.Malformed, match=named):
        wire.answer(data)


# --- progress ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "parsed"),
    [
        (
            '{"type": "task_run.state", "event_id": null, "run": {"run_id": "r", "status": '
            '"completed"}, "output": {"type": "text", "content": "not read here"}}',
            Progress(status=RunStatus.COMPLETED),
        ),
        (
            '{"type": "task_run.progress_msg.plan", "message": "Planning", "timestamp": "now"}',
            Progress(message="Planning"),
        ),
        (
            '{"type": "task_run.progress_msg.from_the_future", "message": "Dreaming"}',
            Progress(message="Dreaming"),
        ),
        (
            '{"type": "task_run.progress_stats", "progress_meter": 41.5, "source_stats": '
            '{"num_sources_considered": 120, "num_sources_read": 7, "sources_read_sample": []}}',
            Progress(percent=41.5, considered=120, read=7),
        ),
        (
            '{"type": "task_run.progress_stats", "progress_meter": NaN, "source_stats": '
            '{"num_sources_considered": null, "num_sources_read": "many"}}',
            Progress(),
        ),
        ('{"type": "task_run.progress_stats", "source_stats": null}', Progress()),
        ('{"type": "task_run.progress_stats", "progress_meter": 250}', Progress()),
        ('{"type": "task_run.mood", "mood": "fine"}', None),
        ('{"type": 3}', None),
        ("{}", None),
    ],
)
def test_events_are_parsed(event: str, parsed: Progress | None) -> None:
    assert wire.progress(json_fields.parse_object(event)) == parsed


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (3, 3),
        (3.0, 3),
        (0.0, 0),
        (-0.0, 0),
        (1e6, 1_000_000),
        (3.5, None),
        (-1, None),
        (-3.0, None),
        (1e300, None),
        (10**400, None),
        (float("inf"), None),
        (float("-inf"), None),
        (float("nan"), None),
        (True, None),
        (False, None),
        ("3", None),
        ("3.0", None),
        (None, None),
        ([3], None),
        ({"n": 3}, None),
    ],
)
def test_a_count_is_a_whole_number_however_it_is_written(given: Any, read: int | None) -> None:
    stats = {"num_sources_considered": given, "num_sources_read": given}
    parsed = wire.progress({"type": "task_run.progress_stats", "source_stats": stats})
    assert parsed == Progress(considered=read, read=read)
    assert not isinstance(parsed.considered, float)
    group = {"status": {"num_task_runs": given}}
    if read is None:
        with pytest.raises(json_fields.Malformed, match="num_task_runs"):
            wire.group_size(group)
    else:
        assert wire.group_size(group) == read


@pytest.mark.parametrize(
    ("given", "read"),
    [(0, 0.0), (41, 41.0), (41.5, 41.5), (100.0, 100.0), (100.1, None), (-1, None), ("41", None)],
)
def test_a_percentage_is_a_number_from_0_to_100(given: Any, read: float | None) -> None:
    parsed = wire.progress({"type": "task_run.progress_stats", "progress_meter": given})
    assert parsed == Progress(percent=read)


@pytest.mark.parametrize(
    "event",
    [
        {"type": "task_run.state"},
        {"type": "task_run.state", "run": {"run_id": "r"}},
        {"type": "task_run.progress_msg.plan", "message": None},
    ],
)
def test_events_without_their_substance(event: dict[str, Any]) -> None:
    with pytest.raises(json_fields.Malformed):
        wire.progress(event)


def test_an_error_event_is_raised() -> None:
    with pytest.raises(Unavailable, match="out of order"):
        wire.progress({"type": "error", "error": {"ref_id": "x", "message": "out of order"}})
