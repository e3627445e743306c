"""The Lua scripts: every change of more than one key is one atomic step.

Rules. A stream entry for a mailbox exists exactly while its mailbox is not empty (in `ready`, or
put off in `later`). Who holds the entry owns the thread; every write of an owner checks that the
entry is still pending for it (`owned`), so a replica that was paused and woke up can change
nothing. Times are Redis's own, so clocks need not agree. Needs Redis 6.2 or Valkey.
"""

from __future__ import annotations

_NOW = """
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
"""

_OWNED = """
local function owned(who, token)
  return #redis.call('XPENDING', KEYS[1], 'owners', token, token, 1, who) == 1
end
local function retire(token)
  redis.call('XACK', KEYS[1], 'owners', token)
  redis.call('XDEL', KEYS[1], token)
end
"""

#: The turn at work: the one begun, else the oldest, which is then the one begun.
#: KEYS ready, box, now    ARGV me, token, turn key prefix, turn life
#: -> {0} not ours | {1} empty, entry retired | {1, turn, fields and values of its hash}
HEAD = (
    _OWNED
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
    _OWNED
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
    _OWNED
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
    _OWNED
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

#: Let go of a mailbox, now or to be taken up later. A wish that came just before found nothing to
#: wake: with a turn that was wanted as far as its owner knew, and is not, it is taken up now.
#: KEYS ready, later, the turn or none    ARGV me, token, mailbox, delay ms
BACK = (
    _NOW
    + _OWNED
    + """
if not owned(ARGV[1], ARGV[2]) then return 0 end
retire(ARGV[2])
local delay = tonumber(ARGV[4])
if KEYS[3] then
  local wishes = redis.call('HMGET', KEYS[3], 'stop', 'gone')
  if wishes[1] or wishes[2] then delay = 0 end
end
if delay <= 0 then redis.call('XADD', KEYS[1], '*', 'mailbox', ARGV[3])
else redis.call('ZADD', KEYS[2], now + delay, ARGV[3]) end
return 1
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

#: An errand is done.    KEYS ready    ARGV me, token
SETTLE = _OWNED + "if owned(ARGV[1], ARGV[2]) then retire(ARGV[2]) end return 1"

#: Renew the lease.    KEYS live    ARGV me, lease ms    -> 1 when it had not lapsed
BEAT = (
    _NOW
    + """
local old = redis.call('ZSCORE', KEYS[1], ARGV[1])
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
return (old and tonumber(old) >= now) and 1 or 0
"""
)

#: Wake what is due, and take over the entries of replicas whose lease lapsed.
#:
#: A consumer without a lease gets one here, for it may hold entries. One arises when a replica
#: lapses with nothing pending, so that the others forget it, wakes up, and reads before it beats.
#: If it lives, it beats long before this lease ends, and is not robbed of what it has just read;
#: if it died in between, this lease lapses like any other. However the two lists came apart, each
#: entry's consumer is in `live` after the next sweep.
#: KEYS ready, live, later    ARGV me, count, lease ms    -> entries
SWEEP = (
    _NOW
    + """
for _, box in ipairs(redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', now, 'LIMIT', 0, ARGV[2])) do
  redis.call('ZREM', KEYS[3], box)
  redis.call('XADD', KEYS[1], '*', 'mailbox', box)
end
local consumers = redis.pcall('XINFO', 'CONSUMERS', KEYS[1], 'owners')
if consumers.err then return {} end
for _, consumer in ipairs(consumers) do
  if consumer[2] ~= ARGV[1] then
    redis.call('ZADD', KEYS[2], 'NX', now + ARGV[3], consumer[2])
  end
end
local got = {}
for _, dead in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now)) do
  if dead ~= ARGV[1] then
    local pending = redis.call('XPENDING', KEYS[1], 'owners', '-', '+', ARGV[2], dead)
    for _, entry in ipairs(pending) do
      for _, claimed in ipairs(redis.call('XCLAIM', KEYS[1], 'owners', ARGV[1], 0, entry[1])) do
        got[#got + 1] = claimed
      end
    end
    if #pending == 0 then
      redis.call('XGROUP', 'DELCONSUMER', KEYS[1], 'owners', dead)
      redis.call('ZREM', KEYS[2], dead)
    end
  end
end
return got
"""
)

#: End the lease now, so that the others take over at their next sweep; also one that was forgotten
#: (see SWEEP).    KEYS live    ARGV me
LEAVE = "redis.call('ZADD', KEYS[1], 0, ARGV[1])"

#: Take a place in a line of which at most `most` calls go within any window. A call that must go
#: gets its time, now or later; when that is no sooner than its patience it takes none, and waits so
#: long, lest a rush fill the line for hours. A spare one names its entry: it goes now or not at
#: all, and only while the entry is its owner's, the line has room for it, and nothing holds spare
#: calls back.
#: KEYS ready, line, pause
#: ARGV most, window ms, places to remember, me, token or '', patience ms
#: -> ms to wait | -1: a spare call that may not go
PLACE = (
    _NOW
    + _OWNED
    + """
local spare = ARGV[5] ~= ''
local before = tonumber(redis.call('LINDEX', KEYS[2], -ARGV[1]))
local at = before and math.max(now, before + ARGV[2]) or now
if spare and (at > now or redis.call('EXISTS', KEYS[3]) == 1 or not owned(ARGV[4], ARGV[5])) then
  return -1
end
if at - now >= tonumber(ARGV[6]) then return tonumber(ARGV[6]) end
redis.call('RPUSH', KEYS[2], at)
redis.call('LTRIM', KEYS[2], -ARGV[3], -1)
redis.call('PEXPIRE', KEYS[2], at - now + ARGV[2])
return at - now
"""
)

#: Let no spare call go for a while.    KEYS pause    ARGV ms
HOLD_BACK = "redis.call('SET', KEYS[1], '1', 'PX', ARGV[1])"

#: Whether such a while lasts.    KEYS pause    -> 0 | 1
HOLDS = "return redis.call('EXISTS', KEYS[1])"

#: Have a thread's session looked at, when the thread works on nothing.
#: KEYS ready, now    ARGV thread
SESSION = """
if redis.call('EXISTS', KEYS[2]) == 0 then redis.call('XADD', KEYS[1], '*', 'session', ARGV[1]) end
"""

#: Count what a person thinks of an answer; the last word counts.
#: KEYS turn, ratings    ARGV person's field, 'good' or 'bad', processor, life
#: -> 0 the turn is not remembered | 1
RATE = """
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local before = redis.call('HGET', KEYS[1], ARGV[1])
if before == ARGV[2] then return 1 end
if before then redis.call('HINCRBY', KEYS[2], ARGV[3] .. ':' .. before, -1) end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('HINCRBY', KEYS[2], ARGV[3] .. ':' .. ARGV[2], 1)
redis.call('EXPIRE', KEYS[2], ARGV[4])
return 1
"""
