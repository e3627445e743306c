"""The worker's and the listeners' calls when what answers at `REDIS_URL` is no Redis any more."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest

from bot.domain import naming
from bot.errors import Unavailable
from bot.ports import Addressing, Channel
from bot.store.store import Store
from tests.contract.redis_servers import Handler, something
from tests.contract.store.store_harness import ADA, KEY, TEAM, asked, at

TURN = naming.turn_id(asked())

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
    "a list of two billion": b"*2000000000\r\n$1\r\na\r\n",
    "a list of lists of two billion": b"*1\r\n*2000000000\r\n$1\r\na\r\n",
    "text of two billion": b"$2000000000\r\na\r\n",
    "a line without an end": b"+" + b"a" * 100_000,
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
    "who may ask": lambda store: store.access.known(TEAM, KEY.channel, ADA),
    "a first refusal": lambda store: store.access.is_first_refusal(TEAM, ADA, "today"),
    "ids of channels": lambda store: store.channel_ids.reload(),
    "ask": lambda store: store.mailbox.put(asked(), Addressing.ADDRESSED),
    "read": lambda store: store.mailbox.turn(TURN),
    "at work": lambda store: store.mailbox.at_work(KEY),
    "asked by": lambda store: store.mailbox.all_asked_by(KEY, ADA),
    "stop": lambda store: store.mailbox.stop(TURN, ADA),
    "edit": lambda store: store.mailbox.edit(TURN, asked(), at(1)),
    "withdraw": lambda store: store.mailbox.withdraw(TURN, at(1)),
    "mute": lambda store: store.mailbox.mute(KEY, at(1), muted=True),
    "choices": lambda store: store.choices.read(TEAM, KEY.channel, ADA, KEY),
    "follow-ups": lambda store: store.choices.follow_ups(Channel(TEAM, KEY.channel)),
    "history": lambda store: store.history.asked(TEAM, ADA, 0),
    "spent": lambda store: store.history.spent(TEAM, ADA),
    "balances": lambda store: store.budgets.balances(TEAM, KEY.channel, ADA),
    "usage": lambda store: store.usage.usage(TEAM, ["2026-11-28"]),
    "latest changes": lambda store: store.policies.latest_changes(TEAM, 5),
    "may forget": lambda store: store.thread_records.may_forget(KEY, ADA, is_admin=False),
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
