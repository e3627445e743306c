"""The store when calls are cut short, a server vanishes, and a newer release writes beside us."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from bot.domain import naming
from bot.domain.thread import ChannelId, MessageTs, TeamId, ThreadKey, TurnId, UserId
from bot.domain.turn import Question
from bot.errors import Unavailable
from bot.ports import Addressing, Claim
from bot.store.connection import CONNECTIONS
from bot.store.store import Store
from bot.store.work_queue import PAGE
from tests.contract.redis_servers import command, valkey
from tests.server import valkey_server

ROOT = MessageTs("1700000000.000100")
KEY = ThreadKey(TeamId("T1"), ChannelId("C1"), ROOT)
ASKED = Question(KEY, ROOT, UserId("U1"), "who?")
TURN = TurnId(f"T1:C1:{ROOT}")
GIVEN_UP_WITHIN = 10.0  # seconds; two on an idle machine, twenty as redis-py is by itself
IDLE = 4  # connections; each shakes hands within the time of one call, on a busy machine, too
STEPS = 60  # of the event loop; a call takes about ten


@pytest.fixture
async def store(redis_url: str) -> AsyncIterator[Store]:
    async with Store(redis_url, "B1", lease=60.0, retention=90) as joined:
        await joined.work_queue.register()
        yield joined


async def test_a_call_that_is_cancelled_ends_at_whatever_step_it_is(store: Store) -> None:
    """A loop whose cancellation got lost would go on for ever, and the bot would not stop."""
    for steps in range(1, STEPS):
        call = asyncio.create_task(store.work_queue.heartbeat())
        for _ in range(steps):
            await asyncio.sleep(0)
        was_under_way = call.cancel()
        await asyncio.wait([call])
        assert call.cancelled() is was_under_way
    # None of them kept a connection: there are enough for as many calls at once as there can be.
    await asyncio.gather(*(store.work_queue.heartbeat() for _ in range(2 * CONNECTIONS)))


Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class _Way:
    """A proxy to a server that can vanish: earlier connections get no more responses.

    Attributes:
        connect: opens the way's other end.
        resets: how many connections that had vanished were closed with nothing more to be sent.
    """

    def __init__(self, connect: Callable[[], Awaitable[Streams]]) -> None:
        self.connect = connect
        self.resets = 0
        self._tasks: set[asyncio.Task[None]] = set()

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._pass_on(reader, writer))
        task.add_done_callback(lambda _: writer.close())
        self._tasks.add(task)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_server, to_server = await self.connect()

        async def replies() -> None:
            while piece := await from_server.read(65_536):
                writer.write(piece)
            writer.close()

        replying = asyncio.create_task(replies())
        try:
            with suppress(ConnectionError):
                while piece := await reader.read(65_536):
                    to_server.write(piece)
        except asyncio.CancelledError:  # vanished: open, but nobody is there
            replying.cancel()
            try:
                while await reader.read(65_536):
                    pass
            except ConnectionResetError:
                self.resets += 1
        finally:
            replying.cancel()
            to_server.close()

    def vanish(self) -> None:
        for task in self._tasks:
            task.cancel()

    async def close(self) -> None:
        while any(not task.done() for task in self._tasks):
            self.vanish()
            await asyncio.sleep(0)
        await asyncio.gather(*self._tasks, return_exceptions=True)


@asynccontextmanager
async def _ways(
    connect: Callable[[], Awaitable[Streams]], tls: ssl.SSLContext | None = None
) -> AsyncIterator[tuple[_Way, int]]:
    """Have a way from a port of this machine until the block ends; yields it and the port."""
    way = _Way(connect)
    listening = await asyncio.start_server(way.accept, "127.0.0.1", 0, ssl=tls)
    try:
        yield way, listening.sockets[0].getsockname()[1]
    finally:
        listening.close()
        await way.close()


def _socket(url: str) -> Callable[[], Awaitable[Streams]]:
    return lambda: asyncio.open_unix_connection(url.removeprefix("unix://"))


@pytest.mark.parametrize(
    ("refuses", "says"),
    [
        (("CONFIG", "SET", "maxmemory", "1"), "the server is out of memory"),
        (("CONFIG", "SET", "min-replicas-to-write", "1"), "NOREPLICAS"),
        (("REPLICAOF", "127.0.0.1", "1"), "it is a replica"),
        (("ACL", "SETUSER", "default", "-@write"), "NoPermissionError"),
        (("ACL", "SETUSER", "default", "resetkeys", "~others*"), "NoPermissionError"),
    ],
)
async def test_a_server_that_begins_to_refuse_writes_is_not_healthy(
    refuses: tuple[str, ...], says: str
) -> None:
    """It answers questions, and takes none of people's."""
    async with (
        valkey() as port,
        Store(f"redis://127.0.0.1:{port}", "B1", lease=60.0, retention=90) as store,
    ):
        await store.connection.check()
        await command(port, *refuses)
        with pytest.raises(Unavailable, match=says):
            await store.connection.check()
        with pytest.raises(Unavailable, match=says):
            await store.work_queue.register()


