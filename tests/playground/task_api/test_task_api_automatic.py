"""The playground's researcher: sample answers that say so, and that follow the chain."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.domain.processors import PROCESSORS
from bot.playground.task_api import LocalRun, LocalTaskApi, SampleResearch, sample_research
from tests.playground.task_api.task_api_caller import QUESTION, RUNS, Caller

TEXT = {"output_schema": {"type": "text", "description": "short"}}


@pytest.fixture
async def caller() -> AsyncIterator[Caller]:
    async with LocalTaskApi() as api, Caller(api) as made:
        api.automatic = SampleResearch(seconds=(0.0, 0.0))
        yield made


async def answered(caller: Caller, question: str, **more: Any) -> tuple[Any, Any]:
    """Ask and wait; returns the run and its output."""
    created = await caller.create(**{"input": question, "task_spec": TEXT, **more})
    result = (await caller.get(f"{RUNS}/{created['run_id']}/result")).json()
    return result["run"], result["output"]


async def test_an_answer_is_labelled_and_has_sources_and_confidence(caller: Caller) -> None:
    _, output = await answered(caller, QUESTION)
    assert output["type"] == "text"
    assert output["content"].startswith("**Sample answer.**")
    assert QUESTION in output["content"]
    (basis,) = output["basis"]
    assert basis["field"] in ("answer", "content", "output")
    assert basis["confidence"] in ("high", "medium", "low")
    assert len(basis["citations"]) >= 3
    for citation in basis["citations"]:
        assert citation["title"].startswith("Sample source")
        assert citation["url"].split("/")[2] in ("example.com", "example.org", "example.net")


async def test_a_follow_up_names_the_questions_before_it(caller: Caller) -> None:
    first, _ = await answered(caller, QUESTION)
    second, output = await answered(
        caller, "Since when?", previous_interaction_id=first["interaction_id"]
    )
    assert QUESTION in output["content"]
    _, third = await answered(
        caller, "And before?", previous_interaction_id=second["interaction_id"], processor="lite"
    )
    assert QUESTION in third["content"]
    assert "Since when?" in third["content"]
    _, unchained = await answered(caller, "And before?")
    assert QUESTION not in unchained["content"]


async def test_progress_grows_up_to_the_answer(caller: Caller) -> None:
    created = await caller.create(task_spec=TEXT, enable_events=True)
    events = await caller.events(f"{RUNS}/{created['run_id']}/events")
    percents = [e["progress_meter"] for e in events if "progress_meter" in e]
    assert len(percents) >= 3
    assert percents == sorted(percents)
    assert 0 < percents[0] < percents[-1] <= 100
    assert any("Reading Sample source" in e.get("message", "") for e in events)
    assert events[-1]["output"]["content"].startswith("**Sample answer.**")


async def test_a_long_report_has_tens_of_pages(caller: Caller) -> None:
    _, output = await answered(caller, "Write a long report about canals")
    text = output["content"]
    assert len(text) > 50_000
    assert "made up" in text.lower()
    assert text.count("\n## ") > 20
    assert "| --- |" in text or "| ---: |" in text
    assert text.count("```") % 2 == 0
    assert text.count("```") > 4
    assert re.search(r"^\d+\. \*Sample source", text, re.MULTILINE)
    assert len(output["basis"][0]["citations"]) == 40


async def test_a_question_can_ask_for_a_failure(caller: Caller) -> None:
    created = await caller.create(input="please fail", task_spec=TEXT)
    path = f"{RUNS}/{created['run_id']}"
    assert (await caller.get(f"{path}/result")).status_code == 404
    error = (await caller.get(path)).json()["error"]
    assert error["message"].startswith("Sample failure")
    # Words in the context that travels with a question choose nothing.
    _, output = await answered(caller, "Try again\n\nEarlier: please fail, long report")
    assert len(output["content"]) < 5_000


@pytest.mark.parametrize(
    ("spec", "content"),
    [
        (None, ["answer"]),
        ({"output_schema": {"type": "auto"}}, ["answer"]),
        (
            {
                "output_schema": {
                    "json_schema": {
                        "type": "object",
                        "properties": {
                            "owner": {"type": "string"},
                            "since": {"type": "integer"},
                            "sure": {"type": ["boolean", "null"]},
                            "kind": {"enum": ["public", "private"]},
                            "names": {"type": "array", "items": {"type": "string"}},
                            "place": {"properties": {"country": {"type": "string"}}},
                        },
                    }
                }
            },
            ["owner", "since", "sure", "kind", "names", "place"],
        ),
    ],
)
async def test_other_output_comes_as_json(
    caller: Caller, spec: dict[str, Any] | None, content: list[str]
) -> None:
    _, output = await answered(caller, QUESTION, task_spec=spec)
    assert output["type"] == "json"
    assert list(output["content"]) == content
    assert [basis["field"] for basis in output["basis"]] == content


@pytest.mark.parametrize("schema", ["the owner", {"description": "the owner"}])
async def test_a_bare_description_means_text(caller: Caller, schema: Any) -> None:
    _, output = await answered(caller, QUESTION, task_spec={"output_schema": schema})
    assert output["type"] == "text"


def test_the_dearer_the_slower_and_all_within_seconds() -> None:
    takes = [sample_research.duration(name) for name in PROCESSORS if not name.endswith("-fast")]
    assert takes == sorted(takes)
    assert (takes[0], takes[-1]) == sample_research.seconds
    assert takes[-1] <= 30
    assert sample_research.duration("pro-fast") < sample_research.duration("pro")


async def test_any_coroutine_can_play_the_researcher() -> None:
    async def echo(run: LocalRun) -> None:
        run.finishes(run.input.upper())

    async with LocalTaskApi() as api, Caller(api) as caller:
        api.automatic = echo
        _, output = await answered(caller, "hello")
        assert output["content"] == "HELLO"


# --- a handful of real topics -----------------------------------------------------------

ASKED = {
    "Who owns the Suez Canal, and since when?": "26 July 1956",
    "Compare the three largest makers of wind turbines.": "| Vestas |",
    "What has changed in EU battery regulation this year?": "2023/1542",
    "What is the difference between TCP and UDP?": "| Header |",
    "How high is Mount Everest?": "8,848.86 m",
}


@pytest.mark.parametrize(("asked", "said"), ASKED.items())
async def test_a_real_topic_is_answered_with_real_pages(
    caller: Caller, asked: str, said: str
) -> None:
    _, output = await answered(caller, asked)
    assert output["content"].startswith("**Sample answer.**")
    assert said in output["content"]
    (basis,) = output["basis"]
    for citation in basis["citations"]:
        assert citation["url"] in output["content"]
        assert "not quoted" in citation["excerpts"][0]


async def test_a_follow_up_stays_with_its_topic(caller: Caller) -> None:
    first, _ = await answered(caller, "Who owns the Suez Canal?")
    chained = {"previous_interaction_id": first["interaction_id"]}
    _, output = await answered(caller, "And who built it?", **chained)
    assert "1869" in output["content"]
    _, other = await answered(caller, "And the best recipe for bread?", **chained)
    assert "Made up" in other["content"]


async def test_a_report_begins_with_what_is_real(caller: Caller) -> None:
    _, output = await answered(caller, "Who owns the Suez Canal?", processor="pro")
    real, _, made_up = output["content"].partition("## The rest of this report")
    assert "| Length | 193 km |" in real
    assert "Made up" in made_up
    pages = [citation["url"] for citation in output["basis"][0]["citations"]]
    assert "https://en.wikipedia.org/wiki/Suez_Canal" in pages
    assert len(pages) == 18


async def test_a_placeholder_names_the_topics(caller: Caller) -> None:
    _, output = await answered(caller, QUESTION)
    assert "the Suez Canal" in output["content"]
    assert "Mount Everest" in output["content"]
