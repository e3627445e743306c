"""Links from the web: where they may lead, and that they say so. Pure.

Only http, https and mailto addresses stay links. A label that names another domain than the link
leads to gets the real host written beside it.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

from bot.slack import limits
from bot.slack.text import angles, clean, mrkdwn, quiet_url

# No user part: `https://bank.example@evil.example` is a disguise. No brackets: no IPv6 literal.
_WEB = re.compile(r"(https?)://([\w.-]+(?::\d{1,5})?)([/?#].*)?", re.IGNORECASE | re.DOTALL)
_MAIL = re.compile(r"mailto:([\w.+-]+@[\w.-]+)(\?.*)?", re.IGNORECASE | re.DOTALL)
_UNSAFE = re.compile(r"""[\s\\<>()\[\]{}"`|^]""")
_ENTITY = re.compile(r"&(?=#?\w{1,40};)")  # would be decoded by whoever reads the Markdown again
_WORD = re.compile(r"[\w.-]+")
_FILE = re.compile(r"(?:csv|docx?|html?|jpe?g|js|json|pdf|php|png|pptx?|txt|xlsx?|xml)")


def destination(url: str) -> str | None:
    """Return the address as it may stand in a Markdown link, or None when it may not.

    What could end the link early (spaces, brackets, quotes, pipes) is percent-encoded.
    """
    url = clean(url).strip()
    if match := _WEB.fullmatch(url):
        head, rest = f"{match[1].lower()}://{match[2]}", quiet_url(match[3] or "")
    elif match := _MAIL.fullmatch(url):
        head, rest = f"mailto:{match[1]}", match[2] or ""
    else:
        return None
    encoded = _UNSAFE.sub(lambda unsafe: quote(unsafe[0]), rest)
    whole = head + _ENTITY.sub("%26", encoded)
    return whole if len(whole) <= limits.URL else None


def host(address: str) -> str:
    """Return the host of a `destination`, in ASCII, so that look-alike letters show."""
    match = _WEB.match(address)
    name = match[2].partition(":")[0] if match else address.partition("@")[2].partition("?")[0]
    return _ascii(name)


def host_to_show(label: str, address: str) -> str | None:
    """Return the host that must stand beside a label, or None when the label is honest.

    Args:
        label: the text that the reader sees.
        address: a `destination`.
    """
    real = host(address)
    if label.rstrip().endswith(f"({real})"):
        return None
    if all(_same_site(named, real) for named in _domains(label)):
        return None
    return real


def link(url: str, label: str) -> str:
    """Write a mrkdwn link ``<url|label>``; only the label when the address may not be a link."""
    shown = " ".join(mrkdwn(label).replace("|", "¦").split())
    address = destination(url)
    if address is None:
        return shown
    address = angles(address.replace("&", "&amp;"))
    if not shown:
        return f"<{address}>"
    real = host_to_show(label, address)
    return f"<{address}|{shown} ({real})>" if real else f"<{address}|{shown}>"


def _domains(label: str) -> list[str]:
    """Find what reads like a domain, also through invisible and full-width characters."""
    seen = "".join(c for c in label if unicodedata.category(c) != "Cf")
    seen = unicodedata.normalize("NFKC", seen).replace("。", ".")
    names = [word.strip("._-") for word in _WORD.findall(seen) if "." in word]
    return [_ascii(name) for name in names if _ends_like_a_domain(name)]


def _ends_like_a_domain(name: str) -> bool:
    rest, _, end = name.lower().rpartition(".")
    return (
        bool(rest)
        and len(end) > 1
        and (end.isalpha() or end[:4] == "xn--")
        and not _FILE.fullmatch(end)
    )


def _same_site(named: str, real: str) -> bool:
    named, real = named.removeprefix("www."), real.removeprefix("www.")
    return named == real or real.endswith("." + named) or named.endswith("." + real)


def _ascii(name: str) -> str:
    name = name.lower().rstrip(".")
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:
        return name
