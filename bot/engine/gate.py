"""Judges who may ask: what admins allowed, and what Slack tells of the person and the channel.

Slack tells of fifty channels a minute one by one, and of a thousand at once. So while it takes no
look-up of a single channel, all those that we are in are listed, by one replica for all; who asks
meanwhile is judged again a moment later. https://docs.slack.dev/apis/web-api/rate-limits

A listener has no time for a slow Slack. A look-up goes on without it, so that the next one finds
what Slack said: who may ask, and what may be pressed.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any, TypeVar

from bot.concurrency.background_tasks import BackgroundTasks
from bot.domain import budgets, policies
from bot.domain.access import Access, Home, Member, Room, Verdict, judge, with_first_ids
from bot.domain.thread import ChannelId, UserId
from bot.domain.turn import Question
from bot.errors import Refused, Unavailable
from bot.ports.channel_ids import ChannelIds
from bot.ports.gate import AccessStore, Admission, Directory, Known, Unanswered

log = logging.getLogger(__name__)
T = TypeVar("T")

LOOKED_UP_WITHIN = 1.5  # seconds that a listener waits for a look-up; it has three in all
LISTED_WITHIN = 1.0  # seconds that a listener waits for the list of our channels
LISTED_SOON = 1.0  # seconds until a channel is looked for among the listed ones again


@dataclass(frozen=True, slots=True)
class AccessGate:
    """`bot.ports.gate.Gate`.

    Attributes:
        allowed: what the settings allow; admins allow more, or less.
        ids: of channels, which the settings may name by a later one.
        zone: where days begin.
        clock: tells seconds since 1970.
        background: where look-ups and lists of our channels go on that take long.
    """

    store: AccessStore
    directory: Directory
    home: Home
    allowed: Access
    ids: ChannelIds
    zone: tzinfo
    clock: Callable[[], float]
    background: BackgroundTasks

    async def judge(
        self,
        channel: ChannelId,
        person: UserId,
        *,
        direct: bool = False,
        shared: bool = False,
        listener: bool = True,
    ) -> Admission:
        """Say whether a person may ask in a channel. Raises Unavailable without Redis."""
        known = await self.store.known(self.home.team, channel, person)
        access = self._access(known)
        member: Member | Unanswered | None = known.member
        room: Room | Unanswered | None = None if direct else known.room
        if member is None or shared or (room is None and not direct):
            member, room = await asyncio.gather(
                self._member(known, person, listener=listener),
                self._no_room()
                if direct
                else self._room(known, channel, shared=shared, listener=listener),
            )
        verdict = judge(
            person,
            channel,
            member=member if isinstance(member, Member) else None,
            room=room if isinstance(room, Room) else None,
            home=self.home,
            access=access,
            is_direct=direct,
        )
        unanswered = [each for each in (member, room) if isinstance(each, Unanswered)]
        waits = [each.retry_after for each in unanswered if each.retry_after is not None]
        is_unknown = verdict is Verdict.UNKNOWN
        return Admission(
            verdict,
            access,
            policies.sets_budgets(known.policies),
            is_unanswered=is_unknown and bool(unanswered),
            retry_after=max(waits) if is_unknown and waits else None,
        )

    async def names(self, people: Iterable[UserId]) -> Mapping[UserId, str]:
        """Return the names of people, untrusted; "" where Slack does not tell."""
        asked = tuple(people)
        found = await asyncio.gather(*map(self.directory.name, asked))
        return {each: name or "" for each, name in zip(asked, found, strict=True)}

    async def access(self) -> Access:
        """Return what admins allowed, by policies and settings."""
        known = await self.store.known(self.home.team, ChannelId(""), UserId(""))
        return self._access(known)

    def _access(self, known: Known) -> Access:
        allowed = policies.access(known.policies, self.allowed)
        return with_first_ids(allowed, self.ids.first) if self.ids.first else allowed

    async def is_first_refusal(self, question: Question, verdict: Verdict) -> bool:
        """Whether the asker was not refused before today; for UNKNOWN, for this message."""
        when = self._occasion(question, verdict)
        return await self.store.is_first_refusal(self.home.team, question.asker, when)

    async def is_first_wait(self, question: Question) -> bool:
        """Whether the asker was not told before that the question waits."""
        when = self._occasion(question, None)
        return await self.store.is_first_refusal(self.home.team, question.asker, when)

    async def forget_refusal(self, question: Question, verdict: Verdict | None) -> None:
        """Have the next refusal for this reason, or for None the next wait, be the first again."""
        when = self._occasion(question, verdict)
        await self.store.forget_refusal(self.home.team, question.asker, when)

    def _occasion(self, question: Question, verdict: Verdict | None) -> str:
        """Return what the asker hears of once: a day, a message, or that a message waits."""
        if verdict is None:
            return f"{question.message}:waits"
        if verdict is Verdict.UNKNOWN:
            return question.message
        return budgets.period(budgets.Scope.PERSON, self.clock(), self.zone)

    async def forget_member(self, person: UserId) -> None:
        """Drop what was looked up of a person."""
        await self.store.drop_member(self.home.team, person)

    async def forget_room(self, channel: ChannelId) -> None:
        """Drop what was looked up of a channel."""
        await self.store.drop_room(self.home.team, channel)

    async def _member(
        self, known: Known, person: UserId, *, listener: bool
    ) -> Member | Unanswered | None:
        if known.member is not None:
            return known.member
        return await self._look_up(self._look_up_member(person), listener=listener)

    async def _room(
        self, known: Known, channel: ChannelId, *, shared: bool, listener: bool
    ) -> Room | Unanswered | None:
        if shared and known.room is not None and not known.room.is_outside:
            await self.store.drop_room(self.home.team, channel)  # looked up before it was shared
        if shared:
            return Room(is_shared=True, is_ext_shared=True)
        if known.room is not None:
            return known.room
        return await self._look_up(self._look_up_room(channel), listener=listener)

    async def _look_up(self, work: Coroutine[Any, Any, T | None], *, listener: bool) -> T | None:
        """Wait for a look-up; None where a listener has no more time for it. Raises Unavailable."""
        if not listener:
            return await work
        until = asyncio.get_running_loop().time() + LOOKED_UP_WITHIN
        outcome = await self.background.run_until(until, _outcome(work))
        if isinstance(outcome, Unavailable):
            raise outcome
        return outcome

    async def _look_up_member(self, person: UserId) -> Member | Unanswered | None:
        found = await self.directory.member(person)
        if isinstance(found, Member) and found.team:  # whom Slack does not know, it may know soon
            await self.store.remember_member(self.home.team, person, found)
        return found

    async def _look_up_room(self, channel: ChannelId) -> Room | Unanswered | None:
        found = await self.directory.room(channel)
        if isinstance(found, Unanswered):
            is_limited = found.retry_after is not None
            return await self._listed_room(channel) if is_limited else found
        if found is not None:
            await self.store.remember_rooms(self.home.team, {channel: found})
        return found

    async def _listed_room(self, channel: ChannelId) -> Room | Unanswered:
        """Look for a channel among all that we are in, which are listed if that may be done now."""
        if await self.store.may_list(self.home.team):
            until = asyncio.get_running_loop().time() + LISTED_WITHIN
            await self.background.run_until(until, self._list_rooms())
            known = await self.store.known(self.home.team, channel, UserId(""))
            if known.room is not None:
                return known.room
        return Unanswered(LISTED_SOON)

    async def _list_rooms(self) -> None:
        """Look all channels up that we are in. Raises nothing."""
        try:
            async for rooms in self.directory.our_rooms():
                await self.store.remember_rooms(self.home.team, rooms)
        except (Refused, Unavailable) as error:
            log.warning("channels not listed: %s", error)

    async def _no_room(self) -> None:
        """Look nothing up."""


async def _outcome(work: Coroutine[Any, Any, T | None]) -> T | Unavailable | None:
    """Return what it returned, or raised: in the background nobody reads an error."""
    try:
        return await work
    except Unavailable as error:
        return error
