"""Parse entries of the stream `ready` from Redis's replies. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bot.ports import Claim, EntryId, Job, JobKind

Entry = tuple[str, dict[str, str]]


def entries(reply: Any) -> list[Entry]:
    """Parse a reply of XREAD or XREADGROUP for one stream; a deleted entry has no fields."""
    return [(entry, fields or {}) for _, found in reply or () for entry, fields in found]


def claimed(reply: Any) -> list[Entry]:
    """Parse the reply of the script RECLAIM, in which fields and values alternate."""
    return [(entry, dict(zip(flat[::2], flat[1::2], strict=True))) for entry, flat in reply]


def work(found: Iterable[Entry]) -> list[Claim | Job]:
    """Return the claims and jobs in entries.

    A job of a kind that only a newer release knows is left pending for a replica of that release.
    """
    pieces: list[Claim | Job] = []
    for entry, fields in found:
        match fields:
            case {"mailbox": mailbox}:
                pieces.append(Claim(EntryId(entry), mailbox))
            case {**others}:
                pieces += [
                    Job(EntryId(entry), about, JobKind(name))
                    for name, about in others.items()
                    if name in set(JobKind)
                ]
    return pieces
