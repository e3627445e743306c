"""The connection to Redis that all adapters share: time-out, one retry, errors.

Redis's errors are raised as `Unavailable`. Every script is idempotent, so a call whose connection
dropped is sent once more. A call to a hung server gives up after 1.8 s, so that a listener can
refuse an event in time: Slack waits for 3 s
(https://docs.slack.dev/apis/events-api).
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import socket
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from types import TracebackType
from typing import Any, Self

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import ConstantBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoScriptError, ReadOnlyError, RedisError

from bot.errors import Unavailable
from bot.store import permissions, server_checks, server_errors, tls_files
from bot.store.findings import Findings
from bot.store.keys import DAY, TURN_LIFE, Keys
from bot.store.link import Argument, Link, give_up, greet

CONNECTIONS = 32
CALL_TIMEOUT = 1.8  # seconds
#: Runs a Lua script, given its KEYS and its ARGV.
Script = Callable[..., Awaitable[Any]]
#: What reading replies that no Redis sends raises. `ssl` has errors that are `ValueError`, too.
MISREAD = (TypeError, ValueError, AttributeError, LookupError)
UNKNOWN_BOT = "unknown"  # in place of the bot's id, when Slack did not return it


class Connection:
    """One replica's connection to one Redis or Valkey server. An async context manager.

    Attributes:
        keys: spells the keys of this bot.
        me: this replica's name, new at each start.
        clock: seconds since 1970.
        thread_life: seconds that a thread can be continued after its last turn.
        open_thread_life: seconds that a thread lives while a question of it waits or is answered.
        done_life: seconds that a turn is kept when it is done.
    """

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
            bot: the bot's id in Slack; bots with different ids can share a server.
            retention: days a thread can be continued after its last turn.
            clock: seconds since 1970.
        """
        pool = BlockingConnectionPool.from_url(
            url,
            max_connections=CONNECTIONS,
            # `call` limits each call. redis-py's own time-outs use asyncio.wait_for, which can
            # swallow a cancellation on Python 3.11 (CPython issue 86296).
            timeout=None,
            socket_timeout=None,
            socket_connect_timeout=None,
            retry=Retry(ConstantBackoff(0.02), 1, supported_errors=(RedisConnectionError,)),
            driver_info=None,  # no CLIENT SETINFO: an ACL may deny it, and redis-py logs that
            redis_connect_func=greet,
            protocol=2,
            decode_responses=True,
        )
        self._url = url
        self._redis: Redis = Redis.from_pool(pool)
        self._link = Link(pool.make_connection)
        self.keys = Keys(bot)
        self.thread_life = retention * DAY
        self.open_thread_life = max(self.thread_life, TURN_LIFE)
        self.done_life = min(self.thread_life, TURN_LIFE)
        self.clock = clock
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
        """Close the connections. Raises nothing."""
        await self._link.close()
        with suppress(Unavailable):
            async with self.call() as redis:
                await redis.aclose()

    async def check(self) -> None:
        """Check that the server answers and takes writes. Raises Unavailable."""
        async with self.call():
            if await server_checks.is_copy(self._redis):
                raise ReadOnlyError("a replica")
            await server_checks.writes(self._redis, self.keys)

    async def examine(self) -> Findings:
        """Find what is wrong with the server, and what its user is not permitted to do.

        A busy machine may be slow at the start, so what does not answer in time is asked once more.
        """
        if wrong := tls_files.problem(self._url):
            return Findings((wrong,))
        is_last = False
        while True:
            try:
                return await self._examine()
            except Unavailable as error:
                if is_last or not isinstance(error.__cause__, TimeoutError):
                    problem = await server_errors.explain(self._url, error.__cause__)
                    return Findings((problem,))
                is_last = True

    async def _examine(self) -> Findings:
        async with self.call():
            found, is_usable = await server_checks.server(self._redis)
        if not is_usable or self.keys.bot == UNKNOWN_BOT:  # keys may be allowed for one bot
            return found
        async with self.call():
            more = await permissions.permissions(self._redis, self.keys)
            if not found.problems + more.problems:
                await server_checks.writes(self._redis, self.keys)
        return Findings(found.problems + more.problems, found.unchecked + more.unchecked)

    def script(self, text: str) -> Script:
        """Register a Lua script; the result runs all of it, or nothing and raises Unavailable."""
        text = permissions.all_or_nothing(text)
        digest = hashlib.sha1(text.encode()).hexdigest()  # noqa: S324 - Redis names scripts so

        async def run(keys: Sequence[str], args: Sequence[Any] = ()) -> Any:
            call = ("EVALSHA", digest, len(keys), *keys, *args)
            try:
                return await self.send(*call)
            except Unavailable as error:
                if not isinstance(error.__cause__, NoScriptError):
                    raise
            await self.send("SCRIPT", "LOAD", text)
            return await self.send(*call)

        return run

    async def send(self, *command: Argument) -> Any:
        """Send a command that answers at once, and return its reply. Raises Unavailable."""
        try:
            async with asyncio.timeout(CALL_TIMEOUT):
                return await self._link.send(*command)
        except (RedisError, OSError) as error:
            raise await self._unavailable(error) from error
        except MISREAD as error:
            raise _no_redis(error) from error

    @asynccontextmanager
    async def call(self) -> AsyncIterator[Redis]:
        """Yield the client for at most `CALL_TIMEOUT` seconds. Raises Unavailable."""
        try:
            async with asyncio.timeout(CALL_TIMEOUT):
                yield self._redis
        except (RedisError, OSError) as error:
            raise await self._unavailable(error) from error
        except MISREAD as error:
            raise _no_redis(error) from error

    async def _unavailable(self, error: RedisError | OSError) -> Unavailable:
        """Return what a call that failed raises; give up connections that are of no use now."""
        if isinstance(error, TimeoutError):
            # A server that vanished without closing its connections leaves them dead in the pool.
            await self._drop_idle_connections()
            return Unavailable("Redis does not answer")
        if isinstance(error, ReadOnlyError) or "READONLY" in str(error):  # Redis 6, in a script
            # Another server is the primary now, perhaps at the same address: resolve it again.
            pool = self._redis.connection_pool
            await pool.update_active_connections_for_reconnect()  # type: ignore[no-untyped-call]
            await self._drop_idle_connections()
            return Unavailable("Redis takes no writes: it is a replica")
        return Unavailable(f"Redis: {server_errors.called(error)}")

    async def _drop_idle_connections(self) -> None:
        """Close the link and the idle connections without waiting for the server.

        The pool's own `disconnect` waits: over TLS for 30 s when the server is silent. Besides, all
        tasks that wait for a connection to close share one future: the first one that is cancelled
        cancels the others.
        """
        self._link.drop()
        for connection in list(self._redis.connection_pool._available_connections):
            await give_up(connection)


@contextmanager
def misread_raises() -> Iterator[None]:
    """Map what reading a reply that no Redis sends raises to Unavailable."""
    try:
        yield
    except MISREAD as error:
        raise _no_redis(error) from error


def _no_redis(error: Exception) -> Unavailable:
    return Unavailable(f"Redis: {server_errors.no_redis().wrong} ({type(error).__name__})")
