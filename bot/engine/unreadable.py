"""A question whose record no release at work here can read: its people hear of that, once.

During a deploy that is usual, and over in a moment: a replica of the newer release takes the thread
up. After a roll-back nobody does, and the thread would be held up without a word until the record
is forgotten. So when a record has been unreadable for `PATIENCE`, its thread is told.
"""

from __future__ import annotations

import asyncio
import logging

from bot.domain.thread import ThreadKey, TurnId
from bot.engine.posting import LONGEST_IN_LINE
from bot.errors import AnswerLost, Refused, Unavailable
from bot.ports import Message, Messenger, RateLimiter, Tag, TurnStore
from bot.slack.messages.notices import UNREADABLE

log = logging.getLogger(__name__)

PATIENCE = 15 * 60.0  # seconds
PART = "unreadable"


async def post_notice(
    store: TurnStore,
    messenger: Messenger,
    rate_limiter: RateLimiter,
    thread: ThreadKey,
    turn: TurnId,
) -> None:
    """Tell the thread that this turn of it cannot be read, when that is due. Raises Unavailable."""
    if not await store.mark_unreadable(turn, PATIENCE):
        return
    about = {"slack_thread": str(thread), "turn": turn}
    try:
        await asyncio.sleep(min(await rate_limiter.reserve_post(thread.channel), LONGEST_IN_LINE))
        await messenger.post(thread, Message(UNREADABLE), Tag(turn, PART))
    except (Refused, AnswerLost) as error:  # a lost one may stand there: it is not told twice
        log.warning("an unreadable question was not told of: %s", error, extra=about)
    except Unavailable:
        await store.unmark_unreadable(turn)
        raise
