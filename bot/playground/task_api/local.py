"""The local Task API, put together: start it, connect a client, and decide what it returns."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable, Collection, Coroutine, Sequence
from decimal import Decimal
from typing import Any, Self

from aiohttp import web
from aiohttp.typedefs import Middleware

from bot.playground.task_api.admission import SlidingWindowLimiter
from bot.playground.task_api.chats import LocalChat
from bot.playground.task_api.faults import Faults
from bot.playground.task_api.groups import LocalTaskGroup
from bot.playground.task_api.operations import Operations
from bot.playground.task_api.protocol import Kind, Request
from bot.playground.task_api.records import Records
from bot.playground.task_api.runs import LocalRun
from bot.playground.task_api.web import Web

#: Performs one run from its creation to its end.
Script = Callable[[LocalRun], Coroutine[Any, Any, None]]

#: Performs one chat from its acceptance to its end.
ChatScript = Callable[[LocalChat], Coroutine[Any, Any, None]]


class LocalTaskApi:
    """A local Task API and Chat API, served over HTTP.

    Attributes:
        url: its address once started, for a client's base URL.
        faults: makes the next requests fail.
        automatic: performs every new run; None leaves them to the caller.
        automatic_chat: performs every new chat; None leaves them to the caller.
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
        """Set up, without serving yet.

        Args:
            keys: the valid API keys.
            processors_allowed: the names of processors and chat models; None for all.
            clock: seconds since 1970, for timestamps and rate limits. Waiting always takes real
                time.
            stream_seconds: the longest time that a run's event stream stays open.
            creates_a_minute: how many requests per key and minute may create runs.
            chats_a_minute: how many chat requests are allowed per key and minute, over all models.
            silent_processors: processors that send no progress even when asked to, as ``lite``
                and ``base`` may.
            middlewares: aiohttp middlewares around every request.
        """
        self.url = ""
        self.faults = Faults()
        self.automatic: Script | None = None
        self.automatic_chat: ChatScript | None = None
        self._records = Records(clock, processors_allowed, silent_processors)
        operations = Operations(
            self._records,
            SlidingWindowLimiter(creates_a_minute),
            SlidingWindowLimiter(chats_a_minute),
            clock=clock,
            stream_seconds=stream_seconds,
            on_run=self._run_created,
            on_chat=self._chat_accepted,
        )
        self._web = Web(operations, self.faults, keys=keys, clock=clock, middlewares=middlewares)
        self._runner: web.AppRunner | None = None
        self._scripts: set[asyncio.Task[None]] = set()

    # Running

    async def start(self, port: int = 0, host: str = "127.0.0.1") -> None:
        """Serve; port 0 takes a free one. Raises OSError when the port is in use."""
        listening = socket.create_server((host, port), backlog=4096)
        self.url = f"http://{host}:{listening.getsockname()[1]}"
        self._runner = web.AppRunner(
            self._web.application(), access_log=None, shutdown_timeout=1, handler_cancellation=True
        )
        await self._runner.setup()
        await web.SockSite(self._runner, listening, backlog=4096).start()

    async def stop(self) -> None:
        """End all scripts, close every connection and stop serving; the state is kept."""
        for task in self._scripts:
            task.cancel()
        await asyncio.gather(*self._scripts, return_exceptions=True)
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

    # State

    @property
    def runs(self) -> list[LocalRun]:
        """Every run, in order of creation."""
        return self._records.runs

    @property
    def chats(self) -> list[LocalChat]:
        """Every chat, in order of acceptance."""
        return self._records.chats

    @property
    def groups(self) -> list[LocalTaskGroup]:
        """Every task group, in order of creation."""
        return list(self._records.groups.values())

    @property
    def requests(self) -> list[Request]:
        """All requests received, oldest first."""
        return self._web.requests

    @property
    def open_requests(self) -> int:
        """The number of requests whose response is not complete: streams, long polls."""
        return self._web.open_requests

    async def next_run(self, timeout: float = 60.0) -> LocalRun:
        """Return the next created run that was not returned yet.

        Raises TimeoutError when none is created within `timeout` seconds.
        """
        async with asyncio.timeout(timeout):
            return await self._records.created.get()

    async def next_chat(self, timeout: float = 60.0) -> LocalChat:
        """Return the next accepted chat that was not returned yet.

        Raises TimeoutError when none is accepted within `timeout` seconds.
        """
        async with asyncio.timeout(timeout):
            return await self._records.accepted.get()

    # Faults

    @property
    def credit(self) -> Decimal | None:
        """US dollars left; None for unlimited. Failed runs are free, failed chats are not."""
        return self._records.credit

    @credit.setter
    def credit(self, dollars: Decimal | None) -> None:
        self._records.credit = dollars

    def forget_interactions(self) -> None:
        """Forget all interactions, so that continuing one is refused."""
        self._records.forget_interactions()

    def refuse_chaining(self, status: int, message: str) -> None:
        """Refuse every request with a `previous_interaction_id` from now on, with this message."""
        self._records.chaining_error = (status, message)

    def allow_chaining(self) -> None:
        """Undo `refuse_chaining`."""
        self._records.chaining_error = None

    def drop_connections(self, kind: Kind | None = None) -> int:
        """Abort the connections of open requests, all or of one kind. Returns how many."""
        return self._web.drop(kind)

    def _run_created(self, run: LocalRun) -> None:
        if self.automatic:
            self._perform(self.automatic(run))

    def _chat_accepted(self, chat: LocalChat) -> None:
        if self.automatic_chat:
            self._perform(self.automatic_chat(chat))

    def _perform(self, script: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(script)
        self._scripts.add(task)
        task.add_done_callback(self._scripts.discard)
