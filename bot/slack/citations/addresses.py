"""Bare addresses in a text: where each begins and where it may end. Pure.

People and models write on without a space, so where an address ends is often a guess:
`possible_ends` yields the places, and the caller knows which of them end a cited address.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile

from bot.slack import limits
from bot.slack.text.endings import FILES
from bot.slack.text.urls import AT, HEADS, canonical_url, without_scheme

# End an address, as white space does: quotes and brackets, also full-width.
_STOPS = r"|\"`\[\]{}“”„«»。，、；：！？（）「」『』【】《》"
_REST = rf"[^\s<>\u2060{_STOPS}]"
#: A dot of what may be a host to some parser, such as that of ``example.org``: whatever the letters
#: behind it, as new top-level domains come, but no ending of files that is none of these.
_DOT = rf"\.(?<=[^\s.]\.)(?=[^\W\d_]{{2}})(?!(?:{'|'.join(sorted(FILES))})(?![\w-]))"
#: An address (group `address`), what a reader of Markdown may take for the beginning of one
#: (`disguised`), a page without a scheme, such as ``example.org/page`` (`page`), or a `_DOT`
#: (`dot`).
ADDRESS = re.compile(
    r"(?P<address>(?:https?://|(?<![a-z\d+.-])[a-z][a-z\d+.-]{0,30}+"
    r"(?<!http)(?<!https)://|(?<![a-z\d.@/-])www\."
    rf"|(?<![a-z\d@/-])mailto:){_REST}+)"
    rf"|(?P<disguised>{HEADS}|(?<![a-z\d])www\.{_REST}*|{AT}"
    r"|(?<!/)//(?=[\w-]{1,63}\.\w))"
    rf"|(?P<page>(?<![\w.-])(?:[\w-]++\.)++(?:[^\W\d_]{{2,24}}|xn--[a-z\d-]{{1,59}})"
    rf"(?::\d{{1,5}})?[/?#]{_REST}+)"
    rf"|(?P<dot>{_DOT})",
    re.IGNORECASE,
)
#: One of these characters, a dot before two letters, or `www` is in every match of ADDRESS; a set
#: is searched for quickly.
_IN_EACH = re.compile(r"[/@?#&:\\.wW](?:(?<![.wW])|(?<=\.)[^\W\d_]{2}|(?<=[wW])[wW]{2})")
_SCHEME = re.compile(r"://|www\.|mailto:", re.IGNORECASE)
_MARK = re.compile(r"[*_~](?![a-zA-Z\d/*_~])")
_TRAILING = ".,;:!?'*_~\\…"  # at its end, these belong to the sentence
_LONGEST_CITED = 2 * limits.URL  # characters
_MOST_ENDS = 64  # places to yield for one address
_LONGEST_TRIED = 1_000  # characters of an address in which they are looked for
#: In a bare address, Slack and others may read this as a mark, or take it off the end.
NEEDS_LABEL = re.compile(rf"[<>*~\\^@$(){_STOPS}]|==|(?<![a-zA-Z\d])_|_(?![a-zA-Z\d])|&#?\w+;")
#: The characters behind the end of an address that may belong to it all the same.
CONTINUATION = re.compile(r"(?:(?!https?://)[^\s\u2060]){0,200}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Replacement:
    """What to write instead of an address in a text.

    Attributes:
        start: where the address begins.
        end: where it ends.
        words: what to write.
        address: the target of a link with these words; "" for no link.
    """

    start: int
    end: int
    words: str
    address: str = ""


def may_hold_address(text: str) -> bool:
    """Whether `ADDRESS` may be in a text: ten times faster to tell than to search for it."""
    return _IN_EACH.search(text) is not None


def find_address(text: str, at: int = 0) -> re.Match[str] | None:
    """Return the first match of `ADDRESS` from a place on; None if there is none.

    Only `whole_match` looks for the end of what is longer than any cited address, so that thousands
    without a space between them are not read to their end for each.
    """
    sign = _IN_EACH.search(text, at)
    if not sign:
        return None
    word = text.rfind(" ", at, sign.start()) + 1  # no match has a space
    start, until = max(at, word), sign.start() + _LONGEST_CITED
    match = ADDRESS.search(text, start, until)
    return match if match or until >= len(text) else ADDRESS.search(text, start)


def whole_match(match: re.Match[str]) -> re.Match[str]:
    """Return a match of `find_address` up to its end."""
    return (
        match if match.end() < match.endpos else ADDRESS.match(match.string, match.start()) or match
    )


def has_address(text: str) -> bool:
    """Whether a text has an address (group `address` of `ADDRESS`)."""
    if not _SCHEME.search(text):  # ten times faster on megabytes
        return False
    return any(match["address"] for match in ADDRESS.finditer(text))


def marked_addresses(urls: Iterable[str]) -> dict[int, set[str]]:
    """Return the addresses with a mark in which a parser may end emphasis.

    They are written from their colon on, by their length, so that a place in a text is compared
    with all of a length at once.
    """
    found: dict[int, set[str]] = {}
    pages = (without_scheme(url.strip()) for url in urls if _MARK.search(url))
    for address in (f"://{www}{page}" for page in pages for www in ("", "www.")):
        found.setdefault(len(address), set()).add(address)
    return found


def with_scheme(address: str) -> str:
    """Return an address with ``https://`` if it has no scheme."""
    return address if "://" in address else f"https://{address}"


