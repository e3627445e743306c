"""Who asks for the same person at the same time waits for one look-up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping

from bot.domain.access import Member, Room
from bot.domain.thread import ChannelId, TeamId, UserId
from bot.engine.shared_lookups import SharedLookups

ADA, GENERAL = UserId("U1"), ChannelId("C1")


class Slow:
    """A directory that answers when it is let."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.gate = asyncio.Event()

    async def member(self, person: UserId) -> Member | None:
        self.asked.append(person)
        await self.gate.wait()
        return Member(TeamId("T1"))

    async def name(self, person: UserId) -> str | None:
        self.asked.append(person)
        await self.gate.wait()
        return "ada"

    async def room(self, channel: ChannelId) -> Room | None:
        self.asked.append(channel)
        await self.gate.wait()
        return Room()

    async def our_rooms(self) -> AsyncIterator[Mapping[ChannelId, Room]]:
        yield {GENERAL: Room()}


async def test_a_crowd_looks_up_once() -> None:
    slow = Slow()
    lookups = SharedLookups(slow)
    async with asyncio.TaskGroup() as group:
        members = [group.create_task(lookups.member(ADA)) for _ in range(50)]
        rooms = [group.create_task(lookups.room(GENERAL)) for _ in range(50)]
        await asyncio.sleep(0)
        slow.gate.set()
    assert sorted(slow.asked) == [GENERAL, ADA]
    assert {task.result() for task in members} == {Member(TeamId("T1"))}
    assert {task.result() for task in rooms} == {Room()}
    await lookups.member(ADA)
    assert slow.asked.count(ADA) == 2
