"""Messages that are no question as a whole: orders, calls for help, small talk. Pure.

A message is an order only when it is made of orders and courtesies ("please", "could you", "now,
thanks") and of nothing else: mentions of us, punctuation and emoji do not count, every other word
does. So "wait, please stop" is one, and "stop words in NLP" is a question. Thanks, praise and the
like are told the same way ("great, that helps"), and so are greetings and questions about us. None
of these may become a question, which would be paid for.

What people also say to one another ("never mind", "wait") is `loose`: where it is not addressed to
us, it takes more to obey it than for "cancel" (`handlers.stop_policy`).

Small talk with a question mark ("Nice?", "Morgen?", "ok, and?") is `doubtful`: it may ask.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import product

from bot.slack.payloads import keyword_lists as lists
from bot.slack.payloads import small_talk_lists as talk

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
class KeywordMatch:
    """An order. `loose`: people say the same to one another; `doubtful`: it may be a question."""

    word: Word
    loose: bool = False
    doubtful: bool = False


def keyword(text: str) -> KeywordMatch | None:
    """Return what a whole message orders or says; None for any other message.

    Args:
        text: a message in plain words, without our mention; untrusted.
    """
    text = text.strip()
    if not text or len(text) > LONGEST:
        return None
    if not _MORE_THAN_WORDS.search(text):
        return _read(text)
    bare = _OTHERS.sub(" ", text).strip()
    if not bare.strip(" ?!.,"):
        return KeywordMatch(Word.GREETING)
    found = None if _MORE_THAN_WORDS.search(bare) else _read(bare)
    return found if found and found.word in _REMARKS else None


def _read(text: str) -> KeywordMatch | None:
    """Return what words say that nobody's name stands between, and no quote."""
    words = _plain(text).split()
    if text in _NODS or (not words and _is_picture(text)):
        return KeywordMatch(Word.THANKS, doubtful=bool(_ASKS.search(text)))
    found = _made_of_entries(words)
    if found is None and len(words) <= _SHORT and _ODDLY_SPELT.search(text):
        words = [_spelt(word) for word in _plain(_EMOTICON.sub(" 🙂 ", text), r"\1\1").split()]
        found = _made_of_entries(words) if words else KeywordMatch(Word.THANKS)
    if found is None or _is_negated(text):
        return None
    if not _ASKS.search(text):
        return found
    if " ".join(word for word in words if word not in _COURTESIES) in _ASKED:
        return None
    is_remark = found.word in _REMARKS or (found.loose and len(words) <= _FEW)
    return replace(found, doubtful=True) if is_remark else found


def _spelt(word: str) -> str:
    """Return a word without letters that draw it out ("heyy", "thaankss")."""
    once = _TWICE.sub(r"\1", word)
    short = word[:-1] if word[-2:-1] == word[-1:] else word
    return next((each for each in (word, once, short) if each in _WORDS), word)


def _made_of_entries(words: list[str]) -> KeywordMatch | None:
    """Return what words say that are all part of some entry; None when they are not."""
    read: dict[int, KeywordMatch | None] = {0: None}  # how many of the words, and what they order
    for start, word in enumerate(words):
        if start not in read:
            continue
        for end in range(start + 1, min(start + _LONGEST.get(word, 0), len(words)) + 1):
            entry = " ".join(words[start:end])
            if entry in _KEYWORDS or entry in _COURTESIES:
                read[end] = max(read.get(end), read[start], _KEYWORDS.get(entry), key=_rank)
    return read.get(len(words))


_RANKS = {word: rank for rank, word in enumerate(Word, 1)}


def _rank(order: KeywordMatch | None) -> float:
    """Say which of several orders counts: to stop counts most, and surely more than maybe."""
    return 0 if order is None else _RANKS[order.word] - order.loose / 2


def _is_picture(text: str) -> bool:
    """Whether a text without words is emoji."""
    return _EMOJI.search(text) is not None or any(unicodedata.category(c) == "So" for c in text)


def _is_negated(text: str) -> bool:
    return any(_plain(match[1]) in _NEGATABLE for match in _NEGATION.finditer(text))


