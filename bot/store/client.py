"""Redis: the mailbox for listeners, the record and the deliveries for owners.

The one file of the store that touches the network. Redis's errors leave it as `Unavailable`;
a write that the fence refuses as `LeaseLost`. Every script may be repeated after a lost reply
without harm, so a dropped connection is tried once more; a hung server is not waited for: a
call gives up within 2 s, so that Slack can be told "not accepted" in time (it allows 3 s).
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from types import TracebackType
from typing import Any, Self, cast

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import ConstantBackoff
from redis.commands.core import AsyncScript
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError, ResponseError

from bot import lifecycle
from bot.errors import LeaseLost, Unavailable
from bot.model import (
    ChannelId,
    Choices,
    MessageTs,
    Question,
    State,
    TeamId,
    Thread,
    ThreadKey,
    Turn,
    TurnId,
    UserId,
)
from bot.ports import Accepted, Channel, Chore, Hold, Person, Reach, Scope
from bot.store import codec, scripts, stream
from bot.store.budget import SLACK, Limits, RedisBudget
from bot.store.keys import CHOICE_LIFE, DAY, STRAY_LIFE, TURN_LIFE, Keys

log = logging.getLogger(__name__)

GROUP = "owners"
CONNECTIONS = 32
CALL_TIMEOUT = 1.8  # seconds
BLOCK = 1_000  # ms that a read waits for work; less than CALL_TIMEOUT
PAGE = 1_000  # entries taken over at once


class Store:
    """Mailbox, Record and Deliveries (see `bot.ports`) on one Redis or Valkey server.

    Args:
        url: ``redis://``, ``rediss://`` or ``unix://``.
        bot: the bot's id in Slack; bots of different ids share a server without meeting.
        lease: seconds after which a silent replica's work is taken over.
        retention: days a thread can be continued after its last turn.
        clock: seconds since 1970.
        limits: how often Slack may be called.

    Attributes:
        budget: shares those limits between the replicas.
    """

    def __init__(
        self,
        url: str,
        bot: str,
        *,
        lease: float,
        retention: int,
        clock: Callable[[], float] = time.time,
        limits: Limits = SLACK,
    ) -> None:
        pool = BlockingConnectionPool.from_url(
            url,
            max_connections=CONNECTIONS,
            # `_in_time` stops each call. redis-py's own time-outs swallow cancellations on
            # Python 3.11: they are made with asyncio.wait_for (CPython issue 86296).
            timeout=None,
            socket_timeout=None,
            socket_connect_timeout=None,
            retry=Retry(ConstantBackoff(0.02), 1, supported_errors=(RedisConnectionError,)),
            protocol=2,
            decode_responses=True,
        )
        self._redis: Redis = Redis.from_pool(pool)
        self._keys = Keys(bot)
        self._lease = round(lease * 1000)
        self._thread_life = retention * DAY
        self._clock = clock
        #: This replica's name, new at each start.
        self.me = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        script: Callable[[str], AsyncScript] = self._redis.register_script
        self._put = script(scripts.PUT)
        self._head = script(scripts.HEAD)
        self._save = script(scripts.SAVE)
        self._finish = script(scripts.FINISH)
        self._back = script(scripts.BACK)
        self._settle = script(scripts.SETTLE)
        self._beat = script(scripts.BEAT)
        self._sweep = script(scripts.SWEEP)
        self._leave = script(scripts.LEAVE)
        self.budget = RedisBudget(self._redis, self._run, self._keys, self.me, limits)

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
        """Ask the server whether it is there. Raises Unavailable."""
        async with self._in_time():
            await self._redis.ping()

    async def eviction_policy(self) -> str:
        """Return the server's `maxmemory-policy`; anything but noeviction may lose questions."""
        async with self._in_time():
            memory = await self._redis.info("memory")
        return str(memory.get("maxmemory_policy", "noeviction"))

    # --- Mailbox ------------------------------------------------------------------------

    async def put(self, question: Question, reach: Reach) -> Accepted:
        """Append a question to its thread's mailbox, once."""
        return await self._append(lifecycle.received(question, self._clock()), reach)

    async def put_again(self, turn: TurnId, message: MessageTs, *, look: bool) -> Accepted | None:
        """Append an ended turn's question once more."""
        old = await self.turn(turn)
        if old is None:
            return None
        again = lifecycle.asked_again(old, message, self._clock(), look=look)
        return await self._append(again, Reach.ADDRESSED)

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

    async def _append(self, turn: Turn, reach: Reach) -> Accepted:
        question, mailbox = turn.question, lifecycle.mailbox(turn.question)
        return Accepted(
            await self._run(
                self._put,
                (
                    self._keys.ready,
                    self._keys.box(mailbox),
                    self._keys.thread(question.thread),
                    self._keys.strays(question.thread),
                ),
                (
                    turn.id,
                    lifecycle.order(turn),
                    codec.dump_turn(turn),
                    mailbox,
                    reach,
                    TURN_LIFE,
                    STRAY_LIFE,
                    self._thread_life,
                    self._keys.turns,
                ),
            )
        )

    # --- Record -------------------------------------------------------------------------

    async def head(self, hold: Hold) -> Turn | None:
        """Return the mailbox's turn at work; None when it is empty, and the hold is given back."""
        ours, *turn = await self._run(
            self._head,
            (self._keys.ready, self._keys.box(hold.mailbox), self._keys.now(hold.mailbox)),
            (self.me, hold.token, self._keys.turns, TURN_LIFE),
        )
        _fence(bool(ours))
        if not turn:
            return None
        return _load_turn(*turn)

    async def thread(self, key: ThreadKey) -> Thread:
        """Read a thread."""
        async with self._in_time():
            record = await cast(
                "Awaitable[str | None]", self._redis.hget(self._keys.thread(key), "record")
            )
        with _left_to_newer(slack_thread=str(key)):
            return codec.load_thread(key, record)

    async def save(self, hold: Hold, turn: Turn) -> None:
        """Write the turn."""
        ours = await self._run(
            self._save,
            (self._keys.ready, self._keys.turn(turn.id)),
            (self.me, hold.token, codec.dump_turn(turn), TURN_LIFE),
        )
        _fence(bool(ours))

    async def finish(self, hold: Hold, turn: Turn, thread: Thread | None, *, receipt: bool) -> bool:
        """Write the turn and its thread, take it off the mailbox; True when another waits."""
        waiting = await self._run(
            self._finish,
            (
                self._keys.ready,
                self._keys.box(hold.mailbox),
                self._keys.now(hold.mailbox),
                self._keys.turn(turn.id),
                self._keys.thread(turn.question.thread),
            ),
            (
                self.me,
                hold.token,
                turn.id,
                codec.dump_turn(turn),
                TURN_LIFE,
                codec.dump_thread(thread) if thread else "",
                self._thread_life,
                "1" if receipt else "",
            ),
        )
        _fence(waiting >= 0)
        return bool(waiting > 0)

    async def turn(self, turn: TurnId) -> Turn | None:
        """Read a turn; None when it is not remembered."""
        async with self._in_time():
            record, waited = await cast(
                "Awaitable[list[str | None]]",
                self._redis.hmget(self._keys.turn(turn), ["record", "waited"]),
            )
        return _load_turn(turn, record, waited) if record else None

    async def is_waiting(self, turn: TurnId) -> bool:
        """Whether the turn has not begun yet."""
        found = await self.turn(turn)
        if found is None or found.state is not State.QUEUED:
            return False
        async with self._in_time():
            begun = await self._redis.get(self._keys.now(lifecycle.mailbox(found.question)))
        return begun != turn

    # --- Deliveries ---------------------------------------------------------------------

    async def join(self) -> None:
        """Make this replica known."""
        async with self._in_time():
            try:
                await self._redis.xgroup_create(self._keys.ready, GROUP, id="0", mkstream=True)
            except ResponseError as error:
                if "BUSYGROUP" not in str(error):
                    raise
        await self.beat()

    async def read(self, room: int) -> Sequence[Hold | Chore]:
        """Wait up to a second for new work, at most `room` pieces."""
        async with self._in_time():
            try:
                found = await self._redis.xreadgroup(
                    GROUP, self.me, {self._keys.ready: ">"}, count=room, block=BLOCK
                )
            except ResponseError as error:
                if "NOGROUP" not in str(error):
                    raise
                await self.join()  # the server came back without its data
                return []
        return stream.work(stream.entries(found))

    async def beat(self) -> bool:
        """Renew the lease of this replica. False when it had lapsed in between."""
        return bool(await self._run(self._beat, (self._keys.live,), (self.me, self._lease)))

    async def sweep(self) -> Sequence[Hold | Chore]:
        """Take over the work of replicas whose lease lapsed, and wake what was put off."""
        claimed = await self._run(
            self._sweep, (self._keys.ready, self._keys.live, self._keys.later), (self.me, PAGE)
        )
        return stream.work(stream.claimed(claimed))

    async def pending(self) -> Sequence[Hold | Chore]:
        """All that Redis holds to be ours."""
        found: list[Hold | Chore] = []
        last = "0"
        while True:
            async with self._in_time():
                page = stream.entries(
                    await self._redis.xreadgroup(
                        GROUP, self.me, {self._keys.ready: last}, count=PAGE
                    )
                )
            found += stream.work(page)
            if len(page) < PAGE:
                return found
            last, _ = page[-1]

    async def give_back(self, hold: Hold, delay: float) -> None:
        """Let go of a mailbox, now (0) or to be taken up in `delay` seconds."""
        await self._run(
            self._back,
            (self._keys.ready, self._keys.later),
            (self.me, hold.token, hold.mailbox, round(delay * 1000)),
        )

    async def settle(self, chore: Chore) -> None:
        """A chore is done."""
        await self._run(self._settle, (self._keys.ready,), (self.me, chore.token))

    async def leave(self) -> None:
        """Say goodbye: what is still ours goes to the others at once."""
        await self._run(self._leave, (self._keys.live,), (self.me,))

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
            await self._redis.connection_pool.disconnect(inuse_connections=False)
            raise Unavailable("Redis does not answer") from error
        except (RedisError, OSError) as error:
            raise Unavailable(f"Redis: {type(error).__name__}") from error


def _fence(ours: bool) -> None:
    if not ours:
        raise LeaseLost


def _load_turn(turn: str, record: str, waited: str | None) -> Turn:
    with _left_to_newer(turn=turn):
        return codec.load_turn(record, waited=bool(waited))


@contextmanager
def _left_to_newer(**about: str) -> Iterator[None]:
    """Leave a record that we cannot read as it is: a newer release's replica will come by."""
    try:
        yield
    except ValueError as error:
        log.error("a record cannot be read: %s", error, extra=about)  # noqa: TRY400
        raise Unavailable("the record is of another release") from error
