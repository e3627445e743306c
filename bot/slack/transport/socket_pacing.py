"""When the next socket to Slack may be opened. Nothing here waits; `now` is a parameter.

The pause after a failed try grows, has jitter, and is no shorter than a Retry-After. A socket that
was sent away soon after its hello counts as a failed try, too, but for a few that Slack has asked
to be replaced. Whatever happens, `apps.connections.open` is called at most `Pacing.most` times in
any minute.
"""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pacing:
    """How fast sockets are opened, and how soon a dead one is noticed. Times are in seconds.

    Attributes:
        pauses: after the first failed try, the second, and so on; the last one from then on.
        jitter: the share of a pause that it may be longer.
        at_once: how many sockets in a row may be replaced without a pause when Slack asks for it.
        steady: a socket that lived as long as this has not failed.
        most: calls of `apps.connections.open` in any `window`. Ten a minute are meant; one is made
            at the start (`bot.startup.checks.app_token`).
        window: see `most`.
        ping_every: a dead socket is noticed within twice as long.
    """

    pauses: tuple[float, ...] = (1.0, 4.0, 7.5)
    jitter: float = 0.2
    at_once: int = 3
    steady: float = 30.0
    most: int = 9
    window: float = 60.0
    ping_every: float = 5.0


PACING = Pacing()


@dataclass(frozen=True, slots=True)
class End:
    """Why there is no socket, or soon none.

    Attributes:
        why: what the log says.
        orderly: Slack asked for a new socket.
        retry_after: seconds that Slack asks to wait; 0 when it asks for nothing.
        to_do: what an operator can do; "" for nothing.
    """

    why: str
    orderly: bool = False
    retry_after: float = 0.0
    to_do: str = ""


class Tries:
    """Counts tries to open a socket, and says how long to wait for the next one."""

    def __init__(self, pacing: Pacing = PACING) -> None:
        self._pacing = pacing
        self._failures = 0
        self._latest: deque[float] = deque(maxlen=pacing.most)

    def begin(self, now: float) -> None:
        """Count a try. `now` is in seconds of any clock that only goes forward."""
        self._latest.append(now)

    def pause(self, end: End, lived: float, now: float) -> float:
        """Return the seconds until the next try.

        Args:
            end: of the latest try, or of the socket that it opened.
            lived: seconds that the socket could be used; 0 when it did not open.
            now: as for `begin`.
        """
        pacing = self._pacing
        self._failures = 1 if lived >= pacing.steady else self._failures + 1
        pause = 0.0
        if not end.orderly or self._failures > pacing.at_once:
            pause = max(pacing.pauses[: self._failures][-1], end.retry_after)
        pause *= random.uniform(1, 1 + pacing.jitter)
        if len(self._latest) == pacing.most:
            pause = max(pause, self._latest[0] + pacing.window - now)
        return pause
