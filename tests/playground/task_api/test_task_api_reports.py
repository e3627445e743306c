"""The playground's reports are as large and as odd as real ones, and the same for one question."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.playground.task_api import LocalTaskApi, SampleResearch
from bot.playground.task_api.automatic import REPORT_SIZES
from bot.playground.task_api.reports import STYLES, Style, report
from bot.playground.task_api.sample_answers import odd_sources
from tests.playground.task_api.task_api_caller import RUNS, Caller

TEXT = {"output_schema": {"type": "text", "description": "short"}}
QUESTIONS = [f"What is known about case number {n}?" for n in range(40)]


@pytest.fixture
async def caller() -> AsyncIterator[Caller]:
    async with LocalTaskApi() as api, Caller(api) as made:
        api.automatic = SampleResearch(seconds=(0.0, 0.0))
        yield made


async def result(caller: Caller, question: str, processor: str, **more: Any) -> Any:
    """Ask and wait; returns the TaskRunResult, which is held against the contract."""
    body = {"input": question, "processor": processor, "task_spec": TEXT, **more}
    created = await caller.create(**body)
    return (await caller.get(f"{RUNS}/{created['run_id']}/result")).json()


def evidence(output: Any) -> int:
    """How many characters the excerpts have."""
    cited = [each for basis in output["basis"] for each in basis["citations"]]
    return sum(len(excerpt) for each in cited for excerpt in each["excerpts"] or [])


@pytest.mark.parametrize("processor", ["pro", "ultra", "ultra2x", "ultra4x", "ultra8x"])
@pytest.mark.parametrize("variant", ["", "-fast"])
async def test_from_pro_on_an_answer_is_a_report(
    caller: Caller, processor: str, variant: str
) -> None:
    output = (await result(caller, QUESTIONS[0], processor + variant))["output"]
    text, size = output["content"], REPORT_SIZES[processor]
    assert size.characters < len(text) < size.characters + 25_000
    assert "**Sample answer.** Made up" in text
    assert QUESTIONS[0] in text
    assert "| ---: |" in text
    [basis] = output["basis"]
    assert len(basis["citations"]) == size.sources


async def test_the_largest_has_251_sources_and_180_000_characters(caller: Caller) -> None:
    output = (await result(caller, QUESTIONS[1], "ultra8x"))["output"]
    assert len(output["basis"][0]["citations"]) == 251
    assert 160_000 < len(output["content"]) + evidence(output) < 220_000
    assert evidence(output) > len(output["content"])


async def test_a_cheaper_processor_answers_shortly(caller: Caller) -> None:
    for processor in ("lite", "base", "core", "core2x", "core2x-fast"):
        output = (await result(caller, QUESTIONS[0], processor))["output"]
        assert len(output["content"]) < 2_000


async def test_the_field_of_a_text_is_mostly_called_answer(caller: Caller) -> None:
    names = []
    for question in QUESTIONS:
        output = (await result(caller, question, "lite"))["output"]
        [basis] = output["basis"]
        names.append(basis["field"])
    assert {"answer", "content", "output"} == set(names)
    assert names.count("answer") > len(names) / 2 > names.count("output")


async def test_the_same_question_gets_the_same_answer(caller: Caller) -> None:
    for processor in ("core", "ultra"):
        first = await result(caller, QUESTIONS[2], processor)
        second = await result(caller, QUESTIONS[2], processor)
        assert first["output"] == second["output"]
        assert first["run"]["warnings"] == second["run"]["warnings"]
        other = await result(caller, QUESTIONS[3], processor)
        assert first["output"] != other["output"]


async def test_warnings_come_with_some_reports_and_when_asked_for(caller: Caller) -> None:
    numbers = []
    for question in QUESTIONS:
        run = (await result(caller, question, "pro"))["run"]
        numbers.append(len(run["warnings"] or []))
    assert {0, 1, 2} == set(numbers)
    assert numbers.count(0) > len(numbers) / 3
    run = (await result(caller, "Answer with a warning", "lite"))["run"]
    assert run["warnings"][0]["message"].startswith("Sample warning")
    assert (await result(caller, "Answer", "lite"))["run"]["warnings"] is None


async def test_json_has_several_fields_each_with_its_own_basis(caller: Caller) -> None:
    output = (await result(caller, QUESTIONS[0], "pro", task_spec=None))["output"]
    assert output["type"] == "json"
    assert len(output["content"]) >= 4
    assert [basis["field"] for basis in output["basis"]] == list(output["content"])
    assert len({json.dumps(basis["citations"]) for basis in output["basis"]}) > 1
    assert len({basis["confidence"] for basis in output["basis"]}) > 1


async def test_counts_of_sources_may_be_whole_floats(caller: Caller) -> None:
    created = await caller.create(enable_events=True, task_spec=TEXT)
    events = await caller.events(f"{RUNS}/{created['run_id']}/events")
    stats = [event["source_stats"] for event in events if "source_stats" in event]
    assert any(isinstance(each["num_sources_considered"], float) for each in stats)


# --- what a report looks like -----------------------------------------------------------

LINE = re.compile(r"^(\d+)\. \*([^*]+)\*\. (https://\S+)$", re.MULTILINE)
NUMBERED = Style(("[", "]"), is_listed=True)
CITATIONS = odd_sources("x", 60, 200)


def test_the_list_of_references_has_its_own_order() -> None:
    text = report("x", [], CITATIONS, characters=4_000, style=NUMBERED)
    listed = LINE.findall(text)
    assert [int(number) for number, _, _ in listed] == list(range(1, len(listed) + 1))
    addresses = [address for _, _, address in listed]
    assert set(addresses) <= {each["url"] for each in CITATIONS}
    assert addresses != [each["url"] for each in CITATIONS][: len(addresses)]
    body = text.partition(listed[0][2])[0]
    marks = {int(mark) for mark in re.findall(r"\[(\d+)\]", body)}
    assert marks
    assert marks <= set(range(1, len(listed) + 1))


def test_a_report_may_have_no_numbers_in_its_text() -> None:
    text = report("x", [], CITATIONS, characters=4_000, style=Style(None, is_listed=True))
    assert len(LINE.findall(text)) == 40
    assert not re.search(r"\[\d+\]|【", text)


def test_odd_numbers_mean_nothing() -> None:
    odd = Style(("【", "】"), is_listed=False, is_odd=True)
    text = report("x", [], CITATIONS, characters=8_000, style=odd)
    marks = {int(mark) for mark in re.findall(r"【(\d+)】", text)}
    assert 0 in marks
    assert max(marks) > len(CITATIONS)
    assert not LINE.findall(text)


def test_most_reports_have_a_list_and_every_style_comes() -> None:
    texts = [report(each, [], CITATIONS[:20], characters=2_000) for each in QUESTIONS]
    listed = [bool(LINE.search(text)) for text in texts]
    assert listed.count(True) > len(listed) * 3 / 4
    assert False in listed
    assert any(re.search(r"\[\d+\]", text) for text in texts)
    assert any(not re.search(r"\[\d+\]|【", text) for text in texts)
    assert len(set(STYLES)) == 4


def test_sources_are_as_odd_as_real_ones() -> None:
    assert any(each["title"] is None for each in CITATIONS)
    assert any(each["excerpts"] is None for each in CITATIONS)
    urls = [each["url"] for each in CITATIONS]
    pages = [url.split("#")[0] for url in urls]
    assert len(set(urls)) > len(set(pages))  # the same page under two spellings
    assert all(re.match(r"https://(www\.)?example\.(com|org|net)/", url) for url in urls)
    for part in ("(", "?", "#", "%", "/wiki/"):
        assert any(part in url for url in urls)
    titles = [each["title"] for each in CITATIONS if each["title"]]
    for part in ("|", "[", "*", "Ü", "“"):
        assert any(part in title for title in titles)
