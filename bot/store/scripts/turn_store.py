"""The Lua scripts of `bot.store.turn_store`."""

from __future__ import annotations

from bot.store.scripts import fragments

#: The turn at work: the one begun, else the oldest, which is then the one begun.
#: KEYS ready, box, now    ARGV me, token, turn key prefix, turn life
#: -> {0} not ours | {1} empty, entry retired | {1, turn, fields and values of its hash}
HEAD = (
    fragments.OWNED
    + """
if not owned(ARGV[1], ARGV[2]) then return {0} end
local id = redis.call('GET', KEYS[3])
if id and not redis.call('ZSCORE', KEYS[2], id) then id = false end
while true do
  if not id then id = redis.call('ZRANGE', KEYS[2], 0, 0)[1] end
  if not id then
    redis.call('DEL', KEYS[3])
    retire(ARGV[2])
    return {1}
  end
  if redis.call('HEXISTS', ARGV[3] .. id, 'record') == 1 then
    redis.call('SET', KEYS[3], id, 'EX', ARGV[4])
    return {1, id, redis.call('HGETALL', ARGV[3] .. id)}
  end
  redis.call('ZREM', KEYS[2], id)
  id = false
end
"""
)

#: Write a turn.    KEYS ready, turn    ARGV me, token, record, turn life    -> 0 not ours | 1
SAVE = (
    fragments.OWNED
    + """
if not owned(ARGV[1], ARGV[2]) then return 0 end
redis.call('HSET', KEYS[2], 'record', ARGV[3])
redis.call('EXPIRE', KEYS[2], ARGV[4])
return 1
"""
)

#: Write a turn whose run was just created, and add its cost to the asker's month, once.
#: KEYS ready, turn, spent    ARGV me, token, record, turn life, millionths of a dollar, month, life
#: -> 0 not ours | 1
STARTED = (
    fragments.OWNED
    + """
if not owned(ARGV[1], ARGV[2]) then return 0 end
redis.call('HSET', KEYS[2], 'record', ARGV[3])
redis.call('EXPIRE', KEYS[2], ARGV[4])
if redis.call('HSETNX', KEYS[2], 'counted', '1') == 1 then
  redis.call('HINCRBY', KEYS[3], ARGV[6], ARGV[5])
  redis.call('EXPIRE', KEYS[3], ARGV[7])
end
return 1
"""
)

#: Write a turn and its thread, take the turn off the mailbox; the last one retires the entry.
#: KEYS ready, box, now, turn, thread
#: ARGV me, token, turn, record, turn life, thread record or '', thread life, receipt '1' or '',
#:      time in s, or '' for a turn beside the thread's
#: -> -1 not ours | how many are waiting
FINISH = (
    fragments.OWNED
    + """
if not owned(ARGV[1], ARGV[2]) then return -1 end
redis.call('HSET', KEYS[4], 'record', ARGV[4])
redis.call('EXPIRE', KEYS[4], ARGV[5])
if ARGV[6] ~= '' then redis.call('HSET', KEYS[5], 'record', ARGV[6]) end
if ARGV[9] ~= '' then redis.call('HSET', KEYS[5], 'last', ARGV[9]) end
redis.call('EXPIRE', KEYS[5], ARGV[7])
redis.call('ZREM', KEYS[2], ARGV[3])
redis.call('DEL', KEYS[3])
if ARGV[8] ~= '' then redis.call('XADD', KEYS[1], '*', 'receipt', ARGV[3]) end
local waiting = redis.call('ZCARD', KEYS[2])
if waiting == 0 then retire(ARGV[2]) end
return waiting
"""
)

#: Note since when a turn cannot be read by who has it, and whether its people are to be told now.
#: KEYS turn    ARGV time in s, seconds until then    -> 1 once, when that is due | 0
UNREAD = """
if redis.call('HEXISTS', KEYS[1], 'record') == 0 then return 0 end
redis.call('HSETNX', KEYS[1], 'unread', ARGV[1])
if ARGV[1] - redis.call('HGET', KEYS[1], 'unread') < tonumber(ARGV[2]) then return 0 end
return redis.call('HSETNX', KEYS[1], 'unread_told', '1')
"""
