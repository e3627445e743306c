"""Whether the label of a link names another site than the link leads to. Pure.

A word names a site if it reads like a domain: parts joined by dots or by what looks like a dot,
also with invisible, full-width and combining characters. This does not depend on a list of
top-level domains: there are new ones, and no reader knows all of them. Any word of letters may be
the last part, except where the dot more often means something else:

- ``report.pdf``, ``README.md``, ``Node.js``: the last part is the ending of a file.
- ``v1.2.3``, ``1.Introduction``, ``e.g.``, ``e.V.``, ``Ph.D.``, ``J.Smith``, ``St.Gallen``: before
  or after it is one letter, a number or an abbreviation.
- ``今日は晴れ。明日は雨``: a full stop between words of a script without spaces.
- ``React.useState``, ``os.get_env``: a name of a program.

A famous ending counts even there, and behind spaces and odd signs: ``chase .com``, ``chase,com``,
``chase.com-login``. In doubt, the host is shown.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from bot.domain.invisible import INVISIBLE
from bot.domain.unicode import normalized
from bot.slack.text import endings
from bot.slack.text.endings import FAMOUS
from bot.slack.text.hosts import ascii_host, without_www
from bot.slack.text.lookalikes import (
    COLONS,
    DOTS,
    EAST_ASIAN,
    HYPHENS,
    LETTERS,
    PICTURES,
    SCRIPTS,
    SLASHES,
    SPACELESS,
    SYMBOLS,
    THIN,
)

_UNSEEN = re.compile(f"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f{INVISIBLE}]")
_MAYBE = re.compile(r"[.,]|://|\b(?:dot|punkt|point|punto)\b", re.IGNORECASE)
_MARKUP = re.compile(r"[*~`]")
_BRACKETED = re.compile(r" ?[\[({<](?:\.|dot|punkt|point|punto)[\])}>] ?", re.IGNORECASE)
_THIN = re.compile(f"[{THIN}]")
# Numbers of footnotes and signs of trade marks, which end a word.
_NOTES = re.compile("[\u00b2\u00b3\u00b9\u2070-\u2089\u2120\u2122\u2460-\u2473\u24ea-\u24ff]")
# A middle dot between two l is Catalan.
_DOT = re.compile(rf"(?<=\S)(?!(?<=[lL])\u00b7[lL])[{DOTS}](?=\S)")
_ODD_DOT = re.compile(
    rf"(?<=[^\W_])[^\w\s\x00-\x7f–—‘’“”«»…](?=(?:{FAMOUS})(?![a-z]))", re.IGNORECASE
)
_LETTERED = re.compile(r"(?<!\S)(\S) (?=\S(?!\S))")  # c h a s e . c o m
_APART = re.compile(
    r"(?<=[^\W\d_]{3}) ?\. (?:com(?!\w)|(?:org|net|edu|gov|mil|info|biz|co|io)(?=[/:)\]]|$))"
    rf"|(?<=\S[^\s\w.({{\[</@#:;,&|+=–—-])\.(?i:{FAMOUS})(?!\w)"
    r"|(?<=[^\s.])\.{2,3}(?i:com|org|net|edu|gov)(?!\w)"
    r"|(?<=[^\W_]),(?:com|org|net|edu|gov)(?!\w)"
)
_SPACED = re.compile(r"(?<=[^\W_]) \.([A-Za-z]{2,13})(?![\w-])")
_URL = re.compile(r":/{2,} ?([^\s/?#]+)")
_AROUND_HOST = ".,;:!?'\")]}>»”’"
_WORD = re.compile(r"[\w.-]+")
_ELLIPSIS = re.compile(r"\.{2,}")
_SPACELESS = re.compile(f"[{SPACELESS}]+")
_FAMOUS = re.compile(rf"(?:{FAMOUS})(?![a-zß-ɏ])")
_CAMEL = re.compile(r"[a-z]{2}[A-Z][a-z]{2}")
_LETTERS = re.compile(r"[a-z]{2,63}")
_VERSION = re.compile(r"v?\d[\da-z-]*")
_IPV4 = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}", re.ASCII)

_SEEN = {
    **dict.fromkeys(map(ord, "\u2800\U0001d159"), " "),  # blank, and no white space to Python
    **dict.fromkeys(map(ord, SLASHES), "/"),
    **dict.fromkeys(map(ord, COLONS), ":"),
    **dict.fromkeys(map(ord, HYPHENS), "-"),
    **{first + n: chr(ord("a") + n) for first in PICTURES for n in range(26)},
}
_SYMBOLS = {ord(like): letter for letter, likes in SYMBOLS.items() for like in likes}
_SHAPES = {ord(like): letter for letter, likes in LETTERS.items() for like in likes}
_FOLD = _SHAPES | str.maketrans("01", "ol")


def names_another_site(label: str, real: str) -> bool:
    """Whether a reader may take a label for another site than a host.

    Args:
        label: as it is shown; of any length, untrusted.
        real: the host, in ASCII.
    """
    return any(_names_another(text, real) for text in _readings(label))


def _readings(label: str) -> Iterator[str]:
    """Yield the label as it looks; twice when narrow spaces may or may not be seen."""
    if label.isascii():
        if _MAYBE.search(label):
            yield _normalized(_UNSEEN.sub("", label))
        return
    text = _NOTES.sub(" ", _UNSEEN.sub("", label)).translate(_SEEN)
    text = _ODD_DOT.sub(".", _DOT.sub(".", text)).translate(_SYMBOLS)
    for without in dict.fromkeys((_THIN.sub("", text), text)):
        yield _normalized(normalized(without))


def _normalized(text: str) -> str:
    text = " ".join(_MARKUP.sub("", text).split())
    return _LETTERED.sub(r"\1", _BRACKETED.sub(".", text))


def _names_another(text: str, real: str) -> bool:
    if _APART.search(text) or any(_is_spaced(text, found) for found in _SPACED.finditer(text)):
        return True
    if any(not _is_host(found[1], real) for found in _URL.finditer(text)):
        return True
    for bare, marked, after in _words(text):
        names = [bare] if _is_address(bare, text, after) else _site_names(bare, after)
        if names and not any(_is_honest(name, real) for name in (*names, marked)):
            return True
    return False


def _is_spaced(text: str, found: re.Match[str]) -> bool:
    """Whether a known ending after a space belongs to the word before: ``chase .com``."""
    before = text[text.rfind(" ", 0, found.start()) + 1 : found.start()]
    known = found[1].lower() in endings.KNOWN and found[1] != "NET"
    return known and before.lower() not in endings.BEFORE_AN_ENDING


def _is_host(found: str, real: str) -> bool:
    """Whether the host of an address in the label is the real one."""
    host = found.rpartition("@")[2].rstrip(_AROUND_HOST)
    host = re.sub(r":\d*\Z", "", host).lower()
    return not host or _is_honest(host, real)


def _words(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield what could be a domain without combining marks, with them, and what follows it."""
    if text.isascii():
        for found in _WORD.finditer(text):
            if "." in found[0]:
                yield found[0].strip("._-"), "", text[found.end() : found.end() + 1]
        return
    bare: list[str] = []
    marked: list[str] = []
    for character in f"{text} ":
        if character.isalnum() or character in "._-":
            bare.append(character)
            marked.append(character)
        elif unicodedata.category(character).startswith("M"):
            marked.append(character)
        else:
            if "." in bare:
                yield "".join(bare).strip("._-"), "".join(marked).strip("._-"), character
            bare, marked = [], []


