"""Whether what an answer cites is what its run really cited. Pure.

The text of an answer is written by a model, its basis by Parallel: only the addresses in the basis
are known to be sources. So:

- A link to any other page is no link. Its label stays, and the address beside it, for reading only:
  ``label (example.org/page, unverified)``. So does a bare address: ``example.org/page
  (unverified)``. A mail address is never a source. `addresses` says which spellings are the same.
- A bare address ends where the longest cited one ends that something else may follow (`_ends`):
  people and models write on without a space.
- Numbers in brackets are read as they were written, whatever they mean (`references`). In messages
  they lead where a list of the answer's own says: see `citation_marks`.
- An answer whose basis has no citation at all has nothing to check by. To mark all of it would hide
  the answer: its links lose their targets all the same, and `NO_SOURCES` says so once, below it.

What looks like an address without being written as one (``example.org/page``) gets no words, only
the joiners that keep Slack from linking it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from bot.domain.research import Answer
from bot.slack.citations.references import References, entries, references
from bot.slack.citations.sources import sources
from bot.slack.text.escaping import WORD_JOINER
from bot.slack.text.links import destination
from bot.slack.text.urls import HEADS, bare, canonical_url, display_url, unlinked

NO_SOURCES = (
    "_Parallel returned no sources, so I couldn't verify the links and citation numbers above. "
    "Links are shown as text._"
)
UNRESOLVED = (
    "_The numbers in brackets in this answer don't refer to the sources listed here, and I don't "
    "know what they refer to._"
)

# What ends an address: space, quotes and brackets, also full-width.
_STOPS = r"|\"`\[\]{}“”„«»。，、；：！？（）「」『』【】《》"
_REST = rf"[^\s<>\u2060{_STOPS}]"
_FOUND = re.compile(
    r"(?P<address>(?:https?://|(?<![a-z\d+.-])[a-z][a-z\d+.-]{0,30}"
    r"(?<!http)(?<!https)://|(?<![a-z\d.@/-])www\."
    rf"|(?<![a-z\d.@/-])mailto:){_REST}+)"
    rf"|(?P<disguised>{HEADS}|(?<![a-z\d.@/-])www\.|(?<=[\w.+-])@(?=[\w-]{{0,63}}\.\w))"
    rf"|(?P<page>(?<![\w.-])(?:[\w-]+\.)+(?:[^\W\d_]{{2,24}}|xn--[a-z\d-]{{1,59}})"
    rf"(?::\d{{1,5}})?[/?#]{_REST}+)",
    re.IGNORECASE,
)
_AFTER = ".,;:!?'*_~\\…"  # ends the sentence, not the address
_MOST_ENDS = 64  # places where one address may end that are tried
_LONGEST_TRIED = 1_000  # characters of an address up to which they are
#: What Slack and others may read as a mark in a bare address, or take off its end.
_NEEDS_LABEL = re.compile(rf"[*~\\^@{_STOPS}]|==|(?<![a-zA-Z\d])_|_(?![a-zA-Z\d])|&#?\w+;")
_READ_OF_EACH_END = 300_000  # characters
#: What may go on with an address behind what ends most of them.
_MORE = re.compile(r"(?:(?!https?://)[^\s<>\u2060]){0,200}", re.IGNORECASE)
_SCHEME = re.compile(r"://|www\.|mailto:", re.IGNORECASE)
_CODE = re.compile(r"(`[^`\n]*`)")


@dataclass(frozen=True, slots=True)
class Found:
    """An address in a text that cannot stay as it is: what stands there instead.

    `address` is where the words lead, "" when they lead nowhere.
    """

    start: int
    end: int
    words: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class CitationPolicy:
    """What an answer may cite.

    Attributes:
        sources_by_url: the addresses of its basis, as `same` writes them.
        references: what the numbers in brackets in its text are.
        note: what is to be known of its sources and of these numbers; "" for nothing.
        listed: where the entries of its own list of references lead, by their numbers: those with
            one address, which the basis cites, and a number that no other address has.
        others: the addresses of its basis that are no web pages.
    """

    sources_by_url: frozenset[str]
    references: References = References.OURS
    note: str = ""
    listed: Mapping[int, str] = field(default_factory=dict)
    others: frozenset[str] = frozenset()

    @property
    def numbered(self) -> bool:
        """Whether the sources below may have numbers, with no number that means two things."""
        return self.references in (References.NONE, References.OURS)

    def has(self, address: str) -> bool:
        """Whether an address is in the basis, in any spelling."""
        return canonical_url(address) in self.sources_by_url

    def instead_of_link(self, seen: str, address: str) -> tuple[bool, str]:
        """Return what stands in the place of a link that the basis does not bear out.

        Args:
            seen: what a reader sees of its label.
            address: where it led.

        Returns:
            Whether the label stays, and the words (after it).
        """
        name = display_url(address)
        if not seen.strip() or _names(seen, address):
            return False, f"{name} (unverified)" if self.sources_by_url else name
        return True, f" ({name}, unverified)" if self.sources_by_url else f" ({name})"

    def found(self, text: str, *, ends_line: bool) -> Iterator[Found]:
        """Find the addresses in a text that cannot stay as they are, in order.

        Args:
            text: in one line.
            ends_line: nothing follows in the line.
        """
        at = 0
        while match := _FOUND.search(text, at):
            at = match.end()
            if not match["address"]:
                if not (match["page"] and self._is_known(_apart(match[0])[0])):
                    yield Found(match.start(), at, self._unlinked(match))
                continue
            known = self._known(match)
            is_glued = text[match.start() - 1 : match.start()].isalnum()
            if not known:
                yield Found(match.start(), at, self._unverified(match[0], is_glued))
                continue
            at = match.start() + known
            address = text[match.start() : at]
            is_alone = not is_glued and _ends_alone(text, at, ends_line)
            if not is_alone or _NEEDS_LABEL.search(address) or _apart(address)[1]:
                words = address.replace("[", "%5B").replace("]", "%5D")  # they end labels to some
                yield Found(match.start(), at, words, destination(_web(address)) or "")

    def label(self, label: str) -> str:
        """Return the label of a link that stays; an address in it must not be a link by itself.

        A cited one stays as it is where everybody sees where it ends.
        """
        return self._quiet(label, _ends_alone)

    def plain(self, text: str) -> str:
        """Return plain text (code in backticks) in which Slack finds no other address to link."""
        parts = _CODE.split(text)  # every second one is code
        parts[::2] = [self._quiet(part, _ends_host) for part in parts[::2]]
        return "".join(parts)

    def _quiet(self, text: str, ends: Callable[[str, int, bool], bool]) -> str:
        def quiet(match: re.Match[str]) -> str:
            known = self._known(match) if match["address"] else 0
            if 0 < known <= len(match[0]) and ends(text, match.start() + known, True):
                return match[0][:known] + self._quiet(match[0][known:], ends)
            if known or not self._is_known(_apart(match[0])[0]):
                return self._unlinked(match)
            return match[0]

        return _FOUND.sub(quiet, text)

    def _unlinked(self, match: re.Match[str]) -> str:
        return unlinked(match[0]) + WORD_JOINER if match["disguised"] else unlinked(match[0])

    def _unverified(self, written: str, is_glued: bool) -> str:
        """Return what stands for an address; one that is glued to a word keeps its scheme."""
        address, after = _apart(written)
        name = bare(address)
        if is_glued or name.startswith("/"):  # with what stands before it, it may be another
            name = address
        if not name:
            return unlinked(address) + WORD_JOINER + after
        # Nothing but marks may be behind the dot.
        if name.lower() == "www" or not self.sources_by_url or address in self.others:
            return unlinked(name + after)
        return f"{unlinked(name)} (unverified){after}"

    def _is_known(self, address: str) -> bool:
        return self.has(_web(address))

    def _known(self, match: re.Match[str]) -> int:
        """Return how many characters from where an address begins are a cited one; 0 for none."""
        if not self.sources_by_url:
            return 0
        written = match[0]
        address = _apart(written)[0]
        if self._is_known(address) and not _holds_another(address):
            return len(address)
        if (begun := canonical_url(_web(address))) and any(
            page.startswith(begun) for page in self.sources_by_url
        ):
            more = _MORE.match(match.string, match.end())
            written += more[0] if more else ""
        ends = (end for end in _ends(written) if self._is_known(written[:end]))
        ends = (end for end in ends if not _holds_another(written[:end]))
        return max(ends, default=0)


def citation_policy(answer: Answer, content: str) -> CitationPolicy:
    """Return what an answer may cite; `content` is all of its text, in Markdown.

    What its numbers refer to is read off the beginning and the end of one of megabytes.
    """
    found = sources(answer)
    pages = frozenset(page for each in found if (page := canonical_url(each.url)))
    ends = content
    if len(content) > 2 * _READ_OF_EACH_END:
        ends = f"{content[:_READ_OF_EACH_END]}\n{content[-_READ_OF_EACH_END:]}"
    what = references(ends, len(found))
    if not pages:
        return CitationPolicy(pages, what, NO_SOURCES if cites(content) else "")
    listed = _listed(ends, pages) if what is References.OWN else {}
    others = frozenset(each.url.strip() for each in found if not canonical_url(each.url))
    return CitationPolicy(
        pages, what, UNRESOLVED if what is References.UNKNOWN else "", listed, others
    )


def _listed(content: str, pages: frozenset[str]) -> dict[int, str]:
    """Return where the entries of an answer's own list lead, for `CitationPolicy.listed`."""
    found: dict[int, dict[str | None, str]] = {}
    for entry in entries(content):
        addresses = _addresses(content[entry.start : entry.end]) or {None: ""}
        for number in entry.numbers:
            found.setdefault(number, {}).update(addresses)
    return {
        number: address
        for number, of_it in found.items()
        for page, address in of_it.items()
        if len(of_it) == 1 and page in pages
    }


