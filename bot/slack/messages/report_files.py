"""An answer written out: as Markdown with its sources, and as the two files of a report. Pure.

What is in the files comes from the web as well, so `citations.verification` applies: a viewer of
Markdown shows no link in them that the basis does not cite.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict

from bot.domain.research import Answer, FieldBasis
from bot.domain.thread import RunId
from bot.domain.unicode import escape_unseen
from bot.slack.citations.sources import field_confidence, field_name, source_link
from bot.slack.citations.verification import CitationPolicy, citation_policy
from bot.slack.markdown.answer_markdown import answer_markdown, sources_markdown
from bot.slack.markdown.cutting import beginning, foreign_beginning
from bot.slack.markdown.escaping import literal
from bot.slack.markdown.sanitizer import fence_for, sanitize
from bot.slack.messages.warnings import warnings_markdown
from bot.slack.text.escaping import clean, clean_foreign
from bot.slack.text.urls import unlink
from bot.slack.wording import one_line

MOST_CONTENT = 500_000  # characters of an answer to format; the rest goes into a fence
MOST_EVIDENCE = 1_000_000  # characters of the evidence to format
MOST_INDENTED = 1_000_000  # characters of JSON; indenting takes 200 bytes of memory for each value
MOST_QUOTED = 50_000  # characters of a reasoning or an excerpt; formatting takes 600 bytes for each


def report_markdown(question: str, answer: Answer) -> str:
    """Return an answer as a Markdown file: title, content, sources, and evidence by field.

    Only our own headings are of the first level, and everything in the evidence that comes from the
    web is quoted: so no answer can write what looks like evidence for it.

    Args:
        question: becomes the title, cut at 300 characters.
        answer: untrusted.
    """
    content = answer_markdown(answer)
    policy = citation_policy(answer, content)
    title = _named(one_line(clean(question), 300)) or "Report"
    parts = [
        f"# {title}",
        *_formatted(content, policy),
        sources_markdown(answer, policy),
        warnings_markdown(answer),
    ]
    if answer.basis:
        parts += ["# Evidence", *_within(MOST_EVIDENCE, _evidence(answer, policy))]
    return "\n\n".join(filter(None, parts)) + "\n"


def basis_json(question: str, run: RunId | None, processor: str, answer: Answer) -> str:
    """Return an answer and its basis as JSON, in Parallel's own words; megabytes are not indented.

    Returns:
        ``{"question", "run_id", "processor", "output", "basis": [{"field", "reasoning",
        "citations": [{"url", "title", "excerpts"}], "confidence"}], "warnings"}``. NaN and the
        infinities, which JSON does not have, are null; characters that nobody sees are escaped.
    """
    output = answer.content if isinstance(answer.content, str) else dict(answer.content)
    content = {
        "question": question,
        "run_id": run,
        "processor": processor,
        "output": output,
        "basis": [asdict(each) for each in answer.basis],
        "warnings": list(answer.warnings),
    }
    try:
        text = json.dumps(content, ensure_ascii=False, allow_nan=False)
    except ValueError:
        content["output"] = json.loads(json.dumps(output), parse_constant=lambda _: None)
        text = json.dumps(content, ensure_ascii=False)
    if len(text) <= MOST_INDENTED:
        with suppress(RecursionError):  # only the encoder without indentation gets so far
            text = json.dumps(content, ensure_ascii=False, indent=2)
    return escape_unseen(text) + "\n"


def _formatted(content: str, policy: CitationPolicy) -> Iterator[str]:
    """Yield the content of an answer; beyond `MOST_CONTENT`, as it came, in a fence."""
    formatted = beginning(content, MOST_CONTENT)
    yield sanitize(formatted, policy, file=True, highest_heading=2)
    if rest := content[len(formatted) :].strip("\n"):
        fence = fence_for(rest)
        yield f"_The rest, as it came:_\n\n{fence}\n{rest}\n{fence}"


def _within(most: int, parts: Iterator[str]) -> Iterator[str]:
    """Yield parts up to `most` characters in all, then a note that there are more."""
    for part in parts:
        most -= len(part)
        if most < 0:
            yield "_The rest of the evidence is in evidence.json, with all that Parallel gave._"
            return
        yield part


def _evidence(answer: Answer, policy: CitationPolicy) -> Iterator[str]:
    for basis in answer.basis:
        yield f"## {_named(field_name(answer, basis))}"
        if level := field_confidence(basis):
            yield f"Confidence: {level}"
        yield from _reasons(basis, policy)


def _reasons(basis: FieldBasis, policy: CitationPolicy) -> Iterator[str]:
    """Yield the reasoning and each source with its excerpts, each sanitized on its own."""
    if basis.reasoning.strip():
        yield _quoted(basis.reasoning, policy)
    if not basis.citations:
        yield "_No source is cited for this._"
    for citation in basis.citations:
        yield sanitize(f"- {source_link(citation)}", policy, file=True)
        yield from (_quoted(excerpt, policy) for excerpt in citation.excerpts if excerpt.strip())


def _named(words: str) -> str:
    """Return foreign words for a heading of ours; no address in them becomes a link."""
    return literal(unlink(clean_foreign(words)), file=True)


def _quoted(text: str, policy: CitationPolicy) -> str:
    start, is_cut = foreign_beginning(text, MOST_QUOTED)
    text = start + ("\n\n[The rest is in evidence.json.]" if is_cut else "")
    # Sanitized before it is quoted, so that a fence or a list in it ends with it.
    lines = sanitize(text, policy, file=True, highest_heading=3).split("\n")
    return "\n".join(f"> {line}".rstrip() for line in lines)
