"""The Lua script that takes a question into its mailbox, or keeps it in case it becomes ours.

A reply in a thread that is not ours is a stray: the mention that makes the thread ours may be
delivered after it. Redis never evicts, and strays come from every thread of every channel, so each
is cut to what could be asked, only the latest of a thread and of all are kept, and not for long.
Like the scripts in `scripts`, this is one atomic step that may be repeated.
"""

from __future__ import annotations

#: Append a turn to its mailbox, once. A reply is ours from the first message on that addressed us:
#: what people wrote before is theirs, also when it is delivered late. It is not ours in a muted
#: thread, where only mentions or the asker count, and in a thread that has slept. A remark (thanks,
#: say) is noticed where a reply would be ours, and makes nothing ours.
#: KEYS ready, box, thread, strays, now, news, follow-ups of the channel, times of the strays,
#:      strays of all threads
#: ARGV turn, order, record, mailbox, reach, turn life, stray life, thread life, turn key prefix,
#:      asker's key prefix, asker, time in s, sleeps after s, follow-ups else, choice life,
#:      the record as a stray or '' when it is the same, thread, key prefixes of strays and of
#:      their times, most strays of a thread, most of all
#: -> 'new' | 'known' | 'not ours' | 'asleep'
PUT = """
local prefix, reach = ARGV[9], ARGV[5]
local function append(id, order, record, asker)
  local key = prefix .. id
  redis.call('HSET', key, 'record', record)
  redis.call('EXPIRE', key, ARGV[6])
  redis.call('ZADD', KEYS[2], order, id)
  redis.call('EXPIRE', KEYS[2], ARGV[6])
  if redis.call('ZCARD', KEYS[2]) == 1 then
    redis.call('XADD', KEYS[1], '*', 'mailbox', ARGV[4])
  else
    redis.call('HSET', key, 'waited', '1')
    redis.call('XADD', KEYS[1], '*', 'waiting', id)
    redis.call('XADD', KEYS[6], 'MAXLEN', '~', 10000, '*', 'mailbox', ARGV[4])
    redis.call('EXPIRE', KEYS[6], 3600)
  end
  if reach == 'aside' then return end
  redis.call('HSET', KEYS[3], 'by:' .. asker, '1')
  local theirs = ARGV[10] .. asker
  redis.call('ZADD', theirs, ARGV[12], id)
  redis.call('ZREMRANGEBYRANK', theirs, 0, -501)  -- see `keys.ASKED`
  redis.call('EXPIRE', theirs, ARGV[6])
end
local function forget(thread, id)
  redis.call('HDEL', ARGV[18] .. thread, id)
  redis.call('ZREM', ARGV[19] .. thread, id)
  redis.call('ZREM', KEYS[9], thread .. ' ' .. id)
end
local function forget_old_strays()
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[8], '-inf', ARGV[12] - ARGV[7])) do
    forget(ARGV[17], id)
  end
  for _, id in ipairs(redis.call('ZRANGE', KEYS[8], 0, -ARGV[20] - 1)) do
    forget(ARGV[17], id)
  end
end
local function keep_stray()
  local record = ARGV[16] ~= '' and ARGV[16] or ARGV[3]
  redis.call('HSET', KEYS[4], ARGV[1], ARGV[2] .. ' ' .. record)
  redis.call('ZADD', KEYS[8], ARGV[12], ARGV[1])
  redis.call('ZADD', KEYS[9], ARGV[12], ARGV[17] .. ' ' .. ARGV[1])
  for _, key in ipairs({KEYS[4], KEYS[8], KEYS[9]}) do redis.call('EXPIRE', key, ARGV[7]) end
  forget_old_strays()
  for _, stray in ipairs(redis.call('ZRANGE', KEYS[9], 0, -ARGV[21] - 1)) do
    forget(string.match(stray, '^(.*) (.*)$'))
  end
end
if redis.call('HEXISTS', prefix .. ARGV[1], 'record') == 1 then return 'known' end
local from = tonumber(redis.call('HGET', KEYS[3], 'from'))
local from_nobody = {reply = true, overheard = true, remark = true}
if from_nobody[reach] or reach == 'direct' then
  if redis.call('HEXISTS', KEYS[3], 'muted') == 1 then return 'not ours' end
end
if from_nobody[reach] then
  local which = redis.call('GETEX', KEYS[7], 'EX', ARGV[15]) or ARGV[14]
  if which == 'mention' then return 'not ours' end
  local has_asked = redis.call('HEXISTS', KEYS[3], 'by:' .. ARGV[11]) == 1
  if which == 'only-me' and from and not has_asked then return 'not ours' end
end
if reach == 'remark' then
  local last = tonumber(redis.call('HGET', KEYS[3], 'last'))
  local sleeps = last and tonumber(ARGV[12]) - last > tonumber(ARGV[13])
  if not from or tonumber(ARGV[2]) < from or sleeps then return 'not ours' end
  reach = 'aside'
end
if reach == 'direct' then reach = 'addressed' elseif reach == 'overheard' then reach = 'aside' end
if reach == 'reply' then
  if not from or tonumber(ARGV[2]) < from then
    keep_stray()
    return 'not ours'
  end
  local last = tonumber(redis.call('HGET', KEYS[3], 'last'))
  if last and tonumber(ARGV[12]) - last > tonumber(ARGV[13]) then
    redis.call('HSETNX', KEYS[3], 'dozing', ARGV[1])
    return redis.call('HGET', KEYS[3], 'dozing') == ARGV[1] and 'asleep' or 'not ours'
  end
end
if reach ~= 'aside' then
  if not from or tonumber(ARGV[2]) < from then redis.call('HSET', KEYS[3], 'from', ARGV[2]) end
  redis.call('HSET', KEYS[3], 'last', ARGV[12])
  redis.call('HDEL', KEYS[3], 'dozing')
  redis.call('EXPIRE', KEYS[3], ARGV[8])
end
append(ARGV[1], ARGV[2], ARGV[3], ARGV[11])
if reach == 'addressed' then
  forget_old_strays()
  local strays = redis.call('HGETALL', KEYS[4])
  for i = 1, #strays, 2 do
    local order, record = string.match(strays[i + 1], '^(%d+) (.*)$')
    local known = redis.call('HEXISTS', prefix .. strays[i], 'record') == 1
    if tonumber(order) > tonumber(ARGV[2]) and not known then
      append(strays[i], order, record, cjson.decode(record).question.asker)
    end
    redis.call('ZREM', KEYS[9], ARGV[17] .. ' ' .. strays[i])
  end
  redis.call('DEL', KEYS[4], KEYS[8])
end
return 'new'
"""

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
