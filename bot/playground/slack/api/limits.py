"""Rate limits of the Web API. Pure.

Tiers: https://docs.slack.dev/apis/web-api/rate-limits. Where Slack says "special" or "about", the
numbers are our interpretation.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `calls` within any `seconds`."""

    calls: int
    seconds: float


TIER_2 = Limit(20, 60)
TIER_3 = Limit(50, 60)
TIER_4 = Limit(100, 60)
SPECIAL = Limit(600, 60)
#: "About one a second per channel, short bursts allowed", "several hundred a minute" per team.
POSTS_IN_CHANNEL = Limit(5, 5)
POSTS_IN_TEAM = Limit(300, 60)


@dataclass(slots=True)
class SlidingWindowLimiter:
    """Counts calls against limits; not `enforced`, it allows every call."""

    enforced: bool = True
    _seen: dict[str, deque[float]] = field(default_factory=dict)

    def take(self, now: float, key: str, limit: Limit) -> int | None:
        """Count a call at `now` (seconds) against the limit under `key`.

        Returns None if it is allowed, else the seconds after which to retry; a refused call is
        not counted.
        """
        if not self.enforced:
            return None
        seen = self._seen.setdefault(key, deque())
        while seen and seen[0] <= now - limit.seconds:
            seen.popleft()
        if len(seen) >= limit.calls:
            return max(1, math.ceil(seen[0] + limit.seconds - now))
        seen.append(now)
        return None
