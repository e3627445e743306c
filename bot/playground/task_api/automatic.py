"""The playground's researcher: plays runs and chats by itself, in seconds, with made-up answers.

Words in a question choose what comes. For a run: "fail" a failed run, "long report" a report of
tens of pages, anything else a short answer. For a chat: "fail" an answer that is cut off, "think"
one that begins late.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import Any

from bot.playground.task_api import samples
from bot.playground.task_api.chats import LocalChat
from bot.playground.task_api.interactions import Interaction
from bot.playground.task_api.prices import TASK_PROCESSORS
from bot.playground.task_api.runs import LocalRun

LONGEST_QUESTION = 300  # characters that an answer quotes
LONGEST_EARLIER = 100  # characters that a chat's answer quotes of each earlier question
REPORT_SOURCES = 40
WORDS_BEFORE_CUT = 25
CHARACTERS_A_TOKEN = 4
_FAIL = re.compile(r"\bfail\b", re.IGNORECASE)
_THINK = re.compile(r"\bthink\b", re.IGNORECASE)
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
        """Return the seconds a run takes: the dearer the longer, and less on the fast variant.

        What the Task API does not know takes as long as the cheapest processor.
        """
        names = list(TASK_PROCESSORS)
        low, high = self.seconds
        step = names.index(processor) // 2 if processor in names else 0
        share = step / (len(names) // 2 - 1)
        whole = low + (high - low) * share
        return whole * 0.6 if processor.endswith("-fast") else whole


#: The researcher of the shipped playground.
sample_research = Automatic()


@dataclass(frozen=True, slots=True)
class SampleChat:
    """Plays a chat.

    Attributes:
        first_token: seconds until the answer begins.
        thinking: seconds that it begins later when the question contains the word "think".
        tokens_a_second: how fast it goes on, word by word.
    """

    first_token: float = 0.8
    thinking: float = 7.0
    tokens_a_second: float = 30.0

    async def __call__(self, chat: LocalChat) -> None:
        """Play the chat to its end, or until its client has left."""
        asked = question(chat)
        await asyncio.sleep(self.first_token + (self.thinking if _THINK.search(asked) else 0))
        earlier = [question(each, LONGEST_EARLIER) for each in chat.context]
        for number, word in enumerate(re.findall(r"\S+\s*", samples.quick(asked, earlier))):
            if chat.left.is_set():
                return
            if number == WORDS_BEFORE_CUT and _FAIL.search(asked):
                chat.breaks()
                return
            chat.says(word)
            await asyncio.sleep(len(word) / CHARACTERS_A_TOKEN / self.tokens_a_second)
        chat.finishes()


#: The chat model of the shipped playground.
sample_chat = SampleChat()


def question(asked: Interaction, most: int = LONGEST_QUESTION) -> str:
    """Return what is asked in one line: the first paragraph of the input, at most so long."""
    line = " ".join(asked.input.split("\n\n")[0].split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


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
