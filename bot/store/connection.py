"""The connection to Redis, and what every call shares.

Redis's errors leave it as `Unavailable`. Every script may be repeated after a lost reply without
harm, so a dropped connection is tried once more; a hung server is not waited for: a call gives up
within 2 s, so that Slack can be told "not accepted" in time (it allows 3 s).
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from types import TracebackType
from typing import Any, Self

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import ConstantBackoff
from redis.commands.core import AsyncScript
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ReadOnlyError, RedisError

from bot.domain import lifecycle
from bot.domain.thread import UserId
from bot.domain.turn import Signals, Turn
from bot.errors import Unavailable, Unreadable
from bot.store import codec, server_checks, server_errors, tls_files
from bot.store.keys import DAY, Keys
from bot.store.server_checks import Findings

log = logging.getLogger(__name__)

CONNECTIONS = 32
CALL_TIMEOUT = 1.8  # seconds
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
            # `_in_time` stops each call. redis-py's own time-outs swallow cancellations on
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
        self._keys = Keys(bot)
        self._thread_life = retention * DAY
        self._clock = clock
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
        with suppress(Unavailable):
            async with self._in_time():
                await self._redis.aclose()

    async def check(self) -> None:
        """Ask the server whether it is there, and takes writes. Raises Unavailable."""
        async with self._in_time():
            if await server_checks.is_copy(self._redis):
                raise ReadOnlyError("a replica")
            await server_checks.writes(self._redis, self._keys)

    async def examine(self) -> Findings:
        """Ask what the server is, and whether its user may do what the bot does."""
        if wrong := tls_files.problem(self._url):
            return Findings((wrong,))
        try:
            async with self._in_time():
                found, is_usable = await server_checks.server(self._redis)
            if not is_usable or self._keys.bot == UNKNOWN_BOT:  # keys may be allowed for one bot
                return found
            async with self._in_time():
                more = await server_checks.permissions(self._redis, self._keys)
                if not found.problems + more.problems:
                    await server_checks.writes(self._redis, self._keys)
        except Unavailable as error:
            return Findings((await server_errors.explain(self._url, error.__cause__),))
        except (TypeError, ValueError, AttributeError, LookupError):  # replies that Redis has not
            return Findings((server_errors.no_redis(),))
        return Findings(found.problems + more.problems, found.unchecked + more.unchecked)

    async def _run(self, script: AsyncScript, keys: Sequence[str], args: Sequence[Any]) -> Any:
        async with self._in_time():
            return await script(keys=list(keys), args=list(args))

    @asynccontextmanager
    async def _in_time(self) -> AsyncIterator[None]:
        """Give the block `CALL_TIMEOUT`, and Redis's errors our name for them."""
        try:
            async with asyncio.timeout(CALL_TIMEOUT):
                yield
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


def load_turn(turn: str, fields: Mapping[str, str]) -> Turn:
    """Read a turn's hash, which has a record. Raises Unreadable when this release cannot."""
    with left_to_newer(turn=turn):
        signals = Signals(
            stop=UserId(fields["stop"]) if fields.get("stop") else None,
            gone=bool(fields.get("gone")),
            edited=codec.load_question(edited) if (edited := fields.get("edited")) else None,
            pings=tuple(
                UserId(name.removeprefix("ping:")) for name in fields if name[:5] == "ping:"
            ),
        )
        found = codec.load_turn(fields["record"], waited=bool(fields.get("waited")))
        return lifecycle.with_signals(found, signals)


@contextmanager
def left_to_newer(**about: str) -> Iterator[None]:
    """Leave a record that we cannot read as it is: a newer release's replica will come by."""
    try:
        yield
    except ValueError as error:
        log.error("a record cannot be read: %s", error, extra=about)  # noqa: TRY400
        raise Unreadable("the record is of another release", about.get("turn")) from error
