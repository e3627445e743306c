"""Links: permalinks of Slack's messages, and links from the web that do not deceive. Pure.

Only http, https and mailto addresses stay links, and only if browsers read the same host in them as
we do (`hosts`). A label that names another site than its link (`labels`) gets the real host beside
it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote

from bot.domain.thread import ThreadKey, UserId
from bot.slack import limits
from bot.slack.text.escaping import clean, defuse_pings_in_url, escape_angles, escape_mrkdwn
from bot.slack.text.hosts import CHARACTERS, ascii_host, writable_host
from bot.slack.text.labels import names_another_site

# No user part: `https://bank.example@evil.example` is a disguise. No brackets: no IPv6 literal.
# Exactly two slashes, none of them a backslash: browsers take more, people do not read it so.
_WEB = re.compile(
    rf"(?P<scheme>(?ai:https?))://(?P<host>{CHARACTERS}+)(?::(?P<port>[0-9]{{0,5}}))?"
    r"(?P<rest>[/?#].*)?",
    re.DOTALL,
)
_MAIL = re.compile(rf"(?ai:mailto):([\w.+-]+)@({CHARACTERS}+)(?:\?([^#]*))?(?:#.*)?", re.DOTALL)
_MAIL_FIELDS = ("subject", "body")  # any other could send it to somebody else: RFC 6068, section 4
_DROPPED = re.compile(r"[\t\n]")  # by browsers, anywhere in an address
_UNSAFE = re.compile(r"""[\s\\<>()\[\]{}"'`|^$]""")
_ENTITY = re.compile(r"&(?=#?\w{1,40};)")  # would be decoded by whoever reads the Markdown again
_LARGEST_PORT = 65_535
LONGEST_NAME = 40  # characters
_LONGEST = 2 * limits.URL  # characters, before invisible ones are dropped
_LONGEST_CACHED = 500  # characters


def permalink(workspace: str, thread: ThreadKey, ts: str) -> str:
    """Return a message's permalink: https://docs.slack.dev/reference/methods/chat.getPermalink."""
    message = f"{workspace}archives/{thread.channel}/p{ts.replace('.', '')}"
    return f"{message}?thread_ts={thread.ts}&cid={thread.channel}"


def profile_link(workspace: str, person: UserId, name: str) -> str:
    """Link a person's profile in mrkdwn: it names them as a mention does, and notifies nobody.

    Args:
        workspace: the address of the workspace, such as ``https://example.slack.com/``.
        person: their id.
        name: what they are called, untrusted; "" if unknown.
    """
    shown = " ".join(name.split())[:LONGEST_NAME]
    return mrkdwn_link(f"{workspace}team/{person}", shown or person)


def destination(url: str) -> str | None:
    """Return an address as it may be in a Markdown link; None if it may not be linked.

    Characters that could end the link early (spaces, brackets, quotes, pipes), or reach there from
    its label (apostrophes, dollar signs), are percent-encoded.
    A mail address keeps its subject and text, but no other recipients.
    """
    return _cached_destination(url) if len(url) <= _LONGEST_CACHED else _destination(url)


def host_of(address: str) -> str:
    """Return the host of a `destination`, in ASCII, so that look-alike letters show."""
    return _cached_host(address) if len(address) <= _LONGEST_CACHED else _host(address)


def host_to_show(label: str, address: str) -> str | None:
    """Return the host to show beside a label; None if the label does not deceive.

    Args:
        label: the text that the reader sees.
        address: a `destination`.
    """
    real = host_of(address)
    if label.rstrip().endswith(f"({real})"):
        return None
    names = _cached_naming if len(label) <= _LONGEST_CACHED else names_another_site
    return real if names(label, real) else None


def mrkdwn_link(url: str, label: str) -> str:
    """Return a mrkdwn link ``<url|label>``, or only the label if the address may not be linked.

    A label has no backticks: three of them begin code that would reach into what follows.
    """
    shown = " ".join(escape_mrkdwn(label).replace("|", "¦").replace("`", "'").split())
    address = destination(url)
    if address is None:
        return shown
    address = escape_angles(address.replace("&", "&amp;"))
    if not shown:
        return f"<{address}>"
    real = host_to_show(label, address)
    return f"<{address}|{shown} ({real})>" if real else f"<{address}|{shown}>"


def _destination(url: str) -> str | None:
    if len(url) > _LONGEST:
        return None
    url = clean(url).strip().replace("&amp;", "&")  # pages that were scraped have both
    if match := _WEB.fullmatch(url):
        head, rest = _web_head(match), defuse_pings_in_url(match["rest"] or "")
    elif match := _MAIL.fullmatch(url):
        name = writable_host(match[2])
        head, rest = f"mailto:{match[1]}@{name}" if name else None, _mail_fields(match[3] or "")
    else:
        return None
    if head is None:
        return None
    rest = _DROPPED.sub("", rest)
    encoded = _UNSAFE.sub(lambda unsafe: quote(unsafe[0]), rest)
    whole = head + _ENTITY.sub("%26", encoded)
    return whole if len(whole) <= limits.URL else None


def _web_head(match: re.Match[str]) -> str | None:
    name, port = writable_host(match["host"]), match["port"]
    if name is None or (port and not 0 < int(port) <= _LARGEST_PORT):
        return None
    return f"{match['scheme'].lower()}://{name}" + (f":{int(port)}" if port else "")


def _mail_fields(query: str) -> str:
    fields = query.split("&")
    kept = [field for field in fields if field.partition("=")[0].lower() in _MAIL_FIELDS]
    return f"?{'&'.join(kept)}" if kept else ""


def _host(address: str) -> str:
    match = _WEB.match(address)
    name = match["host"] if match else address.partition("@")[2].partition("?")[0]
    return ascii_host(name) or name.lower().rstrip(".")


_cached_destination = lru_cache(2048)(_destination)
_cached_host = lru_cache(2048)(_host)
_cached_naming = lru_cache(2048)(names_another_site)
