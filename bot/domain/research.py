"""Runs, answers and their basis, in Parallel's own terms.

``basis``, ``citations``, ``processor`` and ``interaction`` are the API's, unchanged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.domain.thread import InteractionId, RunId, TurnId


@dataclass(frozen=True, slots=True)
class Citation:
    """A source, as Parallel cites it."""

    url: str
    title: str | None = None
    excerpts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldBasis:
    """The basis of one field of an output. `confidence`: ``high``, ``medium``, ``low`` or None."""

    field: str
    reasoning: str
    citations: tuple[Citation, ...] = ()
    confidence: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A completed run's output: Markdown text, or a JSON object, with its basis.

    `warnings` are the run's: untrusted text, one line each.
    """

    content: str | Mapping[str, Any]
    basis: tuple[FieldBasis, ...] = ()
    warnings: tuple[str, ...] = ()


class RunStatus(StrEnum):
    """Parallel's task run statuses; `UNKNOWN` is any that this release does not know."""

    QUEUED = "queued"
    ACTION_REQUIRED = "action_required"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"

    @property
    def is_over(self) -> bool:
        """Whether the run has ended. An unknown status counts as still active."""
        return self in (RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.CANCELLED)


@dataclass(frozen=True, slots=True)
class Run:
    """A task run as the API returned it.

    Attributes:
        interaction: None where the API did not return it: for a run just created in a task group.
        error, ref_id: set when it failed.
    """

    id: RunId
    interaction: InteractionId | None
    status: RunStatus
    error: str | None = None
    ref_id: str | None = None


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What a new run is created with.

    Attributes:
        previous: the interaction that it continues; None to begin a chain.
        metadata: stored with the run (keys ≤ 16, values ≤ 512 characters).
        restates: the turns whose exchanges the input restates.
    """

    input: str
    processor: str
    previous: InteractionId | None
    metadata: Mapping[str, str]
    restates: tuple[TurnId, ...] = ()


@dataclass(frozen=True, slots=True)
class ChatChunk:
    """One piece of a chat completion; every part may be missing."""

    text: str = ""
    interaction: InteractionId | None = None
    basis: tuple[FieldBasis, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """A hint from the run's event stream; every part may be missing.

    Attributes:
        message: what the run says it is doing.
        percent: 0 to 100.
        considered: sources considered so far.
        read: sources read so far.
        status: the run's status, when the event has it.
    """

    message: str | None = None
    percent: float | None = None
    considered: int | None = None
    read: int | None = None
    status: RunStatus | None = None
