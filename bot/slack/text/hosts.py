"""Host names, read as browsers read them: https://url.spec.whatwg.org/#host-parsing. Pure.

A name becomes ASCII by UTS 46, non-transitional (https://www.unicode.org/reports/tr46/), and by
IDNA 2008, which refuses some that browsers take (emoji). What a browser might read differently, or
could not look up, is no host here: a number that means an address (``0x7f.1``, ``2130706433``,
``010.0.0.1``), an empty label, one beyond 63 characters, anything percent-encoded, IPv6.
"""

from __future__ import annotations

import re
from functools import lru_cache

import idna

LONGEST = 253  # characters: https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4

#: For a pattern: what may stand in a host, before it is looked at closely. No word joiner, with
#: which we keep addresses from being read as such.
CHARACTERS = r"[^\s\x00-,/:-@\[-^`{-\x7f\u2060]"

_LABEL = re.compile(r"[a-z0-9_-]{1,63}")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_BYTE = re.compile(r"0|[1-9][0-9]{0,2}")
_IPV4_PARTS = 4
_CHANGED = re.compile("[\u00df\u03c2\u200c\u200d]")  # IDNA 2003 reads these as other names


def ascii_host(name: str) -> str | None:
    """Return a host in lower-case ASCII without the root's dot; None if it is not a host."""
    return _ascii_host(name) if len(name) <= LONGEST + 1 else None


@lru_cache(4096)
def _ascii_host(name: str) -> str | None:
    try:
        mapped = name.lower() if name.isascii() else idna.uts46_remap(name, std3_rules=False)
        host = ".".join(map(_ascii_label, mapped.removesuffix(".").split(".")))
    except ValueError:
        return None
    parts = host.split(".")
    if len(host) > LONGEST or (_NUMBER.fullmatch(parts[-1]) and not _is_ipv4(parts)):
        return None
    return host


def writable_host(name: str) -> str | None:
    """Return a host as it may be written in an address; None if it is not a host.

    It stays in its own script if every browser makes the same ASCII of it.
    """
    host = ascii_host(name)
    if host is None or name.isascii():
        return name if host else None
    settled = idna.uts46_remap(name, std3_rules=False) == name and not _CHANGED.search(name)
    return name if settled else host


def without_www(host: str) -> str:
    """Return a host without its first ``www.``, unless only one label would be left."""
    rest = host.removeprefix("www.")
    return rest if "." in rest else host


def _ascii_label(label: str) -> str:
    """Return one label in ASCII. Raises ValueError if it is not a label."""
    if not label.isascii() or label.startswith("xn--"):
        return idna.alabel(label).decode("ascii")
    if not _LABEL.fullmatch(label):
        raise ValueError(label)
    return label


def _is_ipv4(parts: list[str]) -> bool:
    return len(parts) == _IPV4_PARTS and all(
        _BYTE.fullmatch(part) and int(part) <= 255 for part in parts
    )
