"""The Lua scripts, one file per port: every change of more than one key is one atomic step.

A script may run twice (a call whose reply was lost is repeated), so each is idempotent. Times come
from Redis, so the clocks of replicas need not agree. Needs Redis 6.2 or Valkey.

Each script's comment lists its KEYS (see `bot.store.keys`), its ARGV and, behind an arrow, what it
returns. `me` is this replica's name, `entry` the id of the stream entry that it has claimed.
"""
