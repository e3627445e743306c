"""Escaping: what text from the web must lose before Slack may see it. Pure.

Slack reads ``<…>`` as its own tokens: pings, channels, links whose label hides where they point.
Two dialects carry our text. In *mrkdwn* (a message's ``text``) the three characters ``&``, ``<``
and ``>`` are entities: https://docs.slack.dev/messaging/formatting-message-text. In *Markdown* (the
markdown block) only ``<`` and ``>`` are: an entity is shown as its character and never read again
as part of a token, and link destinations are not decoded, so that an escaped ``&`` would break
them (measured: https://github.com/PostHog/posthog/pull/95054).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.domain.invisible import INVISIBLE, without_invisible
from bot.domain.unicode import replace_lone_surrogates

_UNCLEAN = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff{INVISIBLE}]")
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
# Letters beyond ASCII end the word: whether Slack reads `@hereを` as a ping is not documented.
_PING = re.compile(
    r"(https?://\S+)|(?<![A-Za-z0-9])@(?=(?:here|channel|everyone)(?![A-Za-z0-9]))",
    re.IGNORECASE,
)
_PING_IN_URL = re.compile(r"@(?=(?:here|channel|everyone)(?![A-Za-z0-9]))", re.IGNORECASE)
WORD_JOINER = "\u2060"  # invisible; Slack reads no token or address right behind it


def clean(text: str) -> str:
    """Return a text with plain line feeds and without invisible characters.

    These stay only where their script or emoji needs them: `without_invisible`.
    """
    is_plain = text.isascii() and text.replace("\n", "").isprintable()
    if is_plain or not _UNCLEAN.search(text):
        return text
    text = without_invisible(_CONTROLS.sub("", _LINE_ENDS.sub("\n", text)))
    return replace_lone_surrogates(text)


def clean_foreign(text: str) -> str:
    """Return text from outside, `clean` and without word joiners.

    `clean` keeps word joiners, because we add our own; one from the web would hide an address.
    """
    return clean(text.replace(WORD_JOINER, ""))


def defuse_pings(text: str) -> str:
    """Defuse ``@here``, ``@channel`` and ``@everyone`` with an invisible word joiner.

    Whether they ping from a markdown block is not documented. Within an address, the ``@`` is
    percent-encoded instead, because a joiner would break it.
    """
    parts, at = [], 0
    for place, instead in find_pings(text):
        parts += [text[at:place], instead]
        at = place + 1
    return "".join([*parts, text[at:]])


def find_pings(text: str) -> Iterator[tuple[int, str]]:
    """Yield the places where an ``@`` could ping, and what to write instead."""
    for match in _PING.finditer(text) if "@" in text else ():
        if not match[1]:
            yield match.start(), "@" + WORD_JOINER
        else:
            for found in _PING_IN_URL.finditer(match[1]):
                yield match.start() + found.start(), "%40"


def defuse_pings_in_url(url: str) -> str:
    """Defuse ``@here``, ``@channel`` and ``@everyone`` within an address."""
    return _PING_IN_URL.sub("%40", url)


def escape_angles(text: str) -> str:
    """Escape ``<`` and ``>`` for Markdown; ``&`` stays."""
    return text.replace("<", "&lt;").replace(">", "&gt;")


def unescape_angles(text: str) -> str:
    """Undo `escape_angles`."""
    return text.replace("&lt;", "<").replace("&gt;", ">")


def escape_mrkdwn(text: str) -> str:
    """Escape untrusted text for a mrkdwn object or a message's ``text``.

    Nothing in it pings or links; the marks ``*_~``` keep their meaning. Line breaks stay.
    """
    return escape_angles(defuse_pings(clean(text)).replace("&", "&amp;"))
