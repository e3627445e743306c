"""Canonical addresses, to compare spellings, and addresses that nothing links. Pure.

An address has many spellings: an answer says ``http://www.Example.org/a/?utm_source=x`` where its
basis says ``http://example.org/a``. Only these may differ: the case of scheme and host, ``www.``,
the default port, slashes at the end of the path, ``.`` and ``..`` in it
(https://url.spec.whatwg.org/#path-state), the fragment, how a byte is percent-encoded
(https://www.rfc-editor.org/rfc/rfc3986#section-6.2), and the parameters ``utm_…``, which only count
visitors. The case of the path matters, and so does http against https.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote

from bot.slack.text.escaping import WORD_JOINER
from bot.slack.text.hosts import without_www
from bot.slack.text.links import destination, host_of

LONGEST = 200  # characters of an address for reading only

_PARTS = re.compile(r"(https?)://[^/?#:]*(?::([0-9]+))?([^?#]*)(?:\?([^#]*))?")
_PORTS = {"http": "80", "https": "443"}
_ENCODED = re.compile(r"%([0-9a-fA-F]{2})")
_ASCII = "".join(map(chr, range(0x21, 0x7F)))
_MEANT = "/?#&=+%\\"  # an encoded one of these is not the same as the bare one
_SCHEME = re.compile(r"mailto:|(?:https?://)?(?:www\.(?=[^/?#.:]+\.))*", re.IGNORECASE | re.ASCII)

#: The end of a scheme or ``www.``, also behind escapes and entities.
HEADS = (
    r"(?:\\?:|&colon;|&#0{0,5}58;|&#x0{0,5}3a;)(?=(?:\\?/|&sol;|&#0{0,5}47;|&#x0{0,5}2f;){2})"
    r"|www(?:\\\.|&period;|&#0{0,5}46;|&#x0{0,5}2e;)(?=\w)"
)
#: An ``@`` that may be one of a mail address, whatever comes to stand behind it.
AT = rf"(?<=[^\s@{WORD_JOINER}])@(?!{WORD_JOINER})"
_AT = re.compile(AT)
_SLASHES = re.compile(r"/(?=/[\w-]{1,63}\.\w)")
_WWW = re.compile(r"www(?=\.)", re.IGNORECASE)
_LINKS_ON = re.compile(
    rf"[.\u3002\uff0e\uff61](?=\w)|mailto:(?=[^\s{WORD_JOINER}])|{HEADS}", re.IGNORECASE
)
_LONGEST_CACHED = 500  # characters


def canonical_url(url: str) -> str | None:
    """Return the one spelling of an address to compare it by; None if it is not a web page.

    Args:
        url: untrusted.
    """
    return _cached_canonical(url) if len(url) <= _LONGEST_CACHED else _canonical(url)


def display_url(address: str) -> str:
    """Return an address for reading only: without its scheme, unlinked, and cut if it is long."""
    name = without_scheme(address).removesuffix("/")
    return unlink(name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…")


def without_scheme(address: str) -> str:
    """Return an address without ``https://``, ``mailto:`` and ``www.``; other schemes stay."""
    match = _SCHEME.match(address)
    assert match
    return address[match.end() :]


def unlink(text: str) -> str:
    """Keep Slack from linking the addresses in a text, with invisible word joiners.

    One stands after each dot and after each scheme's colon, so that there is no domain and no
    scheme left to see: https://github.github.com/gfm/#autolinks-extension- needs one of them.
    ``www.`` has one before its dot, too, which that extension does not look behind, and so has the
    ``@`` of a mail address: to some parsers a joiner is a letter of a host. To these, two slashes
    can begin an address anywhere.
    """
    text = _AT.sub(rf"{WORD_JOINER}@{WORD_JOINER}", text)
    text = _SLASHES.sub(f"/{WORD_JOINER}", text)
    text = _WWW.sub(rf"\g<0>{WORD_JOINER}", text)
    return _LINKS_ON.sub(rf"\g<0>{WORD_JOINER}", text)


def _canonical(url: str) -> str | None:
    address = destination(url)
    match = _PARTS.match(address) if address else None
    if not address or not match:
        return None
    scheme, port, path, query = match[1], match[2], match[3], match[4] or ""
    kept = "&".join(p for p in query.split("&") if p and not p.lower().startswith("utm_"))
    at = "" if port in (None, _PORTS[scheme]) else f":{port}"
    page = _resolved(_bytes(path)).rstrip("/")
    return f"{scheme}://{without_www(host_of(address))}{at}{page}" + (
        f"?{_bytes(kept)}" if kept else ""
    )


_cached_canonical = lru_cache(2048)(_canonical)


def _resolved(path: str) -> str:
    """Resolve ``.`` and ``..`` in a path, as browsers do."""
    if "/." not in path:
        return path
    steps: list[str] = []
    for step in path.split("/"):
        if step == ".." and len(steps) > 1:
            steps.pop()
        elif step not in (".", ".."):
            steps.append(step)
    return "/".join(steps)


def _bytes(text: str) -> str:
    """Write each byte in one way: as it is if it may be, else as ``%`` and capital digits."""
    return _ENCODED.sub(_byte, quote(text, safe=_ASCII))


def _byte(match: re.Match[str]) -> str:
    character = chr(int(match[1], 16))
    return character if character in _ASCII and character not in _MEANT else match[0].upper()
