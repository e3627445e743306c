"""Invisible characters: which they are, and where a text needs them. Pure.

Within `chase.com`, such a character hides the name from every comparison, but from no reader.
Emoji, Arabic, Persian, the scripts of India, Hangul and Mongolian need some of them. So one stays
where it has an effect, which depends on the visible characters before and after it; in a word of
ASCII none has. Word joiners always stay, because we add our own.
"""

from __future__ import annotations

import re
from functools import lru_cache

#: For a character class: Default_Ignorable_Code_Point, the same from Unicode 6.3 to 17
#: (https://www.unicode.org/Public/17.0.0/ucd/DerivedCoreProperties.txt), and the marks of
#: annotations, U+FFF9 to U+FFFB.
INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff"
)

#: Invisible characters beside each other.
RUN = re.compile(f"[{INVISIBLE}]+")
_NOWHERE = re.compile(r"(?!)")
_ASCII_WORD = re.compile(r"[\w:/.@-]", re.ASCII)
_RTL = re.compile(
    "[\u0590-\u061b\u061d-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
# What sequences of emoji are made of, with some room:
# https://www.unicode.org/Public/17.0.0/emoji/emoji-zwj-sequences.txt
_EMOJI = re.compile("[\u2190-\u21ff\u2300-\u23ff\u25a0-\u27bf\u2900-\u2bff\U0001f000-\U0001faff]")
# Symbols, East Asian and some other characters, with room for what is yet to come:
# https://www.unicode.org/Public/17.0.0/ucd/StandardizedVariants.txt, emoji-variation-sequences.txt
_VARIES = re.compile(
    "[\u00a9\u00ae\u1000-\u109f\u2018-\u201d\u203c\u2049\u2100-\u2bff\u3001-\u303f\u3200-\u9fff"
    "\ua840-\ua87f\uaa60-\uaa7f\uf900-\ufaff\uff01-\uff60\U00010ac0-\U00010aff\U00013000-\U0001345f"
    "\U0001d400-\U0001d7ff\U0001f000-\U0001faff\U00017000-\U00018dff\U00020000-\U0003ffff]"
)
_IDEOGRAPH = re.compile("[\u3005-\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
# Letters that join or stack: Arabic to Mandaic, India, Tibet, Myanmar, Khmer, Mongolian, their
# neighbours, and those beyond the first plane.
_JOINS = re.compile(
    "[\u0600-\u0dff\u0f00-\u109f\u1700-\u18af\u1a00-\u1cff\u2d30-\u2d7f\ua800-\uabff"
    "\ufb50-\ufdff\ufe70-\ufefc\U00010a00-\U00011fff\U00016100-\U0001617f\U0001e900-\U0001e95f]"
)
#: For a character class: scripts without spaces between words. There a ZERO WIDTH SPACE lets a line
#: break.
SPACELESS = (
    "\u0e00-\u109f\u1780-\u17ff\u1900-\u1aaf\u1b00-\u1b7f\u3000-\u30ff\u3400-\u9fff"
    "\ua980-\ua9ff\uaa60-\uaadf\uff00-\uffef\U00020000-\U0003ffff"
)
_SPACELESS = re.compile(f"[{SPACELESS}]")
_JAMO = re.compile("[\u1100-\u11ff\u3131-\u318e\ua960-\ua97c\ud7b0-\ud7fb\uffa1-\uffdc]")
_MONGOLIAN = re.compile("[\u1800-\u18aa\U00011660-\U0001166c]")
_KHMER = re.compile("[\u1780-\u17d3]")
_MARK = re.compile("[\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f]")
_MUSIC = re.compile("[\U0001d100-\U0001d1ff]")
_SHORTHAND = re.compile("[\U0001bc00-\U0001bc9f]")

#: Where each has its effect: after the one, or before the other.
_EFFECTS = {
    "\u200c": (_JOINS, _NOWHERE),
    "\u200d": (_JOINS, _JOINS),  # and between emoji
    "\u200b": (_SPACELESS, _SPACELESS),
    "\u034f": (_MARK, _MARK),
    "\u180e": (_MONGOLIAN, _NOWHERE),
    **dict.fromkeys("\u115f\u1160\u3164\uffa0", (_JAMO, _JAMO)),
    **dict.fromkeys("\u17b4\u17b5", (_KHMER, _NOWHERE)),
    **dict.fromkeys(map(chr, range(0x1BCA0, 0x1BCA4)), (_SHORTHAND, _SHORTHAND)),
    **dict.fromkeys(map(chr, range(0x1D173, 0x1D17B)), (_MUSIC, _MUSIC)),
}
#: The flag of a region, as of Scotland: https://www.unicode.org/reports/tr51/#valid-emoji-tag-sequences
_FLAG = re.compile("[\U000e0030-\U000e0039\U000e0061-\U000e007a]{1,6}\U000e007f")
_BLACK_FLAG = "\U0001f3f4"
_LONGEST_CACHED = 8  # characters of a run


def without_invisible(text: str) -> str:
    """Return the text without the invisible characters that have no effect where they stand."""
    if text.isascii() or not RUN.search(text):
        return text
    rtl = bool(_RTL.search(text))

    def needed(run: re.Match[str]) -> str:
        start, end = run.span()
        decide = _cached_needed if end - start <= _LONGEST_CACHED else _needed
        return decide(text[start - 1 : start] if start else "", run[0], text[end : end + 1], rtl)

    return RUN.sub(needed, text)


def _needed(before: str, run: str, after: str, rtl: bool) -> str:
    """Return the characters to keep of an invisible run, each one once."""
    kept = []
    if before == _BLACK_FLAG and (flag := _FLAG.match(run)):
        kept, run = [flag[0]], run[flag.end() :]
    elif _is_variant(before, run[0], after):
        kept, run = [run[0]], run[1:]
    seen = set()
    for character in run:
        if character == "\u2060":  # `escaping.WORD_JOINER`
            kept.append(character)
        elif character not in seen:
            seen.add(character)
            if _has_effect(before, character, after, rtl):
                kept.append(character)
    return "".join(kept)


_cached_needed = lru_cache(4096)(_needed)


def _is_variant(before: str, selector: str, after: str) -> bool:
    """Whether a character has the variant that the selector after it asks for."""
    if "\ufe00" <= selector <= "\ufe0f":
        if before and before in "0123456789#*":
            return after == "\u20e3"  # a keycap
        return bool(_VARIES.match(before))
    if "\U000e0100" <= selector <= "\U000e01ef":
        return bool(_IDEOGRAPH.match(before))
    return selector in "\u180b\u180c\u180d\u180f" and bool(_MONGOLIAN.match(before))


def _has_effect(before: str, character: str, after: str, rtl: bool) -> bool:
    if character in "\u200e\u200f\u061c":  # marks of direction
        return rtl and not (_ASCII_WORD.match(before) and _ASCII_WORD.match(after))
    if character == "\u200d" and _EMOJI.match(before) and _EMOJI.match(after):
        return True
    behind, ahead = _EFFECTS.get(character, (_NOWHERE, _NOWHERE))
    return bool(behind.match(before) or ahead.match(after))
