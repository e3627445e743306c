"""Makes a call once for all who want the same at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

K = TypeVar("K")
T = TypeVar("T")


class SingleFlight(Generic[K, T]):
    """Calls in progress, by what they are for."""

    def __init__(self) -> None:
        self._flights: dict[K, asyncio.Future[T]] = {}

    async def run(self, key: K, call: Callable[[], Awaitable[T]]) -> T:
        """Make the call, or wait for the one in progress. Returns its result or raises its error.

        If the one who makes it is cancelled, the next one makes it.
        """
        while flight := self._flights.get(key):
            await asyncio.wait([flight])
            if not flight.cancelled():
                return flight.result()
        flight = self._flights[key] = asyncio.get_running_loop().create_future()
        try:
            flight.set_result(await call())
        except Exception as error:
            flight.set_exception(error)
        finally:
            del self._flights[key]
            flight.cancel()  # has no effect on one with an outcome
        return flight.result()
