"""Slack's message text and its tokens in angle brackets, as plain words. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from bot.domain.unicode import replace_lone_surrogates

#: `<@U1>`, `<#C1|general>`, `<!here>`, `<https://e.org|label>`. In Markdown and in the cells of
#: tables other brackets stand for themselves.
_TOKEN = re.compile(r"<([@#!][^<>]*|[A-Za-z][A-Za-z0-9+.\-]*:[^<>]*)>")
_SECONDS = re.compile(r"[0-9]{1,11}")


def plain_words(text: str) -> str:
    """Return Slack's message text as plain words: tokens resolved, entities decoded once.

    https://docs.slack.dev/messaging/formatting-message-text
    """
    words = _TOKEN.sub(lambda match: _token_words(match[1]), replace_lone_surrogates(text))
    return words.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()


def _token_words(token: str) -> str:
    target, _, label = token.partition("|")
    match target[:1]:
        case "@":
            return f"@{label.lstrip('@') or 'someone'}"
        case "#":
            return f"#{label.lstrip('#') or 'a-channel'}"
        case "!":
            return _special(target[1:], label)
    return link_words(target, label)


def link_words(target: str, label: str) -> str:
    """Return the address of a link, with its label if that says more."""
    shown = re.sub("^(mailto|tel):", "", target)
    bare = re.sub("^https?://", "", shown).rstrip("/")
    if not label or label.rstrip("/") in (shown.rstrip("/"), bare):
        return shown
    return f"{label} ({shown})"


def _special(name: str, label: str) -> str:
    """Return the words for `<!here>`, `<!subteam^S1|@team>`, `<!date^1^{date}|fallback>`."""
    kind, _, rest = name.partition("^")
    if kind in ("here", "channel", "everyone"):
        return f"@{kind}"
    if kind == "date" and not label:
        return date_words(rest.partition("^")[0])
    return label or ("@a-group" if kind == "subteam" else kind)


def date_words(timestamp: Any) -> str:
    """Return a time in seconds since 1970 as words; "" for anything else."""
    if not _SECONDS.fullmatch(str(timestamp)):
        return ""
    return f"{datetime.fromtimestamp(int(timestamp), UTC):%Y-%m-%d %H:%M} UTC"
