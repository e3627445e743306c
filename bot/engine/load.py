"""How many runs this replica awaits, and how much shared work is stretched because of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

CAPACITY = 1_000  # runs awaited with progress shown


@dataclass(slots=True)
class RunsInFlight:
    """How many runs this replica awaits (`runs`), and how many of them are slow (`slow`)."""

    runs: int = 0
    slow: int = 0

    @property
    def is_over_capacity(self) -> bool:
        """Whether there are too many runs to show the progress of each."""
        return self.runs > CAPACITY

    def slowdown(self, capacity: int) -> float:
        """Return the factor, 1 or more, by which to stretch an interval that suits `capacity` runs.

        Slow runs do not count: a run that hangs for a day must not delay the progress of others.
        """
        return max(1.0, (self.runs - self.slow) / capacity)

    @contextmanager
    def counted(self, usual: float) -> Iterator[None]:
        """Count a run during the block; it counts as slow after `usual` seconds."""
        was_slow = False

        def become_slow() -> None:
            nonlocal was_slow
            was_slow = True
            self.slow += 1

        timer = asyncio.get_running_loop().call_later(max(0.0, usual), become_slow)
        self.runs += 1
        try:
            yield
        finally:
            timer.cancel()
            self.runs -= 1
            self.slow -= was_slow
