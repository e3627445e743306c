"""Slack's agent session of a thread: Slack's own sign that the bot works there.

Set to `processing` when a run is awaited and renewed until it ends, because Slack clears it after
60 minutes by itself; set to `active` by a job (`bot.engine.jobs`). Where Slack takes no sessions,
that is remembered for a day, for all replicas.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

from bot.domain.thread import ThreadKey
from bot.engine import pacing
from bot.engine.context import EngineContext
from bot.engine.leased_turn import LeasedTurn
from bot.errors import AnswerLost, Cause, Refused, Unavailable
from bot.ports import RateLimiter

log = logging.getLogger(__name__)

RENEWED_EVERY = 30 * 60.0  # seconds; Slack clears a session after 60 minutes
REMEMBERED = 24 * 3600.0  # seconds for which sessions that Slack refuses are not tried again
_NOT_TAKEN = ("not_authorized", "feature_disabled", "unknown_method", "not_agent_app")


class AgentSession:
    """The session of the thread whose turn is awaited."""

    def __init__(self, context: EngineContext, leased: LeasedTurn) -> None:
        self._leased = leased
        self._messenger = context.messenger
        self._rate_limiter = context.rate_limiter
        self._retry_after = context.timing.max_interval
        self._due = 0.0  # by the loop's time

    async def renew(self) -> None:
        """Set the session to `processing`, at most every 30 minutes. Failures are only logged."""
        now = asyncio.get_running_loop().time()
        if now < self._due:
            return
        self._due = now + self._retry_after  # without a reservation, or without an answer
        try:
            if await self._rate_limiter.try_session(self._leased.claim):
                thread = self._leased.turn.question.thread
                await self._messenger.set_session_status(thread, working=True)
                self._due = now + RENEWED_EVERY
        except Refused as refused:
            self._due = now + RENEWED_EVERY
            await _disable_if_not_taken(self._rate_limiter, refused)
        except (Unavailable, AnswerLost) as error:
            log.info("agent session not renewed: %s", error)


async def end_session(context: EngineContext, thread: ThreadKey) -> None:
    """Set the session of a thread to `active`.

    Raises:
        Unavailable: it was not set; try again later. So it is while a turn of the thread is in
            progress: not each ends the session itself (a quick answer does not).
        AnswerLost: it may have been set; setting it again does no harm.
    """
    try:
        seconds = await context.rate_limiter.reserve_session_end(thread)
        if seconds is None:
            return
        await asyncio.sleep(min(seconds, pacing.LONGEST_WAIT))
        await context.messenger.set_session_status(thread, working=False)
        if await context.store.is_busy(thread):  # its next turn began meanwhile
            await context.messenger.set_session_status(thread, working=True)
    except Refused as refused:
        if refused.cause is not Cause.PLACE:
            await _disable_if_not_taken(context.rate_limiter, refused)


async def _disable_if_not_taken(rate_limiter: RateLimiter, refused: Refused) -> None:
    """Remember that Slack takes no sessions in this workspace, if that is what it says."""
    if refused.cause is Cause.SCOPE or refused.message in _NOT_TAKEN:
        with suppress(Unavailable):
            await rate_limiter.disable_sessions(REMEMBERED)
