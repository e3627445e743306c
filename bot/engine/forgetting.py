"""Deletes the turns of a thread that was forgotten, and tells the thread."""

from __future__ import annotations

import logging

from bot.domain.thread import MessageTs, TurnId, UserId
from bot.engine.context import EngineContext
from bot.engine.pacing import wait_for_post
from bot.errors import Refused
from bot.ports import Tag
from bot.ports.forgetting import Forgotten
from bot.slack.messages.forgetting import thread_note

log = logging.getLogger(__name__)

PART = "forgotten"
CLOCKS_DIFFER_BY = 300  # seconds, between ours and Slack's, at most


async def forget_thread(context: EngineContext, forgotten: Forgotten) -> None:
    """Delete the thread's turns, then say so in the thread, once.

    Raises:
        Unavailable: to do again.
        AnswerLost: the note may have been posted; to do again.
    """
    await context.thread_records.delete_turns(forgotten)
    log.info("thread forgotten")
    if forgotten.by is None:
        return
    thread, since = forgotten.thread, forgotten.at - CLOCKS_DIFFER_BY
    tag = Tag(TurnId(f"{thread}~forget-{forgotten.at}"), PART)
    try:
        if await context.messenger.find_posted(thread, tag, MessageTs(f"{since:.6f}")):
            return
        await wait_for_post(
            lambda: context.rate_limiter.reserve_post(thread.channel, UserId(""), tag.turn)
        )
        await context.messenger.post(thread, thread_note(forgotten.by), tag)
    except Refused as refused:  # a courtesy
        log.warning("forgotten thread not told: %s", refused)
