"""Removes the ⏳ reaction from the message of a turn that no longer waits.

Nothing waits for it. When Slack cannot do it now, it is tried again beside the execution, for as
long as that goes on; then a job is left to it. A job has added it, too (`bot.engine.jobs`).
"""

from __future__ import annotations

import asyncio
import logging

from bot.concurrency.backoff import Backoff
from bot.engine.context import EngineContext
from bot.engine.leased_turn import LeasedTurn
from bot.errors import AnswerLost, Refused, Unavailable

log = logging.getLogger(__name__)

LONGEST_PAUSE = 60.0  # seconds between two attempts


class QueuedReaction:
    """The ⏳ reaction of one turn."""

    def __init__(self, context: EngineContext, leased: LeasedTurn) -> None:
        self._leased = leased
        self._messenger = context.messenger
        self._first_pause = context.retry_timing.job
        self._is_removed = False
        self._retries: asyncio.Task[None] | None = None

    async def remove(self) -> None:
        """Remove the reaction once, if the turn has it."""
        turn = self._leased.turn
        if self._is_removed or not (turn.waited or turn.lined):
            return
        retry_after = await self._try()
        if retry_after is not None and self._retries is None:
            self._retries = asyncio.create_task(self._keep_trying(retry_after))

    async def release(self) -> bool:
        """Stop trying. Returns whether there is something left to try."""
        if self._retries is None:
            return False
        is_left = not self._retries.done() and not self._is_removed
        self._retries.cancel()
        await asyncio.wait([self._retries])
        return is_left

    async def _keep_trying(self, retry_after: float | None) -> None:
        backoff = Backoff(self._first_pause, LONGEST_PAUSE)
        while retry_after is not None:
            await asyncio.sleep(backoff.next(retry_after))
            retry_after = await self._try()

    async def _try(self) -> float | None:
        """Remove it. Returns the seconds that Slack asks to wait; None to stop trying."""
        question = self._leased.turn.question
        try:
            await self._messenger.remove_queued_reaction(question.thread.channel, question.message)
        except (Refused, AnswerLost, Unavailable) as error:
            log.warning("queued reaction not removed: %s", error)
            if isinstance(error, Refused):
                return None
            return getattr(error, "retry_after", None) or 0.0
        self._is_removed = True
        return None
