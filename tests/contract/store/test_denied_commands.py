"""A Redis user from whom a command is taken away at work: a change is made as a whole, or not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from redis.asyncio import Redis

from bot.domain import naming
from bot.errors import Unavailable
from bot.ports import Addressing, Claim
from bot.store.permissions import COMMANDS, name
from bot.store.store import Store
from tests.contract.redis_servers import command, valkey
from tests.contract.store.store_harness import ADA, KEY, asked, at, done, taken

DENIED = sorted({name(each).lower().replace(" ", "|") for each in COMMANDS})


async def finish(store: Store, claim: Claim) -> None:
    turn = await store.turns.current(claim)
    assert turn
    await done(store, claim, turn)


#: Changes of a thread whose first question is at work and whose second one waits.
CHANGES: dict[str, Callable[[Store, Claim], Awaitable[object]]] = {
    "ask": lambda store, _: store.mailbox.put(asked(9), Addressing.ADDRESSED),
    "stop": lambda store, _: store.mailbox.stop(naming.turn_id(asked(1)), ADA),
    "withdraw": lambda store, _: store.mailbox.withdraw(naming.turn_id(asked(1)), at(1)),
    "mute": lambda store, _: store.mailbox.mute(KEY, at(1), muted=True),
    "release": lambda store, claim: store.work_queue.release(claim, 0),
    "put off": lambda store, claim: store.work_queue.release(claim, 60),
    "finish": finish,
}


async def everything(redis: Redis) -> dict[str, object]:
    """Return what is in the server."""
    keys = [key async for key in redis.scan_iter()]
    return {str(key): await redis.dump(key) for key in keys}


@pytest.mark.parametrize("change", CHANGES)
async def test_a_change_is_made_as_a_whole_or_not(change: str) -> None:
    async with valkey() as port, Redis(port=port) as redis:
        await command(port, "ACL", "SETUSER", "tl", "reset", "on", ">x", "~*", "+@all")
        url = f"redis://tl:x@127.0.0.1:{port}"
        refused = set()
        for denied in DENIED:
            await redis.flushdb()
            async with Store(url, "B1", lease=60.0, retention=90) as store:
                await store.work_queue.register()
                for number in (0, 1):
                    await store.mailbox.put(asked(number), Addressing.ADDRESSED)
                claim, _ = await taken(store)
                before = await everything(redis)
                await command(port, "ACL", "SETUSER", "tl", f"-{denied}")
                try:
                    await CHANGES[change](store, claim)
                except Unavailable:
                    refused.add(denied)
                    assert await everything(redis) == before, denied
                await command(port, "ACL", "SETUSER", "tl", f"+{denied}")
    assert refused


async def test_the_command_that_is_denied_is_named() -> None:
    async with (
        valkey() as port,
        Store(f"redis://127.0.0.1:{port}", "B1", lease=60.0, retention=90) as store,
    ):
        await command(port, "ACL", "SETUSER", "default", "-xadd")
        with pytest.raises(Unavailable, match="NoPermissionError: XADD"):
            await store.mailbox.put(asked(), Addressing.ADDRESSED)
