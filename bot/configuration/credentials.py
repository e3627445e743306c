"""Recognise credentials: Slack's kinds of tokens, ids taken for secrets, placeholders. Pure."""

from __future__ import annotations

import re

#: Prefix -> kind of Slack credential.
#: https://docs.slack.dev/authentication/tokens
KINDS = {
    "xoxb-": "a bot token",
    "xapp-": "an app-level token",
    "xoxp-": "a user token",
    "xoxe.xoxb-": "a bot token that expires (token rotation is on)",
    "xoxe.xoxp-": "a token that expires (token rotation is on, or it is a configuration token)",
    "xoxe-": "a refresh token",
    "xoxr-": "a refresh token",
    "xoxa-": "a token of an old kind (workspace app)",
    "xoxo-": "a token of an old kind",
    "xoxs-": "a browser's session token",
    "xoxc-": "a browser's session token",
    "xoxd-": "a browser's cookie",
    "https://hooks.slack.com/": "the address of an incoming webhook",
}
#: What examples, templates and masked copies contain in place of a secret.
_PLACEHOLDER = re.compile(
    r"\.\.\.|…|\*\*\*|•|\{\{|\$\{|%\(|^\$|^<.*>$|^\[.*\]$"
    r"|(^|[-_ ])your([-_ ]|$)"
    r"|^(change|replace|fill)[-_ ]?(it|me|this|in)"
    r"|(^|[-_ ])(placeholder|goes[-_ ]here|here)$"
    r"|^(todo|tbd|none|null|nil|undefined|dummy|insert.*|paste.*)$",
    re.IGNORECASE,
)
_APP_ID = re.compile(r"A[A-Z0-9]{8,12}")
_CLIENT_ID = re.compile(r"[0-9]{6,}\.[0-9]{6,}")


def kind_of(value: str) -> str | None:
    """Return the kind of Slack credential that a value is; None when it is none."""
    return next((kind for prefix, kind in KINDS.items() if value.startswith(prefix)), None)


def is_placeholder(value: str) -> bool:
    """Whether a value is an example's, or one character repeated, such as ``xoxb-xxxx-xxxx``."""
    if _PLACEHOLDER.search(value):
        return True
    for prefix in KINDS:
        value = value.removeprefix(prefix)
    characters = set(filter(str.isalnum, value.lower()))
    return len(value) >= 3 and len(characters) == 1


def not_a_signing_secret(value: str) -> str | None:
    """Return what a value is that was taken for Slack's signing secret; None when it may be one."""
    if _APP_ID.fullmatch(value):
        return "the app's id"
    if _CLIENT_ID.fullmatch(value):
        return "the app's client id"
    return "an address" if "://" in value else kind_of(value)
