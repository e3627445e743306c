"""What people chose, for a thread, a channel or themselves; and what a person asked lately."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import cast

from bot.domain.choices import Choices, FollowUps
from bot.domain.thread import ChannelId, TeamId, ThreadKey, TurnId, UserId
from bot.domain.turn import EndingKind, Turn
from bot.ports import Asked, Channel, Person, Scope
from bot.store.connection import Connection, load_turn
from bot.store.keys import CHOICE_LIFE

MONTHS = 6  # of spending that are told
AT_ONCE = 50  # turns of a person that are read at once
LATEST = 9  # turns of a person that are looked at for their latest answer, but for one


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

    async def last_answered(self, turn: Turn, within: float) -> ThreadKey | None:
        """Return where a person was answered last in a direct message, to tell them, once."""
        thread, asker = turn.question.thread, turn.question.asker
        told = self._keys.told_of_topics(thread.team, asker)
        async with self._in_time():
            before = await self._redis.get(told)
            if before not in (None, turn.id):
                return None
            theirs = f"{self._keys.asker(thread.team)}{asker}"
            names = cast("list[str]", await self._redis.zrevrange(theirs, 0, LATEST))
        here = f"{thread.team}:{thread.channel}:"
        turns = [each for each in await self._turns(names) if each.id.startswith(here)]
        answered = [
            each
            for each in turns
            if each.question.thread != thread
            and each.ending is not None
            and each.ending.kind is EndingKind.ANSWERED
            and turn.received - within <= each.ending.at <= turn.received
        ]
        if not answered:
            return None
        async with self._in_time():
            await self._redis.set(told, turn.id, nx=True, ex=CHOICE_LIFE)
            if await self._redis.get(told) != turn.id:
                return None
        latest = max(answered, key=lambda each: each.ending.at if each.ending else 0.0)
        return latest.question.thread

    async def asked(self, team: TeamId, person: UserId, after: int) -> Asked:
        """Read the next of a person's questions, newest first."""
        theirs = f"{self._keys.asker(team)}{person}"
        async with self._in_time():
            names = cast("list[str]", await self._redis.zrevrange(theirs, after, after + AT_ONCE))
        turns = tuple(await self._turns(names[:AT_ONCE]))
        return Asked(turns, after + AT_ONCE if len(names) > AT_ONCE else None)

    async def spent(self, team: TeamId, person: UserId) -> Sequence[tuple[str, Decimal]]:
        """Read what a person's runs cost by month, newest first."""
        async with self._in_time():
            spent = cast(
                "dict[str, str]", await self._redis.hgetall(self._keys.spent(team, person))
            )
        months = sorted(spent.items(), reverse=True)[:MONTHS]
        return [(month, Decimal(micros) / 1_000_000) for month, micros in months]

    async def known(self, names: Sequence[TurnId]) -> Sequence[Turn]:
        """Read those that are remembered of these turns."""
        return await self._turns(names)

    async def _turns(self, names: Sequence[str]) -> list[Turn]:
        """Read the turns that are remembered of these."""
        if not names:
            return []
        async with self._in_time():
            pipe = self._redis.pipeline(transaction=False)
            for name in names:
                pipe.hgetall(self._keys.turn(TurnId(name)))
            hashes = await pipe.execute()
        return [
            load_turn(name, fields)
            for name, fields in zip(names, hashes, strict=True)
            if fields.get("record")
        ]
