"""Made-up reports in the form of real ones, which processors from `pro` on return. Pure.

As in real ones, there are tens of pages with tables and lists; a list of references,
``12. *Title*. address``, in another order than the basis; numbers in the text that refer to that
list, or none at all; sometimes numbers that refer to nothing, such as ``[0]`` or ``【5】``; sources
without a title; and the same page twice under two addresses. All choices are seeded with the
question, so the same question gets the same report.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from bot.playground.task_api import topics
from bot.playground.task_api.sample_answers import LABEL, MARKUP, sentence

JSON = dict[str, Any]

SECTIONS = (
    *("Background and terms", "How it came about", "Who is involved", "Size and growth"),
    *("Costs and prices", "Law and regulation", "Regional differences", "Comparable cases"),
    *("Supply and demand", "Technology in use", "Workforce and skills", "Ownership and control"),
    *("Effects on the environment", "Public opinion", "Criticism", "Known failures"),
    *("Funding", "Standards and certification", "Security", "Methods behind the figures"),
    *("Quality of the data", "What has changed lately", "Outlook", "Open questions"),
)
REGIONS = ("worldwide", "in Europe", "in Asia", "in North America", "in Africa", "in South America")
HEADINGS = ("## References", "## Sources", "# References", "**References**")
PARAGRAPHS = 4  # of a section, at most


@dataclass(frozen=True, slots=True)
class Style:
    """How a report refers to its sources.

    Attributes:
        marks: the characters around a number in the text; None for no numbers.
        is_listed: whether it has a list of references.
        is_odd: whether some numbers refer to nothing.
    """

    marks: tuple[str, str] | None
    is_listed: bool
    is_odd: bool = False


#: One of these is chosen; frequent ones are repeated.
STYLES = (
    *[Style(("[", "]"), is_listed=True)] * 5,
    *[Style(None, is_listed=True)] * 2,
    *[Style(("[", "]"), is_listed=True, is_odd=True)] * 2,
    Style(("【", "】"), is_listed=False, is_odd=True),
)


def report(
    question: str,
    earlier: Sequence[str],
    citations: Sequence[JSON],
    *,
    characters: int,
    style: Style | None = None,
    known: str = "",
) -> str:
    """Make up a report of about `characters` characters and a list of references.

    Args:
        question: becomes the title.
        earlier: the questions that it follows up on.
        citations: its sources.
        characters: its approximate length, without the references.
        style: how it refers to its sources; by default chosen by the question.
        known: real facts in Markdown, with which the report begins.
    """
    rng = Random(question)
    chosen = rng.choice(STYLES)
    writer = _Writer(rng, style or chosen, list(citations))
    parts = [f"# Sample report: {question}"]
    parts += [topics.LABEL, known, "## The rest of this report", LABEL] if known else [LABEL]
    if earlier:
        parts.append("It builds on: " + "; ".join(f"“{each}”" for each in earlier) + ".")
    parts += ["## Summary", writer.findings(5)]
    size, number = 0, 0
    while size < characters:
        section = writer.section(number)
        parts.append(section)
        size, number = size + len(section), number + 1
    parts += ["## What remains uncertain", writer.findings(3), *writer.references()]
    return "\n\n".join(parts)


class _Writer:
    """Writes the parts of one report."""

    def __init__(self, rng: Random, style: Style, citations: list[JSON]) -> None:
        """Choose the order of the references; some citations are left out."""
        self._rng = rng
        self._style = style
        most = max(1, len(citations) * 2 // 3)
        self._listed = rng.sample(citations, most) if style.is_listed else citations

    def findings(self, number: int) -> str:
        """Write a list of findings."""
        return "\n".join(f"- {self._sentence()}" for _ in range(number))

    def section(self, number: int) -> str:
        """Write a section of half a page to a page."""
        name = SECTIONS[number % len(SECTIONS)]
        where = REGIONS[number // len(SECTIONS) % len(REGIONS)]
        title = name if number < len(SECTIONS) else f"{name} {where}"
        parts = [f"## {number + 1}. {title}"]
        parts += [self._paragraph() for _ in range(self._rng.randint(2, PARAGRAPHS))]
        if number % 3 == 0:
            parts += [f"### {title} in figures", self._table()]
        if number % 3 == 1:
            parts.append(self.findings(4))
        if number % 4 == 3:
            parts.append(f"> {self._sentence()}")
        if number % 5 == 4:
            parts.append(self._calculation(number))
        return "\n\n".join(parts)

    def references(self) -> list[str]:
        """Write the list of references, if the style has one."""
        if not self._style.is_listed:
            return []
        lines = (
            f"{number}. *{(each['title'] or 'Untitled').translate(MARKUP)}*. {each['url']}"
            for number, each in enumerate(self._listed, 1)
        )
        return [self._rng.choice(HEADINGS), "\n".join(lines)]

    def _paragraph(self) -> str:
        return " ".join(self._sentence() for _ in range(self._rng.randint(3, 6)))

    def _sentence(self) -> str:
        words, marks = sentence(self._rng), self._style.marks
        if marks is None or self._rng.random() < 0.4:
            return words
        number = self._rng.choice((1, 1, 1, 2, 3))
        references = "".join(f"{marks[0]}{self._reference()}{marks[1]}" for _ in range(number))
        return f"{words[:-1]} {references}." if marks[0] == "[" else f"{words[:-1]}{references}."

    def _reference(self) -> int:
        number = self._rng.randint(1, len(self._listed))
        if self._style.is_odd and self._rng.random() < 0.2:
            return self._rng.choice((0, 2 * len(self._listed) + number))
        return number

    def _table(self) -> str:
        rows = "\n".join(
            f"| {year} | {self._rng.randint(12, 9_800):,} | {self._rng.uniform(0.4, 97):.1f} % | "
            f"{self._rng.choice(('estimate', 'counted', 'revised', 'n/a'))} |"
            for year in range(2024 - self._rng.randint(4, 14), 2025)
        )
        return f"| Year | Units | Share | Basis |\n| ---: | ---: | ---: | --- |\n{rows}"

    def _calculation(self, number: int) -> str:
        low, high = sorted(self._rng.sample(range(100, 900), 2))
        return (
            f"```python\n# How the range in section {number + 1} comes about\n"
            f"low, high = {low}, {high}\nmiddle = (low + high) / 2\n"
            f"spread = (high - low) / middle\nprint(round(middle), round(spread, 2))\n```"
        )
