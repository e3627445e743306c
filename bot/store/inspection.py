"""Read the records of a thread as they are stored, for the playground's inspector."""

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
    """Read the records of a thread, given the ts of its messages, oldest first.

    Returns:
        The thread's record, None when it has none; and the records of its turns in the order in
        which they were received, those asked with a button among them. Both are as in
        `bot.store.codec`.
    """
    keys = Keys(bot)
    key = ThreadKey(TeamId(team), ChannelId(channel), MessageTs(messages[0]))
    of_messages = {keys.turn(TurnId(f"{team}:{channel}:{message}")) for message in messages}
    # The id of a turn asked with a button has a suffix that cannot be derived, so all turns of the
    # channel are scanned, which is fine on a playground's server.
    names = [
        name
        async for name in redis.scan_iter(keys.turn(TurnId(f"{team}:{channel}:*")), count=1_000)
        if name.partition("~")[0] in of_messages
    ]
    pipe = redis.pipeline(transaction=False)
    pipe.hget(keys.thread(key), "record")
    for name in names:
        pipe.hget(name, "record")
    thread, *records = await pipe.execute()
    turns = [json.loads(record) for record in records if record]
    turns.sort(key=lambda turn: (turn["received"], turn["id"]))
    return (json.loads(thread) if thread else None), turns