async def test_a_server_that_vanished_without_a_word_costs_one_call(redis_url: str) -> None:
    """As when its machine dies and another one takes over the address."""
    async with (
        _ways(_socket(redis_url)) as (way, port),
        Store(f"redis://127.0.0.1:{port}", "B1", lease=60.0, retention=90) as store,
    ):
        await _open_connections(store, CONNECTIONS)
        way.vanish()
        with pytest.raises(Unavailable):
            await store.connection.check()
        await store.connection.check()


@pytest.mark.parametrize("over_tls", [False, True])
async def test_nothing_of_a_connection_that_was_given_up_is_sent_later(
    redis_url: str, tls: ssl.SSLContext, over_tls: bool
) -> None:
    """Its commands are repeated on another one: a late copy would undo what came after."""
    async with (
        _ways(_socket(redis_url), tls if over_tls else None) as (_, server),
        _ways(lambda: asyncio.open_connection("127.0.0.1", server)) as (way, port),
    ):
        secure = f"rediss://127.0.0.1:{port}?ssl_cert_reqs=none"
        url = secure if over_tls else f"redis://127.0.0.1:{port}"
        async with Store(url, "B1", lease=60.0, retention=90) as store:
            await _open_connections(store, 1)
            await store.work_queue.register()
            way.vanish()
            with pytest.raises(Unavailable):
                await store.work_queue.register()
            await store.work_queue.register()
            async with asyncio.timeout(60):
                while way.resets < 2:  # the shared connection, and an idle one
                    await asyncio.sleep(0)


