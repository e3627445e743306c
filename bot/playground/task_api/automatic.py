"""The playground's researcher: plays every run by itself, in seconds, with made-up answers.

Words in a question choose what comes: "fail" a failed run, "long report" a report of tens of pages,
anything else a short answer.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import Any

from bot.playground.task_api import samples
from bot.playground.task_api.runs import LocalRun
from bot.processors import PROCESSORS

LONGEST_QUESTION = 300  # characters that an answer quotes
REPORT_SOURCES = 40
_FAIL = re.compile(r"\bfail\b", re.IGNORECASE)
_REPORT = re.compile(r"\blong report\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Automatic:
    """Plays a run.

    Attributes:
        seconds: how long the cheapest processor takes, and the dearest.
    """

    seconds: tuple[float, float] = (4.0, 20.0)

    async def __call__(self, run: LocalRun) -> None:
        """Play the run from its creation to its end."""
        found = samples.sources(_sources(run))
        urls = [each["url"] for each in found]
        pause = self.takes(run.processor) / (len(found[:5]) + 3)
        await asyncio.sleep(pause)
        run.begins()
        run.says("Planning the sample research", kind="plan")
        run.progress(5.0, 0, 0, [])
        for number, each in enumerate(found[:5], 1):
            await asyncio.sleep(pause)
            run.says(f"Reading {each['title']}", kind="search")
            percent = 5.0 + 85.0 * number / len(found[:5])
            run.progress(percent, number * 7, number, urls[:number])
            if number == 2 and _FAIL.search(question(run)):
                run.fails("Sample failure: the question asked for one.", {"sample": True})
                return
        await asyncio.sleep(pause)
        run.says("Writing the sample answer", kind="exec_status")
        await asyncio.sleep(pause)
        _finish(run, found)

    def takes(self, processor: str) -> float:
        """Return the seconds a run takes: the dearer the longer, and less on the fast variant."""
        names = list(PROCESSORS)
        low, high = self.seconds
        share = names.index(processor) // 2 / (len(names) // 2 - 1)
        whole = low + (high - low) * share
        return whole * 0.6 if processor.endswith("-fast") else whole


#: The researcher of the shipped playground.
sample_research = Automatic()


def question(run: LocalRun) -> str:
    """Return what a run asks in one line: the first paragraph of its input, cut."""
    line = " ".join(run.input.split("\n\n")[0].split())
    return line if len(line) <= LONGEST_QUESTION else f"{line[: LONGEST_QUESTION - 1]}…"


def _sources(run: LocalRun) -> int:
    return REPORT_SOURCES if _REPORT.search(question(run)) else 3 + len(question(run)) % 4


def _finish(run: LocalRun, found: list[dict[str, Any]]) -> None:
    asked, earlier = question(run), [question(each) for each in run.context]
    confidence = ("high", "medium", "low")[len(asked) % 3]
    basis = {
        "citations": found,
        "reasoning": "Made up, as is the answer.",
        "confidence": confidence,
    }
    spec = run.body.get("task_spec") or {}
    schema = spec.get("output_schema", {"type": "auto"})
    schema = {"type": "text"} if isinstance(schema, str) else schema
    kind = schema.get("type", "json" if "json_schema" in schema else "text")
    if kind == "text":
        write = samples.report if _REPORT.search(asked) else samples.answer
        run.finishes(write(asked, earlier, found), [{"field": "output", **basis}])
        return
    given = schema.get("json_schema") or {"type": "object", "properties": {"answer": {}}}
    content = samples.fitting(given, samples.answer(asked, earlier, found))
    content = content if isinstance(content, dict) else {"value": content}
    run.finishes(content, [{"field": name, **basis} for name in content])
