"""The local Task API, put together: start it, point a client at it, and play the other side."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable, Collection, Coroutine, Sequence
from decimal import Decimal
from typing import Any, Self

from aiohttp import web
from aiohttp.typedefs import Middleware

from bot.playground.task_api.admission import Meter
from bot.playground.task_api.chats import LocalChat
from bot.playground.task_api.faults import Faults
from bot.playground.task_api.groups import Group
from bot.playground.task_api.operations import Operations
from bot.playground.task_api.protocol import Kind, Request
from bot.playground.task_api.records import Records
from bot.playground.task_api.runs import LocalRun
from bot.playground.task_api.web import Web

#: Plays one run from its creation to its end.
Script = Callable[[LocalRun], Coroutine[Any, Any, None]]

#: Plays one chat from its acceptance to its end.
ChatScript = Callable[[LocalChat], Coroutine[Any, Any, None]]


class LocalTaskApi:
    """A Task API with its Chat API on this machine, served over HTTP.

    Attributes:
        url: its address, once it is started; for a client's base URL.
        faults: what shall go wrong next.
        automatic: plays every new run; None leaves them queued until told.
        automatic_chat: plays every new chat; None leaves them silent until told.
    """

    def __init__(
        self,
        keys: Collection[str] = ("local-key",),
        processors_allowed: Collection[str] | None = None,
        clock: Callable[[], float] = time.time,
        *,
        stream_seconds: float = 570.0,
        creates_a_minute: int = 2_000,
        chats_a_minute: int = 300,
        silent_processors: Collection[str] = (),
        middlewares: Sequence[Middleware] = (),
    ) -> None:
        """Set up; nothing is served yet.

        Args:
            keys: the API keys that are good.
            processors_allowed: the names of processors and chat models; None for all.
            clock: seconds since 1970, for timestamps and the rate limit. Waiting is always in
                real time.
            stream_seconds: how long the event stream of a run stays open.
            creates_a_minute: how many requests of one key may create runs.
            chats_a_minute: how many chat requests one key may send, of all models together.
            silent_processors: those that send no progress even when asked to, as ``lite`` and
                ``base`` may.
            middlewares: of aiohttp, around every request.
        """
        self.url = ""
        self.faults = Faults()
        self.automatic: Script | None = None
        self.automatic_chat: ChatScript | None = None
        self._records = Records(clock, processors_allowed, silent_processors)
        operations = Operations(
            self._records,
            Meter(creates_a_minute),
            Meter(chats_a_minute),
            clock=clock,
            stream_seconds=stream_seconds,
            started=self._started,
            accepted=self._accepted,
        )
        self._web = Web(operations, self.faults, keys=keys, clock=clock, middlewares=middlewares)
        self._runner: web.AppRunner | None = None
        self._playing: set[asyncio.Task[None]] = set()

    # Running

    async def start(self, port: int = 0, host: str = "127.0.0.1") -> None:
        """Serve; port 0 takes a free one. Raises OSError when the port is taken."""
        listening = socket.create_server((host, port), backlog=4096)
        self.url = f"http://{host}:{listening.getsockname()[1]}"
        self._runner = web.AppRunner(
            self._web.application(), access_log=None, shutdown_timeout=1, handler_cancellation=True
        )
        await self._runner.setup()
        await web.SockSite(self._runner, listening, backlog=4096).start()

    async def stop(self) -> None:
        """End all scripts, cut every connection and stop serving; what is known stays known."""
        for task in self._playing:
            task.cancel()
        await asyncio.gather(*self._playing, return_exceptions=True)
        if self._runner:
            for site in self._runner.sites:
                await site.stop()
            await self._web.close()
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        """Serve on a free port."""
        await self.start()
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Stop serving."""
        await self.stop()

    # Looking

    @property
    def runs(self) -> list[LocalRun]:
        """Every run, in order of creation."""
        return self._records.runs

    @property
    def chats(self) -> list[LocalChat]:
        """Every chat, in order of acceptance."""
        return self._records.chats

    @property
    def groups(self) -> list[Group]:
        """Every task group, in order of creation."""
        return list(self._records.groups.values())

    @property
    def requests(self) -> list[Request]:
        """Every request that came, oldest first."""
        return self._web.requests

    @property
    def open_requests(self) -> int:
        """How many requests are not answered to their end yet: streams, long polls."""
        return self._web.open_requests

    async def next_run(self, timeout: float = 5.0) -> LocalRun:
        """Return the next created run that was not returned yet.

        Raises TimeoutError when none is created within `timeout` seconds.
        """
        async with asyncio.timeout(timeout):
            return await self._records.created.get()

    async def next_chat(self, timeout: float = 5.0) -> LocalChat:
        """Return the next accepted chat that was not returned yet.

        Raises TimeoutError when none is accepted within `timeout` seconds.
        """
        async with asyncio.timeout(timeout):
            return await self._records.accepted.get()

    # Trouble

    @property
    def credit(self) -> Decimal | None:
        """US dollars left; None: no limit. Failed runs are free, failed chats are not."""
        return self._records.credit

    @credit.setter
    def credit(self, dollars: Decimal | None) -> None:
        self._records.credit = dollars

    def forget_interactions(self) -> None:
        """Make every interaction known so far an unknown one."""
        self._records.forget_interactions()

    def refuse_chaining(self, status: int, message: str) -> None:
        """Refuse every request with a `previous_interaction_id` from now on, in these words."""
        self._records.chaining_refused = (status, message)

    def allow_chaining(self) -> None:
        """Take `refuse_chaining` back."""
        self._records.chaining_refused = None

    def drop_connections(self, kind: Kind | None = None) -> int:
        """Cut the connections of all requests (of a kind) that are open; returns how many."""
        return self._web.drop(kind)

    def _started(self, run: LocalRun) -> None:
        if self.automatic:
            self._play(self.automatic(run))

    def _accepted(self, chat: LocalChat) -> None:
        if self.automatic_chat:
            self._play(self.automatic_chat(chat))

    def _play(self, script: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(script)
        self._playing.add(task)
        task.add_done_callback(self._playing.discard)
