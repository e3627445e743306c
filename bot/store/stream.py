"""The stream's entries: what there is to do, as Redis replies it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bot.ports import Chore, Errand, Hold, Token

Entry = tuple[str, dict[str, str]]


def entries(reply: Any) -> list[Entry]:
    """Take the entries of the one stream from the reply to XREADGROUP; a deleted one is empty."""
    return [(token, fields or {}) for _, found in reply or () for token, fields in found]


def claimed(reply: Any) -> list[Entry]:
    """Take the entries from a script's reply, where fields and values alternate."""
    return [(token, dict(zip(flat[::2], flat[1::2], strict=True))) for token, flat in reply]


def work(found: Iterable[Entry]) -> list[Hold | Chore]:
    """Sort entries. One of a kind that only a newer release knows stays until that one comes."""
    pieces: list[Hold | Chore] = []
    for token, fields in found:
        match fields:
            case {"mailbox": mailbox}:
                pieces.append(Hold(Token(token), mailbox))
            case {**rest}:
                pieces += [
                    Chore(Token(token), about, Errand(name))
                    for name, about in rest.items()
                    if name in set(Errand)
                ]
    return pieces
