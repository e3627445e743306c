"""Faults on demand: the next requests of a kind fail in a chosen way."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bot.playground.task_api.protocol import JSON, Kind, Refusal, error_response


@dataclass(slots=True)
class Fault:
    """One fault; its fields are explained at `Faults.next`."""

    status: int | None = None
    retry_after: float | str | None = None
    error: str | Mapping[str, Any] | None = None
    body: bytes | None = None
    cut: Literal["before", "after"] | None = None
    delay: float = 0.0
    gate: asyncio.Event | None = None
    times: int = 1

    @property
    def replaces_response(self) -> bool:
        """Whether the request is refused before it takes effect."""
        return self.status is not None or self.error is not None or self.retry_after is not None

    def refusal(self) -> Refusal:
        """Return the refusal to respond with."""
        message = self.error if isinstance(self.error, str) else None
        status = self.status or (500 if self.retry_after is None else 429)
        return Refusal(status, message, retry_after=self.retry_after)

    def error_response(self) -> JSON:
        """Return the ErrorResponse to respond with."""
        body = self.refusal().error_response()
        if isinstance(self.error, Mapping):
            body = error_response("")
            body["error"] |= self.error
        return body

    async def wait(self) -> None:
        """Wait for as long as the response is to be delayed."""
        if self.delay:
            await asyncio.sleep(self.delay)
        if self.gate:
            await self.gate.wait()


class Faults:
    """The faults of the next requests, by kind of request."""

    def __init__(self) -> None:
        self._scheduled: dict[Kind, list[Fault]] = {}

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
        """Let the next `times` requests of a kind fail.

        Args:
            kind: of the requests.
            status: refuse with this status and its default message; the request has no effect.
            retry_after: refuse (429 by default) with this header: seconds, or a raw text.
            error: refuse (500 by default) with this message, or with these fields of the error.
            body: send these bytes as the body. Without `status` the request takes effect.
            cut: abort the connection before or after the request takes effect. A stream of events
                is aborted after its first event.
            delay: delay the response by so many seconds, after the request has taken effect.
            gate: delay the response until this is set, after the request has taken effect.
            times: the number of requests.

        Faults of one kind are applied in the order of the calls.
        """
        fault = Fault(
            status=status,
            retry_after=retry_after,
            error=error,
            body=body,
            cut=cut,
            delay=delay,
            gate=gate,
            times=times,
        )
        self._scheduled.setdefault(kind, []).append(fault)

    def clear(self) -> None:
        """Remove all faults that have not been applied yet."""
        self._scheduled.clear()

    def take(self, kind: Kind) -> Fault:
        """Return the fault for the current request; an empty one if none is scheduled."""
        scheduled = self._scheduled.get(kind)
        if not scheduled:
            return Fault()
        fault = scheduled[0]
        fault.times -= 1
        if fault.times <= 0:
            scheduled.pop(0)
        return fault
