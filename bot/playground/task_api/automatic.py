"""Sample research: performs runs and chats by itself, within seconds, with made-up answers.

The processor decides the kind of result: from `pro` on a report, with as many sources as real ones
have, else a short answer. So do words in the question. For a run, "fail" fails it, "long report"
brings tens of pages, "warning" adds a warning. For a chat, "fail" cuts the answer off, "think"
delays its start. Some topics have answers about something real (`topics`). All other choices are
seeded with the question, so the same question gets the same answer.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from random import Random

from bot.playground.task_api import reports, sample_answers, topics
from bot.playground.task_api.chats import LocalChat
from bot.playground.task_api.interactions import Interaction
from bot.playground.task_api.prices import TASK_PROCESSORS
from bot.playground.task_api.protocol import JSON
from bot.playground.task_api.runs import LocalRun

LONGEST_QUESTION = 300  # characters of a question that an answer quotes
LONGEST_EARLIER = 100  # characters of each earlier question that a chat's answer quotes
MOST_FIELD_SOURCES = 12  # of each field of an object
WORDS_BEFORE_CUT = 25
CHARACTERS_PER_TOKEN = 4
_FAIL = re.compile(r"\bfail\b", re.IGNORECASE)
_THINK = re.compile(r"\bthink\b", re.IGNORECASE)
_REPORT = re.compile(r"\blong report\b", re.IGNORECASE)
_WARN = re.compile(r"\bwarnings?\b", re.IGNORECASE)

#: Names of a text's only field, as frequent as in real results.
TEXT_FIELDS = (*["answer"] * 6, *["content"] * 2, *["output"] * 2)

#: How many warnings a report has; one of these is chosen.
WARNING_COUNTS = (0, 0, 0, 1, 2)
WARNINGS = (
    ("warning", "Sample warning: three pages could not be read and were left out."),
    (
        "input_validation_warning",
        "Sample warning: the question names no period, so the latest figures were used.",
    ),
)


@dataclass(frozen=True, slots=True)
class ReportSize:
    """The size of a report.

    Attributes:
        sources: the number of its sources.
        characters: its approximate length.
        excerpt: the approximate length of each source's excerpts, in characters.
    """

    sources: int
    characters: int
    excerpt: int


#: By processor; with the last, the file of a report has 180,000 characters.
REPORT_SIZES = {
    "pro": ReportSize(18, 9_000, 300),
    "ultra": ReportSize(40, 16_000, 350),
    "ultra2x": ReportSize(75, 25_000, 350),
    "ultra4x": ReportSize(130, 40_000, 320),
    "ultra8x": ReportSize(251, 45_000, 280),
}
LONG_REPORT = ReportSize(40, 52_000, 300)  #: for "long report" with any processor


@dataclass(frozen=True, slots=True)
class SampleResearch:
    """Performs a run.

    Attributes:
        seconds: how long the cheapest and the most expensive processor take.
    """

    seconds: tuple[float, float] = (4.0, 20.0)

    async def __call__(self, run: LocalRun) -> None:
        """Perform the run from its creation to its end."""
        sources = _sources(run)
        urls = [each["url"] for each in sources]
        pause = self.duration(run.processor) / (len(sources[:5]) + 3)
        await asyncio.sleep(pause)
        run.begins()
        run.says("Planning the sample research", kind="plan")
        run.progress(5.0, 0, 0, sample=[])
        for number, each in enumerate(sources[:5], 1):
            await asyncio.sleep(pause)
            run.says(f"Reading {each['title'] or each['url']}", kind="search")
            percent = 5.0 + 85.0 * number / len(sources[:5])
            # The count is a float on purpose: JSON Schema makes no difference.
            run.progress(percent, number * 7.0, number, sample=urls[:number])
            if number == 2 and _FAIL.search(question(run)):
                run.fails("Sample failure: the question asked for one.", {"sample": True})
                return
        await asyncio.sleep(pause)
        run.says("Writing the sample answer", kind="exec_status")
        await asyncio.sleep(pause)
        _finish(run, sources)

    def duration(self, processor: str) -> float:
        """Return how many seconds a run takes: more by price, less on a fast variant.

        An unknown processor takes as long as the cheapest.
        """
        names = list(TASK_PROCESSORS)
        low, high = self.seconds
        step = names.index(processor) // 2 if processor in names else 0
        share = step / (len(names) // 2 - 1)
        whole = low + (high - low) * share
        return whole * 0.6 if processor.endswith("-fast") else whole


#: Performs the runs of the shipped playground.
sample_research = SampleResearch()


@dataclass(frozen=True, slots=True)
class SampleChat:
    """Performs a chat.

    Attributes:
        first_token: seconds until the answer begins.
        thinking: further seconds when the question contains the word "think".
        tokens_a_second: how fast it continues, word by word.
    """

    first_token: float = 0.8
    thinking: float = 7.0
    tokens_a_second: float = 30.0

    async def __call__(self, chat: LocalChat) -> None:
        """Perform the chat to its end, or until its client disconnects."""
        asked = question(chat)
        await asyncio.sleep(self.first_token + (self.thinking if _THINK.search(asked) else 0))
        earlier = [question(each, LONGEST_EARLIER) for each in chat.context]
        topic = topics.topic_of(asked, earlier)
        text = topics.quick(topic, asked) if topic else sample_answers.quick(asked, earlier)
        for number, word in enumerate(re.findall(r"\S+\s*", text)):
            if chat.disconnected.is_set():
                return
            if number == WORDS_BEFORE_CUT and _FAIL.search(asked):
                chat.breaks()
                return
            chat.says(word)
            await asyncio.sleep(len(word) / CHARACTERS_PER_TOKEN / self.tokens_a_second)
        chat.finishes()


#: Performs the chats of the shipped playground.
sample_chat = SampleChat()


def question(interaction: Interaction, most: int = LONGEST_QUESTION) -> str:
    """Return the first paragraph of the input in one line, at most `most` characters."""
    line = " ".join(interaction.input.split("\n\n")[0].split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def _report_size(run: LocalRun) -> ReportSize | None:
    """Return the size of the run's report; None for a short answer."""
    size = REPORT_SIZES.get(run.processor.removesuffix("-fast"))
    if not _REPORT.search(question(run)):
        return size
    return max(size or LONG_REPORT, LONG_REPORT, key=lambda each: each.characters)