def _addresses(text: str) -> dict[str | None, str]:
    """Return each address in a text once, by what is the same for all its spellings."""
    written = (_apart(m[0])[0] for m in _FOUND.finditer(text) if m["address"] or m["page"])
    found = [destination(_web(address)) for address in written]
    return {(canonical_url(address) if address else None): address or "" for address in found}


def cites(content: str) -> bool:
    """Whether there is anything in a text that sources would have to bear out."""
    if references(content, 0) is not References.NONE:
        return True
    if not _SCHEME.search(content):  # of megabytes, a look for less is ten times quicker
        return False
    return any(match["address"] for match in _FOUND.finditer(content))


def _web(address: str) -> str:
    return address if "://" in address else f"https://{address}"


def _holds_another(address: str) -> bool:
    """Whether another address stands in the part of one that says nothing about the page."""
    return "://" in address.partition("#")[2]


def _ends(written: str) -> Iterator[int]:
    """Yield where an address could end within what looks like one: there it is no part of a word.

    Letters, digits, and what joins them (``/a-b``, ``?a=b``, ``/a.html``) go on with the address.
    """
    start = written.find("://") + 3
    found = _MAY_END.finditer(written, start, _LONGEST_TRIED)
    yield from (match.start() for match in islice(found, _MOST_ENDS))
    if len(written) <= _LONGEST_TRIED:
        yield len(written)


