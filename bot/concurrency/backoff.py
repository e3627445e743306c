"""Delays between attempts of what fails: longer each time, with jitter, no shorter than asked."""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(slots=True)
class Backoff:
    """The delays of one operation.

    Attributes:
        first: the delay after the first failure, in seconds.
        longest: the longest delay that grows by itself, in seconds.
        factor: how many times longer each delay is than the one before.
        jitter: the delay is multiplied by a random number from this range, so that those that
            failed together do not try again together.
        failures: in a row, since the last success.
    """

    first: float
    longest: float
    factor: float = 2.0
    jitter: tuple[float, float] = (1.0, 1.0)
    failures: int = 0

    def next(self, retry_after: float | None = None) -> float:
        """Count a failure. Returns the seconds until the next attempt.

        Args:
            retry_after: seconds that the other side asked for; the delay is no shorter.
        """
        # After a day of failures, the power would be too large for a float.
        grown = min(self.first * self.factor ** min(self.failures, 20), self.longest)
        self.failures += 1
        return max(grown * random.uniform(*self.jitter), retry_after or 0.0)

    def reset(self) -> None:
        """Start with the first delay again: the operation succeeded."""
        self.failures = 0


def grown_with(elapsed: float, *, first: float, longest: float) -> float:
    """Return the delay where only the time of the first failure is recorded, not the attempts.

    Half of the time since then, so each is about half as long again as the one before.

    Args:
        elapsed: seconds since the first failure.
        first: the shortest delay, in seconds.
        longest: the longest, in seconds.
    """
    return min(max(elapsed / 2, first), longest)
