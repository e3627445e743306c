"""Messages that are no question as a whole: commands, calls for help, small talk. Pure.

A message is a command only when it consists of keywords and courtesies ("please", "could you",
"now, thanks"): mentions of us, punctuation and emoji do not count, every other word does. So "wait,
please stop" is one, and "stop words in NLP" is a question. Thanks, praise and the like are
recognized the same way ("great, that helps"), and so are greetings and questions about us. None of
these may become a question, which would be paid for.

What people also say to one another ("never mind", "wait") is `loose`: where it is not addressed to
us, it takes more to obey it than for "cancel" (`handlers.stop_policy`).

Small talk with a question mark ("Nice?", "Morgen?", "ok, and?") is `doubtful`: it may be a
question.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from bot.slack.payloads.keyword_table import (
    ASKING,
    COURTESIES,
    KEYWORDS,
    LONGEST_ENTRY,
    NEGATABLE,
    WORDS,
    Keyword,
    KeywordMatch,
)
from bot.slack.payloads.keyword_text import EMOJI, normalize

LONGEST = 200  # characters; a longer message is no keyword

#: A quote, somebody's or a channel's name (but ours, typed), words struck out.
_MORE_THAN_WORDS = re.compile(r"^>|@(?!(?:bot|threadline)\b)|#|~\S[^~]*~", re.IGNORECASE)
#: Names and quotes that small talk may have beside it.
_OTHERS = re.compile(r"^>.*\n|(?<!\S)@[\w.\-]+", re.MULTILINE)
_REMARKS = (Keyword.THANKS, Keyword.GREETING)
_ASKS = re.compile("[?？؟❓❔⁉]|:(?:(?:grey_)?question|interrobang):")
_SHORT = 6  # words: small talk that is drawn out, or has emoticons, seldom has more
_FEW = 2  # words: longer commands are polite with a question mark ("can you wait?")
_NODS = frozenset(("+1", "+1!", "++", "^", "^^", "1+"))  # which have no words
_NEGATION = re.compile(r"(?<!\w)(?:no|não|nao|non)[ \t]+(\w+)", re.IGNORECASE)
#: Pictures made of letters and marks; what a missed shift key makes of "!"; a nod.
_EMOTICON = re.compile(
    r"(?<!\S)(?:[:;]['’]?-?[()\[\]DPpOo/\\|*3]+|=[()D]+|[xX]D+|<3+|\^_*\^|\\[oO]/|[oO]7|"
    r"</3|[Tt]_+[Tt]|-_+-|>[._]<|[oO][._][oO]|[DX]:|¯\S{1,20}¯|[+] ?1)(?![^\W_])|(?<=!)1+(?![^\W_])"
)
_ODDLY_SPELT = re.compile(rf"{_EMOTICON.pattern}|(\w)\1(?:\1|\b)")
_TWICE = re.compile(r"(\w)\1")
_RANKS = {keyword: rank for rank, keyword in enumerate(Keyword, 1)}


def match_keyword(text: str) -> KeywordMatch | None:
    """Return the keyword that a whole message consists of; None for any other message.

    Args:
        text: a message in plain words, without our mention; untrusted.
    """
    text = text.strip()
    if not text or len(text) > LONGEST:
        return None
    if not _MORE_THAN_WORDS.search(text):
        found = _match_words(text)
        if found or "@" not in text:
            return found
    bare = _OTHERS.sub(" ", text).strip()
    if not bare.strip(" ?!.,"):
        return KeywordMatch(Keyword.GREETING)
    found = None if _MORE_THAN_WORDS.search(bare) else _match_words(bare)
    return found if found and found.keyword in _REMARKS else None


def _match_words(text: str) -> KeywordMatch | None:
    """Return the keyword of a text that has no name and no quote in it."""
    words = normalize(text).split()
    if text in _NODS or (not words and _is_emoji(text)):
        return KeywordMatch(Keyword.THANKS, doubtful=bool(_ASKS.search(text)))
    found = _match_entries(words)
    if found is None and len(words) <= _SHORT and _ODDLY_SPELT.search(text):
        drawn_out = normalize(_EMOTICON.sub(" 🙂 ", text), r"\1\1").split()
        words = [_respelt(word) for word in drawn_out]
        found = _match_entries(words) if words else KeywordMatch(Keyword.THANKS)
    if found is None or _is_negated(text):
        return None
    if not _ASKS.search(text):
        return found
    if " ".join(word for word in words if word not in COURTESIES) in ASKING:
        return None
    is_remark = found.keyword in _REMARKS or (found.loose and len(words) <= _FEW)
    return replace(found, doubtful=True) if is_remark else found


def _respelt(word: str) -> str:
    """Return a word without letters that draw it out ("heyy", "thaankss")."""
    once = _TWICE.sub(r"\1", word)
    short = word[:-1] if word[-2:-1] == word[-1:] else word
    return next((each for each in (word, once, short) if each in WORDS), word)


def _match_entries(words: list[str]) -> KeywordMatch | None:
    """Return the keyword of words that all belong to an entry; None when one of them does not."""
    found: dict[int, KeywordMatch | None] = {0: None}  # by the number of words that were matched
    for start, word in enumerate(words):
        if start not in found:
            continue
        for end in range(start + 1, min(start + LONGEST_ENTRY.get(word, 0), len(words)) + 1):
            entry = " ".join(words[start:end])
            if entry in KEYWORDS or entry in COURTESIES:
                found[end] = max(found.get(end), found[start], KEYWORDS.get(entry), key=_rank)
    return found.get(len(words))


def _rank(match: KeywordMatch | None) -> float:
    """Return how much a match counts: to stop counts most, and firm words more than loose ones."""
    return 0 if match is None else _RANKS[match.keyword] - match.loose / 2


def _is_emoji(text: str) -> bool:
    """Whether a text without words is emoji."""
    return EMOJI.search(text) is not None or any(unicodedata.category(c) == "So" for c in text)


def _is_negated(text: str) -> bool:
    return any(normalize(match[1]) in NEGATABLE for match in _NEGATION.finditer(text))
