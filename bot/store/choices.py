"""Processors that people chose for a thread, a channel or themselves, and follow-up modes."""

from __future__ import annotations

from bot.domain.choices import Choices, FollowUps
from bot.domain.thread import ChannelId, TeamId, ThreadKey, UserId
from bot.ports import Channel, DefaultChange, EntryId, Person, Scope
from bot.store.connection import Connection
from bot.store.keys import CHOICE_LIFE
from bot.store.scripts import choices


class RedisChoices:
    """`bot.ports.ChoiceStore`. What a method has written is durable when it returns."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._keys = connection.keys
        self._read = connection.script(choices.READ)
        self._choose_default = connection.script(choices.CHOOSE_DEFAULT)
        self._announced = connection.script(choices.ANNOUNCED)

    async def choose(self, scope: Scope, processor: str | None) -> None:
        """Choose the processor for a thread, a person or a channel; None removes the choice."""
        key = self._keys.choice(scope)
        life = self._connection.thread_life if isinstance(scope, ThreadKey) else CHOICE_LIFE
        async with self._connection.call() as redis:
            if processor is None:
                await redis.delete(key)
            else:
                await redis.set(key, processor, ex=life)

    async def choose_default(
        self, place: Channel, by: UserId, processor: str | None
    ) -> EntryId | None:
        """Choose the processor of a channel, and enqueue a job ANNOUNCEMENT, in one step."""
        change = DefaultChange(place, by, processor, self._connection.clock())
        keys = (self._keys.choice(place), self._keys.ready)
        entry = await self._choose_default(keys, (processor or "", CHOICE_LIFE, str(change)))
        return EntryId(entry) if entry else None

    async def announced(self, job: EntryId) -> None:
        """Remove the job: the change was announced, or cannot be."""
        await self._announced((self._keys.ready,), (job,))

    async def is_unannounced(self, job: EntryId) -> bool:
        """Whether nobody has called `announced` for the job."""
        async with self._connection.call() as redis:
            return bool(await redis.xrange(self._keys.ready, min=job, max=job))

    async def read(
        self, team: TeamId, channel: ChannelId, person: UserId, thread: ThreadKey | None
    ) -> Choices:
        """Read the choices that apply to a person in a place, and renew their life."""
        scopes = [Person(team, person), Channel(team, channel), *([thread] if thread else ())]
        found = await self._read(
            [self._keys.choice(scope) for scope in scopes],
            (CHOICE_LIFE, CHOICE_LIFE, self._connection.thread_life),
        )
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