def has_another_in_fragment(address: str) -> bool:
    """Whether an address has another one in its fragment."""
    return "://" in address.partition("#")[2]


def begins_another(page: str | None, in_order: Sequence[str]) -> bool:
    """Whether a longer page in a sorted sequence begins with this one: if any, the next one."""
    after = bisect_right(in_order, page) if page else len(in_order)
    return after < len(in_order) and in_order[after].startswith(page or "")


def possible_ends(written: str, *, has_nested: bool) -> Iterator[int]:
    """Yield the places where an address may end within what looks like one.

    None is within a word: letters, digits and what joins them (``/a-b``, ``?a=b``, ``/a.html``).

    Args:
        written: what looks like an address.
        has_nested: another address may be in it.
    """
    scheme = _BEGIN.match(written)
    start = scheme.end() if scheme else 0
    another = -1 if has_nested else written.find("://", start)
    end = len(written) if another < 0 else another - len("http")
    found = _MAY_END.finditer(written, start, _LONGEST_TRIED)
    places = (match.start() for match in islice(found, _MOST_ENDS))
    yield from takewhile(lambda place: place <= end, places)
    if end == len(written) <= _LONGEST_TRIED:
        yield end


_BEGIN = re.compile(r"[a-z\d+.-]{1,32}://", re.IGNORECASE)
_MAY_END = re.compile(
    r"(?<=[\x21-\x7f])(?=[^\x00-\x7f])"  # a letter of another script, a dash, an ellipsis
    r"|(?<=[^\x00-\x7f])(?=.)"
    rf"|(?=[,;!'()*\\#^<>{_STOPS}])|(?=:(?!\d|//))|(?=\.(?![a-z\d]))"
    r"|(?=[-_~=&$@%+?/.](?![a-zA-Z\d/%]))|(?=%(?![\da-fA-F]{2}))"
    r"|(?=.?https?://)",
    re.DOTALL,
)


def ends_visibly(text: str, at: int, ends_line: bool) -> bool:
    """Whether every reader sees that an address ends at a place.

    Args:
        text: the text.
        at: the place.
        ends_line: nothing follows the text in its line.
    """
    return visible_end(text, at, ends_line) is not None


def visible_end(text: str, at: int, ends_line: bool) -> int | None:
    """Return where the punctuation behind an address ends; None unless it `ends_visibly`."""
    match = _PLAIN_END.match(text, at)
    is_seen = match and (ends_line or match.end() < len(text) or match[2])
    return match.end("punctuation") if match and is_seen else None


def cannot_extend_host(text: str, at: int, ends_line: bool) -> bool:
    """Whether nothing that follows an address at a place can change its host."""
    is_closed = re.search("[/?#]", text[text.rfind("://", 0, at) + 3 : at])
    return bool(is_closed) or ends_visibly(text, at, ends_line)


_PLAIN_END = re.compile(r"(?P<punctuation>[.,;)]{0,3})(?:([ \t])|$)")


def is_address_itself(seen: str, address: str) -> bool:
    """Whether the label of a link is just its address."""
    name = seen.strip()
    if address.startswith("mailto:"):
        return name.removeprefix("mailto:") == address.removeprefix("mailto:")
    page = canonical_url(address)
    return page is not None and page in (
        canonical_url(name),
        canonical_url(f"{address.partition(':')[0]}://{name}"),
    )


def split_trailing(found: str) -> tuple[str, str]:
    """Return an address without the punctuation at its end, and that punctuation."""
    end, open_left = len(found), found.count(")") - found.count("(")
    while end and (found[end - 1] in _TRAILING or (found[end - 1] == ")" and open_left > 0)):
        open_left -= found[end - 1] == ")"
        end -= 1
    return found[:end], found[end:]
