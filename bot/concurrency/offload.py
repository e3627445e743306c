"""Runs pure work off the event loop: an answer may have megabytes, and take seconds to format."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

SHORT = 1_500  # characters of Markdown, formatted in a few milliseconds

#: One thread: the interpreter divides its time among threads, so more of them would leave the event
#: loop, and so everybody's messages, a smaller share.
_WRITER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="writer")


async def offload(size: int, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call `work`, which must have no side effects: in a thread if `size` exceeds `SHORT`."""
    if size <= SHORT:
        return work(*args, **kwargs)
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_WRITER, partial(work, *args, **kwargs))
