"""Which texts are keywords, and which courtesies may stand beside them. Pure.

Built once, from the lists of entries: `keyword_lists`, `small_talk_lists`, `thanks_lists`,
`request_lists`. All entries are in the spelling of `keyword_text.normalize`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

from bot.slack.payloads import keyword_lists as lists
from bot.slack.payloads import request_lists as requests
from bot.slack.payloads import small_talk_lists as talk
from bot.slack.payloads.keyword_text import normalize
from bot.slack.payloads.thanks_lists import THANKS


class Keyword(StrEnum):
    """What a message says as a whole. Of several in one message the last in this list counts."""

    THANKS = "thanks"  #: or praise, a nod, a laugh, a goodbye
    GREETING = "greeting"
    HELP = "help"  #: also a question about us
    FORGET = "forget"
    STATUS = "status"
    UNMUTE = "unmute"
    MUTE = "mute"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class KeywordMatch:
    """A keyword that a message consists of.

    Attributes:
        keyword: the one that counts.
        loose: people say the same to one another.
        doubtful: the message may be a question.
    """

    keyword: Keyword
    loose: bool = False
    doubtful: bool = False


def _listed(*texts: str) -> Iterator[str]:
    """Yield the entries of lists, which are separated by commas, normalized."""
    for text in texts:
        yield from (normalize(entry) for entry in text.split(",") if entry.strip())


def _each(*texts: str) -> Iterator[str]:
    """Yield every entry of the first list with every entry of the next after it."""
    for entries in product(*map(_listed, texts)):
        yield " ".join(entries)


def _keywords() -> dict[str, KeywordMatch]:
    loose = [*_listed(*lists.LOOSE), *_each(lists.DROPPING, lists.WHAT_IS_DROPPED)]
    found = dict.fromkeys(loose, KeywordMatch(Keyword.STOP, loose=True))
    work = ", ".join([lists.IT, *_each(lists.WHOSE, f"{lists.WORK}, {lists.MORE_WORK}")])
    working = ", ".join([lists.WORKING, *_each(lists.WORKING, lists.ON_IT)])
    firm = [
        *_each(lists.STOPPING, f"{lists.WORK}, {work}"),
        *_each(lists.ENDING, f"run, research, search, {work}"),
        *_each("stop, quit", working),
        *_each("stopping, cancelling, canceling, aborting", f"{lists.IT}, {work}"),
        *_listed("stopping, cancelling, canceling, aborting", lists.DOING, *lists.FIRM),
    ]
    found |= dict.fromkeys(firm, KeywordMatch(Keyword.STOP))
    for keyword, texts in ((Keyword.MUTE, lists.MUTE), (Keyword.UNMUTE, lists.UNMUTE)):
        entries = [*_each(keyword, lists.TO_MUTE), *_listed(*texts)]
        found |= dict.fromkeys(entries, KeywordMatch(keyword))
    return _small_talk() | found


def _small_talk() -> dict[str, KeywordMatch]:
    praise = [
        *_listed(talk.PRAISE),
        *_each(talk.PRAISING, f"{talk.PRAISE}, {talk.HELPFUL}"),
        *_each(f"{talk.PRAISE}, {talk.HELPFUL}", talk.PRAISED),
        *_each("what a, that's a, that was a", talk.PRAISE, talk.PRAISED),
    ]
    forgetting = [
        *_each(requests.FORGETTING, requests.WHAT_IS_FORGOTTEN),
        *_listed(*requests.FORGET),
    ]
    found: dict[str, KeywordMatch] = {}
    for keyword, entries in (  # the first keyword of an entry counts
        (Keyword.FORGET, forgetting),
        (Keyword.STATUS, _listed(*requests.STATUS)),
        (Keyword.HELP, _listed(*lists.HELP, *requests.ABOUT_US)),
        (Keyword.GREETING, _listed(*talk.GREETINGS)),
        (Keyword.THANKS, [*_listed(*THANKS), *praise]),
    ):
        for entry in entries:
            found.setdefault(entry, KeywordMatch(keyword))
    return found


def _longest(entries: tuple[str, ...]) -> dict[str, int]:
    """Return, by the word that entries begin with, how many words the longest of them has."""
    found: dict[str, int] = {}
    for entry in entries:
        words = entry.split(" ")
        found[words[0]] = max(found.get(words[0], 0), len(words))
    return found


KEYWORDS = _keywords()
COURTESIES = frozenset(
    (
        *_listed(*lists.COURTESIES, *talk.BESIDE_THANKS),
        *_each("for", talk.WHOSE, talk.THANKED_FOR),
        *_each("for", talk.THANKED_FOR),
    )
)
#: With a question mark these ask about what was said before.
ASKING = frozenset(_listed(talk.ASKED))
#: After "no", the first words of these say the contrary.
NEGATABLE = {entry.split(" ")[0] for entry in _listed(*lists.ROMANCE)} - {"stop"}
WORDS = {word for entry in (*KEYWORDS, *COURTESIES) for word in entry.split(" ")}
#: The number of words of the longest entry that begins with a word.
LONGEST_ENTRY = _longest((*KEYWORDS, *COURTESIES))
