"""The Lua scripts of what people want of a turn: wishes, withdrawal, another thread.

Like those in `scripts`, each is one atomic step that may be repeated.
"""

from __future__ import annotations

_NEWS = """
local function news(box)
  redis.call('XADD', KEYS[3], 'MAXLEN', '~', 10000, '*', 'mailbox', box)
  redis.call('EXPIRE', KEYS[3], 3600)
  if redis.call('ZREM', KEYS[4], box) == 1 then redis.call('XADD', KEYS[5], '*', 'mailbox', box) end
end
"""

# How a turn stands. The last one of a mailbox does not leave it: its entry exists as long as there
# is one, so its owner ends it.
_STANDING = """
local function state()
  return cjson.decode(redis.call('HGET', KEYS[1], 'record')).state
end
local function waits_behind_another(id)
  return redis.call('GET', KEYS[6]) ~= id and redis.call('ZCARD', KEYS[2]) > 1
end
"""

# The same wish, of an earlier time, may be delivered later.
_WRITE = """
local function write(field, value, at)
  local before = tonumber(redis.call('HGET', KEYS[1], field .. '_at') or '')
  if at == '' or not before or tonumber(at) >= before then
    redis.call('HSET', KEYS[1], field, value)
    if at ~= '' then redis.call('HSET', KEYS[1], field .. '_at', at) end
  end
end
"""

#: Write a wish beside a turn that has not ended, and tell whoever has it; a mailbox that was put
#: off is taken up. Who wants to be mentioned must say so before the answer is made. A turn that is
#: stopped while it waits need not wait on: it goes into the mailbox beside the thread's. An order
#: that comes as an event, which may come again, is remembered.
#: KEYS turn, box, news, later, ready, now, box of asides, order or none
#: ARGV turn, mailbox, field, value, at (a ts, or ''), life, mailbox of asides
#: -> 0 it has ended | 1
SIGNAL = (
    _NEWS
    + _WRITE
    + _STANDING
    + """
if not redis.call('ZSCORE', KEYS[2], ARGV[1]) then return 0 end
if string.sub(ARGV[3], 1, 5) == 'ping:' and state() == 'ended' then return 0 end
write(ARGV[3], ARGV[4], ARGV[5])
if KEYS[8] then redis.call('SET', KEYS[8], '1', 'EX', ARGV[6]) end
if ARGV[3] == 'stop' and waits_behind_another(ARGV[1]) then
  redis.call('ZADD', KEYS[7], redis.call('ZSCORE', KEYS[2], ARGV[1]), ARGV[1])
  redis.call('EXPIRE', KEYS[7], ARGV[6])
  redis.call('ZREM', KEYS[2], ARGV[1])
  if redis.call('ZCARD', KEYS[7]) == 1 then redis.call('XADD', KEYS[5], '*', 'mailbox', ARGV[7]) end
end
news(ARGV[2])
return 1
"""
)

#: Keep a wish for a turn that is not known yet: its question may be delivered later. Most of such
#: turns never come, for every message of every channel may be edited or deleted: so only the latest
#: of these wishes are kept, and not for long.
#: KEYS turn, turns of all such wishes
#: ARGV field, value, at (a ts, or ''), life, turn, turn key prefix, time in s, most of all
#: -> 0 it is known by now | 1
EARLY = (
    _WRITE
    + """
if redis.call('HEXISTS', KEYS[1], 'record') == 1 then return 0 end
write(ARGV[1], ARGV[2], ARGV[3])
redis.call('ZADD', KEYS[2], ARGV[7], ARGV[5])
for _, key in ipairs(KEYS) do redis.call('EXPIRE', key, ARGV[4]) end
for _, turn in ipairs(redis.call('ZRANGE', KEYS[2], 0, -ARGV[8] - 1)) do
  if redis.call('HEXISTS', ARGV[6] .. turn, 'record') == 0 then
    redis.call('DEL', ARGV[6] .. turn)
  end
  redis.call('ZREM', KEYS[2], turn)
end
return 1
"""
)

#: A question was taken back. One that waits leaves the line; whoever has the one at work is told.
#: KEYS turn, box, news, later, ready, now    ARGV turn, mailbox, '1': not once its run is started
#: -> 0 it has ended, or is started | 1
WITHDRAW = (
    _NEWS
    + _STANDING
    + """
if not redis.call('ZSCORE', KEYS[2], ARGV[1]) then return 0 end
if ARGV[3] ~= '' and state() ~= 'queued' then return 0 end
redis.call('HSET', KEYS[1], 'gone', '1')
if waits_behind_another(ARGV[1]) then
  redis.call('ZREM', KEYS[2], ARGV[1])
  redis.call('XADD', KEYS[5], '*', 'waiting', ARGV[1])  -- its mark is taken away
end
news(ARGV[2])
return 1
"""
)

#: Take a question that waits out of its line, and ask it in a thread of its own instead.
#: KEYS turn, box, news, later, ready, now, new turn, new box, new thread
#: ARGV turn, mailbox, new turn, its order, its record, its mailbox, turn life, thread life, asker,
#:      asker's key prefix, time in s
#: -> 0 it does not wait any more | 1
MOVE = (
    _NEWS
    + _STANDING
    + """
if not redis.call('ZSCORE', KEYS[2], ARGV[1]) or not waits_behind_another(ARGV[1]) then return 0 end
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('HSET', KEYS[1], 'gone', '1')
redis.call('XADD', KEYS[5], '*', 'waiting', ARGV[1])  -- its mark is taken away
redis.call('HSET', KEYS[7], 'record', ARGV[5])
redis.call('EXPIRE', KEYS[7], ARGV[7])
redis.call('ZADD', KEYS[8], ARGV[4], ARGV[3])
redis.call('EXPIRE', KEYS[8], ARGV[7])
redis.call('XADD', KEYS[5], '*', 'mailbox', ARGV[6])
redis.call('HSET', KEYS[9], 'from', ARGV[4], 'last', ARGV[11], 'by:' .. ARGV[9], '1')
redis.call('EXPIRE', KEYS[9], ARGV[8])
local theirs = ARGV[10] .. ARGV[9]
redis.call('ZADD', theirs, ARGV[11], ARGV[3])
redis.call('ZREMRANGEBYRANK', theirs, 0, -501)  -- see `keys.ASKED`
redis.call('EXPIRE', theirs, ARGV[7])
news(ARGV[2])
return 1
"""
)
