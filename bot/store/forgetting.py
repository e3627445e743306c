"""Deletes what is stored of a thread (`bot.ports.forgetting`).

The thread's own record goes at once, in one script. Its turns are found by a walk over the turns of
the channel, which a job does: it outlives the process. A turn leaves a mark for two days, longer
than Slack's redeliveries, so that the same message is not asked and paid again.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from bot.domain import naming
from bot.domain.thread import TeamId, ThreadKey, TurnId, UserId
from bot.ports.forgetting import Forgetting, Forgotten
from bot.store.connection import Connection
from bot.store.key_scan import escaped
from bot.store.keys import COUNT_LIFE, FORGOTTEN_LIFE, Keys
from bot.store.policies import MOST_CHANGES
from bot.store.scripts import forgetting as scripts

SCANNED_AT_ONCE = 500  # keys


class RedisThreadRecords:
    """`bot.ports.forgetting.ThreadRecords` in Redis."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._keys = connection.keys
        self._forget_thread = connection.script(scripts.FORGET_THREAD)
        self._forget_turn = connection.script(scripts.FORGET_TURN)

    async def may_forget(self, thread: ThreadKey, person: UserId, *, is_admin: bool) -> Forgetting:
        """Return what `forget` would, without changing anything."""
        return await self._forget(thread, person, is_admin=is_admin, really=False)

    async def forget(self, thread: ThreadKey, person: UserId, *, is_admin: bool) -> Forgetting:
        """Delete a thread, and enqueue the job that deletes its turns."""
        return await self._forget(thread, person, is_admin=is_admin, really=True)

    async def _forget(
        self, thread: ThreadKey, person: UserId, *, is_admin: bool, really: bool
    ) -> Forgetting:
        keys = self._keys
        outcome = await self._forget_thread(
            (
                keys.ready,
                keys.thread(thread),
                keys.strays(thread),
                keys.stray_times(thread),
                keys.all_strays,
                keys.choice(thread),
                keys.audit(thread.team),
                *boxes(keys, thread),
            ),
            (
                str(thread),
                person,
                "1" if is_admin else "",
                "1" if really else "",
                self._connection.clock(),
                COUNT_LIFE,
                MOST_CHANGES,
                f"forget:{thread.channel}:{thread.ts}",
                keys.held(thread, UserId("")),
            ),
        )
        return Forgetting(outcome)

    async def turns(self, forgotten: Forgotten) -> Mapping[TurnId, UserId]:
        """Find the thread's turns that were received before it was forgotten."""
        thread, turns = forgotten.thread, {}
        pattern = f"{escaped(self._keys.turns)}{thread.team}:{thread.channel}:*"
        async for names in self._scanned(pattern):
            for name, record in await self._records(names, thread):
                question = record.get("question") or record
                is_ours = question.get("thread") == _thread_fields(thread)
                if is_ours and record.get("received", 0.0) <= forgotten.at:
                    turns[name] = UserId(question["asker"])
        return turns

    async def forget_turn(self, thread: ThreadKey, turn: TurnId, asker: UserId) -> bool:
        """Delete a turn and leave the mark; False, and nothing is deleted, while it is in progress.

        What it still holds of the budgets counts as spent.
        """
        keys = self._keys
        return bool(
            await self._forget_turn(
                (
                    keys.turn(turn),
                    keys.reservations,
                    f"{keys.asker(TeamId(thread.team))}{asker}",
                    *boxes(keys, thread),
                ),
                (turn, FORGOTTEN_LIFE),
            )
        )

    async def _scanned(self, pattern: str) -> AsyncIterator[Sequence[TurnId]]:
        cursor = 0
        while True:
            async with self._connection.call() as redis:
                cursor, found = await redis.scan(cursor, match=pattern, count=SCANNED_AT_ONCE)
            yield [TurnId(str(key).removeprefix(self._keys.turns)) for key in found]
            if not cursor:
                return

    async def _records(
        self, names: Sequence[TurnId], thread: ThreadKey
    ) -> Sequence[tuple[TurnId, Mapping[str, Any]]]:
        """Read the records of turns, or the edits of those whose question has not come yet.

        Those that do not name the thread are left out.
        """
        async with self._connection.call() as redis:
            pipe = redis.pipeline(transaction=False)
            for name in names:
                pipe.hmget(self._keys.turn(name), ("record", "edited"))
            found = await pipe.execute()
        return [
            (name, json.loads(text))
            for name, (record, edited) in zip(names, found, strict=True)
            if (text := record or edited) and thread.ts in text
        ]


def boxes(keys: Keys, thread: ThreadKey) -> Sequence[str]:
    """Return the keys of a thread's four mailboxes."""
    return [keys.box(each) for each in naming.mailboxes(thread)]


def _thread_fields(thread: ThreadKey) -> Mapping[str, str]:
    return {"team": thread.team, "channel": thread.channel, "ts": thread.ts}
