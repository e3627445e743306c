"""What a server must be, and its user must be allowed, asked before the bot starts.

Nothing is changed by asking. HELLO is open to every user, so what the server is can always be
known; INFO is not, so what only INFO tells may stay unchecked. Whether the user may do what the bot
does is asked of the ACL itself (`redis.acl_check_cmd`, since Redis 7.0).
Sources: https://redis.io/docs/latest/commands/hello and
https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import NoPermissionError, ResponseError

from bot.errors import Problem
from bot.store.keys import Keys

SETTING = "REDIS_URL"
#: The scripts need GETEX.
OLDEST = (6, 2)
COPIES = ("replica", "slave")  # roles
#: Every command that the store sends, by itself or in a script, in a form that is complete: servers
#: look for the keys in it (and Valkey 9.1 falls over when they are missing).
COMMANDS = (
    "DEL KEY",
    "EVALSHA 0 1 KEY",
    "EXEC",
    "EXISTS KEY",
    "EXPIRE KEY 1",
    "GET KEY",
    "GETEX KEY EX 1",
    "HDEL KEY f",
    "HEXISTS KEY f",
    "HGET KEY f",
    "HGETALL KEY",
    "HINCRBY KEY f 1",
    "HMGET KEY f",
    "HSET KEY f v",
    "HSETNX KEY f v",
    "LINDEX KEY 0",
    "LTRIM KEY 0 1",
    "MULTI",
    "PEXPIRE KEY 1",
    "PTTL KEY",
    "RPUSH KEY v",
    "SCRIPT LOAD v",
    "SET KEY v",
    "TIME",
    "XACK KEY g 0-1",
    "XADD KEY * f v",
    "XCLAIM KEY g c 0 0-1",
    "XDEL KEY 0-1",
    "XGROUP CREATE KEY g 0",
    "XGROUP DELCONSUMER KEY g c",
    "XINFO CONSUMERS KEY g",
    "XPENDING KEY g",
    "XREAD STREAMS KEY 0",
    "XREADGROUP GROUP g c STREAMS KEY >",
    "XREVRANGE KEY + -",
    "ZADD KEY 1 m",
    "ZCARD KEY",
    "ZRANGE KEY 0 1",
    "ZRANGEBYSCORE KEY 0 1",
    "ZREM KEY m",
    "ZREMRANGEBYRANK KEY 0 1",
    "ZREVRANGE KEY 0 1",
    "ZSCORE KEY m",
)
#: What a server calls its way to make room. Nothing else that it says is told.
_POLICY = re.compile(r"[a-z]{1,20}(-[a-z]{1,20}){0,3}")
_FIRST_WORDS = {"HELLO", "INFO", *(command.split()[0] for command in COMMANDS)}
_WITH_PARTS = {"SCRIPT", "XGROUP", "XINFO"}  # whose second word says which command it is
#: The rules of an ACL that allow all of it.
RULES = "+@read +@write +@transaction +evalsha +script|load +time +select +info"
KEY_RULE = "~{threadline-*"

#: Sort out what the user may not do, and what the server does not know.
#: KEYS one of the bot's    ARGV commands
#: -> {not allowed, not known} | nothing when the server cannot tell (before Redis 7.0)
MAY = """
if not redis.acl_check_cmd then return false end
local denied, unknown = {}, {}
for _, command in ipairs(ARGV) do
  local words = {}
  for word in string.gmatch(command, '%S+') do
    words[#words + 1] = word == 'KEY' and KEYS[1] or word
  end
  local known, may = pcall(redis.acl_check_cmd, unpack(words))
  if not known then unknown[#unknown + 1] = command
  elseif not may then denied[#denied + 1] = command end
end
return {denied, unknown}
"""


@dataclass(frozen=True, slots=True)
class Findings:
    """What keeps the bot from starting, and what could not be looked at."""

    problems: tuple[Problem, ...] = ()
    unchecked: tuple[str, ...] = ()


def name(command: str) -> str:
    """Return the name of a command in `COMMANDS`, a subcommand behind a space."""
    first, *others = command.split()
    return f"{first} {others[0]}" if first in _WITH_PARTS else first


async def server(redis: Redis) -> tuple[Findings, bool]:
    """Look at what the server is; also whether commands can be tried on it. Raises RedisError."""
    hello, info = await _hello(redis), await _info(redis)
    if not hello and info is None:
        hello = await _cluster(redis)
    problems = [problem for problem in _kinds(hello, info or {}) if problem]
    usable = not problems
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
            _problem(
                "this server throws keys away when memory is short (maxmemory-policy "
                f"{policy}), and questions would be lost",
                "set `maxmemory-policy noeviction` on it, or use another server",
            )
        )
    return Findings(tuple(problems), tuple(unchecked)), usable


async def permissions(redis: Redis, keys: Keys) -> Findings:
    """Look at what the user may do. Raises RedisError, also when the user may not run scripts."""
    script = redis.register_script(MAY)
    told = await script(keys=[keys.ready], args=COMMANDS)
    match told:
        case None:
            what = "whether its user may do what the bot needs: servers tell that since Redis 7.0"
            return Findings((), (what,))
        case [list() as denied, list() as unknown] if {*denied, *unknown} <= set(COMMANDS):
            pass
        case _:
            raise TypeError("a reply that the script does not give")
    problems = []
    if denied:
        problems.append(no_commands([name(command) for command in denied]))
    if unknown:
        problems.append(unknown_commands(", ".join(name(command) for command in unknown)))
    return Findings(tuple(problems))


async def writes(redis: Redis, keys: Keys) -> None:
    """See that the server takes writes, with one that changes nothing. Raises RedisError.

    One whose memory or disk is full answers questions, and keeps none.
    """
    await redis.set(keys.never, "", xx=True)


def no_keys() -> Problem:
    """The user may not use the keys."""
    return _problem(
        "its user may not read and write the bot's keys, which begin with {threadline-",
        f"allow all that the bot needs: ACL SETUSER name-of-the-user {KEY_RULE} {RULES}",
    )


def no_commands(denied: list[str]) -> Problem:
    """The user may not use some commands. Those for scripts hide what else is not allowed."""
    rules = " ".join("+" + one.lower().replace(" ", "|") for one in denied)
    if len(denied) > 6 or {"EVALSHA", "SCRIPT LOAD"} & set(denied):
        rules = f"{KEY_RULE} {RULES}"
    return _problem(
        f"its user may not use {', '.join(denied)}",
        f"allow it, for example: ACL SETUSER name-of-the-user {rules}",
    )


def unknown_commands(names: str) -> Problem:
    """The server does not have some commands."""
    return _problem(
        f"this server does not know {names}",
        "use Redis 6.2 or newer, or Valkey, without renaming or disabling commands",
    )


def unknown_command(error: Exception) -> str | None:
    """Return the command of the bot's that a server says it does not know; None for none."""
    named = re.search(r"unknown command [`']([a-z]{1,20})\b", str(error), re.IGNORECASE)
    found = named[1].upper() if named else ""
    return found if found in _FIRST_WORDS else None


def is_about_keys(error: Exception) -> bool:
    """Whether a refusal (NOPERM) is about a key, not about a command."""
    return " key" in str(error) and " command" not in str(error).partition(" key")[0]


def denied_command(error: Exception) -> str:
    """Return the command that a refusal (NOPERM) names."""
    named = re.search(r"'([a-z_.|-]{1,40})' command", str(error))
    return named[1].upper().replace("|", " ") if named else "a command"


def in_cluster_mode() -> Problem:
    """The server is part of a cluster."""
    return _problem(
        "this server is in cluster mode, which is not supported",
        "use a server with cluster mode off (`cluster-enabled no`; with managed services a choice "
        "when it is created), or unset it to use the bundled one",
    )


def is_replica() -> Problem:
    """The server copies another one."""
    return _problem(
        "this server is a read-only replica, and the bot has to write",
        "use the address of its primary",
    )


async def is_copy(redis: Redis) -> bool:
    """Whether the server is a replica. Raises RedisError."""
    known = await _hello(redis) or await _info(redis, "replication") or {}
    return known.get("role") in COPIES


async def _hello(redis: Redis) -> Mapping[str, Any]:
    """Ask the server what it is; nothing when it is too old for that, or something before it is."""
    try:
        flat = await redis.execute_command("HELLO")  # type: ignore[no-untyped-call]
    except ResponseError:
        return {}
    if isinstance(flat, Mapping):
        return flat
    return dict(zip(flat[::2], flat[1::2], strict=False))


async def _info(redis: Redis, *sections: str) -> Mapping[str, Any] | None:
    """Ask the server what it knows of itself; None when its user may not, or it has no INFO."""
    try:
        info: Mapping[str, Any] = await redis.info(*sections)
    except NoPermissionError:
        return None
    except ResponseError as error:
        if not unknown_command(error):
            raise
        return None
    except UnicodeDecodeError:  # it tells paths, in whatever encoding they are in
        return {}
    return info


async def _cluster(redis: Redis) -> Mapping[str, Any]:
    """Find the mode of a server that tells nothing else; nothing when it does not tell that."""
    try:
        await redis.execute_command("CLUSTER INFO")  # type: ignore[no-untyped-call]
    except ResponseError:
        return {}
    return {"mode": "cluster"}


def _kinds(hello: Mapping[str, Any], info: Mapping[str, Any]) -> list[Problem | None]:
    mode = hello.get("mode") or info.get("redis_mode") or info.get("server_mode")
    role = hello.get("role") or info.get("role")
    in_cluster = mode == "cluster" or str(info.get("cluster_enabled")) == "1"
    return [
        in_cluster_mode() if in_cluster else None,
        _problem(
            "this is a Sentinel, which keeps no data",
            "use the address of the server that it watches",
        )
        if mode == "sentinel"
        else None,
        is_replica() if role in COPIES else None,
        _too_old(hello, info),
    ]


def _too_old(hello: Mapping[str, Any], info: Mapping[str, Any]) -> Problem | None:
    """Judge the version. Valkey began with 7.2, so each of its releases is new enough."""
    version = str(info.get("redis_version") or hello.get("version") or "")
    numbers = re.match(r"(\d{1,4})\.(\d{1,4})", version)
    if not numbers or (int(numbers[1]), int(numbers[2])) >= OLDEST:
        return None
    return _problem(
        f"this server is too old (Redis {numbers[0]})", "use Redis 6.2 or newer, or Valkey"
    )


def _problem(wrong: str, fix: str) -> Problem:
    return Problem(SETTING, wrong, fix)
