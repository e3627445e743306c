"""A conversation with real bot processes that are killed at chosen moments.

Two ways of going on: *restart*, where a new process takes the place of the killed one, and
*replica*, where a second process was running all along.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from redis.asyncio import Redis

from bot.playground.slack import LocalSlack
from bot.playground.task_api import LocalTaskApi
from bot.store.keys import Keys
from tests.chaos.conversation import Conversation, Outline
from tests.chaos.effects import (
    Effects,
    Moment,
    ParallelNames,
    Slots,
    Target,
    gate,
    slack_name,
)
from tests.chaos.redis_proxy import redis_proxy

KEY = "local-key"
HOSTS = ["127.0.0.1", "localhost"]
FIXED_KEYS = {"ready", "live", "later"}


class GoesOn(StrEnum):
    """Who goes on after a kill."""

    RESTART = "restart"
    REPLICA = "replica"
    NOBODY = "nobody is killed"  #: only the connection is cut


@dataclass(frozen=True, slots=True)
class Played:
    """A conversation that has taken place.

    Attributes:
        outline: what is left of it.
        passed: every moment of it, in order.
        struck: the moments where it was disturbed.
        lost: the create calls whose answer was lost, see `Effects`.
        trouble: why it did not come to its end; None when it did.
        log: the last lines of the bots' logs.
    """

    outline: Outline
    passed: list[Moment]
    struck: list[Moment]
    lost: dict[int, bool | None]
    trouble: str | None
    log: str


async def play(
    server: Path,
    database: int,
    targets: Sequence[Target] = (),
    goes_on: GoesOn = GoesOn.NOBODY,
    *,
    patient: bool = False,
) -> Played:
    """Have the conversation once, with an empty database of the server to itself.

    Args:
        server: the socket of a Valkey server with the scripts loaded.
        database: its number there.
        targets: where to strike, one after the other.
        goes_on: who goes on then.
        patient: let the first run go on until the status has shown how far it is.
    """
    async with AsyncExitStack() as stack:
        redis = await stack.enter_async_context(
            Redis.from_url(f"unix://{server}?db={database}", decode_responses=True)
        )
        await redis.flushdb()
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tl")))
        bots = Bots(folder / "log", replaced=goes_on is not GoesOn.REPLICA or len(targets) > 1)
        cut_only = goes_on is GoesOn.NOBODY
        effects = Effects(list(targets), (lambda _: True) if cut_only else bots.kill)
        slack, parallel = await _servers(stack, effects)
        keys = Keys(slack.app.bot_id)
        conversation = Conversation(slack, parallel, lambda: _quiet(redis, keys), patient=patient)
        stack.push_async_callback(bots.close)
        for slot in range(2 if goes_on is GoesOn.REPLICA else 1):
            proxy = redis_proxy(folder / f"redis-{slot}", server, effects, slot)
            hang_up = await stack.enter_async_context(proxy)
            url = f"unix://{folder}/redis-{slot}?db={database}"
            await bots.add(_environment(slack, parallel, url, HOSTS[slot]), hang_up)
        trouble = None
        try:
            await _all_listen(slack, bots)
            await conversation.take_place()
            await _all_listen(slack, bots)
        except (TimeoutError, ValueError) as error:
            trouble = str(error)
        return Played(
            conversation.outline(await _remains(redis)),
            effects.passed,
            effects.struck,
            effects.lost,
            trouble,
            bots.last_words(),
        )


async def _all_listen(slack: LocalSlack, bots: Bots) -> None:
    """Wait until every bot that is to live is connected."""
    try:
        await slack.until(lambda: slack.connections == bots.number, timeout=30)
    except TimeoutError:
        raise TimeoutError(f"{slack.connections} of {bots.number} bots listen") from None


async def _servers(stack: AsyncExitStack, effects: Effects) -> tuple[LocalSlack, LocalTaskApi]:
    slots = Slots(HOSTS, lambda: effects.writer)
    slack = LocalSlack(
        rate_limits=False,
        ack_timeout=2.0,
        retry_delays=(0.2,) * 100,
        middlewares=[slots.middleware, gate(effects, slack_name, slots.of)],
    )
    slack.mention_order = "app_mention first"
    await stack.enter_async_context(slack)
    stack.callback(slack.subscribe(effects.acknowledged))
    parallel = LocalTaskApi(
        keys={KEY},
        middlewares=[
            gate(effects, ParallelNames(lambda: [r.run_id for r in parallel.runs]), slots.of)
        ],
    )
    await stack.enter_async_context(parallel)
    return slack, parallel


def _environment(
    slack: LocalSlack, parallel: LocalTaskApi, redis_url: str, host: str
) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "SLACK_BOT_TOKEN": slack.app.bot_token,
        "SLACK_APP_TOKEN": slack.app.app_token,
        "SLACK_API_URL": slack.api_url.replace(HOSTS[0], host),
        "PARALLEL_API_KEY": KEY,
        "PARALLEL_BASE_URL": parallel.url.replace(HOSTS[0], host),
        "REDIS_URL": redis_url,
        "LEASE_SECONDS": "2",
    }


async def _quiet(redis: Redis, keys: Keys) -> bool:
    """Whether there is no more work: no entry of a mailbox, none put off."""
    return not await redis.xlen(keys.ready) and not await redis.zcard(keys.later)


async def _remains(redis: Redis) -> list[str]:
    """Return the keys that should not be left: those of a mailbox, and those that stay for ever."""
    return [
        key
        async for key in redis.scan_iter()
        if ":box:" in key
        or ":now:" in key
        or (await redis.ttl(key) < 0 and key.rpartition(":")[2] not in FIXED_KEYS)
    ]


class Bots:
    """The processes, each in a slot of its own.

    Attributes:
        number: how many there will be when all that were killed are replaced that are to be.
    """

    def __init__(self, log: Path, *, replaced: bool) -> None:
        """Begin without any. `replaced`: whether a new process takes a killed one's place."""
        self.number = 0
        self._log = log
        self._replaced = replaced
        self._environments: list[dict[str, str]] = []
        self._hang_ups: list[Callable[[], None]] = []
        self._processes: list[asyncio.subprocess.Process] = []
        self._killed: set[asyncio.subprocess.Process] = set()
        self._burials: set[asyncio.Task[None]] = set()

    async def add(self, environment: dict[str, str], hang_up: Callable[[], None]) -> None:
        """Start one more. `hang_up` closes its connections to Redis, for when it is dead."""
        self.number += 1
        self._environments.append(environment)
        self._hang_ups.append(hang_up)
        self._processes.append(await self._start(environment))

    def kill(self, slot: int) -> bool:
        """Kill one as `kill -9` does. Returns False when it was killed already."""
        process = self._processes[slot]
        if process in self._killed:
            return False
        self._killed.add(process)
        process.kill()
        self._hang_ups[slot]()
        burial = asyncio.create_task(self._bury(slot, process))
        self._burials.add(burial)
        burial.add_done_callback(self._burials.discard)
        self.number -= not self._replaced
        return True

    async def close(self) -> None:
        """Kill all that are alive."""
        for burial in self._burials:
            burial.cancel()
        await asyncio.gather(*self._burials, return_exceptions=True)
        for process in self._processes:
            if process.returncode is None:
                process.kill()
            await process.wait()

    def last_words(self) -> str:
        """Return the last lines of their logs."""
        return "\n".join(self._log.read_text().splitlines()[-40:])

    async def _bury(self, slot: int, process: asyncio.subprocess.Process) -> None:
        await process.wait()
        if self._replaced:
            self._processes[slot] = await self._start(self._environments[slot])

    async def _start(self, environment: dict[str, str]) -> asyncio.subprocess.Process:
        with self._log.open("a") as log:
            return await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "run", env=environment, stderr=log
            )
