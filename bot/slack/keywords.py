"""Messages that are no question as a whole: orders, calls for help, small talk. Pure.

A message is an order only when it is made of orders and courtesies ("please", "could you", "now,
thanks") and of nothing else: mentions of us, punctuation and emoji do not count, every other word
does. So "wait, please stop" is one, and "stop words in NLP" is a question. Thanks, praise and the
like are told the same way ("great, that helps"), and so are greetings and questions about us. None
of these may become a question, which would be paid for.

What people also say to one another ("never mind", "wait") is `loose`: where it is not addressed to
us, it takes more to obey it than for "cancel" (`handlers.stopping`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

from bot.slack import keyword_lists as lists

LONGEST = 200  # characters; a longer message is no order


class Word(StrEnum):
    """What is ordered, or said. Of several in one message the last in this list counts."""

    THANKS = "thanks"  #: or praise, a nod, a laugh, a goodbye
    GREETING = "greeting"
    HELP = "help"  #: also a question about us
    FORGET = "forget"
    STATUS = "status"
    UNMUTE = "unmute"
    MUTE = "mute"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Keyword:
    """An order. `loose`: people say the same to one another."""

    word: Word
    loose: bool = False


def keyword(text: str) -> Keyword | None:
    """Return what a whole message orders or says; None for any other message.

    Args:
        text: a message in plain words, without our mention; untrusted.
    """
    text = text.strip()
    if not text or len(text) > LONGEST:
        return None
    words = _plain(text).split()
    if not words or text in _NODS:
        return Keyword(Word.THANKS) if _is_picture(text) or text in _NODS else None
    found = _made_of_entries(words)
    return None if found and (_MORE_THAN_WORDS.search(text) or _is_negated(text)) else found


def _made_of_entries(words: list[str]) -> Keyword | None:
    """Return what words say that are all part of some entry; None when they are not."""
    read: dict[int, Keyword | None] = {0: None}  # how many of the words, and what they order
    for start, word in enumerate(words):
        if start not in read:
            continue
        for end in range(start + 1, min(start + _LONGEST.get(word, 0), len(words)) + 1):
            entry = " ".join(words[start:end])
            if entry in _KEYWORDS or entry in _COURTESIES:
                read[end] = max(read.get(end), read[start], _KEYWORDS.get(entry), key=_rank)
    return read.get(len(words))


_RANKS = {word: rank for rank, word in enumerate(Word, 1)}


def _rank(order: Keyword | None) -> float:
    """Say which of several orders counts: to stop counts most, and surely more than maybe."""
    return 0 if order is None else _RANKS[order.word] - order.loose / 2


def _is_picture(text: str) -> bool:
    """Whether a text without words is emoji."""
    return _EMOJI.search(text) is not None or any(unicodedata.category(c) == "So" for c in text)


def _is_negated(text: str) -> bool:
    return any(_plain(match[1]) in _NEGATABLE for match in _NEGATION.finditer(text))


#: A quote, somebody's or a channel's name, words struck out.
_MORE_THAN_WORDS = re.compile(r"^>|[@#~]")
_NODS = frozenset(("+1", "+1!", "++", "^", "^^", "1+"))  # whose words say nothing
_NEGATION = re.compile(r"(?<!\w)(?:no|não|nao|non)[ \t]+(\w+)", re.IGNORECASE)
_EMOJI = re.compile(r":[^\s:]{1,100}:")  # as Slack writes them
_STOP_SIGN = re.compile(r":(?:octagonal_sign|stop_sign|stop_button|black_square_for_stop):|[🛑⏹]")
_DRAWN_OUT = re.compile(r"(\w)\1{2,}")  # "stoooppp"
_DROPPED = "'’ʼ`´\u200b\u200c\u200d\u2060\ufe0e\ufe0f"  # "don't" is one word
#: The same for ASCII, where each character stands for itself.
_ASCII = {c: " " for c in range(128) if not chr(c).isalnum()} | dict.fromkeys(map(ord, "'`"))


def _plain(text: str) -> str:
    """Return a text as its words only: lower case, without accents, punctuation and emoji."""
    if ":" in text or not text.isascii():
        text = _EMOJI.sub(" ", _STOP_SIGN.sub(" stop ", text))
    if text.isascii():
        words = text.lower().translate(_ASCII)
    else:
        text = unicodedata.normalize("NFKD", text.casefold())
        kept = ("" if c in _DROPPED or "\u0300" <= c <= "\u036f" else _or_space(c) for c in text)
        words = unicodedata.normalize("NFC", "".join(kept)).replace("下さい", "ください")
    return " ".join(_DRAWN_OUT.sub(r"\1", words).split())


def _or_space(character: str) -> str:
    return character if unicodedata.category(character)[0] in "LMN" else " "


def _listed(*texts: str) -> Iterator[str]:
    """Yield the entries of lists, which are separated by commas, as `_plain` returns them."""
    for text in texts:
        yield from (_plain(entry) for entry in text.split(",") if entry.strip())


def _each(*texts: str) -> Iterator[str]:
    """Yield every entry of the first list with every entry of the next after it."""
    for entries in product(*map(_listed, texts)):
        yield " ".join(entries)


def _keywords() -> dict[str, Keyword]:
    loose = [*_listed(*lists.LOOSE), *_each(lists.DROPPING, lists.WHAT_IS_DROPPED)]
    found = dict.fromkeys(loose, Keyword(Word.STOP, loose=True))
    work = ", ".join([lists.IT, *_each(lists.WHOSE, f"{lists.WORK}, {lists.MORE_WORK}")])
    working = ", ".join([lists.WORKING, *_each(lists.WORKING, lists.ON_IT)])
    firm = [
        *_each(lists.STOPPING, f"{lists.WORK}, {work}"),
        *_each(lists.ENDING, f"run, research, search, {work}"),
        *_each("stop, quit", working),
        *_each("stopping, cancelling, canceling, aborting", f"{lists.IT}, {work}"),
        *_listed("stopping, cancelling, canceling, aborting", lists.DOING, *lists.FIRM),
    ]
    found |= dict.fromkeys(firm, Keyword(Word.STOP))
    for word, texts in ((Word.MUTE, lists.MUTE), (Word.UNMUTE, lists.UNMUTE)):
        found |= dict.fromkeys([*_each(word, lists.TO_MUTE), *_listed(*texts)], Keyword(word))
    forgetting = [*_each(lists.FORGETTING, lists.WHAT_IS_FORGOTTEN), *_listed(*lists.FORGET)]
    for word, entries in (
        (Word.FORGET, forgetting),
        (Word.STATUS, _listed(*lists.STATUS)),
        (Word.HELP, _listed(*lists.HELP, *lists.ABOUT_US)),
        (Word.GREETING, _listed(*lists.GREETINGS)),
        (Word.THANKS, _listed(*lists.THANKS)),
    ):
        for entry in entries:
            found.setdefault(entry, Keyword(word))
    return found


_KEYWORDS = _keywords()
_COURTESIES = frozenset(_listed(*lists.COURTESIES, lists.BESIDE_THANKS))
_NEGATABLE = {entry.split(" ")[0] for entry in _listed(*lists.ROMANCE)} - {"stop"}
#: Of each word that an entry begins with, how many words the longest such entry has.
_LONGEST: dict[str, int] = {}
for _entry in (*_KEYWORDS, *_COURTESIES):
    _first, *_others = _entry.split(" ")
    _LONGEST[_first] = max(_LONGEST.get(_first, 0), 1 + len(_others))
