"""The sources and the confidence in the basis of an answer, which is untrusted. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from bot.domain.research import Answer, Citation, FieldBasis
from bot.slack.text.escaping import clean
from bot.slack.text.links import destination
from bot.slack.text.urls import canonical_url, unlink

_COUNTED = 100_000  # characters of JSON that are counted; what has more is long
_VALUE = 8  # characters that a value takes beside its own
_LEVELS = ("high", "medium", "low")
_NOT_GIVEN = "not given"
_WHOLE = ("output", "answer", "content")  # names of the only field of a text


def sources(answer: Answer) -> list[Citation]:
    """Return each source once, in the order of first citation.

    Of the spellings of one address (`canonical_url`), the first is kept, with the first title and
    the excerpts of all of them, each once.
    """
    return _merged(citation for basis in answer.basis for citation in basis.citations)


def field_sources(basis: FieldBasis) -> list[Citation]:
    """Return each source of one field once."""
    return _merged(basis.citations)


def source_numbers(answer: Answer) -> dict[str, int]:
    """Return the place of each source in `sources`, from 1, by `source_key`."""
    return {source_key(source): place for place, source in enumerate(sources(answer), 1)}


def source_key(citation: Citation) -> str:
    """Return the address of a source in the spelling to compare it by."""
    return canonical_url(citation.url) or citation.url


def size_of(answer: Answer) -> int:
    """Return about how many characters of an answer are formatted, without writing them.

    Its basis counts a tenth: most messages show only where it is from.
    """
    content = answer.content
    written = len(content) if isinstance(content, str) else _size_of_json(content)
    basis = sum(
        len(b.reasoning)
        + sum(
            _VALUE + len(c.url) + len(c.title or "") + sum(map(len, c.excerpts))
            for c in b.citations
        )
        for b in answer.basis
    )
    return written + basis // 10


def _size_of_json(value: Mapping[str, object]) -> int:
    size, left = 0, list[object]([value])
    while left and size < _COUNTED:
        size += _VALUE
        match left.pop():
            case str() as text:
                size += len(text)
            case Mapping() as inner:
                size += sum(map(len, inner))
                left.extend(inner.values())
            case list() as items:
                left.extend(items)
    return size


def overall_confidence(answer: Answer) -> str | None:
    """Return the confidence: ``high``, or the levels with their counts; None if not given.

    One level stands for the answer only if all fields have it: one of ten says little.
    """
    given = Counter(field_confidence(basis) or _NOT_GIVEN for basis in answer.basis)
    if set(given) <= {_NOT_GIVEN}:
        return None
    if len(given) == 1:
        return next(iter(given))
    levels = (*_LEVELS, _NOT_GIVEN)
    return ", ".join(f"{level} ({given[level]})" for level in levels if given[level])


def source_link(citation: Citation) -> str:
    """Return a source as a Markdown link with its title, still untrusted.

    Without a web page it has no target, and becomes text when sanitized, with its address.
    """
    label = _label(citation.title or citation.url)
    if canonical_url(citation.url):
        return f"[{label}]({destination(citation.url)})"
    address = _label(citation.url) if citation.title else ""
    return f"[{unlink(' · '.join(filter(None, (label, address))))}]()"


def field_name(answer: Answer, basis: FieldBasis) -> str:
    """Return the name of a field; the only field of a text is "Answer"."""
    is_whole = len(answer.basis) == 1 or basis.field.strip().lower() in _WHOLE
    if isinstance(answer.content, str) and is_whole:
        return "Answer"
    return " ".join(clean(basis.field).split()) or "(no name)"


def field_confidence(basis: FieldBasis) -> str | None:
    """Return the confidence of a field: ``high``, ``medium`` or ``low``; None if not given."""
    level = (basis.confidence or "").lower()
    return level if level in _LEVELS else None


def _merged(citations: Iterable[Citation]) -> list[Citation]:
    found: dict[str, list[Citation]] = {}
    for citation in citations:
        found.setdefault(source_key(citation), []).append(citation)
    return [_one(spellings) for spellings in found.values()]


def _one(spellings: list[Citation]) -> Citation:
    title = next((c.title for c in spellings if c.title), None)
    excerpts = dict.fromkeys(excerpt for c in spellings for excerpt in c.excerpts)
    return Citation(spellings[0].url, title, tuple(excerpts))


def _label(words: str) -> str:
    label = " ".join(words.split())
    return label.replace("\\", "").replace("[", "(").replace("]", ")").replace("`", "'")[:150]
