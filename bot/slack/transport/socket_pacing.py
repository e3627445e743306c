"""When the next socket to Slack may be opened. Pure, except for jitter: `now` is a parameter.

The delay after a failed attempt grows, has jitter, and is no shorter than a Retry-After. A socket
that ended soon after its hello counts as a failed attempt, too, except for a few that Slack asked
to replace. In any case `apps.connections.open` is called at most `Pacing.max_opens` times in any
minute.
"""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pacing:
    """How fast sockets are opened, and how soon a dead one is noticed. Times are in seconds.

    Attributes:
        delays: after the first failed attempt, the second, and so on; the last one from then on.
        jitter: the share of a delay by which it may be longer.
        free_replacements: sockets in a row that are replaced without a delay when Slack asks.
        stable_after: a socket that was open for as long has not failed.
        max_opens: calls of `apps.connections.open` in any `window`. Ten a minute are the aim; one
            is made at the start (`bot.startup`).
        window: see `max_opens`.
        ping_every: a dead socket is noticed within twice this time.
    """

    delays: tuple[float, ...] = (1.0, 4.0, 7.5)
    jitter: float = 0.2
    free_replacements: int = 3
    stable_after: float = 30.0
    max_opens: int = 9
    window: float = 60.0
    ping_every: float = 5.0


PACING = Pacing()


@dataclass(frozen=True, slots=True)
class SocketEnd:
    """Why a socket has ended or will end soon, or was not opened.

    Attributes:
        reason: for the log.
        requested: Slack asked for a new socket.
        retry_after: seconds that Slack asks to wait; 0 when it does not.
        fix: what an operator can do; "" for nothing.
    """

    reason: str
    requested: bool = False
    retry_after: float = 0.0
    fix: str = ""


class Attempts:
    """Counts attempts to open a socket, and says how long to wait for the next one."""

    def __init__(self, pacing: Pacing = PACING) -> None:
        self._pacing = pacing
        self._failures = 0
        self._latest: deque[float] = deque(maxlen=pacing.max_opens)

    def begin(self, now: float) -> None:
        """Count an attempt. `now` is in seconds of any monotonic clock."""
        self._latest.append(now)

    def delay(self, end: SocketEnd, lived: float, now: float) -> float:
        """Return the seconds until the next attempt.

        Args:
            end: of the latest attempt, or of the socket that it opened.
            lived: seconds that the socket was open; 0 when it did not open.
            now: as for `begin`.
        """
        pacing = self._pacing
        self._failures = 1 if lived >= pacing.stable_after else self._failures + 1
        delay = 0.0
        if not end.requested or self._failures > pacing.free_replacements:
            delay = max(pacing.delays[: self._failures][-1], end.retry_after)
        delay *= random.uniform(1, 1 + pacing.jitter)
        if len(self._latest) == pacing.max_opens:
            delay = max(delay, self._latest[0] + pacing.window - now)
        return delay