def _site_names(word: str, after: str) -> list[str]:
    """Return what a word names a site by, in all readings; nothing when it reads like none."""
    parts = [part.strip("._-") for part in _ELLIPSIS.split(word)]
    if not word.isascii():
        within = [piece.strip("._-") for part in parts for piece in _SPACELESS.split(part)]
        if names := [name for piece in within for name in _domain(piece, after)]:
            return names
    return [name for part in parts for name in _domain(part, after)]


def _domain(word: str, after: str) -> list[str]:
    parts = word.split(".")
    lower = word.lower().split(".")
    if len(parts) == 1 or "" in parts or word in endings.PROGRAMS:
        return []
    for at, part in enumerate(lower[1:], 1):
        if match := _FAMOUS.match(part) or _FAMOUS.match(part.translate(_FOLD)):
            upto = ".".join((*lower[:at], match[0]))
            rest = word.lower()[len(upto) :]
            # `chase.com-login`, `chase.com.html`: is it the site, and something hangs on it?
            is_site = rest and (rest[0] != "." or lower[-1] in endings.FILES)
            return [word.lower(), upto] if is_site else [word.lower()]
    return [word.lower()] if _may_be_domain(word, parts, after) else []


def _may_be_domain(word: str, parts: list[str], after: str) -> bool:
    """Whether a word whose parts are joined by dots, none of them famous, reads like a domain."""
    *stems, last = parts
    end = last.lower()
    if not end.isascii() and not end.translate(_FOLD).isascii():
        if _SPACELESS.search(end):
            return end in endings.SPACELESS
        return len(end) > 1 and any(map(str.isalpha, end))
    if not end.isascii() or end.startswith("xn--"):
        return len(end) > 1
    known = end in endings.KNOWN
    if not _LETTERS.fullmatch(end) or end in endings.FILES:
        return len(end) > 3 and end.translate(_FOLD) in endings.KNOWN  # bank.examp1e
    if end in endings.FILES_AND_SITES:
        return after in ("/", ":") or not _is_file(stems, end)
    if all(len(stem) == 1 or _VERSION.fullmatch(stem.lower()) for stem in stems):
        return known and not last.istitle()  # t.me and 12306.cn, but not M.Sc or 1.In
    if known:
        return True
    return not (
        _SPACELESS.search(stems[-1][-1])
        or "_" in word
        or after == "("
        or (len(stems) == 1 and stems[0].lower() in endings.ABBREVIATIONS)
        or _CAMEL.search(last)
        or (len(stems) > 1 and all(part.istitle() for part in parts))
    )