async def _open_connections(store: Store, number: int) -> None:
    """Leave so many idle connections; on a busy machine opening all at once may take too long."""
    checks = (store.connection.check() for _ in range(number))
    if any(await asyncio.gather(*checks, return_exceptions=True)):
        await _open_connections(store, number)


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """What a server needs for TLS, with a certificate of its own making."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl makes the certificate")
    folder = tmp_path_factory.mktemp("tls")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    make = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1"]
    subprocess.run(
        [*make, "-days", "2", "-keyout", key, "-out", certificate], check=True, capture_output=True
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


async def test_a_server_that_vanished_is_not_asked_for_a_goodbye_over_tls(
    redis_url: str, tls: ssl.SSLContext
) -> None:
    """TLS has a goodbye of its own, which a vanished server never says."""

    async def given_up(call: Awaitable[object]) -> None:
        with pytest.raises(Unavailable):
            async with asyncio.timeout(GIVEN_UP_WITHIN):
                await call

    async with (
        _ways(_socket(redis_url), tls) as (_, secure),
        _ways(lambda: asyncio.open_connection("127.0.0.1", secure)) as (way, port),
        Store(
            f"rediss://127.0.0.1:{port}?ssl_cert_reqs=none", "B1", lease=60.0, retention=90
        ) as store,
    ):
        await store.work_queue.heartbeat()
        await _open_connections(store, IDLE)
        way.vanish()
        await asyncio.gather(
            given_up(store.work_queue.heartbeat()),
            *(given_up(store.connection.check()) for _ in range(IDLE - 1)),
        )
        await store.work_queue.heartbeat()
        await store.connection.check()


async def test_the_address_is_resolved_again_after_a_failover() -> None:
    """A primary may be demoted without closing its connections, when its name moves on."""
    with valkey_server(append_only=False) as old, valkey_server(append_only=False) as new:
        async with (
            _ways(_socket(old)) as (way, port),
            Store(f"redis://127.0.0.1:{port}", "B1", lease=60.0, retention=90) as store,
            Redis.from_url(old) as administrator,
        ):
            await store.work_queue.register()
            await asyncio.gather(*(store.work_queue.heartbeat() for _ in range(CONNECTIONS - 1)))
            await administrator.replicaof("127.0.0.1", "1")
            listening = asyncio.create_task(
                store.work_queue.notifications()
            )  # it only reads, which a replica allows
            async with asyncio.timeout(60):
                while not (await administrator.info("clients"))["blocked_clients"]:
                    await asyncio.sleep(0.01)
            way.connect = _socket(new)
            with pytest.raises(Unavailable, match="takes no writes"):
                await store.work_queue.heartbeat()
            await store.work_queue.heartbeat()
            await store.mailbox.put(ASKED, Addressing.ADDRESSED)
            assert await store.mailbox.turn(TURN)
            await listening
            async with asyncio.timeout(60):
                while len(await administrator.client_list()) > 1:
                    await asyncio.sleep(0.01)


async def _held(store: Store) -> Claim:
    async with asyncio.timeout(60):
        while True:
            for work in await store.work_queue.receive(PAGE):
                if isinstance(work, Claim):
                    return work


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"v":1', '"v":99'),
        ('"state":"queued"', '"state":"pondered"'),
        ('"thread":{', '"thread":null,"x":{'),
        ('"posts":{}', '"posts":7'),
        ("{", "not JSON"),
    ],
)
async def test_a_record_that_cannot_be_read_is_left_as_it_is(
    store: Store, redis_url: str, old: str, new: str
) -> None:
    await store.mailbox.put(ASKED, Addressing.ADDRESSED)
    hold = await _held(store)
    async with Redis.from_url(redis_url, decode_responses=True) as client:
        (key,) = [key async for key in client.scan_iter(f"*:turn:{TURN}")]
        record = str(await client.hget(key, "record"))
        assert old in record
        foreign = record.replace(old, new, 1)
        await client.hset(key, "record", foreign)
        for read in (
            store.turns.current(hold),
            store.turns.is_queued(TURN),
            store.mailbox.turn(TURN),
        ):
            with pytest.raises(Unavailable, match="of another release"):
                await read
        assert await client.hget(key, "record") == foreign
        await client.hset(key, "record", record)
    turn = await store.turns.current(hold)
    assert turn
    assert turn.question == ASKED


async def test_a_turn_that_cannot_be_read_hides_none_that_can(store: Store, redis_url: str) -> None:
    """After a roll-back: the Home tab, a stop, a preview and a new topic are about others, too."""
    direct = ThreadKey(KEY.team, ChannelId("D1"), MessageTs("1700000000.000300"))
    reply = replace(ASKED, message=MessageTs("1700000000.000200"))
    topic = replace(ASKED, thread=direct, message=direct.ts, direct=True)
    for question in (ASKED, reply, topic):
        await store.mailbox.put(question, Addressing.ADDRESSED)
    async with Redis.from_url(redis_url, decode_responses=True) as client:
        (key,) = [key async for key in client.scan_iter(f"*:turn:{naming.turn_id(reply)}")]
        await client.hset(key, "record", '{"v":99}')
    hold = await _held(store)
    read = naming.turn_id(topic)
    page = await store.history.asked(KEY.team, ASKED.asker, 0)
    assert {turn.id for turn in page.turns} == {TURN, read}
    assert [turn.id for turn in await store.history.known([naming.turn_id(reply), read])] == [read]
    assert [turn.id for turn in await store.mailbox.all_asked_by(KEY, ASKED.asker)] == [TURN]
    assert [turn.id for turn in (await store.turns.queue_preview(hold)).turns] == [TURN]
    asked_now = await store.turns.turn(read)
    assert asked_now
    assert await store.turns.last_answered(asked_now, 60.0) is None


async def test_a_thread_that_cannot_be_read_is_left_as_it_is(store: Store, redis_url: str) -> None:
    await store.mailbox.put(ASKED, Addressing.ADDRESSED)
    async with Redis.from_url(redis_url) as client:
        (key,) = [key async for key in client.scan_iter(f"*:thread:{KEY}")]
        await client.hset(key, "record", '{"v":99}')
    with pytest.raises(Unavailable, match="of another release"):
        await store.turns.thread(KEY)


async def test_one_replica_reports_an_unreadable_turn(store: Store, redis_url: str) -> None:
    now = [1_000.0]
    async with Store(redis_url, "B1", lease=60.0, retention=90, clock=lambda: now[0]) as other:
        assert not await other.turns.mark_unreadable(TURN, 900)  # there is none
        await store.mailbox.put(ASKED, Addressing.ADDRESSED)
        assert not await other.turns.mark_unreadable(TURN, 900)
        now[0] += 899
        assert not await other.turns.mark_unreadable(TURN, 900)
        now[0] += 1
        assert await other.turns.mark_unreadable(TURN, 900)
        assert not await other.turns.mark_unreadable(TURN, 900)
        assert not await store.turns.mark_unreadable(TURN, 900)
        await other.turns.unmark_unreadable(TURN)
        assert await store.turns.mark_unreadable(TURN, 900)
        assert not await other.turns.mark_unreadable(TURN, 900)


async def test_work_of_a_kind_that_a_newer_release_knows_stays_for_it(
    store: Store, redis_url: str
) -> None:
    async with Redis.from_url(redis_url, decode_responses=True) as client:
        (ready,) = [key async for key in client.scan_iter("*:ready")]
        for _ in range(PAGE):
            await client.xadd(ready, {"of a kind": "to come"})
        await store.mailbox.put(ASKED, Addressing.ADDRESSED)
        hold = await _held(store)
        assert await store.work_queue.list_pending() == [hold]
        assert (await client.xpending(ready, "owners"))["pending"] == PAGE + 1
