"""The stream's entries: what there is to do, as Redis replies it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bot.ports import Claim, EntryId, Job, JobKind

Entry = tuple[str, dict[str, str]]


def entries(reply: Any) -> list[Entry]:
    """Take the entries of the one stream from the reply to XREADGROUP; a deleted one is empty."""
    return [(token, fields or {}) for _, found in reply or () for token, fields in found]


def claimed(reply: Any) -> list[Entry]:
    """Take the entries from a script's reply, where fields and values alternate."""
    return [(token, dict(zip(flat[::2], flat[1::2], strict=True))) for token, flat in reply]


def work(found: Iterable[Entry]) -> list[Claim | Job]:
    """Sort entries. One of a kind that only a newer release knows stays until that one comes."""
    pieces: list[Claim | Job] = []
    for token, fields in found:
        match fields:
            case {"mailbox": mailbox}:
                pieces.append(Claim(EntryId(token), mailbox))
            case {**rest}:
                pieces += [
                    Job(EntryId(token), about, JobKind(name))
                    for name, about in rest.items()
                    if name in set(JobKind)
                ]
    return pieces
