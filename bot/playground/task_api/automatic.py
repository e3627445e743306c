"""The playground's researcher: plays runs and chats by itself, in seconds, with made-up answers.

The processor chooses what comes: from `pro` on a report, with as many sources as real ones have;
else a short answer. So do words in a question. For a run: "fail" a failed run, "long report" a
report of tens of pages, "warning" an answer with a warning. For a chat: "fail" an answer that is
cut off, "think" one that begins late. A handful of topics have answers about something real
(`topics`). All else that differs from answer to answer follows from the question: the same one gets
the same answer.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from random import Random
from typing import Any

from bot.playground.task_api import reports, sample_answers, topics
from bot.playground.task_api.chats import LocalChat
from bot.playground.task_api.interactions import Interaction
from bot.playground.task_api.prices import TASK_PROCESSORS
from bot.playground.task_api.runs import LocalRun

LONGEST_QUESTION = 300  # characters that an answer quotes
LONGEST_EARLIER = 100  # characters that a chat's answer quotes of each earlier question
CITED_IN_PARTS = 12  # sources of each field of an object, at most
WORDS_BEFORE_CUT = 25
CHARACTERS_A_TOKEN = 4
_FAIL = re.compile(r"\bfail\b", re.IGNORECASE)
_THINK = re.compile(r"\bthink\b", re.IGNORECASE)
_REPORT = re.compile(r"\blong report\b", re.IGNORECASE)
_WARN = re.compile(r"\bwarnings?\b", re.IGNORECASE)

#: What the one field of a text is called, as often as in real results.
TEXT_FIELDS = (*["answer"] * 6, *["content"] * 2, *["output"] * 2)

#: How often warnings come by themselves with a report: none, none, none, one, or two.
WARNINGS = (0, 0, 0, 1, 2)
WARNED_OF = (
    ("warning", "Sample warning: three pages could not be read and were left out."),
    (
        "input_validation_warning",
        "Sample warning: the question names no period, so the latest figures were used.",
    ),
)


@dataclass(frozen=True, slots=True)
class Size:
    """How large a report is.

    Attributes:
        sources: how many it cites.
        characters: how long it is, about.
        excerpt: how many characters of each source are quoted, about.
    """

    sources: int
    characters: int
    excerpt: int


#: By processor; a report's file has 180,000 characters with the last.
SIZES = {
    "pro": Size(18, 9_000, 300),
    "ultra": Size(40, 16_000, 350),
    "ultra2x": Size(75, 25_000, 350),
    "ultra4x": Size(130, 40_000, 320),
    "ultra8x": Size(251, 45_000, 280),
}
LONG = Size(40, 52_000, 300)  #: what "long report" brings with any processor


@dataclass(frozen=True, slots=True)
class Automatic:
    """Plays a run.

    Attributes:
        seconds: how long the cheapest processor takes, and the dearest.
    """

    seconds: tuple[float, float] = (4.0, 20.0)

    async def __call__(self, run: LocalRun) -> None:
        """Play the run from its creation to its end."""
        found = _sources(run)
        urls = [each["url"] for each in found]
        pause = self.takes(run.processor) / (len(found[:5]) + 3)
        await asyncio.sleep(pause)
        run.begins()
        run.says("Planning the sample research", kind="plan")
        run.progress(5.0, 0, 0, [])
        for number, each in enumerate(found[:5], 1):
            await asyncio.sleep(pause)
            run.says(f"Reading {each['title'] or each['url']}", kind="search")
            percent = 5.0 + 85.0 * number / len(found[:5])
            # Whole numbers may be written as floats: JSON Schema knows no difference.
            run.progress(percent, number * 7.0, number, urls[:number])
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
        topic = topics.topic_of(asked, earlier)
        text = topics.quick(topic, asked) if topic else sample_answers.quick(asked, earlier)
        for number, word in enumerate(re.findall(r"\S+\s*", text)):
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


def _size(run: LocalRun) -> Size | None:
    """Return the size of the report that comes; None for a short answer."""
    size = SIZES.get(run.processor.removesuffix("-fast"))
    if not _REPORT.search(question(run)):
        return size
    return max(size or LONG, LONG, key=lambda each: each.characters)


def _sources(run: LocalRun) -> list[dict[str, Any]]:
    asked, size = question(run), _size(run)
    topic = topics.topic_of(asked, [question(each) for each in run.context])
    if size is None:
        return (
            topics.answer(topic, asked)[1] if topic else sample_answers.sources(3 + len(asked) % 4)
        )
    real = topics.summary(topic)[1] if topic else []
    return [*real, *sample_answers.odd_sources(asked, size.sources - len(real), size.excerpt)]


def _finish(run: LocalRun, found: list[dict[str, Any]]) -> None:
    asked, earlier, size = question(run), [question(each) for each in run.context], _size(run)
    by = Random(f"output of {asked}")
    number = max(by.choice(WARNINGS) if size else 0, 1 if _WARN.search(asked) else 0)
    for kind, message in WARNED_OF[:number]:
        run.warns(message, kind)
    spec = run.body.get("task_spec") or {}
    schema = spec.get("output_schema", {"type": "auto"})
    schema = {"type": "text"} if isinstance(schema, str) else schema
    kind = schema.get("type", "json" if "json_schema" in schema else "text")
    if kind == "text":
        topic = topics.topic_of(asked, earlier)
        if size:
            known = topics.summary(topic)[0] if topic else ""
            text = reports.report(asked, earlier, found, characters=size.characters, known=known)
        else:
            text = (
                topics.answer(topic, asked)[0]
                if topic
                else sample_answers.answer(asked, earlier, found)
            )
        run.finishes(text, [_basis(by.choice(TEXT_FIELDS), found, by)])
        return
    given = schema.get("json_schema") or {"type": "object", "properties": {"answer": {}}}
    content = sample_answers.fitting(
        given, sample_answers.answer(asked, earlier, sample_answers.sources(3))
    )
    if size and not schema.get("json_schema"):
        content = sample_answers.fields(asked, earlier)
    content = content if isinstance(content, dict) else {"value": content}
    parts = (by.sample(found, by.randint(1, min(len(found), CITED_IN_PARTS))) for _ in content)
    run.finishes(content, [_basis(*each, by) for each in zip(content, parts, strict=True)])


def _basis(name: str, cited: list[dict[str, Any]], by: Random) -> dict[str, Any]:
    """Make up what a field rests on."""
    reasons = " ".join(sample_answers.sentence(by) for _ in range(min(len(cited) // 6, 8)))
    return {
        "field": name,
        "citations": cited,
        "reasoning": f"Made up, as is the answer. {reasons}".strip(),
        "confidence": by.choice(("high", "medium", "low")),
    }
