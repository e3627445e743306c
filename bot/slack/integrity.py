"""Whether what an answer cites is what its run really cited. Pure.

The text of an answer is written by a model, its basis by Parallel: only the addresses in the basis
are known to be sources. So:

- A link to any other page is no link. Its label stays, and the address beside it, for reading only:
  ``label (example.org/page, unverified)``. So does a bare address: ``example.org/page
  (unverified)``. A mail address is never a source. `addresses` says which spellings are the same.
- ``[n]`` is a reference: one number from 1 to 999, or several with commas (``[2, 5]``), in
  brackets, outside of code and of the labels of links; so are ``[^n]``, ``【n】`` and ``【n†L3】``.
  Years have four digits; a range (``[2-5]``) is as often an interval; ``[0]`` counts in programs.
  It points into the answer's own list of `references`, where it has one, else into the list of
  sources that we put below, in the order of the basis (what else it could mean, Parallel does not
  say). One that points at nothing becomes ``[n, unverified]``.
- An answer whose basis has no citation at all has nothing to check by. To mark all of it would hide
  the answer: its links lose their targets all the same, and `NO_SOURCES` says so once, below it.

What looks like an address without being written as one (``example.org/page``, or a scheme behind
escapes and entities) gets no words, only the joiners that keep Slack from linking it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from markdown_it.common.utils import unescapeAll

from bot.model import Answer
from bot.slack.addresses import HEADS, bare, same, unlinked
from bot.slack.references import numbers_listed
from bot.slack.sources import sources
from bot.slack.text import WORD_JOINER

NO_SOURCES = (
    "_Parallel named no sources for this answer: its links and the numbers in brackets could not "
    "be verified, and the links cannot be opened._"
)

# What ends an address: space, quotes and brackets, also full-width; `angles` has been at the text.
_REST = r"(?:(?!&[lg]t;)[^\s<>|\"`\[\]{}\u2060“”„«»。，、；：！？（）「」『』【】《》])"
_FOUND = re.compile(
    r"(?P<address>(?:https?://|(?<![a-z\d+.-])[a-z][a-z\d+.-]{0,30}://|(?<![a-z\d.@/-])www\."
    rf"|(?<![a-z\d.@/-])mailto:){_REST}+)"
    rf"|(?P<disguised>{HEADS})"
    rf"|(?P<page>(?<![\w.-])(?:[\w-]+\.)+[^\W\d_]{{2,24}}(?::\d{{1,5}})?/{_REST}+)"
    r"|(?P<open>\\?\[\^?|【)\s?(?P<numbers>[1-9]\d{0,2}(?:\s?[,;]\s?[1-9]\d{0,2}){0,20})"
    r"\s?(?:†[^\s\[\]【】]{0,20})?(?P<close>\\?\]|】)",
    re.IGNORECASE,
)
_AFTER = ".,;:!?'*_~\\…"  # ends the sentence, not the address


@dataclass(frozen=True, slots=True)
class Cited:
    """What an answer may cite.

    Attributes:
        pages: the addresses of its basis, as `same` writes them.
        numbers: what its ``[n]`` may say.
        lists: it has a list of references of its own, and its ``[n]`` point into that.
    """

    pages: frozenset[str]
    numbers: frozenset[int]
    lists: bool = False

    def has(self, address: str) -> bool:
        """Whether an address is in the basis, in any spelling."""
        return same(address) in self.pages

    def instead_of_link(self, label: str, seen: str, address: str, written: str) -> str:
        """Return what stands in the place of a link that the basis does not bear out.

        Args:
            label: its label as text, ready for Markdown.
            seen: what a reader sees of the label.
            address: where it led.
            written: the `addresses.shown` address, ready for Markdown.
        """
        if not label or _names(seen, address):
            return f"{written} (unverified)" if self.pages else written
        return f"{label} ({written}, unverified)" if self.pages else f"{label} ({written})"

    def text(self, text: str) -> str:
        """Return text between links and code with its addresses and numbers checked."""
        return _FOUND.sub(self._checked, text)

    def label(self, label: str) -> str:
        """Return the label of a link that stays; an address in it must not be a link by itself."""
        return _FOUND.sub(self._quietly, label)

    def plain(self, text: str) -> str:
        """Return plain text (code in backticks) in which Slack finds no other address to link."""
        parts = _CODE.split(text)  # every second one is code
        parts[::2] = [self.label(part) for part in parts[::2]]
        return "".join(parts)

    def _checked(self, match: re.Match[str]) -> str:
        if match["numbers"]:
            return self._numbers(match)
        if not match["address"]:
            return self._quietly(match)
        address, after = _apart(match[0])
        if self._is_known(address):
            return match[0]
        name = bare(address)
        if not name:
            return unlinked(address) + WORD_JOINER + after
        # Without the joiner, what is left of `https://- x` could start a block.
        return WORD_JOINER + unlinked(name) + (" (unverified)" if self.pages else "") + after

    def _quietly(self, match: re.Match[str]) -> str:
        if match["numbers"] or self._is_known(_apart(match[0])[0]):
            return match[0]
        return match[0] + WORD_JOINER if match["disguised"] else unlinked(match[0])

    def _is_known(self, written: str) -> bool:
        address = unescapeAll(written)
        return self.has(address if "://" in address else f"https://{address}")

    def _numbers(self, match: re.Match[str]) -> str:
        given = re.findall(r"\d+", match["numbers"])
        lost = [number for number in given if int(number) not in self.numbers]
        if not self.pages or not lost:
            return match[0]
        start, end = match["open"], match["close"]
        found = ", ".join(number for number in given if number not in lost)
        kept = f"{start}{found}{end} " if found else ""
        return f"{kept}{start}{', '.join(lost)}, unverified{end}"


_CODE = re.compile(r"(`[^`\n]*`)")


def cited(answer: Answer, content: str) -> Cited:
    """Return what an answer may cite; `content` is all of its text, in Markdown."""
    found = sources(answer)
    pages = frozenset(page for each in found if (page := same(each.url)))
    listed = numbers_listed(content)
    return Cited(pages, listed or frozenset(range(1, len(found) + 1)), bool(listed))


def cites(content: str) -> bool:
    """Whether there is anything in a text that sources would have to bear out."""
    return any(match["address"] or match["numbers"] for match in _FOUND.finditer(content))


def _names(seen: str, address: str) -> bool:
    """Whether a label is nothing but the address itself."""
    name = seen.strip()
    if address.startswith("mailto:"):
        return name.removeprefix("mailto:") == address.removeprefix("mailto:")
    page = same(address)
    return page is not None and page in (same(name), same(f"{address.partition(':')[0]}://{name}"))


def _apart(found: str) -> tuple[str, str]:
    """Take what ends the sentence off an address."""
    end, open_left = len(found), found.count(")") - found.count("(")
    while end and (found[end - 1] in _AFTER or (found[end - 1] == ")" and open_left > 0)):
        open_left -= found[end - 1] == ")"
        end -= 1
    return found[:end], found[end:]
