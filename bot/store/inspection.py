"""The records of a thread as they stand, for somebody who looks on; nothing is changed by it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from redis.asyncio import Redis

from bot.domain.thread import ChannelId, MessageTs, TeamId, ThreadKey, TurnId
from bot.store.keys import Keys

JSON = dict[str, Any]


async def thread_records(
    redis: Redis, bot: str, team: str, channel: str, messages: Sequence[str]
) -> tuple[JSON | None, list[JSON]]:
    """Read what is written of a thread, given the ts of its messages, oldest first.

    Returns:
        The thread's record, None when it has none; and the records of its turns, those born of a
        press among them, in the order they were received in. Both as they are written (see
        `bot.store.codec`).
    """
    keys = Keys(bot)
    key = ThreadKey(TeamId(team), ChannelId(channel), MessageTs(messages[0]))
    begun = {keys.turn(TurnId(f"{team}:{channel}:{message}")) for message in messages}
    # What was pressed stands in a turn's name, and nobody but its record knows it: so all turns of
    # the channel are looked through, as is fine on the server of one who looks on.
    names = [
        name
        async for name in redis.scan_iter(keys.turn(TurnId(f"{team}:{channel}:*")), count=1_000)
        if name.partition("~")[0] in begun
    ]
    reading = redis.pipeline(transaction=False)
    reading.hget(keys.thread(key), "record")
    for name in names:
        reading.hget(name, "record")
    thread, *records = await reading.execute()
    turns = [json.loads(record) for record in records if record]
    turns.sort(key=lambda turn: (turn["received"], turn["id"]))
    return (json.loads(thread) if thread else None), turns
