"""What readers must know of the sources of an answer, and of the numbers in it. Pure."""

from __future__ import annotations

from bot.slack.citations.addresses import has_address
from bot.slack.citations.references import References, references

NO_SOURCES = (
    "_Parallel returned no sources, so I couldn't verify the links and citation numbers above. "
    "Links are shown as text._"
)
NO_PAGES = (
    "_None of the sources is a web page that I can link, so I couldn't verify the links above. "
    "They are shown as text._"
)
UNRESOLVED = (
    "_The numbers in brackets in this answer don't refer to the sources listed here, and I don't "
    "know what they refer to._"
)


def note_below(content: str, what: References, *, sources: int, pages: int) -> str:
    """Return the note below an answer and its list of sources; "" for none.

    Args:
        content: the text of the answer in Markdown.
        what: what the numbers in brackets in it refer to.
        sources: how many sources its basis has.
        pages: how many of them are web pages.
    """
    if not sources:
        return NO_SOURCES if has_citations(content) else ""
    if not pages and has_address(content):
        return NO_PAGES
    return UNRESOLVED if what is References.UNKNOWN else ""


def has_citations(content: str) -> bool:
    """Whether a text has links, addresses or numbers in brackets that need a source."""
    return references(content, 0) is not References.NONE or has_address(content)
