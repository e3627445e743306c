"""Faults on demand: the next calls of a method fail in a chosen way."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Literal


@dataclass(slots=True)
class Fault:
    """One fault; its fields are explained at `Faults.next`."""

    error: str | None = None
    status: int | None = None
    ratelimited: int | None = None
    cut: Literal["before", "after", "late"] | None = None
    delay: float = 0.0
    times: int = 1
    gate: asyncio.Event | None = None


class Faults:
    """The faults of the next calls, by method name; ``"*"`` stands for every method.

    Further names are ``"upload"``, ``"response_url"``, and ``"socket"`` for the opening of a
    WebSocket, which ``"*"`` does not include.
    """

    def __init__(self) -> None:
        self._scheduled: dict[str, list[Fault]] = {}

    def next(
        self,
        method: str,
        *,
        error: str | None = None,
        status: int | None = None,
        ratelimited: int | None = None,
        cut: Literal["before", "after", "late"] | None = None,
        delay: float = 0.0,
        times: int = 1,
        gate: asyncio.Event | None = None,
    ) -> None:
        """Let the next `times` calls of `method` fail.

        Args:
            method: of the Web API, or another name (see above).
            error: respond with this Slack error.
            status: respond with this HTTP status and a page that is not JSON.
            ratelimited: respond with 429 and this Retry-After, in seconds.
            cut: abort the connection before or after the call takes effect; "late": abort it
                first, and let the call take effect then.
            delay: delay the call by so many seconds; for a "late" cut, only its effect.
            times: the number of calls.
            gate: delay the call, or the effect, until this is set.

        A ``"socket"`` is refused with `status`, or with 429 and `ratelimited`; `cut` aborts it
        before or right after the handshake, without a hello; `error` is the reason of a
        `disconnect`: ``too_many_websockets`` instead of the hello, any other right after it.

        Faults of one method are applied in the order of the calls.
        """
        fault = Fault(
            error=error,
            status=status,
            ratelimited=ratelimited,
            cut=cut,
            delay=delay,
            times=times,
            gate=gate,
        )
        self._scheduled.setdefault(method, []).append(fault)

    def clear(self) -> None:
        """Remove all faults that have not been applied yet."""
        self._scheduled.clear()

    def left(self, method: str) -> int:
        """Return how many more calls of `method` will fail."""
        return sum(fault.times for fault in self._scheduled.get(method, []))

    def take(self, method: str) -> Fault:
        """Return the fault for the current call of `method`; an empty one if none is scheduled."""
        for name in (method, *(["*"] if method != "socket" else [])):
            scheduled = self._scheduled.get(name, [])
            if scheduled:
                fault = scheduled[0]
                fault.times -= 1
                if fault.times <= 0:
                    scheduled.pop(0)
                return fault
        return Fault()


async def delay_call(fault: Fault) -> None:
    """Wait for as long as the fault delays the call."""
    if fault.delay:
        await asyncio.sleep(fault.delay)
    if fault.gate:
        await fault.gate.wait()
