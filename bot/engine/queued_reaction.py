"""Takes the ⏳ off the message of a turn whose time has come.

Nothing waits for it. When Slack cannot do it now, it is tried again beside the walk, as long as
that goes on.
"""

from __future__ import annotations

import asyncio
import logging

from bot.engine.leased_turn import LeasedTurn
from bot.errors import AnswerLost, Refused, Unavailable
from bot.ports import Messenger

log = logging.getLogger(__name__)

LONGEST_PAUSE = 60.0  # seconds between two tries


class QueuedReaction:
    """The mark of one turn."""

    def __init__(self, leased: LeasedTurn, messenger: Messenger, *, first_pause: float) -> None:
        self._first_pause = first_pause
        self._leased = leased
        self._messenger = messenger
        self._removed = False
        self._trying: asyncio.Task[None] | None = None

    async def remove(self) -> None:
        """Take it away, once, if the turn carries it."""
        if self._removed or not self._leased.turn.waited:
            return
        asked = await self._try()
        if asked is not None and self._trying is None:
            self._trying = asyncio.create_task(self._keep_trying(asked))

    async def release(self) -> None:
        """Try no more."""
        if self._trying:
            self._trying.cancel()
            await asyncio.wait([self._trying])

    async def _keep_trying(self, asked: float | None) -> None:
        pause = self._first_pause
        while asked is not None:
            await asyncio.sleep(max(pause, asked))
            pause = min(2 * pause, LONGEST_PAUSE)
            asked = await self._try()

    async def _try(self) -> float | None:
        """Take it away. Returns the seconds Slack asks to wait with it; None: no more tries."""
        question = self._leased.turn.question
        try:
            await self._messenger.remove_queued_reaction(question.thread.channel, question.message)
        except (Refused, AnswerLost, Unavailable) as error:
            log.warning("the ⏳ mark stays: %s", error, extra=self._leased.about)
            if isinstance(error, Refused):
                return None
            return getattr(error, "retry_after", None) or 0.0
        self._removed = True
        return None
