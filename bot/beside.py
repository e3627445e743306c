"""Pure work beside the event loop: answers are megabytes at times, and take seconds to write."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

SHORT = 1_500  # characters of Markdown, written in a few milliseconds

#: One thread: the interpreter shares itself out by thread, so more of them would leave the event
#: loop, and with it everybody's messages, a smaller share.
_WRITER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="writer")


async def beside(size: int, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Do work that has no side effects: here if `size` characters are few, else in a thread."""
    if size <= SHORT:
        return work(*args, **kwargs)
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_WRITER, partial(work, *args, **kwargs))
