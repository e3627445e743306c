"""Tells a thread, once, that the record of one of its questions cannot be read.

During a deploy that happens and is over soon: a replica of the newer release claims the thread.
After a rollback no replica can read it, and the thread would be held up silently until the record
expires. So when a record has been unreadable for `NOTICE_AFTER`, a notice is posted in its thread.
"""

from __future__ import annotations

import logging

from bot.domain.thread import ThreadKey, TurnId, UserId
from bot.engine.context import EngineContext
from bot.engine.pacing import wait_for_post
from bot.errors import AnswerLost, Refused, Unavailable
from bot.log import log_context
from bot.ports import Message, Tag
from bot.slack.messages.notices import UNREADABLE

log = logging.getLogger(__name__)

NOTICE_AFTER = 15 * 60.0  # seconds that a record must have been unreadable
PART = "unreadable"


async def post_notice(context: EngineContext, thread: ThreadKey, turn: TurnId) -> None:
    """Post the notice that this turn cannot be read, when it is due. Raises Unavailable."""
    if not await context.store.mark_unreadable(turn, NOTICE_AFTER):
        return
    with log_context(lambda: {"slack_thread": str(thread), "turn": turn}):
        try:
            await wait_for_post(
                lambda: context.rate_limiter.reserve_post(thread.channel, UserId(""), turn)
            )
            await context.messenger.post(thread, Message(UNREADABLE), Tag(turn, PART))
        except (Refused, AnswerLost) as error:  # a lost one may have been posted: not repeated
            log.warning("unreadable turn not reported to its thread: %s", error)
        except Unavailable:
            await context.store.unmark_unreadable(turn)
            raise
