"""A loop whose time is put forward instead of slept through: minutes of waiting in no time."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class _Skipping(selectors.SelectSelector):
    """Waits for nothing: what was to be slept through has passed at once."""

    skipped = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        ready = super().select(0)
        if not ready and timeout:
            self.skipped += timeout
        return ready


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._skipping = _Skipping()
        super().__init__(self._skipping)

    def time(self) -> float:
        return super().time() + self._skipping.skipped


def in_no_time(play: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine to its end, as long as it may wait; it must do no input or output.

    Its clock is `asyncio.get_running_loop().time`.
    """
    with asyncio.Runner(loop_factory=_Loop) as runner:
        return runner.run(play())
