"""Check, before the bot starts, what kind of server it connects to. Nothing is changed by that.

Every user may send HELLO (https://redis.io/docs/latest/commands/hello), but not INFO, so what only
INFO returns may stay unchecked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import InvalidResponse, NoPermissionError, ResponseError

from bot.errors import Problem
from bot.store.findings import Findings, redis_problem
from bot.store.keys import Keys
from bot.store.permissions import unknown_command

#: The first release with GETEX, which the scripts use.
OLDEST = (6, 2)
COPIES = ("replica", "slave")  # roles
#: The form of a maxmemory-policy. Nothing else that a server replies is quoted.
_POLICY = re.compile(r"[a-z]{1,20}(-[a-z]{1,20}){0,3}")


async def server(redis: Redis) -> tuple[Findings, bool]:
    """Check mode, role, version and eviction policy. Raises RedisError.

    Returns:
        What was found, and whether further commands can be tried on this server.
    """
    hello, info = await _hello(redis), await _info(redis)
    if not hello and info is None:
        hello = await _cluster(redis)
    problems = _unsupported(hello, info or {})
    is_usable = not problems
    unchecked = []
    policy = str((info or {}).get("maxmemory_policy", ""))
    if not _POLICY.fullmatch(policy):
        unchecked.append(
            "whether the server throws keys away when memory is short (maxmemory-policy has to be "
            "noeviction): its user may not use INFO, or the server does not have it"
            if info is None
            else "whether the server throws keys away when memory is short: INFO does not tell"
        )
    elif policy != "noeviction":
        problems.append(
            redis_problem(
                "this server throws keys away when memory is short (maxmemory-policy "
                f"{policy}), and questions would be lost",
                "set `maxmemory-policy noeviction` on it, or use another server",
            )
        )
    return Findings(tuple(problems), tuple(unchecked)), is_usable


async def writes(redis: Redis, keys: Keys) -> None:
    """Check that the server takes writes, with one that changes nothing. Raises RedisError.

    A server whose memory or disk is full still answers reads. What says that it changed a key that
    does not exist is no Redis.
    """
    if await redis.set(keys.never, "", xx=True) is not None:
        raise InvalidResponse


def in_cluster_mode() -> Problem:
    """Return the problem that the server is in cluster mode."""
    return redis_problem(
        "this server is in cluster mode, which is not supported",
        "use a server with cluster mode off (`cluster-enabled no`; with managed services a choice "
        "when it is created), or unset it to use the bundled one",
    )


def is_replica() -> Problem:
    """Return the problem that the server is a replica."""
    return redis_problem(
        "this server is a read-only replica, and the bot has to write",
        "use the address of its primary",
    )


async def is_copy(redis: Redis) -> bool:
    """Whether the server is a replica. Raises RedisError."""
    known = await _hello(redis) or await _info(redis, "replication") or {}
    return known.get("role") in COPIES


async def _hello(redis: Redis) -> Mapping[str, Any]:
    """Send HELLO; return nothing when the server, or a proxy before it, does not know it."""
    try:
        flat = await redis.execute_command("HELLO")  # type: ignore[no-untyped-call]
    except ResponseError:
        return {}
    if isinstance(flat, Mapping):
        return flat
    return dict(zip(flat[::2], flat[1::2], strict=False))


async def _info(redis: Redis, *sections: str) -> Mapping[str, Any] | None:
    """Send INFO; return None when the user may not send it, or the server does not have it."""
    try:
        info: Mapping[str, Any] = await redis.info(*sections)
    except NoPermissionError:
        return None
    except ResponseError as error:
        if not unknown_command(error):
            raise
        return None
    except UnicodeDecodeError:  # INFO contains paths, in any encoding
        return {}
    return info


async def _cluster(redis: Redis) -> Mapping[str, Any]:
    """Return the mode of a server that answers neither HELLO nor INFO, if it is a cluster."""
    try:
        await redis.execute_command("CLUSTER INFO")  # type: ignore[no-untyped-call]
    except ResponseError:
        return {}
    return {"mode": "cluster"}


def _unsupported(hello: Mapping[str, Any], info: Mapping[str, Any]) -> list[Problem]:
    """Return why this kind of server cannot be used, if it cannot."""
    mode = hello.get("mode") or info.get("redis_mode") or info.get("server_mode")
    role = hello.get("role") or info.get("role")
    problems = []
    if mode == "cluster" or str(info.get("cluster_enabled")) == "1":
        problems.append(in_cluster_mode())
    if mode == "sentinel":
        problems.append(
            redis_problem(
                "this is a Sentinel, which keeps no data",
                "use the address of the server that it watches",
            )
        )
    if role in COPIES:
        problems.append(is_replica())
    if too_old := _too_old(hello, info):
        problems.append(too_old)
    return problems


def _too_old(hello: Mapping[str, Any], info: Mapping[str, Any]) -> Problem | None:
    """Check the version. Valkey began with 7.2, so each of its releases is new enough."""
    version = str(info.get("redis_version") or hello.get("version") or "")
    numbers = re.match(r"(\d{1,4})\.(\d{1,4})", version)
    if not numbers or (int(numbers[1]), int(numbers[2])) >= OLDEST:
        return None
    return redis_problem(
        f"this server is too old (Redis {numbers[0]})", "use Redis 6.2 or newer, or Valkey"
    )
