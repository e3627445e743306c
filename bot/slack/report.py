"""An answer written out: as Markdown with its sources, and as the two files of a report. Pure.

What is in the files comes from the web as well, so `integrity` holds for them too: a viewer of
Markdown shows no link in them that the basis does not bear out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict

from bot.model import Answer, FieldBasis, RunId
from bot.slack import markdown
from bot.slack.blockkit import cut
from bot.slack.integrity import NO_SOURCES, Cited, cited, cites
from bot.slack.sources import confidence_of, field_name, source_link, sources_markdown
from bot.slack.text import without_angles

_LONE_NUMBER = re.compile(r"\A(\d+)([.)])\Z")
_SURROGATE = re.compile("[\ud800-\udfff]")


def written(answer: Answer) -> str:
    """Return an answer's content as Markdown; untrusted."""
    if not isinstance(answer.content, str):
        return markdown.json_as_markdown(dict(answer.content))
    # "1956." alone is an empty list item in Markdown, and would be shown as a lone bullet.
    content = _LONE_NUMBER.sub(r"\1\\\2", answer.content.strip())
    return content or "_The run completed, but its answer is empty._"


def with_sources(content: str, answer: Answer, may: Cited, most: int | None = None) -> str:
    """Put an answer's sources below some of its content.

    Args:
        content: Markdown, `safe` with `may`.
        answer: whose sources.
        may: what it may cite.
        most: list no more sources than these.
    """
    listed = sources_markdown(answer, most, numbered=not may.lists)
    told = NO_SOURCES if not may.pages and cites(written(answer)) else ""
    return "\n\n".join(filter(None, (content, listed, told)))


def as_file(piece: str, may: Cited) -> str:
    """Take back the escaping in `safe` Markdown that only Slack's messages need."""
    return markdown.safe(without_angles(piece), may, file=True)


def report_markdown(question: str, answer: Answer) -> str:
    """Write an answer as a Markdown file: title, content, sources, and the evidence for each field.

    Args:
        question: becomes the title, cut at 300 characters.
        answer: untrusted.
    """
    content = written(answer)
    may = cited(answer, content)
    title = markdown.safe(cut(" ".join(question.split()), 300) or "Report", file=True)
    # One after the other: a code fence left open in one must not swallow the next.
    texts = (content, with_sources("", answer, may))
    parts = [f"# {title}", *(markdown.safe(text, may, file=True) for text in texts if text)]
    if answer.basis:
        parts += ["## Evidence", *_evidence(answer, may)]
    return "\n\n".join(parts) + "\n"


def basis_json(question: str, run: RunId | None, processor: str, answer: Answer) -> str:
    """Write an answer and what it rests on as indented JSON, in Parallel's own words.

    Returns:
        ``{"question", "run_id", "processor", "output", "basis": [{"field", "reasoning",
        "citations": [{"url", "title", "excerpts"}], "confidence"}]}``. Numbers that JSON does not
        know (NaN and the infinities) are null.
    """
    output = answer.content if isinstance(answer.content, str) else dict(answer.content)
    told = {
        "question": question,
        "run_id": run,
        "processor": processor,
        "output": json.loads(json.dumps(output), parse_constant=lambda _: None),
        "basis": [asdict(each) for each in answer.basis],
    }
    try:
        text = json.dumps(told, ensure_ascii=False, indent=2)
    except RecursionError:  # very deep: only the encoder that does not indent gets so far
        text = json.dumps(told, ensure_ascii=False)
    # Halves of characters cannot be UTF-8, but JSON can say them.
    return _SURROGATE.sub(lambda half: f"\\u{ord(half[0]):04x}", text) + "\n"


def _evidence(answer: Answer, may: Cited) -> Iterator[str]:
    for basis in answer.basis:
        yield f"### {markdown.literal(field_name(answer, basis))}"
        yield f"Confidence: {confidence_of(basis)}"
        yield from _reasons(basis, may)


def _reasons(basis: FieldBasis, may: Cited) -> Iterator[str]:
    """Yield the reasoning and each source with its excerpts, each safe on its own."""
    if basis.reasoning.strip():
        yield markdown.safe(basis.reasoning.strip(), may, file=True)
    if not basis.citations:
        yield "_No source is cited for this._"
    for citation in basis.citations:
        yield markdown.safe(f"- {source_link(citation)}", may, file=True)
        for excerpt in citation.excerpts:
            quoted = "\n".join(f"> {line}".rstrip() for line in excerpt.strip().splitlines())
            yield markdown.safe(quoted, may, file=True)
