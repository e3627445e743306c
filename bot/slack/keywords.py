"""Messages that are an order as a whole: stop, mute, unmute, and calls for help. Pure.

A message is an order only when it is made of orders and courtesies ("please", "could you", "now,
thanks") and of nothing else: mentions of us, punctuation and emoji do not count, every other word
does. So "wait, please stop" is one, and "stop words in NLP" is a question. No order may become a
question, which would be paid for.

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
    """What is ordered."""

    STOP = "stop"
    MUTE = "mute"
    UNMUTE = "unmute"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class Keyword:
    """An order. `loose`: people say the same to one another."""

    word: Word
    loose: bool = False


def keyword(text: str) -> Keyword | None:
    """Return what a whole message orders; None for any other message.

    Args:
        text: a message in plain words, without our mention; untrusted.
    """
    text = text.strip()
    if not text or len(text) > LONGEST or _MORE_THAN_WORDS.search(text) or _is_negated(text):
        return None
    words = _plain(text).split()
    read: dict[int, Keyword | None] = {0: None}  # how many of the words, and what they order
    for end in range(1, len(words) + 1):
        for start in range(max(0, end - _LONGEST_ENTRY), end):
            entry = " ".join(words[start:end])
            if start in read and (entry in _KEYWORDS or entry in _COURTESIES):
                orders = (read.get(end), read[start], _KEYWORDS.get(entry))
                read[end] = max(orders, key=_rank)
    return read.get(len(words))


def _rank(order: Keyword | None) -> int:
    """Say which of several orders counts: to stop counts most, and surely more than maybe."""
    if order is None:
        return 0
    return (1 if order.word is not Word.STOP else 3) - order.loose


def _is_negated(text: str) -> bool:
    return any(_plain(match[1]) in _NEGATABLE for match in _NEGATION.finditer(text))


#: A quote, somebody's or a channel's name, words struck out.
_MORE_THAN_WORDS = re.compile(r"^>|[@#~]")
_NEGATION = re.compile(r"(?<!\w)(?:no|não|nao|non)[ \t]+(\w+)", re.IGNORECASE)
_EMOJI = re.compile(r":[^\s:]{1,100}:")  # as Slack writes them
_STOP_SIGN = re.compile(r":(?:octagonal_sign|stop_sign|stop_button|black_square_for_stop):|[🛑⏹]")
_DRAWN_OUT = re.compile(r"(\w)\1{2,}")  # "stoooppp"
_DROPPED = "'’ʼ`´\u200b\u200c\u200d\u2060\ufe0e\ufe0f"  # "don't" is one word


def _plain(text: str) -> str:
    """Return a text as its words only: lower case, without accents, punctuation and emoji."""
    text = _EMOJI.sub(" ", _STOP_SIGN.sub(" stop ", text))
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
    return found | dict.fromkeys(_listed(*lists.HELP), Keyword(Word.HELP))


_KEYWORDS = _keywords()
_COURTESIES = frozenset(_listed(*lists.COURTESIES))
_NEGATABLE = {entry.split(" ")[0] for entry in _listed(*lists.ROMANCE)} - {"stop"}
_LONGEST_ENTRY = max(entry.count(" ") + 1 for entry in (*_KEYWORDS, *_COURTESIES))
