"""Verification: an answer may cite only what its run has cited. Pure.

A model writes the text of an answer, Parallel its basis: only the addresses in the basis are known
to be sources. So:

- A link to any other page becomes text: its label, then the address for reading only, as in
  ``label (example.org/page, unverified)``. A bare address becomes ``example.org/page
  (unverified)``. A mail address is never a source. `text.urls` compares spellings.
- A bare address ends where the longest cited address ends (`possible_ends`).
- Numbers in brackets stay as they are written, whatever they mean (`references`). In messages they
  become links by the answer's own list of references: see `citation_marks`.
- Without any citation in the basis there is nothing to compare with. All links become text, but
  none is marked, which would hide the answer: one of the `notes` says so once, below it.

What reads like an address without being written as one (``example.org/page``, ``example.org``) is
not marked either. It only gets the word joiners that keep Slack from linking it. Nobody sees them,
and browsers drop them from a host that is copied (https://www.unicode.org/reports/tr46/).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from bot.domain.research import Answer
from bot.slack.citations.addresses import (
    ADDRESS,
    CONTINUATION,
    NEEDS_LABEL,
    Replacement,
    begins_another,
    cannot_extend_host,
    ends_visibly,
    find_address,
    has_another_in_fragment,
    is_address_itself,
    marked_addresses,
    possible_ends,
    split_trailing,
    visible_end,
    whole_match,
    with_scheme,
)
from bot.slack.citations.notes import note_below
from bot.slack.citations.reference_entries import entries
from bot.slack.citations.references import References, references
from bot.slack.citations.sources import sources
from bot.slack.text.escaping import WORD_JOINER
from bot.slack.text.links import destination
from bot.slack.text.urls import canonical_url, display_url, unlink, without_scheme

_READ_OF_EACH_END = 300_000  # characters
_CODE = re.compile(r"(`[^`\n]*`)")
_ENDS_LABEL = re.compile(r"[\[\]'<>]")  # or reaches beyond it, to some parsers


@dataclass(frozen=True, slots=True)
class CitationPolicy:
    """What an answer may cite.

    Attributes:
        source_urls: the addresses of its basis, by `canonical_url`.
        references: what the numbers in brackets in its text are.
        note: what readers must know of its sources and of these numbers; "" for nothing.
        own_references: the addresses of the entries in its own list of references, by number. Only
            of entries with one address, which the basis cites, and a number no other entry has.
        other_sources: the addresses of its basis that are no web pages.
        marked: those with a mark that may end emphasis before it, as `marked_addresses`.
    """

    source_urls: frozenset[str]
    references: References = References.OURS
    note: str = ""
    own_references: Mapping[int, str] = field(default_factory=dict)
    other_sources: frozenset[str] = frozenset()
    marked: Mapping[int, set[str]] = field(default_factory=dict)
    _in_order: tuple[str, ...] = field(init=False, repr=False, compare=False)
    _has_nested: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Prepare what each address is compared with: there may be thousands of both."""
        has_nested = any(page.rfind("://") > len("https") for page in self.source_urls)
        object.__setattr__(self, "_has_nested", has_nested)
        object.__setattr__(self, "_in_order", tuple(sorted(self.source_urls)))

    @property
    def numbered(self) -> bool:
        """Whether our list of sources may be numbered: then no number means two things."""
        return self.references in (References.NONE, References.OURS)

    def is_cited(self, address: str) -> bool:
        """Whether the basis has an address, in any spelling."""
        return canonical_url(address) in self.source_urls

    def link_replacement(self, seen: str, address: str) -> tuple[bool, str]:
        """Return what to write instead of a link to a page that the basis does not cite.

        Args:
            seen: what a reader sees of its label.
            address: its target, perhaps one that could not be linked.

        Returns:
            Whether the label stays, and the words after it or in its place.
        """
        name = display_url(address)
        is_marked = self.source_urls and address not in self.other_sources
        if seen.strip() in ("", address) or is_address_itself(seen, address):
            return False, f"{name} (unverified)" if is_marked else name
        return True, f" ({name}, unverified)" if is_marked else f" ({name})"

    def replacements(
        self, text: str, *, ends_line: bool, escaped: frozenset[int] = frozenset()
    ) -> Iterator[Replacement]:
        """Yield a replacement for each address in a text that cannot stay as it is, in order.

        Args:
            text: in one line.
            ends_line: nothing follows it in its line.
            escaped: the places that will be written with a backslash, which would be read as a part
                of a bare address.
        """
        at = 0
        while match := find_address(text, at):
            known = self._known(match) if match["address"] else self._known_page(match)
            match = match if known else whole_match(match)
            at = match.end()
            if not known and not match["address"]:
                yield Replacement(match.start(), at, self._unlinked(match))
                continue
            before = text[match.start() - 1 : match.start()]
            is_glued = before.isalnum()
            if not known:
                may_extend = is_glued or (before != "" and before in "@-_.+")  # a mail address
                yield Replacement(match.start(), at, self._unverified(match[0], may_extend))
                continue
            at = match.start() + known
            address = text[match.start() : at]
            end = visible_end(text, at, ends_line)
            has_backslash = end and not escaped.isdisjoint(range(match.start(), end))
            is_alone = end is not None and "://" in address and not (is_glued or has_backslash)
            if not is_alone or NEEDS_LABEL.search(address) or split_trailing(address)[1]:
                words = _ENDS_LABEL.sub(lambda char: quote(char[0]), address)
                yield Replacement(
                    start=match.start(),
                    end=at,
                    words=words,
                    address=destination(with_scheme(address)) or "",
                )

    def safe_label(self, label: str) -> str:
        """Return the label of a link that stays, with no address in it that Slack would link.

        A cited address stays as it is where every reader sees its end.
        """
        return self._quiet(label, ends_visibly)

    def quiet_plain_text(self, text: str) -> str:
        """Return plain text, with code in backticks, in which Slack links cited addresses only."""
        parts = _CODE.split(text)  # every second one is code
        parts[::2] = [self._quiet(part, cannot_extend_host) for part in parts[::2]]
        return "".join(parts)

    def _quiet(self, text: str, ends: Callable[[str, int, bool], bool]) -> str:
        out, at = list[str](), 0
        while match := find_address(text, at):
            out.append(text[at : match.start()])
            known = self._known(match) if match["address"] else 0
            end = match.start() + known
            if 0 < known <= len(match[0]) and ends(text, end, True):
                out.append(text[match.start() : end])
                at = end
                continue
            match = whole_match(match)
            at = match.end()
            if match["dot"] and ends is ends_visibly:  # a label: no parser finds a host in it
                out.append(match[0])
            elif known or not self._is_known(split_trailing(match[0])[0]):
                out.append(self._unlinked(match))
            else:
                out.append(match[0])
        return "".join([*out, text[at:]])

    def _unlinked(self, match: re.Match[str]) -> str:
        written = match[0]
        if match["dot"]:
            return written + WORD_JOINER
        if not match["disguised"]:
            return unlink(written)
        if written in ("@", "//"):  # joiners behind these are part of a name to some
            return WORD_JOINER.join(("", *written, ""))
        return unlink(written) + WORD_JOINER

    def _unverified(self, written: str, is_glued: bool) -> str:
        """Return what to write instead of an address; glued to a word, it keeps its scheme."""
        address, after = split_trailing(written)
        name = without_scheme(address)
        if is_glued or name.startswith("/"):  # with what stands before it, it may be another
            name = address
        if not name:
            return unlink(address) + WORD_JOINER + after
        # Nothing but marks may be behind the dot.
        if name.lower() == "www" or not self.source_urls or address in self.other_sources:
            return unlink(name + after)
        return f"{unlink(name)} (unverified){after}"

    def _is_known(self, address: str) -> bool:
        return self.is_cited(with_scheme(address))

    def _known_page(self, match: re.Match[str]) -> int:
        page = split_trailing(match["page"] or "")[0]
        return len(page) if page and self._is_known(page) else 0

    def written_address(self, match: re.Match[str]) -> str:
        """Return the address at a match of `ADDRESS`: a cited one, or up to its punctuation."""
        known = self._known(match)
        start = match.start()
        return match.string[start : start + known] if known else split_trailing(match[0])[0]

    def _known(self, match: re.Match[str]) -> int:
        """Return the length of the longest cited address at a match; 0 for none."""
        if not self.source_urls:
            return 0
        written = match[0]
        address = split_trailing(written)[0]
        is_known = self._is_known(address) and not has_another_in_fragment(address)
        shortest = len(address) if is_known else 0
        if begins_another(canonical_url(with_scheme(address)), self._in_order):
            more = CONTINUATION.match(match.string, match.end())
            written += more[0] if more else ""
        elif is_known:
            return shortest
        tried = possible_ends(written, has_nested=self._has_nested)
        ends = (end for end in tried if self._is_known(written[:end]))
        ends = (end for end in ends if not has_another_in_fragment(written[:end]))
        return max(ends, default=shortest)