#: A quote, somebody's or a channel's name, words struck out.
_MORE_THAN_WORDS = re.compile(r"^>|[@#]|~\S[^~]*~")
#: Whom small talk names, and what it stands below; it stays small talk.
_OTHERS = re.compile(r"^>.*\n|(?<!\S)@[\w.\-]+", re.MULTILINE)
_REMARKS = (Word.THANKS, Word.GREETING)
_ASKS = re.compile("[?？؟]")
_SHORT = 6  # words: small talk that is drawn out, or has emoticons, seldom has more
_FEW = 2  # words: longer orders are polite with a question mark ("can you wait?")
_NODS = frozenset(("+1", "+1!", "++", "^", "^^", "1+"))  # whose words say nothing
_NEGATION = re.compile(r"(?<!\w)(?:no|não|nao|non)[ \t]+(\w+)", re.IGNORECASE)
_EMOJI = re.compile(r":[^\s:]{1,100}:")  # as Slack writes them
_STOP_SIGN = re.compile(
    r":(?:octagonal_sign|stop|stop_sign|stop_button|black_square_for_stop|no_entry|no_entry_sign):"
    "|[🛑⏹⛔🚫]"
)
#: Pictures made of letters and marks; what a missed shift key makes of "!"; a nod.
_EMOTICON = re.compile(
    r"(?<!\S)(?:[:;]['’]?-?[()\[\]DPpOo/\\|*3]+|=[()D]+|[xX]D+|<3+|\^_*\^|\\[oO]/|[oO]7|"
    r"</3|[Tt]_+[Tt]|-_+-|>[._]<|[oO][._][oO]|[DX]:|¯\S{1,20}¯|[+] ?1)(?![^\W_])|(?<=!)1+(?![^\W_])"
)
_ODDLY_SPELT = re.compile(rf"{_EMOTICON.pattern}|(\w)\1(?:\1|\b)")
_TWICE = re.compile(r"(\w)\1")
_DRAWN_OUT = re.compile(r"(\w)\1{2,}")  # "stoooppp"
_DROPPED = "'’ʼ`´\u200b\u200c\u200d\u2060\ufe0e\ufe0f"  # "don't" is one word
#: The same for ASCII, where each character stands for itself.
_ASCII = {c: " " for c in range(128) if not chr(c).isalnum()} | dict.fromkeys(map(ord, "'`"))


def _plain(text: str, drawn_out: str = r"\1") -> str:
    """Return a text as its words only: lower case, without accents, punctuation and emoji.

    Args:
        text: untrusted.
        drawn_out: what three or more of the same letter become.
    """
    if ":" in text or not text.isascii():
        text = _EMOJI.sub(" ", _STOP_SIGN.sub(" stop ", text))
    if text.isascii():
        words = text.lower().translate(_ASCII)
    else:
        text = unicodedata.normalize("NFKD", text.casefold())
        kept = ("" if c in _DROPPED or _is_accent(c) else _or_space(c) for c in text)
        words = unicodedata.normalize("NFC", "".join(kept)).replace("下さい", "ください")
    return " ".join(_DRAWN_OUT.sub(drawn_out, words).split())


def _is_accent(character: str) -> bool:
    return "\u0300" <= character <= "\u036f" or "\u064b" <= character <= "\u0652"


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


def _keywords() -> dict[str, KeywordMatch]:
    loose = [*_listed(*lists.LOOSE), *_each(lists.DROPPING, lists.WHAT_IS_DROPPED)]
    found = dict.fromkeys(loose, KeywordMatch(Word.STOP, loose=True))
    work = ", ".join([lists.IT, *_each(lists.WHOSE, f"{lists.WORK}, {lists.MORE_WORK}")])
    working = ", ".join([lists.WORKING, *_each(lists.WORKING, lists.ON_IT)])
    firm = [
        *_each(lists.STOPPING, f"{lists.WORK}, {work}"),
        *_each(lists.ENDING, f"run, research, search, {work}"),
        *_each("stop, quit", working),
        *_each("stopping, cancelling, canceling, aborting", f"{lists.IT}, {work}"),
        *_listed("stopping, cancelling, canceling, aborting", lists.DOING, *lists.FIRM),
    ]
    found |= dict.fromkeys(firm, KeywordMatch(Word.STOP))
    for word, texts in ((Word.MUTE, lists.MUTE), (Word.UNMUTE, lists.UNMUTE)):
        found |= dict.fromkeys([*_each(word, lists.TO_MUTE), *_listed(*texts)], KeywordMatch(word))
    praise = [
        *_listed(talk.PRAISE),
        *_each(talk.PRAISING, f"{talk.PRAISE}, {talk.HELPFUL}"),
        *_each(f"{talk.PRAISE}, {talk.HELPFUL}", talk.PRAISED),
        *_each("what a, that's a, that was a", talk.PRAISE, talk.PRAISED),
    ]
    forgetting = [*_each(talk.FORGETTING, talk.WHAT_IS_FORGOTTEN), *_listed(*talk.FORGET)]
    for word, entries in (
        (Word.FORGET, forgetting),
        (Word.STATUS, _listed(*talk.STATUS)),
        (Word.HELP, _listed(*lists.HELP, *talk.ABOUT_US)),
        (Word.GREETING, _listed(*talk.GREETINGS)),
        (Word.THANKS, [*_listed(*talk.THANKS), *praise]),
    ):
        for entry in entries:
            found.setdefault(entry, KeywordMatch(word))
    return found


_KEYWORDS = _keywords()
_COURTESIES = frozenset(
    (
        *_listed(*lists.COURTESIES, *talk.BESIDE_THANKS),
        *_each("for", talk.WHOSE, talk.THANKED_FOR),
        *_each("for", talk.THANKED_FOR),
    )
)
_ASKED = frozenset(_listed(talk.ASKED))
_NEGATABLE = {entry.split(" ")[0] for entry in _listed(*lists.ROMANCE)} - {"stop"}
_WORDS = {word for entry in (*_KEYWORDS, *_COURTESIES) for word in entry.split(" ")}
#: Of each word that an entry begins with, how many words the longest such entry has.
_LONGEST: dict[str, int] = {}
for _entry in (*_KEYWORDS, *_COURTESIES):
    _first, *_others = _entry.split(" ")
    _LONGEST[_first] = max(_LONGEST.get(_first, 0), 1 + len(_others))
