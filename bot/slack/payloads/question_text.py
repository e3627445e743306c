"""The text of a question: `!processor` in front of it, and what it asks. Pure."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.domain.invisible import INVISIBLE, SPACELESS
from bot.domain.processors import find_processor, nearest_name
from bot.domain.prompt import ABOUT_ALONG
from bot.domain.turn import Question, TurnKind

#: `!name`, also as code (copied from our own help) or bold, and with punctuation after it. Where
#: people write without spaces, the question follows at once.
PREFIX = re.compile(
    r"[`*_]{0,3}[!！]([A-Za-z0-9]{1,20}(?:[-‐-―−][A-Za-z0-9]{1,20})?)"
    rf"[`*_]{{0,3}}[{INVISIBLE}]{{0,9}}[:,.;!?…]{{0,3}}[`*_]{{0,3}}[{INVISIBLE}]{{0,9}}"
    rf"(?:[：，、。；！？]{{1,3}}\s*|\s+|$|(?=[{SPACELESS}]))"
)
_DASH = re.compile("[‐-―−]")  # what some clients make of a typed hyphen
#: A letter, a digit, a picture: more than marks, and than what nobody sees.
_SAYS_SOMETHING = re.compile(rf"[^\W_{INVISIBLE}]|[^\s\x00-\x7f{INVISIBLE}…。！？、—–•·]")


def normalize_dashes(text: str) -> str:
    """Replace every dash by the hyphen that names of processors have."""
    return _DASH.sub("-", text)


def with_text(question: Question, text: str) -> Question:
    """Return a question with what its message's text says.

    Args:
        question: with the words that were sent along, if any; they are dropped when the text turns
            out to be no question.
        text: in plain words, without our mention.
    """
    processor, kind, asked = _parse(_with_default_text(text) if question.along else text)
    along = question.along if kind is TurnKind.QUESTION else ""
    asked = "" if along and asked == ABOUT_ALONG else asked
    return replace(question, text=asked, processor=processor, start=kind, along=along)


def _with_default_text(text: str) -> str:
    """Return a question about what was sent along, where its text asks nothing."""
    bare = text.rstrip(" ?!.")
    prefix = PREFIX.match(bare)
    if bare[prefix.end() if prefix else 0 :]:
        return text
    return f"{bare} {ABOUT_ALONG}".lstrip()


def _parse(text: str) -> tuple[str | None, TurnKind, str]:
    """Return the processor named with `!name`, the kind of turn, and the question without the name.

    A first word that is near a processor's name but is none gets help instead of a paid run on the
    wrong processor; one that is near nothing is part of the question.
    """
    if not _SAYS_SOMETHING.search(text):
        return None, TurnKind.HELP, text.strip(" ?!.")
    prefix = PREFIX.match(text)
    if not prefix:
        return None, TurnKind.QUESTION, text
    name = normalize_dashes(prefix[1])
    rest = text[prefix.end() :]
    if processor := find_processor(name):
        return (processor.name, TurnKind.QUESTION, rest) if rest else (None, TurnKind.HELP, "")
    if nearest_name(name):
        return name, TurnKind.UNKNOWN_PROCESSOR, rest
    return None, TurnKind.QUESTION, text
