"""How many questions are taken at once."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many questions are taken at once; 0 for any number.

    Attributes:
        waiting_per_thread: that wait in a thread.
        running_per_person: that run, of one person in a channel.
    """

    waiting_per_thread: int = 0
    running_per_person: int = 0