_MAY_END = re.compile(
    r"(?<=[\x21-\x7f])(?=[^\x00-\x7f])"  # a letter of another script, a dash, an ellipsis
    r"|(?<=[^\x00-\x7f])(?=.)"
    rf"|(?=[,;!'()*\\#^{_STOPS}])|(?=:(?!\d|//))|(?=\.(?![a-z\d]))"
    r"|(?=[-_~=&$@%+?/.](?![a-zA-Z\d/%]))|(?=%(?![\da-fA-F]{2}))"
    r"|(?=.?https?://)",
    re.DOTALL,
)


def _ends_alone(text: str, at: int, ends_line: bool) -> bool:
    """Whether it is plain to everybody that an address ends here."""
    match = _PLAIN_END.match(text, at)
    return bool(match and (ends_line or match.end() < len(text) or match[1]))


def _ends_host(text: str, at: int, ends_line: bool) -> bool:
    """Whether nothing that follows an address can make another host of its own."""
    is_closed = re.search("[/?#]", text[text.rfind("://", 0, at) + 3 : at])
    return bool(is_closed) or _ends_alone(text, at, ends_line)


_PLAIN_END = re.compile(r"[.,;:)]{0,3}(?:([ \t])|$)")


def _names(seen: str, address: str) -> bool:
    """Whether a label is nothing but the address itself."""
    name = seen.strip()
    if address.startswith("mailto:"):
        return name.removeprefix("mailto:") == address.removeprefix("mailto:")
    page = canonical_url(address)
    return page is not None and page in (
        canonical_url(name),
        canonical_url(f"{address.partition(':')[0]}://{name}"),
    )


def _apart(found: str) -> tuple[str, str]:
    """Take what ends the sentence off an address."""
    end, open_left = len(found), found.count(")") - found.count("(")
    while end and (found[end - 1] in _AFTER or (found[end - 1] == ")" and open_left > 0)):
        open_left -= found[end - 1] == ")"
        end -= 1
    return found[:end], found[end:]
