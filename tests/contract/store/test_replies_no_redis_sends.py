"""The worker's calls when what answers at `REDIS_URL` is no Redis any more."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest

from bot.errors import Unavailable
from bot.store.store import Store
from tests.contract.redis_servers import Handler, something

#: What is sent for each command.
REPLIES = {
    "a status": b"+OK\r\n",
    "a number": b":1\r\n",
    "a large number": b":99999999999999999999999\r\n",
    "no text": b"$-1\r\n",
    "an empty text": b"$0\r\n\r\n",
    "text in no encoding": b"$2\r\n\xff\xfe\r\n",
    "an empty list": b"*0\r\n",
    "a list of nothing": b"*2\r\n$-1\r\n$-1\r\n",
    "a list of texts": b"*2\r\n$1\r\na\r\n$1\r\nb\r\n",
    "lists in lists": b"*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n",
    "an odd list": b"*1\r\n*2\r\n$1\r\na\r\n*1\r\n*2\r\n$3\r\n1-0\r\n*1\r\n$1\r\nf\r\n",
    "a list of errors": b"*2\r\n-ERR x\r\n-ERR y\r\n",
    "two replies": b"+OK\r\n+OK\r\n",
    "an error without words": b"-\r\n",
    "a move to nowhere": b"-MOVED\r\n",
    "a part of a later protocol": b"_\r\n",
    "a map": b"%1\r\n+a\r\n+b\r\n",
    "another protocol": b"HTTP/1.1 400 Bad Request\r\n\r\n",
}
CALLS: dict[str, Callable[[Store], Awaitable[object]]] = {
    "check": lambda store: store.connection.check(),
    "register": lambda store: store.work_queue.register(),
    "receive": lambda store: store.work_queue.receive(1),
    "notifications": lambda store: store.work_queue.notifications(),
    "heartbeat": lambda store: store.work_queue.heartbeat(),
    "reclaim": lambda store: store.work_queue.reclaim(),
    "list pending": lambda store: store.work_queue.list_pending(),
    "sweep": lambda store: store.budgets.sweep(),
    "deregister": lambda store: store.work_queue.deregister(),
}


def answering(reply: bytes) -> Handler:
    """Answer everything with this reply."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(65_536):
            writer.write(reply)

    return answer


@pytest.mark.parametrize("reply", REPLIES.values(), ids=REPLIES)
async def test_what_is_no_redis_is_not_healthy(reply: bytes) -> None:
    async with something(answering(reply)) as port:
        url = f"redis://127.0.0.1:{port}"
        async with Store(url, "B1", lease=60.0, retention=90) as store:
            with pytest.raises(Unavailable):
                await asyncio.wait_for(store.connection.check(), 10)


@pytest.mark.parametrize("reply", REPLIES.values(), ids=REPLIES)
async def test_nothing_is_raised_but_that_redis_is_unavailable(reply: bytes) -> None:
    """Anything else in the log would be a traceback, again and again."""

    async with something(answering(reply)) as port:
        url = f"redis://127.0.0.1:{port}"
        async with Store(url, "B1", lease=60.0, retention=90) as store:
            for call in CALLS.values():
                with suppress(Unavailable):
                    await asyncio.wait_for(call(store), 10)
