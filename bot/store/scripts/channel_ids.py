"""The Lua script of `bot.store.channel_ids`."""

from __future__ import annotations

#: Read what is known, and renew its life.    KEYS channel ids    ARGV its life
#: -> its fields and values
READ = """
redis.call('EXPIRE', KEYS[1], ARGV[1])
return redis.call('HGETALL', KEYS[1])
"""

#: Take down that a channel has a new id. One that is known already was told of before.
#: KEYS channel ids    ARGV old id, new id, life    -> the channel's first id
RENAME = """
local first = redis.call('HGET', KEYS[1], 'first:' .. ARGV[2])
if first then return first end
first = redis.call('HGET', KEYS[1], 'first:' .. ARGV[1]) or ARGV[1]
if first == ARGV[2] then
  redis.call('HDEL', KEYS[1], 'now:' .. first)
else
  redis.call('HSET', KEYS[1], 'first:' .. ARGV[2], first, 'now:' .. first, ARGV[2])
end
redis.call('EXPIRE', KEYS[1], ARGV[3])
return first
"""
