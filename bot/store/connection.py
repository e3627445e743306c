"""The connection to Redis, and what every call shares.

Redis's errors leave it as `Unavailable`. Every script may be repeated after a lost reply without
harm, so a dropped connection is tried once more; a hung server is not waited for: a call gives up
within 2 s, so that Slack can be told "not accepted" in time (it allows 3 s).
"""

from __future__ import annotations

import asyncio
import os
import socket
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from types import TracebackType
from typing import Any, Self

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import ConstantBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ReadOnlyError, RedisError

from bot.errors import Unavailable
from bot.store import server_checks, server_errors, tls_files
from bot.store.keys import DAY, Keys
from bot.store.server_checks import Findings

CONNECTIONS = 32
CALL_TIMEOUT = 1.8  # seconds
#: Runs a Lua script, given its KEYS and its ARGV.
Script = Callable[..., Awaitable[Any]]
UNKNOWN_BOT = "unknown"  # instead of the bot's id, when Slack did not tell it


class Connection:
    """One replica's connection to one Redis or Valkey server. An async context manager."""

    def __init__(
        self,
        url: str,
        bot: str,
        *,
        retention: int,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Prepare; nothing is sent.

        Args:
            url: ``redis://``, ``rediss://`` or ``unix://``.
            bot: the bot's id in Slack; bots of different ids share a server without meeting.
            retention: days a thread can be continued after its last turn.
            clock: seconds since 1970.
        """
        pool = BlockingConnectionPool.from_url(
            url,
            max_connections=CONNECTIONS,
            # `call` stops each call. redis-py's own time-outs swallow cancellations on
            # Python 3.11: they are made with asyncio.wait_for (CPython issue 86296).
            timeout=None,
            socket_timeout=None,
            socket_connect_timeout=None,
            retry=Retry(ConstantBackoff(0.02), 1, supported_errors=(RedisConnectionError,)),
            driver_info=None,  # CLIENT SETINFO, which many a user may not use, and its log says so
            protocol=2,
            decode_responses=True,
        )
        self._url = url
        self._redis: Redis = Redis.from_pool(pool)
        self.keys = Keys(bot)
        self.thread_life = retention * DAY
        self.clock = clock
        #: This replica's name, new at each start.
        self.me = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections; never raises."""
        with suppress(Unavailable):
            async with self.call() as redis:
                await redis.aclose()

    async def check(self) -> None:
        """Ask the server whether it is there, and takes writes. Raises Unavailable."""
        async with self.call():
            if await server_checks.is_copy(self._redis):
                raise ReadOnlyError("a replica")
            await server_checks.writes(self._redis, self.keys)

    async def examine(self) -> Findings:
        """Ask what the server is, and whether its user may do what the bot does."""
        if wrong := tls_files.problem(self._url):
            return Findings((wrong,))
        try:
            async with self.call():
                found, is_usable = await server_checks.server(self._redis)
            if not is_usable or self.keys.bot == UNKNOWN_BOT:  # keys may be allowed for one bot
                return found
            async with self.call():
                more = await server_checks.permissions(self._redis, self.keys)
                if not found.problems + more.problems:
                    await server_checks.writes(self._redis, self.keys)
        except Unavailable as error:
            return Findings((await server_errors.explain(self._url, error.__cause__),))
        except (TypeError, ValueError, AttributeError, LookupError):  # replies that Redis has not
            return Findings((server_errors.no_redis(),))
        return Findings(found.problems + more.problems, found.unchecked + more.unchecked)

    def script(self, text: str) -> Script:
        """Return what runs a Lua script, given its KEYS and its ARGV. It raises Unavailable."""
        registered = self._redis.register_script(text)

        async def run(keys: Sequence[str], args: Sequence[Any] = ()) -> Any:
            async with self.call():
                return await registered(keys=list(keys), args=list(args))

        return run

    @asynccontextmanager
    async def call(self) -> AsyncIterator[Redis]:
        """Yield the client, for `CALL_TIMEOUT` at most. Raises Unavailable for Redis's errors."""
        try:
            async with asyncio.timeout(CALL_TIMEOUT):
                yield self._redis
        except TimeoutError as error:
            # A server that vanished without a word leaves connections behind that nobody answers.
            await self._hang_up()
            raise Unavailable("Redis does not answer") from error
        except (RedisError, OSError) as error:
            if isinstance(error, ReadOnlyError) or "READONLY" in str(error):  # of a script: Redis 6
                # Another server is the primary now, perhaps at the same address: look it up anew.
                pool = self._redis.connection_pool
                await pool.update_active_connections_for_reconnect()  # type: ignore[no-untyped-call]
                await self._hang_up()
                raise Unavailable("Redis takes no writes: it is a replica") from error
            raise Unavailable(f"Redis: {server_errors.called(error)}") from error

    async def _hang_up(self) -> None:
        """Close the idle connections, and wait for nobody's goodbye.

        The pool's own `disconnect` waits for it: over TLS for 30 s when the server is silent. And
        all who wait for a connection's end wait for one future: the first of them that is
        cancelled cancels the others, too.
        """
        for connection in list(self._redis.connection_pool._available_connections):
            await connection.disconnect(nowait=True)
