"""An answer's sources and confidence, out of its basis. Pure; the basis comes from the web."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import count

from bot.model import Answer, Citation, FieldBasis
from bot.slack.addresses import same
from bot.slack.text import clean

_LEVELS = ("high", "medium", "low")


def sources(answer: Answer) -> list[Citation]:
    """Return each source once, in the order of first citation.

    Of the spellings of one address (`addresses.same`) the first is kept, with the first title that
    is given, and the excerpts of all, each once.
    """
    return _merged(citation for basis in answer.basis for citation in basis.citations)


def sources_of(basis: FieldBasis) -> list[Citation]:
    """Return each source of one field once."""
    return _merged(basis.citations)


def numbers(answer: Answer) -> dict[str, int]:
    """Return the place of each source in `sources`, from 1, by its `name`."""
    return {name(source): place for place, source in enumerate(sources(answer), 1)}


def name(citation: Citation) -> str:
    """Return what is the same for all spellings of a source's address."""
    return same(citation.url) or citation.url


def sources_markdown(answer: Answer, most: int | None = None, *, numbered: bool = True) -> str:
    """Write the sources as a list of Markdown links with titles; empty when there are none.

    Args:
        answer: whose sources.
        most: list no more than these, and say how many there are in all.
        numbered: False where ``[1]`` in the answer means an entry of another list.
    """
    found = sources(answer)
    if not found:
        return ""
    marks = (f"{n}." if numbered else "-" for n in count(1))
    lines = [f"{mark} {source_link(c)}" for mark, c in zip(marks, found[:most], strict=False)]
    if most is not None and len(found) > most:
        lines.append(f"\n_{len(found)} sources in all: the others are in the file._")
    return "\n".join(("**Sources**", "", *lines))


def confidence(answer: Answer) -> str | None:
    """Say how sure the answer is: ``high``, or counted over its fields; None when not given."""
    given = Counter(
        level for b in answer.basis if (level := (b.confidence or "").lower()) in _LEVELS
    )
    if not given:
        return None
    if len(given) == 1:
        return next(iter(given))
    return ", ".join(f"{level} ({given[level]})" for level in _LEVELS if given[level])


def source_link(citation: Citation) -> str:
    """Write one source as a Markdown link with its title; not `safe` yet."""
    return f"[{_label(citation)}]({_target(citation.url)})"


def field_name(answer: Answer, basis: FieldBasis) -> str:
    """Return what to call a field: the only one of a text is the answer itself."""
    if isinstance(answer.content, str) and basis.field == "output":
        return "The answer"
    return " ".join(clean(basis.field).split()) or "(no name)"


def confidence_of(basis: FieldBasis) -> str:
    """Say how sure one field is: ``high``, ``medium``, ``low`` or ``not given``."""
    level = (basis.confidence or "").lower()
    return level if level in _LEVELS else "not given"


def _merged(citations: Iterable[Citation]) -> list[Citation]:
    found: dict[str, list[Citation]] = {}
    for citation in citations:
        found.setdefault(name(citation), []).append(citation)
    return [_one(spellings) for spellings in found.values()]


def _one(spellings: list[Citation]) -> Citation:
    title = next((c.title for c in spellings if c.title), None)
    excerpts = dict.fromkeys(excerpt for c in spellings for excerpt in c.excerpts)
    return Citation(spellings[0].url, title, tuple(excerpts))


def _label(citation: Citation) -> str:
    label = " ".join((citation.title or citation.url).split())
    return label.replace("\\", "").replace("[", "(").replace("]", ")").replace("`", "'")[:150]


def _target(url: str) -> str:
    return url.replace(" ", "%20").replace("(", "%28").replace(")", "%29").replace("<", "%3C")
