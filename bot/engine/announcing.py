"""Tells a channel that its default processor was changed, where its listener could not.

Everybody there pays for it. The listener announces a change at once; when its process dies, or
Slack takes no post just then, the job that was enqueued with the change does.
"""

from __future__ import annotations

import logging
from contextlib import suppress

from bot.domain.thread import MessageTs, ThreadKey, UserId
from bot.engine.context import CLOCKS_DIFFER_BY, EngineContext
from bot.engine.pacing import wait_for_post
from bot.errors import AnswerLost, Refused, Unavailable
from bot.ports import DefaultChange, EntryId, Tag
from bot.slack.messages.channel_default import announcement, announcement_tag

log = logging.getLogger(__name__)


async def announce(context: EngineContext, job: EntryId, change: DefaultChange) -> None:
    """Announce a change that its listener has not, unless it was changed again.

    Raises:
        Unavailable: to do again; also while the listener may still do it.
    """
    place, name = change.place, change.processor
    left = change.at + context.retry_timing.announcement - context.clock()
    if left > 0:
        raise Unavailable("its listener may still announce it", left)
    if not await context.choices.is_unannounced(job):
        return
    chosen = await context.choices.read(place.team, place.channel, change.by, thread=None)
    tag = announcement_tag(job)
    top = ThreadKey.of_channel(place.team, place.channel)
    since = MessageTs(f"{change.at - CLOCKS_DIFFER_BY:.6f}")
    if chosen.channel != name or await _is_posted(context, top, tag, since):
        return
    offered = (await context.gate.access()).offered(place.channel)
    words = announcement(change.by, name, context.default_processor, offered)
    await wait_for_post(
        lambda: context.rate_limiter.reserve_post(place.channel, UserId(""), tag.turn)
    )
    try:
        await context.messenger.post(top, words, tag)
    except (Refused, AnswerLost) as error:  # what is announced is durable
        log.warning("change of a default perhaps not announced: %s", error)
    else:
        log.info("change of a default announced")


async def _is_posted(context: EngineContext, top: ThreadKey, tag: Tag, since: MessageTs) -> bool:
    """Whether a process that died announced the change. Raises Unavailable."""
    with suppress(Refused):  # nobody can tell: twice is better than never
        return await context.messenger.find_posted(top, tag, since) is not None
    return False