def _is_file(stems: list[str], end: str) -> bool:
    name = stems[-1]
    return (
        end in endings.ALWAYS_FILES
        or name.lower() in endings.FILE_NAMES
        or "_" in name
        or (name.isupper() and len(name) > 1)
    )


def _is_address(word: str, text: str, after: str) -> bool:
    """Whether four numbers are an address rather than a version."""
    if not _IPV4.fullmatch(word) or any(int(part) > 255 for part in word.split(".")):
        return False
    return word == text or after in (":", "/") or int(word.partition(".")[0]) > 9


def _is_honest(named: str, real: str) -> bool:
    """Whether a name, in its own script, is that of a host and can be taken for no other."""
    return bool(named) and not _is_disguised(named) and _same_site(named, real)


def _same_site(named: str, real: str) -> bool:
    """Whether two hosts are the same, or one is below the other and belongs to it."""
    named, real = without_www(ascii_host(named) or named), without_www(real)
    short, long = sorted((named, real), key=len)
    if named == real:
        return True
    return "." in short and not _is_shared(short) and long.endswith(f".{short}")


def _is_shared(host: str) -> bool:
    """Whether strangers have their sites below a host: ``github.io``, ``co.uk``."""
    first, _, last = host.rpartition(".")
    return host in endings.SHARED or (len(last) == 2 and first in endings.SECOND_LEVEL)


def _is_disguised(name: str) -> bool:
    """Whether a name that is not ASCII could be taken for another, by what browsers go by.

    https://chromium.googlesource.com/chromium/src/+/main/docs/idn.md, roughly: letters of two
    alphabets in one part, of scripts that no domain needs, or only such as look like ASCII.
    """
    return any(_is_disguise(part) for part in name.split(".") if not part.isascii())


def _is_disguise(part: str) -> bool:
    if any(shape.translate(_SHAPES).isascii() for shape in (part, part.lower())):
        return True
    letters = [c for c in part if not c.isascii() and c not in "-"]
    scripts = {unicodedata.name(c, "?").split()[0].partition("-")[0] for c in letters}
    if any(c.isascii() and c.isalpha() for c in part):
        scripts.add("LATIN")
    if "LATIN" in scripts:
        others = scripts - EAST_ASIAN - {"LATIN"}
        latin = [c for c in letters if unicodedata.name(c, "?").startswith("LATIN")]
        return bool(others) or any(ord(c) > 0x17F or ord(c) in _SHAPES for c in latin)
    return not scripts <= SCRIPTS or len(scripts - EAST_ASIAN) > 1
