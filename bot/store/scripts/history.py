"""The Lua script of `bot.store.history`."""

from __future__ import annotations

#: Count a person's rating of an answer; a later one replaces it.
#: KEYS turn, ratings    ARGV person's field, 'good' or 'bad', processor, life of the counts
#: -> 0 the turn is not remembered | 1
RATE = """
if redis.call('HEXISTS', KEYS[1], 'record') == 0 then return 0 end
local before = redis.call('HGET', KEYS[1], ARGV[1])
if before == ARGV[2] then return 1 end
if before then redis.call('HINCRBY', KEYS[2], ARGV[3] .. ':' .. before, -1) end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('HINCRBY', KEYS[2], ARGV[3] .. ':' .. ARGV[2], 1)
redis.call('EXPIRE', KEYS[2], ARGV[4])
return 1
"""
