"""The connection that all calls share: replies in order, cancelled calls, lost connections."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import BlockingConnectionPool, Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ResponseError

from bot.store.connection import Connection
from bot.store.link import Link

NO_TIMEOUTS = {"socket_timeout": None, "socket_connect_timeout": None}
CALLS = 50
STEPS = 20  # of the event loop; a call takes about five


@pytest.fixture
async def link(redis_url: str) -> AsyncIterator[Link]:
    pool = BlockingConnectionPool.from_url(redis_url, decode_responses=True, **NO_TIMEOUTS)
    link = Link(pool.make_connection)
    yield link
    await link.close()


@pytest.fixture
async def administrator(redis_url: str) -> AsyncIterator[Redis]:
    async with Redis.from_url(redis_url) as redis:
        yield redis


async def test_each_of_many_calls_at_once_gets_its_own_reply(
    link: Link, administrator: Redis
) -> None:
    before = len(await administrator.client_list())
    replies = await asyncio.gather(*(link.send("ECHO", n) for n in range(CALLS)))
    assert replies == [str(n) for n in range(CALLS)]
    assert len(await administrator.client_list()) == before + 1


async def test_the_reply_to_a_cancelled_call_is_dropped(link: Link) -> None:
    for steps in range(STEPS):
        cancelled = asyncio.create_task(link.send("ECHO", "cancelled"))
        for _ in range(steps):
            await asyncio.sleep(0)
        cancelled.cancel()
        assert await link.send("ECHO", steps) == str(steps)
        await asyncio.wait([cancelled])


async def test_an_error_is_raised_by_its_call_alone(link: Link) -> None:
    commands = (("ECHO", "one"), ("NO-SUCH-COMMAND",), ("ECHO", "other"))
    one, wrong, other = [asyncio.create_task(link.send(*command)) for command in commands]
    with pytest.raises(ResponseError):
        await wrong
    assert (await one, await other) == ("one", "other")


async def test_a_call_is_sent_again_on_a_new_connection(link: Link, administrator: Redis) -> None:
    for _ in range(3):
        mine = await link.send("CLIENT", "ID")
        await administrator.client_kill_filter(_id=mine)
        assert await link.send("CLIENT", "ID") != mine


async def test_calls_that_wait_for_a_reply_are_sent_again(link: Link, administrator: Redis) -> None:
    mine = await link.send("CLIENT", "ID")
    await administrator.client_pause(60_000, all=False)  # the server answers no write
    writes = [asyncio.create_task(link.send("SET", n, n, "EX", 60)) for n in range(CALLS)]
    await asyncio.sleep(0)
    await administrator.client_kill_filter(_id=mine)
    await administrator.client_unpause()
    assert await asyncio.gather(*writes) == ["OK"] * CALLS


async def test_a_connection_dropped_before_anything_is_read_is_closed(redis_url: str) -> None:
    pool = BlockingConnectionPool.from_url(redis_url, **NO_TIMEOUTS)
    opened = [pool.make_connection() for _ in range(2)]  # type: ignore[no-untyped-call]
    more = iter(opened)
    link = Link(lambda: next(more))
    call = asyncio.create_task(link.send("PING"))  # sent twice, as the connection is lost
    async with asyncio.timeout(60):
        while not call.done():
            link.drop()
            await asyncio.sleep(0)
    with pytest.raises(RedisConnectionError):
        await call
    assert not any(connection.is_connected for connection in opened)


async def test_a_server_that_is_gone_is_an_error() -> None:
    pool = BlockingConnectionPool.from_url("unix:///there/is/no/such/socket", **NO_TIMEOUTS)
    link = Link(pool.make_connection)
    with pytest.raises(RedisConnectionError):
        await link.send("PING")
    await link.close()


async def test_a_script_that_the_server_forgot_is_loaded_again(
    redis_url: str, administrator: Redis
) -> None:
    connection = Connection(redis_url, "B1", retention=90)
    script = connection.script("return {KEYS[1], ARGV[1], false}")
    for _ in range(2):
        assert await script(("key",), (7,)) == ["key", "7", None]
        await administrator.script_flush()
    await connection.close()