def citation_policy(answer: Answer, content: str) -> CitationPolicy:
    """Return what an answer may cite.

    Args:
        answer: the answer.
        content: its text in Markdown. Of megabytes, only the beginning and the end are searched for
            references and links.
    """
    found = sources(answer)
    pages = frozenset(page for each in found if (page := canonical_url(each.url)))
    ends = content
    if len(content) > 2 * _READ_OF_EACH_END:
        ends = f"{content[:_READ_OF_EACH_END]}\n{content[-_READ_OF_EACH_END:]}"
    what = references(ends, len(found))
    note = note_below(ends, what, sources=len(found), pages=len(pages))
    if not pages:
        return CitationPolicy(pages, what, note)
    policy = CitationPolicy(
        source_urls=pages,
        references=what,
        note=note,
        other_sources=frozenset(each.url.strip() for each in found if not canonical_url(each.url)),
        marked=marked_addresses(each.url for each in found),
    )
    if what is not References.OWN:
        return policy
    return replace(policy, own_references=_listed(ends, policy))


def _listed(content: str, policy: CitationPolicy) -> dict[int, str]:
    """Return the value of `CitationPolicy.own_references`."""
    found: dict[int, dict[str | None, str]] = {}
    for entry in entries(content):
        addresses = _addresses(content[entry.start : entry.end], policy) or {None: ""}
        for number in entry.numbers:
            found.setdefault(number, {}).update(addresses)
    return {
        number: address
        for number, of_it in found.items()
        for page, address in of_it.items()
        if len(of_it) == 1 and page in policy.source_urls
    }


def _addresses(text: str, policy: CitationPolicy) -> dict[str | None, str]:
    """Return each address in a text once, by `canonical_url`; None for what is no web page."""
    matches = (match for match in ADDRESS.finditer(text) if match["address"] or match["page"])
    written = (policy.written_address(match) for match in matches)
    found = [destination(with_scheme(address)) for address in written]
    return {(canonical_url(address) if address else None): address or "" for address in found}
