"""Failures on demand: the next calls of a method go wrong in a chosen way."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Literal

from aiohttp import web


@dataclass(slots=True)
class Fault:
    """One way to go wrong. See Faults.next."""

    error: str | None = None
    status: int | None = None
    ratelimited: int | None = None
    cut: Literal["before", "after", "late"] | None = None
    delay: float = 0.0
    times: int = 1
    gate: asyncio.Event | None = None


class Faults:
    """What shall go wrong next, by method name; ``"*"`` stands for every method.

    Names besides those of methods: ``"upload"``, ``"response_url"``, and ``"socket"`` for the
    opening of a WebSocket, which ``"*"`` does not stand for.
    """

    def __init__(self) -> None:
        self._waiting: dict[str, list[Fault]] = {}

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
        """Let the next `times` calls of `method` go wrong.

        `error` answers with that Slack error, `status` with an HTTP status and a page that is
        not JSON, `ratelimited` with 429 and that Retry-After in seconds, `cut` drops the
        connection before or after the call took effect. `delay` (seconds) and `gate` (until it
        is set) hold the call up before anything else; with a cut that is "late" only the effect,
        which comes after the connection is gone. Faults of one method happen in the order they
        were asked for.

        A ``"socket"`` is refused with `status`, or 429 and `ratelimited`; `cut` drops it before the
        handshake or right after it, without a hello; `error` is the reason that Slack sends it
        away for: ``too_many_websockets`` in the place of a hello, any other right after it.
        """
        fault = Fault(error, status, ratelimited, cut, delay, times, gate)
        self._waiting.setdefault(method, []).append(fault)

    def clear(self) -> None:
        """Forget every fault that has not happened yet."""
        self._waiting.clear()

    def take(self, method: str) -> Fault:
        """Return the fault for a call of `method` that is going on now; an empty one if none."""
        for name in (method, *(["*"] if method != "socket" else [])):
            waiting = self._waiting.get(name, [])
            if waiting:
                fault = waiting[0]
                fault.times -= 1
                if fault.times <= 0:
                    waiting.pop(0)
                return fault
        return Fault()


async def held_up(fault: Fault) -> None:
    """Wait for as long as the fault says."""
    if fault.delay:
        await asyncio.sleep(fault.delay)
    if fault.gate:
        await fault.gate.wait()


def cut_off(request: web.Request) -> web.Response:
    """Break the connection off. What is returned then reaches nobody."""
    if isinstance(request.transport, asyncio.WriteTransport):
        request.transport.abort()
    return web.Response(status=500)
