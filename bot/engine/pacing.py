"""Waits for a reservation of the rate limiter, so that Slack need not answer with 429.

Without Redis nobody knows the reservations; then calls are not held back, and Slack's 429 still
protects it (https://docs.slack.dev/apis/web-api/rate-limits).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

from bot.errors import Unavailable
from bot.ports import RateLimiter

log = logging.getLogger(__name__)

LONGEST_WAIT = 130.0  # seconds, also should Redis's clock jump; after that Slack's own 429 counts


async def time_until(reservation: Awaitable[float | None]) -> float | None:
    """Return the seconds until a reservation is due: 0 when the rate limiter cannot be asked.

    None stays None: there is no reservation to be had.
    """
    try:
        seconds = await reservation
    except Unavailable as error:
        log.warning("rate limiter unavailable, calling unpaced: %s", error)
        return 0.0
    return None if seconds is None else min(seconds, LONGEST_WAIT)


async def wait_for_reservation(
    reservation: Awaitable[float], sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> None:
    """Sleep until a reservation is due."""
    seconds = await time_until(reservation)
    if seconds:
        await sleep(seconds)


async def wait_for_post(
    reserve: Callable[[], Awaitable[float]],
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Sleep until a post may go. `reserve` calls `RateLimiter.reserve_post`, again and again."""
    while seconds := await time_until(reserve()):
        await sleep(seconds)


async def pause_optional_edits(rate_limiter: RateLimiter, error: Unavailable) -> None:
    """Have no replica make optional edits for as long as Slack asks, if it does."""
    if error.retry_after:
        with suppress(Unavailable):
            await rate_limiter.pause_optional_edits(error.retry_after)
