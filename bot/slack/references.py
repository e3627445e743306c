"""The list of references that an answer carries itself, found without reading all of it. Pure.

Parallel's long reports have inline references and a list of them at the end; in which form, it does
not say. So these count as entries, each with its number:

- in the section under a heading, bold line or ``…:`` line that says *References*, *Sources* or the
  like, up to the next heading: lines that begin with ``3.``, ``3)`` or ``[3]``, also in a list;
- anywhere: a line that begins with ``[3]`` and has an address in it.
"""

from __future__ import annotations

import re

_TITLE = re.compile(
    r"[ \t]{0,3}(?P<mark>#{1,6}|\*\*|__)?[ \t]*(?:\d{1,3}[.)][ \t]*)?(?:\*\*|__)?"
    r"(?:list of |all |full )?"
    r"(?:references?|reference list|sources?(?: list)?|sources cited|bibliography|citations?"
    r"|works cited|literature|footnotes|endnotes)"
    r"[ \t]*(?P<colon>:?)(?:\*\*|__)?[ \t]*(?P<after>:?)[ \t]*#{0,6}[ \t]*",
    re.IGNORECASE,
)
_HEADING = re.compile(r"[ \t]{0,3}(?:#{1,6}[ \t]|\*\*[^*\n]{1,100}\*\*:?[ \t]*$)")
_ENTRY = re.compile(
    r"[ \t>]*(?:[-+*][ \t]+)?(?:\*\*)?"
    r"(?:\\?\[\^?(?P<bracketed>[1-9]\d{0,2})\\?\]|(?P<number>\d{1,3})[.)])(?=[\s:*\[(]|\\?\[).*\S"
)
_WITH_ADDRESS = re.compile(r"[^\n]*(?:://|www\.|\]\()")
_LINE = re.compile(r"[^\n]+")
_LONGEST_TITLE = 80


def numbers_listed(content: str) -> frozenset[int]:
    """Return the numbers of all entries; none when the answer has no list of its own.

    Args:
        content: the answer in Markdown; untrusted, of any length.
    """
    found: set[int] = set()
    last: int | None = None  # number of the entry before; None outside of a list
    for line in (match[0] for match in _LINE.finditer(content)):
        if len(line) <= _LONGEST_TITLE and _is_title(line):
            last = 0
            continue
        if _HEADING.match(line):
            last = None
        entry = _ENTRY.match(line)
        if not entry:
            continue
        if entry["bracketed"]:
            if last is not None or _WITH_ADDRESS.match(line):
                found.add(int(entry["bracketed"]))
        elif last is not None:
            # Markdown counts on, whatever is written: `1.` three times is 1, 2, 3.
            last = max(int(entry["number"]), last + 1)
            found.add(last)
    return frozenset(found)


def _is_title(line: str) -> bool:
    match = _TITLE.fullmatch(line)
    return bool(match and (match["mark"] or match["colon"] or match["after"]))
