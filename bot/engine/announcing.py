"""Tells a channel that its default processor was changed, where its listener could not.

Everybody there pays for it. The listener announces a change at once; when its process dies, or
Slack takes no post just then, the job that was enqueued with the change does.
"""

from __future__ import annotations

import logging

from bot.domain.thread import TurnId, UserId
from bot.engine.context import EngineContext
from bot.engine.pacing import wait_for_post
from bot.errors import AnswerLost, Refused, Unavailable
from bot.ports import DefaultChange, EntryId
from bot.slack.messages.channel_default import announcement

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
    if chosen.channel != name:
        return
    offered = (await context.gate.access()).offered(place.channel)
    words = announcement(change.by, name, context.default_processor, offered)
    post = TurnId(f"announce-{job}")
    await wait_for_post(lambda: context.rate_limiter.reserve_post(place.channel, UserId(""), post))
    try:
        await context.messenger.post_in_channel(place.team, place.channel, words)
    except (Refused, AnswerLost) as error:  # what is announced is durable
        log.warning("change of a default perhaps not announced: %s", error)
    else:
        log.info("change of a default announced")
