"""Reports as large and as odd as real ones, from the playground's researcher to the thread."""

from __future__ import annotations

import json

import pytest

from bot.playground.task_api import SampleResearch
from tests.e2e.dialogue import shown
from tests.e2e.stage import Stage


@pytest.fixture
def stage(one: Stage) -> Stage:
    """One transport: how the question arrived makes no difference here."""
    return one


@pytest.mark.parametrize("processor", ["pro", "ultra8x"])
@pytest.mark.parametrize("number", [0, 1, 5])
async def test_a_report_arrives_with_all_of_its_evidence(
    stage: Stage, processor: str, number: int
) -> None:
    stage.parallel.automatic = SampleResearch(seconds=(0.0, 0.0))
    words = f"What is known about case number {number}?"
    asked = await stage.ada.says(stage.general, f"{stage.me} !{processor} {words}")
    thread = stage.slack.thread(asked)
    await thread.until(lambda _: any("white_check_mark" in shown(m) for m in thread.said))
    [run] = stage.parallel.runs
    assert run.output
    files = [file for message in thread.said for file in message.files]
    for file in files:
        if file.name.endswith(".json"):
            [basis] = json.loads(file.text)["basis"]
            assert len(basis["citations"]) == len(run.output["basis"][0]["citations"])
        else:
            assert words in file.text
            assert len(file.text) > len(run.output["content"])
    if processor == "ultra8x":
        assert sorted(file.name.rsplit(".", 1)[1] for file in files) == ["json", "md"]
    assert "Sample report" in "".join(shown(message) for message in thread.said)


async def test_a_warning_is_below_the_answer_and_in_its_report(stage: Stage) -> None:
    asked = await stage.ada.says(stage.general, f"{stage.me} who owns the Suez Canal?")
    thread = stage.slack.thread(asked)
    await thread.next()
    run = await stage.parallel.next_run()
    run.warns("The question names <no year>.", "input_validation_warning")
    run.finishes("Egypt. " * 6_000, confidence="high")
    summary, report = await thread.next(), await thread.next()
    assert "Parallel warns: “The question names &lt;no year&gt;.”" in shown(summary)
    [file] = report.files
    assert "- The question names <no year>." in file.text
    assert "## Answer" in file.text


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (402, b'{"error": {"message": "no credit left"}}'),
        (401, b'{"error": "no credit left"}'),
        (422, b'{"detail": [{"msg": "no credit left"}]}'),
        (400, b"\xff\xfe" + '{"message": "no credit left"}'.encode("utf-16-le")),
        (413, b"<html><title>no credit left</title><h1>Sorry</h1></html>"),
    ],
)
async def test_the_words_of_a_refusal_reach_who_asked(one: Stage, status: int, body: bytes) -> None:
    stage = one
    stage.parallel.faults.next("create", status=status, body=body)
    asked = await stage.ada.says(stage.general, f"{stage.me} who owns the Suez Canal?")
    thread = stage.slack.thread(asked)
    await thread.until(lambda _: any("no credit left" in shown(m) for m in thread.said))
    assert not stage.parallel.runs
