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
