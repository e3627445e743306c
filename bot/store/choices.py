"""Processors that people chose for a thread, a channel or themselves, and follow-up modes."""

from __future__ import annotations

from bot.domain.choices import Choices, FollowUps
from bot.domain.thread import ChannelId, TeamId, ThreadKey, UserId
from bot.ports import Channel, Person, Scope
from bot.store.connection import Connection
from bot.store.keys import CHOICE_LIFE


class RedisChoices:
    """`bot.ports.ChoiceStore`. What a method has written is durable when it returns."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._keys = connection.keys

    async def choose(self, scope: Scope, processor: str | None) -> None:
        """Choose the processor for a thread, a person or a channel; None removes the choice."""
        key = self._keys.choice(scope)
        life = self._connection.thread_life if isinstance(scope, ThreadKey) else CHOICE_LIFE
        async with self._connection.call() as redis:
            if processor is None:
                await redis.delete(key)
            else:
                await redis.set(key, processor, ex=life)

    async def read(
        self, team: TeamId, channel: ChannelId, person: UserId, thread: ThreadKey | None
    ) -> Choices:
        """Read the choices that apply to a person in a place, and renew their life."""
        async with self._connection.call() as redis:
            pipe = redis.pipeline(transaction=False)
            pipe.getex(self._keys.choice(Person(team, person)), ex=CHOICE_LIFE)
            pipe.getex(self._keys.choice(Channel(team, channel)), ex=CHOICE_LIFE)
            if thread:
                pipe.getex(self._keys.choice(thread), ex=self._connection.thread_life)
            found = await pipe.execute()
        return Choices(person=found[0], channel=found[1], thread=found[2] if thread else None)

    async def follow_ups(self, channel: Channel) -> FollowUps | None:
        """Read which replies are follow-ups in a channel; None when nothing was chosen."""
        async with self._connection.call() as redis:
            chosen = await redis.getex(self._keys.follow_ups(channel), ex=CHOICE_LIFE)
        return FollowUps(chosen) if chosen in set(FollowUps) else None

    async def choose_follow_ups(self, channel: Channel, chosen: FollowUps | None) -> None:
        """Choose which replies are follow-ups in a channel; None removes the choice."""
        key = self._keys.follow_ups(channel)
        async with self._connection.call() as redis:
            if chosen is None:
                await redis.delete(key)
            else:
                await redis.set(key, chosen, ex=CHOICE_LIFE)
