"""What was away comes back: Slack's socket, and Parallel's API. Nothing is lost, nothing doubled.

Both take the bot some seconds to notice, so all cases are played at the same time.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from tests.chaos.faults import (
    PATIENCE,
    all_at_once,
    asked,
    at_work,
    is_receipt,
    one_answer_arrives,
    promised,
)
from tests.e2e.dialogue import BASIS, shown
from tests.e2e.stage import Stage

#: Seconds: two and a half of the socket's heartbeats, and an event delivered again.
NOTICED = promised(16.0)


async def test_questions_are_answered_once_after_each_outage(redis_url: str) -> None:
    def socket(
        ends: Callable[[Stage], Awaitable[None]], way: Middleware | None = None
    ) -> Callable[[int], Awaitable[None]]:
        return partial(a_socket, redis_url, ends, [way] if way else [])

    way_in = WayIn()
    await all_at_once(
        [
            ("the socket is refreshed", socket(refreshed)),
            ("the socket goes deaf", socket(deaf)),
            ("the socket breaks", socket(way_in.breaks, way_in.middleware)),
            ("no API for a new run", partial(no_api_for_a_new_run, redis_url)),
            ("no API for a run that goes on", partial(no_api_for_a_run_that_goes_on, redis_url)),
        ]
    )


# --- the socket --------------------------------------------------------------------------


async def a_socket(
    redis_url: str,
    ends: Callable[[Stage], Awaitable[None]],
    middlewares: list[Middleware],
    seed: int,
) -> None:
    """What is said while nobody listens is delivered again, to a socket that is back soon."""
    slack = {"retry_delays": (0.5,) * 40, "middlewares": middlewares}
    async with at_work(redis_url, seed, slack=slack) as stage:
        question, thread, run = await asked(stage)
        await ends(stage)
        began = time.monotonic()
        await stage.bob.replies(question, "since when?")
        run.finishes("Egypt.", basis=BASIS)
        await one_answer_arrives(thread)
        second = await stage.parallel.next_run(PATIENCE)
        assert time.monotonic() - began < NOTICED
        second.finishes("1956.", basis=BASIS)
        await thread.until(lambda t: len(t.said) == 4 and is_receipt(t.said[2]))
        assert len(stage.parallel.runs) == 2


async def refreshed(stage: Stage) -> None:
    """Slack ends it with a word, as it does every few hours."""
    await stage.slack.disconnect()


async def deaf(stage: Stage) -> None:
    """It stays open and says nothing any more."""
    stage.slack.drop_sockets()


class WayIn:
    """Breaks the socket; the address that Slack gives for the next one does not open it, ever."""

    def __init__(self) -> None:
        self._closed = False
        self._spoiled = set[str]()

    @property
    def middleware(self) -> Middleware:
        """Return what keeps the door."""

        @web.middleware
        async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
            ticket = request.query.get("ticket", "")
            if request.path == "/link/" and (self._closed or ticket in self._spoiled):
                self._spoiled.add(ticket)
                return web.Response(status=408)
            return await handler(request)

        return middleware

    async def breaks(self, stage: Stage) -> None:
        """Break the socket without a word, and spoil the first address for a new one."""
        self._closed = True
        stage.slack.drop_sockets()
        await stage.slack.disconnect()
        async with asyncio.timeout(PATIENCE):
            while not self._spoiled:
                await asyncio.sleep(0.01)
        self._closed = False


# --- the API -----------------------------------------------------------------------------


async def no_api_for_a_new_run(redis_url: str, seed: int) -> None:
    """No connection is possible, so nothing was started, and the status says that it waits."""
    async with at_work(redis_url, seed) as stage:
        port = urlsplit(stage.parallel.url).port
        await stage.parallel.stop()
        question = await stage.ada.says(stage.general, f"{stage.me} who owns the Suez Canal?")
        thread = stage.slack.thread(question)
        await thread.until(lambda t: t.said and "can't reach Parallel" in shown(t.said[0]))
        await stage.parallel.start(port or 0)
        run = await stage.parallel.next_run(PATIENCE)
        run.finishes("Egypt.", basis=BASIS)
        await one_answer_arrives(thread)
        assert stage.parallel.runs == [run]


async def no_api_for_a_run_that_goes_on(redis_url: str, seed: int) -> None:
    """The proxy before it closes every connection, and then its server is restarted."""
    away = False
    callers = 0

    @web.middleware
    async def hang_up(request: web.Request, handler: Handler) -> web.StreamResponse:
        nonlocal callers
        if not away:
            return await handler(request)
        callers += 1
        assert isinstance(request.transport, asyncio.WriteTransport)
        request.transport.abort()
        return web.Response(status=500)

    async with at_work(redis_url, seed, parallel=[hang_up]) as stage:
        _, thread, run = await asked(stage)
        away = True
        stage.parallel.drop_connections()
        async with asyncio.timeout(PATIENCE):
            while callers == 0:
                await asyncio.sleep(0.01)
        port = urlsplit(stage.parallel.url).port
        await stage.parallel.stop()
        run.finishes("Egypt.", basis=BASIS)
        away = False
        await stage.parallel.start(port or 0)
        await one_answer_arrives(thread)
        assert stage.parallel.runs == [run]
