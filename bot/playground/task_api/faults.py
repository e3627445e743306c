"""Failures on demand: the next requests of a kind go wrong in a chosen way."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bot.playground.task_api.protocol import JSON, Kind, Refusal, error_shape


@dataclass(slots=True)
class Fault:
    """One way to go wrong. See Faults.next."""

    status: int | None = None
    retry_after: float | str | None = None
    error: str | Mapping[str, Any] | None = None
    body: bytes | None = None
    cut: Literal["before", "after"] | None = None
    delay: float = 0.0
    gate: asyncio.Event | None = None
    times: int = 1

    @property
    def answers_instead(self) -> bool:
        """Whether the request is refused before it can have an effect."""
        return self.status is not None or self.error is not None or self.retry_after is not None

    def refusal(self) -> Refusal:
        """Return what is answered instead."""
        message = self.error if isinstance(self.error, str) else None
        status = self.status or (500 if self.retry_after is None else 429)
        return Refusal(status, message, retry_after=self.retry_after)

    def envelope(self) -> JSON:
        """Return the error shape that is answered instead."""
        shape = self.refusal().envelope()
        if isinstance(self.error, Mapping):
            shape = error_shape("")
            shape["error"] |= self.error
        return shape

    async def hold(self) -> None:
        """Wait as long as the answer is to be held up."""
        if self.delay:
            await asyncio.sleep(self.delay)
        if self.gate:
            await self.gate.wait()


class Faults:
    """What shall go wrong next, by kind of request."""

    def __init__(self) -> None:
        self._waiting: dict[Kind, list[Fault]] = {}

    def next(
        self,
        kind: Kind,
        *,
        status: int | None = None,
        retry_after: float | str | None = None,
        error: str | Mapping[str, Any] | None = None,
        body: bytes | None = None,
        cut: Literal["before", "after"] | None = None,
        delay: float = 0.0,
        gate: asyncio.Event | None = None,
        times: int = 1,
    ) -> None:
        """Let the next `times` requests of a kind go wrong.

        Args:
            status: refuse with this status, without effect. The message is the usual one.
            retry_after: refuse (429 by default) with this header: seconds, or a text as it is.
            error: refuse (500 by default) with this message, or with these fields of the error.
            body: send these bytes for a body. With `status` nothing takes effect; without it the
                request takes effect, and only the answer is garbled.
            cut: drop the connection before the request took effect, or after. A stream of events
                is dropped after its first event.
            delay: hold the answer up for so many seconds, after the request took effect.
            gate: hold the answer up until this is set, after the request took effect.

        Faults of one kind happen in the order they were asked for.
        """
        fault = Fault(status, retry_after, error, body, cut, delay, gate, times)
        self._waiting.setdefault(kind, []).append(fault)

    def clear(self) -> None:
        """Forget every fault that has not happened yet."""
        self._waiting.clear()

    def take(self, kind: Kind) -> Fault:
        """Return the fault for a request that is going on now; an empty one if none."""
        waiting = self._waiting.get(kind)
        if not waiting:
            return Fault()
        fault = waiting[0]
        fault.times -= 1
        if fault.times <= 0:
            waiting.pop(0)
        return fault
