"""Runs pure work off the event loop: an answer may have megabytes, and take seconds to format."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

AT_ONCE = 1_500  # characters of Markdown, formatted in a few milliseconds
SHORT = 20_000  # characters; formatting them takes less than a second, whatever they are

#: One thread for short work and one for long: an ordinary answer does not wait for thirty reports.
#: The interpreter divides its time among threads, so more of them would leave the event loop, and
#: so everybody's messages, a smaller share.
_SHORT = ThreadPoolExecutor(max_workers=1, thread_name_prefix="short")
_LONG = ThreadPoolExecutor(max_workers=1, thread_name_prefix="long")


async def offload(size: int, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call `work`, which must have no side effects: in a thread if `size` exceeds `AT_ONCE`.

    Args:
        size: about how many characters it formats.
        work: the function to call.
        args, kwargs: its arguments.
    """
    if size <= AT_ONCE:
        return work(*args, **kwargs)
    thread = _SHORT if size <= SHORT else _LONG
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(thread, partial(work, *args, **kwargs))
