"""An answer's sources and confidence, out of its basis. Pure; the basis comes from the web."""

from __future__ import annotations

from collections import Counter

from bot.model import Answer, Citation

_LEVELS = ("high", "medium", "low")


def sources(answer: Answer) -> list[Citation]:
    """Return each source once, in the order of first citation, with a title when one is known."""
    found: dict[str, Citation] = {}
    for basis in answer.basis:
        for citation in basis.citations:
            known = found.get(citation.url)
            if known is None or (citation.title and not known.title):
                found[citation.url] = citation
    return list(found.values())


def sources_markdown(answer: Answer, most: int | None = None) -> str:
    """Write the sources as numbered Markdown links with titles; empty when there are none.

    Args:
        answer: whose sources.
        most: list no more than these, and say how many there are in all.
    """
    found = sources(answer)
    if not found:
        return ""
    lines = [f"{n}. [{_label(c)}]({_target(c.url)})" for n, c in enumerate(found[:most], 1)]
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


def _label(citation: Citation) -> str:
    label = " ".join((citation.title or citation.url).split())
    return label.replace("\\", "").replace("[", "(").replace("]", ")").replace("`", "'")[:150]


def _target(url: str) -> str:
    return url.replace(" ", "%20").replace("(", "%28").replace(")", "%29").replace("<", "%3C")
