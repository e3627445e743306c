"""Characters: what text from the web must lose before Slack may see it. Pure.

Slack reads ``<…>`` as its own tokens: pings, channels, links whose label hides where they point.
Two dialects carry our text. In *mrkdwn* (a message's ``text``) the three characters ``&``, ``<``
and ``>`` are entities: https://docs.slack.dev/messaging/formatting-message-text. In *Markdown* (the
markdown block) only ``<`` and ``>`` are: an entity is shown as its character and never read again
as part of a token, and link destinations are not decoded, so that an escaped ``&`` would break
them (measured: https://github.com/PostHog/posthog/pull/95054).
"""

from __future__ import annotations

import re

_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_UNWANTED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f"  # controls, but for tab and line feed
    "\u202a-\u202e\u2066-\u2069"  # bidi embeddings, overrides and isolates: they reorder lines
    "\ufeff]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_PING = re.compile(r"(https?://\S+)|(?<!\w)@(?=(?:here|channel|everyone)\b)", re.IGNORECASE)
_PING_IN_URL = re.compile(r"@(?=(?:here|channel|everyone)\b)", re.IGNORECASE)
WORD_JOINER = "\u2060"  # invisible; what it stands before is not the start of anything


def clean(text: str) -> str:
    """Return the text with plain line feeds and without characters that nobody can see."""
    return whole(_UNWANTED.sub("", _LINE_ENDS.sub("\n", text)))


def whole(text: str) -> str:
    """Replace halves of characters, which JSON can name and no record or request can carry."""
    return _SURROGATE.sub("\ufffd", text)


def quiet(text: str) -> str:
    """Defuse ``@here``, ``@channel`` and ``@everyone`` with an invisible word joiner.

    Whether they ping from a markdown block is not documented, so they are made unable to. Within
    an address the ``@`` is percent-encoded instead: there a joiner would break it.
    """
    return _PING.sub(_quieter, text)


def quiet_url(url: str) -> str:
    """Defuse the same words within an address."""
    return _PING_IN_URL.sub("%40", url)


def _quieter(match: re.Match[str]) -> str:
    return quiet_url(match[1]) if match[1] else "@" + WORD_JOINER


def angles(text: str) -> str:
    """Escape ``<`` and ``>`` for Markdown; ``&`` stays."""
    return text.replace("<", "&lt;").replace(">", "&gt;")


def without_angles(text: str) -> str:
    """Undo `angles`."""
    return text.replace("&lt;", "<").replace("&gt;", ">")


def mrkdwn(text: str) -> str:
    """Escape untrusted text for a mrkdwn object or a message's ``text``.

    Nothing in it pings or links; the marks ``*_~``` keep their meaning. Line breaks stay.
    """
    return angles(quiet(clean(text)).replace("&", "&amp;"))
