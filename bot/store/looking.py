"""The records of a thread as they stand, for somebody who looks on; nothing is changed by it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from redis.asyncio import Redis

from bot.model import ChannelId, MessageTs, TeamId, ThreadKey, TurnId
from bot.store.keys import Keys

JSON = dict[str, Any]


async def thread_records(
    redis: Redis, bot: str, team: str, channel: str, messages: Sequence[str]
) -> tuple[JSON | None, list[JSON]]:
    """Read what is written of a thread, given the ts of its messages, oldest first.

    Returns:
        The thread's record, None when it has none; and the records of its turns, oldest first.
        Both as they are written (see `bot.store.codec`).
    """
    keys = Keys(bot)
    key = ThreadKey(TeamId(team), ChannelId(channel), MessageTs(messages[0]))
    reading = redis.pipeline(transaction=False)
    reading.hget(keys.thread(key), "record")
    for message in messages:
        reading.hget(keys.turn(TurnId(f"{team}:{channel}:{message}")), "record")
    thread, *turns = await reading.execute()
    return (json.loads(thread) if thread else None), [json.loads(turn) for turn in turns if turn]
