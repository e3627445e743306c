"""Check that the server's user may send every command that the bot sends, on the bot's keys.

The server's ACL is asked itself, with `redis.acl_check_cmd`, which Redis has since 7.0:
https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl. Rights can be taken away
at work, too, and what a script wrote before a command that is denied is not undone. So each script
asks first, and writes all or nothing.
"""

from __future__ import annotations

import re

from redis.asyncio import Redis

from bot.errors import Problem
from bot.store.findings import Findings, redis_problem
from bot.store.keys import Keys

#: Every command that the store sends, by itself or in a script. Each is complete, because servers
#: look for the keys in it (Valkey 9.1 crashes when they are missing).
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
    "HSCAN KEY 0",
    "HSET KEY f v",
    "HSETNX KEY f v",
    "LINDEX KEY 0",
    "LRANGE KEY 0 1",
    "LTRIM KEY 0 1",
    "MULTI",
    "PEXPIRE KEY 1",
    "PTTL KEY",
    "RPUSH KEY v",
    "SCAN 0",
    "SCRIPT LOAD v",
    "SET KEY v",
    "TIME",
    "TTL KEY",
    "TYPE KEY",
    "XACK KEY g 0-1",
    "XADD KEY * f v",
    "XCLAIM KEY g c 0 0-1",
    "XDEL KEY 0-1",
    "XGROUP CREATE KEY g 0",
    "XGROUP DELCONSUMER KEY g c",
    "XINFO CONSUMERS KEY g",
    "XPENDING KEY g",
    "XRANGE KEY - +",
    "XREAD STREAMS KEY 0",
    "XREADGROUP GROUP g c STREAMS KEY >",
    "XREVRANGE KEY + -",
    "ZADD KEY 1 m",
    "ZCARD KEY",
    "ZRANGE KEY 0 1",
    "ZRANGEBYSCORE KEY 0 1",
    "ZRANK KEY m",
    "ZREM KEY m",
    "ZREMRANGEBYRANK KEY 0 1",
    "ZREVRANGE KEY 0 1",
    "ZSCORE KEY m",
)
_FIRST_WORDS = {"HELLO", "INFO", *(command.split()[0] for command in COMMANDS)}
_WITH_SUBCOMMANDS = {"SCRIPT", "XGROUP", "XINFO"}
#: ACL rules that permit all of these commands, and the bot's keys.
RULES = "+@read +@write +@transaction +evalsha +script|load +time +select +info"
KEY_RULE = "~{threadline-*"
#: Return which commands the user may not send, and which the server does not have.
#: KEYS one of the bot's    ARGV commands
#: -> {denied, unknown} | nil before Redis 7.0
CHECK_COMMANDS = """
if not redis.acl_check_cmd then return false end
local denied, unknown = {}, {}
for _, command in ipairs(ARGV) do
  local words = {}
  for word in string.gmatch(command, '%S+') do
    words[#words + 1] = word == 'KEY' and KEYS[1] or word
  end
  local is_known, is_allowed = pcall(redis.acl_check_cmd, unpack(words))
  if not is_known then unknown[#unknown + 1] = command
  elseif not is_allowed then denied[#denied + 1] = command end
end
return {denied, unknown}
"""
#: Refuse a script, before it writes, that has a command which the user may not send.
_CHECK_FIRST = """
if redis.acl_check_cmd and KEYS[1] then
  for _, command in ipairs({%s}) do
    if not redis.acl_check_cmd(unpack(command)) then
      local name = string.lower(command[1])
      return redis.error_reply("NOPERM the user may not run the '" .. name .. "' command")
    end
  end
end
"""


def all_or_nothing(script: str) -> str:
    """Return a script that changes nothing where the user may not send all of its commands."""
    sent = set(re.findall(r"redis\.call\('(\w+)'", script))
    commands = (command.split() for command in COMMANDS if command.split()[0] in sent)
    tables = (
        "{" + ", ".join("KEYS[1]" if word == "KEY" else f"'{word}'" for word in words) + "}"
        for words in commands
    )
    return _CHECK_FIRST % ", ".join(tables) + script


def name(command: str) -> str:
    """Return the name of an entry of `COMMANDS`, such as ``GET`` or ``SCRIPT LOAD``."""
    first, *others = command.split()
    return f"{first} {others[0]}" if first in _WITH_SUBCOMMANDS else first


async def permissions(redis: Redis, keys: Keys) -> Findings:
    """Check what the user may do. Raises RedisError, also when the user may not run scripts."""
    script = redis.register_script(CHECK_COMMANDS)
    reply = await script(keys=[keys.ready], args=COMMANDS)
    match reply:
        case None:
            what = "whether its user may do what the bot needs: servers tell that since Redis 7.0"
            return Findings((), (what,))
        case [list() as denied, list() as unknown] if {*denied, *unknown} <= set(COMMANDS):
            pass
        case _:
            raise TypeError("not a reply of this script")
    problems = []
    if denied:
        problems.append(no_commands([name(command) for command in denied]))
    if unknown:
        problems.append(unknown_commands(", ".join(name(command) for command in unknown)))
    return Findings(tuple(problems))


def no_keys() -> Problem:
    """Return the problem that the user may not use the bot's keys."""
    return redis_problem(
        "its user may not read and write the bot's keys, which begin with {threadline-",
        f"allow all that the bot needs: ACL SETUSER name-of-the-user {KEY_RULE} {RULES}",
    )


def no_commands(denied: list[str]) -> Problem:
    """Return the problem that the user may not use some commands.

    While scripts are denied, nothing shows what else is; then the fix is to allow everything.
    """
    rules = " ".join("+" + one.lower().replace(" ", "|") for one in denied)
    if len(denied) > 6 or {"EVALSHA", "SCRIPT LOAD"} & set(denied):
        rules = f"{KEY_RULE} {RULES}"
    return redis_problem(
        f"its user may not use {', '.join(denied)}",
        f"allow it, for example: ACL SETUSER name-of-the-user {rules}",
    )


def unknown_commands(names: str) -> Problem:
    """Return the problem that the server does not have some commands."""
    return redis_problem(
        f"this server does not know {names}",
        "use Redis 6.2 or newer, or Valkey, without renaming or disabling commands",
    )


def unknown_command(error: Exception) -> str | None:
    """Return the bot's command that an error calls unknown; None for any other error."""
    named = re.search(r"unknown command [`']([a-z]{1,20})\b", str(error), re.IGNORECASE)
    found = named[1].upper() if named else ""
    return found if found in _FIRST_WORDS else None


def is_about_keys(error: Exception) -> bool:
    """Whether a NOPERM error is about a key, not about a command."""
    return " key" in str(error) and " command" not in str(error).partition(" key")[0]


def denied_command(error: Exception) -> str:
    """Return the command that a NOPERM error names."""
    named = re.search(r"'([a-z_.|-]{1,40})' command", str(error))
    return named[1].upper().replace("|", " ") if named else "a command"
