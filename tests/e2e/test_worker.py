"""The worker's loops and its places: what goes wrong around them does not wear them out."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from bot.domain.thread import UserId
from bot.parallel.client import TaskApi
from bot.store.store import Store
from bot.store.work_queue import RedisWorkQueue
from tests.e2e.dialogue import said
from tests.e2e.stage import KEY, NO_LIMITS, staged
from tests.e2e.test_signals_in_time import working


class CutShort(RedisWorkQueue):
    """A work queue whose listener fails once.

    Attributes:
        error: with which. A cancellation is by another task that waits for the listener.
    """

    was_cut = False
    error: type[BaseException] = asyncio.CancelledError

    async def notifications(self) -> Sequence[str]:
        if not self.was_cut:
            self.was_cut = True
            raise self.error
        return await super().notifications()


@pytest.mark.parametrize("error", [asyncio.CancelledError, ValueError])
async def test_a_loop_that_is_cut_short_goes_on(redis_url: str, error: type[BaseException]) -> None:
    async with staged("socket", redis_url, rate_limits=False) as stage:
        other = Store(redis_url, "B1", lease=60, retention=1)
        store = Store(redis_url, "B1", lease=60, retention=1, limits=NO_LIMITS)
        store.work_queue = queue = CutShort(store.connection, lease=60)
        queue.error = error
        research = TaskApi(stage.parallel.url, KEY)
        async with other, store, research, working(stage, store, research) as ask:
            asked, name = await ask()
            await stage.waited_for(await stage.parallel.next_run())
            assert queue.was_cut
            await other.mailbox.stop(name, UserId(stage.ada.id))
            await said(stage, asked, "Stopped waiting")


async def test_an_edit_of_a_newer_release_keeps_no_stop_of_others_from_being_heard(
    redis_url: str,
) -> None:
    """As in a rolling deploy: another replica has written it beside the turn."""
    async with staged("socket", redis_url, rate_limits=False) as stage:
        other = Store(redis_url, "B1", lease=60, retention=1)
        store = Store(redis_url, "B1", lease=60, retention=1, limits=NO_LIMITS)
        research = TaskApi(stage.parallel.url, KEY)
        async with other, store, research, working(stage, store, research) as ask:
            _, edited = await ask()
            await stage.waited_for(await stage.parallel.next_run())
            asked, stopped = await ask()
            await stage.waited_for(await stage.parallel.next_run())
            keys = other.connection.keys
            await other.connection.send("HSET", keys.turn(edited), "edited", '{"v":99}')
            mailbox = edited  # a thread's mailbox is named as the question that begins it
            await other.connection.send("XADD", keys.news, "*", "mailbox", mailbox)
            await other.mailbox.stop(stopped, UserId(stage.ada.id))
            await said(stage, asked, "Stopped waiting")
            await other.connection.send("HDEL", keys.turn(edited), "edited")