def _sources(run: LocalRun) -> list[JSON]:
    asked, size = question(run), _report_size(run)
    topic = topics.topic_of(asked, _earlier(run))
    if size:
        real = topics.summary(topic)[1] if topic else []
        return [*real, *sample_answers.odd_sources(asked, size.sources - len(real), size.excerpt)]
    if topic:
        return topics.answer(topic, asked)[1]
    return sample_answers.sources(3 + len(asked) % 4)


def _earlier(run: LocalRun) -> list[str]:
    return [question(each) for each in run.context]


def _finish(run: LocalRun, sources: list[JSON]) -> None:
    asked, size = question(run), _report_size(run)
    rng = Random(f"output of {asked}")
    number = max(rng.choice(WARNING_COUNTS) if size else 0, 1 if _WARN.search(asked) else 0)
    for kind, message in WARNINGS[:number]:
        run.warns(message, kind)
    spec = run.body.get("task_spec") or {}
    schema = spec.get("output_schema", {"type": "auto"})
    schema = {"type": "text"} if isinstance(schema, str) else schema
    kind = schema.get("type", "json" if "json_schema" in schema else "text")
    if kind == "text":
        text = _text(run, sources)
        run.finishes(text, [_basis(rng.choice(TEXT_FIELDS), sources, rng)])
        return
    content = _object(run, schema.get("json_schema"))
    most = min(len(sources), MOST_FIELD_SOURCES)
    cited = (rng.sample(sources, rng.randint(1, most)) for _ in content)
    run.finishes(content, [_basis(*each, rng) for each in zip(content, cited, strict=True)])


def _text(run: LocalRun, sources: list[JSON]) -> str:
    asked, earlier, size = question(run), _earlier(run), _report_size(run)
    topic = topics.topic_of(asked, earlier)
    if size:
        known = topics.summary(topic)[0] if topic else ""
        return reports.report(asked, earlier, sources, characters=size.characters, known=known)
    if topic:
        return topics.answer(topic, asked)[0]
    return sample_answers.answer(asked, earlier, sources)


def _object(run: LocalRun, schema: JSON | None) -> JSON:
    asked, earlier = question(run), _earlier(run)
    if _report_size(run) and not schema:
        return sample_answers.fields(asked, earlier)
    given = schema or {"type": "object", "properties": {"answer": {}}}
    text = sample_answers.answer(asked, earlier, sample_answers.sources(3))
    content = sample_answers.fitting(given, text)
    return content if isinstance(content, dict) else {"value": content}


def _basis(name: str, citations: list[JSON], rng: Random) -> JSON:
    """Make up the basis of a field."""
    reasons = " ".join(sample_answers.sentence(rng) for _ in range(min(len(citations) // 6, 8)))
    return {
        "field": name,
        "citations": citations,
        "reasoning": f"Made up, as is the answer. {reasons}".strip(),
        "confidence": rng.choice(("high", "medium", "low")),
    }
