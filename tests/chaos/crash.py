"""A conversation with real bot processes that are killed at chosen moments.

Two ways of going on: *restart*, where a new process takes the place of the killed one, and
*replica*, where a second process was running all along.

Four modes: Slack reaches the bots over their sockets, or over HTTP; and the runs may be created in
task groups, so that a doubt about one settles itself.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from redis.asyncio import Redis

from bot.playground.slack import LocalSlack
from bot.playground.task_api import LocalTaskApi
from bot.ports import JobKind
from bot.store.keys import Keys
from tests.chaos.bots import Bots
from tests.chaos.chat_effects import ChatEffects
from tests.chaos.dialogue_script import DialogueScript
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
from tests.chaos.script_base import Script
from tests.chaos.transcript import Money, Transcript
from tests.chaos.transports import Transport, over_http, sockets

KEY = "local-key"
HOSTS = ["127.0.0.1", "localhost"]
FIXED_KEYS = {"ready", "live", "later"}


class Mode(StrEnum):
    """How the bots are set up."""

    SOCKET = "socket"
    GROUPS = "task groups"  #: over sockets, too
    HTTP = "HTTP"
    HTTP_GROUPS = "HTTP, task groups"

    @property
    def has_groups(self) -> bool:
        """Whether no doubt about a run is left to people."""
        return self in (Mode.GROUPS, Mode.HTTP_GROUPS)


BUDGETS = ("BUDGET_PERSON_DAY_USD", "BUDGET_CHANNEL_DAY_USD", "BUDGET_WORKSPACE_MONTH_USD")


class GoesOn(StrEnum):
    """Who goes on after a kill."""

    RESTART = "restart"
    REPLICA = "replica"
    NOBODY = "nobody is killed"  #: only the connection is cut


@dataclass(frozen=True, slots=True)
class _SetUp:
    """What a mode is made of: what Python runs, how Slack gets there, and more settings."""

    module: tuple[str, ...]
    door: Callable[[LocalSlack, int], AbstractAsyncContextManager[Transport]]
    settings: dict[str, str]


_SET_UPS = {
    Mode.SOCKET: _SetUp(("bot", "run"), sockets, {}),
    Mode.GROUPS: _SetUp(("tests.chaos.quick_bot",), sockets, {"TASK_GROUPS": "on"}),
    Mode.HTTP: _SetUp(("bot", "run"), over_http, {}),
    Mode.HTTP_GROUPS: _SetUp(("tests.chaos.quick_bot",), over_http, {"TASK_GROUPS": "on"}),
}


@dataclass(frozen=True, slots=True)
class Played:
    """A conversation that has taken place.

    Attributes:
        transcript: what is left of it.
        passed: every moment of it, in order.
        struck: the moments where it was disturbed.
        lost: the create calls whose answer was lost, see `Effects`.
        trouble: why it did not come to its end; None when it did.
        log: the last lines of the bots' logs.
    """

    transcript: Transcript
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
    script: type[Script] = DialogueScript,
    mode: Mode = Mode.SOCKET,
    patient: bool = False,
) -> Played:
    """Have a conversation once, with an empty database of the server to itself.

    Args:
        server: the socket of a Valkey server with the scripts loaded.
        database: its number there.
        targets: where to strike, one after the other.
        goes_on: who goes on then.
        script: which conversation.
        mode: how the bots are set up.
        patient: let the first run go on until the status has shown how far it is.
    """
    async with AsyncExitStack() as stack:
        redis = await stack.enter_async_context(
            Redis.from_url(f"unix://{server}?db={database}", decode_responses=True)
        )
        await redis.flushdb()
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tl")))
        set_up, number = _SET_UPS[mode], 2 if goes_on is GoesOn.REPLICA else 1
        replaced = number == 1 or len(targets) > 1
        bots = Bots(script.module or set_up.module, folder / "log", replaced=replaced)

        def strike(slot: int) -> bool:
            conversation.about_to_strike()
            return goes_on is GoesOn.NOBODY or bots.kill(slot)

        effects = Effects(list(targets), strike)
        slack, parallel = await _servers(stack, effects, mode)
        keys = Keys(slack.app.bot_id)
        conversation = script(slack, parallel, lambda: _quiet(redis, keys), patient=patient)
        parallel.automatic_chat = ChatEffects(effects, conversation.pieces)
        stack.push_async_callback(bots.close)
        door = await stack.enter_async_context(set_up.door(slack, number))
        for slot in range(number):
            proxy = redis_proxy(folder / f"redis-{slot}", server, effects, slot)
            hang_up = await stack.enter_async_context(proxy)
            url = f"unix://{folder}/redis-{slot}?db={database}"
            given = _environment(slack, parallel, url, HOSTS[slot])
            await bots.add(given | door.environments[slot] | set_up.settings, hang_up)
        trouble = await _trouble(conversation, door, bots, lambda: _all_settled(redis, keys))
        return Played(
            conversation.transcript(await _remains(redis), await _money(redis)),
            effects.passed,
            effects.struck,
            effects.lost,
            trouble,
            bots.last_words(),
        )


async def _trouble(
    conversation: Script, door: Transport, bots: Bots, settled: Callable[[], Awaitable[None]]
) -> str | None:
    """Have a conversation. Returns why it did not come to its end; None when it did."""
    try:
        await _all_listen(door, bots)
        await conversation.take_place()
        await _all_listen(door, bots)
        await settled()
    except (TimeoutError, ValueError) as error:
        return str(error)
    return None


async def _all_listen(door: Transport, bots: Bots) -> None:
    """Wait until every bot that is to live listens to Slack, and no other."""
    listening = -1
    try:
        async with asyncio.timeout(60):
            while (listening := await door.listening()) != bots.number:
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise TimeoutError(f"{listening} of {bots.number} bots listen") from None


async def _servers(
    stack: AsyncExitStack, effects: Effects, mode: Mode
) -> tuple[LocalSlack, LocalTaskApi]:
    slots = Slots(HOSTS, lambda: effects.writer)
    slack = LocalSlack(
        "http" if mode in (Mode.HTTP, Mode.HTTP_GROUPS) else "socket",
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
        "SLACK_API_URL": slack.api_url.replace(HOSTS[0], host),
        "PARALLEL_API_KEY": KEY,
        "PARALLEL_BASE_URL": parallel.url.replace(HOSTS[0], host),
        "REDIS_URL": redis_url,
        "LEASE_SECONDS": "2",
        **dict.fromkeys(BUDGETS, "100"),
        "SHOW_BUDGET": "off",  # what is left depends on what is asked first
    }


async def _quiet(redis: Redis, keys: Keys) -> bool:
    """Whether there is no more work: no mailbox, none put off, no job but to settle a run."""
    entries = await redis.xrange(keys.ready) or []
    work = [fields for _, fields in entries if JobKind.SETTLEMENT not in (fields or {})]
    return not work and not await redis.zcard(keys.later)


async def _all_settled(redis: Redis, keys: Keys) -> None:
    """Wait until the last run that went on after its turn is settled. Raises TimeoutError."""
    try:
        async with asyncio.timeout(60):
            while await redis.xlen(keys.ready):
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise TimeoutError("a run was not settled") from None


async def _remains(redis: Redis) -> list[str]:
    """Return what should not be left: keys of a mailbox, and for ever, and reservations."""
    held = [
        f"{key} holds {amount} µ$"
        async for key in redis.scan_iter("*:budget:*")
        if (amount := int(await redis.hget(key, "held") or 0))
    ]
    return held + [
        key
        async for key in redis.scan_iter()
        if ":box:" in key
        or ":now:" in key
        or key.endswith(":reservations")
        or (await redis.ttl(key) == -1 and key.rpartition(":")[2] not in FIXED_KEYS)
    ]


async def _money(redis: Redis) -> Money:
    """Return what was spent by all people, and what their budgets say."""
    months = [await redis.hvals(key) async for key in redis.scan_iter("*:spent:*")]
    return Money(
        spent=sum(int(micros) for each in months for micros in each),
        settled=sum(
            [
                int(await redis.hget(key, "settled") or 0)
                async for key in redis.scan_iter("*:budget:*:workspace:*")
            ]
        ),
    )
