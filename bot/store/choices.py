"""What people chose, for a thread, a channel or themselves; and what a person asked lately."""

from __future__ import annotations

from decimal import Decimal

from bot.model import ChannelId, Choices, FollowUps, TeamId, ThreadKey, TurnId, UserId
from bot.ports import Channel, Person, Recent, Scope
from bot.store.connection import Connection, load_turn
from bot.store.keys import CHOICE_LIFE

MONTHS = 3  # of spending that are told


class RedisChoices(Connection):
    """The part of `bot.ports.Mailbox` that is about choices and people."""

    async def choose(self, scope: Scope, processor: str | None) -> None:
        """Write down the processor for a thread, a person or a channel; None takes it back."""
        key = self._keys.choice(scope)
        life = self._thread_life if isinstance(scope, ThreadKey) else CHOICE_LIFE
        async with self._in_time():
            if processor is None:
                await self._redis.delete(key)
            else:
                await self._redis.set(key, processor, ex=life)

    async def choices(
        self, team: TeamId, channel: ChannelId, person: UserId, thread: ThreadKey | None
    ) -> Choices:
        """Read what was chosen, and let it live on."""
        async with self._in_time():
            pipe = self._redis.pipeline(transaction=False)
            pipe.getex(self._keys.choice(Person(team, person)), ex=CHOICE_LIFE)
            pipe.getex(self._keys.choice(Channel(team, channel)), ex=CHOICE_LIFE)
            if thread:
                pipe.getex(self._keys.choice(thread), ex=self._thread_life)
            found = await pipe.execute()
        return Choices(person=found[0], channel=found[1], thread=found[2] if thread else None)

    async def follow_ups(self, channel: Channel) -> FollowUps | None:
        """Read what was chosen for a channel; None when nothing was."""
        async with self._in_time():
            chosen = await self._redis.getex(self._keys.follow_ups(channel), ex=CHOICE_LIFE)
        return FollowUps(chosen) if chosen in set(FollowUps) else None

    async def choose_follow_ups(self, channel: Channel, chosen: FollowUps | None) -> None:
        """Write down which replies are follow-ups in a channel; None takes the choice back."""
        key = self._keys.follow_ups(channel)
        async with self._in_time():
            if chosen is None:
                await self._redis.delete(key)
            else:
                await self._redis.set(key, chosen, ex=CHOICE_LIFE)

    async def recent(self, team: TeamId, person: UserId) -> Recent:
        """Read what a person asked lately."""
        async with self._in_time():
            pipe = self._redis.pipeline(transaction=False)
            pipe.zrevrange(f"{self._keys.asker(team)}{person}", 0, -1)
            pipe.hgetall(self._keys.spent(team, person))
            names, spent = await pipe.execute()
            pipe = self._redis.pipeline(transaction=False)
            for name in names:
                pipe.hgetall(self._keys.turn(TurnId(name)))
            hashes = await pipe.execute() if names else []
        turns = [
            load_turn(name, fields)
            for name, fields in zip(names, hashes, strict=True)
            if fields.get("record")
        ]
        months = sorted(spent.items(), reverse=True)[:MONTHS]
        dollars = tuple((month, Decimal(micros) / 1_000_000) for month, micros in months)
        return Recent(tuple(turns), dollars)
